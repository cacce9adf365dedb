# SPDX-License-Identifier: Apache-2.0
"""What commands try against the program that runs them: refused, and recorded where it is seen."""
import os
import re
import subprocess

from support import LAB, Case, main, srt, targets


class Escape(Case):
    def refused(self, session, text, *wanted, **more):
        done = self.sh(session, text, **more)
        self.assertNotEqual(done.returncode, 0, done)
        self.assertLessEqual(set(wanted), targets(done.records), done)
        self.assertEqual({r.command_id for r in done.records}, {done.command_id} if done.records else set())
        return done

    def test_files(self):
        with open("secret", "w") as f:
            f.write("do not show")
        os.symlink(self.out, "link")
        session = self.session(srt.Settings().allow_write(".", "~").deny_read("./secret"))
        self.refused(session, "echo x >%s/x" % self.out, self.out + "/x")
        self.refused(session, "echo x >link/x")
        self.refused(session, "echo evil >>~/.bashrc", LAB.home + "/.bashrc")
        self.refused(session, "mkdir -p .git/hooks && echo evil >.git/hooks/pre-commit")
        self.assertNotIn("do not show", self.refused(session, "cat secret").stdout)
        self.assertEqual(os.listdir(self.out), [])

    def test_hosts(self):
        port = LAB.serve(lambda connection: connection.sendall(b"reached"))
        session = self.session(srt.Settings().allow_hosts("example.com"))
        name = "elsewhere.example.org"
        self.refused(session, "curl -sSf http://%s/" % name, name + ":80")
        self.refused(session, "curl -sSf https://%s/" % name, name + ":443")
        self.assertNotIn("reached", self.refused(
            session, "exec 3<>/dev/tcp/127.0.0.1/%d && timeout 5 cat <&3" % port).stdout)
        self.assertNotIn("reached", self.refused(
            self.session(), "exec 3<>/dev/tcp/127.0.0.1/%d && timeout 5 cat <&3" % port).stdout)

    def test_the_program_itself(self):
        session, pid = self.session(), os.getpid()
        self.refused(session, "kill -9 %d" % pid)
        self.refused(session, "echo x >/proc/%d/mem" % pid)
        self.assertNotIn("SRT_TEST_PRIVATE", self.refused(
            session, "tr '\\0' '\\n' </proc/%d/environ | grep SRT_TEST" % pid).stdout)

    def test_descriptors_are_not_inherited(self):
        with open("secret", "w+") as f:
            f.write("do not show")
            f.flush()
            f.seek(0)
            os.set_inheritable(f.fileno(), True)
            session = self.session(srt.Settings().deny_read("./secret"))
            done = self.sh(session, "cat <&%d" % f.fileno())
            self.assertNotEqual((done.returncode, done.stdout), (0, "do not show"))
            with session.wrap("cat <&%d" % f.fileno(), shell=True) as wrapped:
                done = subprocess.run(**wrapped.popen_kwargs(stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
            self.assertNotIn(b"do not show", done.stdout)
        # What was the channel is /dev/null to the command.
        done = self.sh(session, "ls -l /proc/self/fd | sed -n 's/.*-> //p'", stdin=srt.DEVNULL)
        others = [to for to in done.stdout.split() if not re.match(r"pipe:|/dev/null$|/proc/\d+/fd$", to)]
        self.assertEqual((done.returncode, others), (0, []))

    def test_a_channel_is_out_of_reach(self):
        session = self.session(srt.Settings().allow_write("~"))
        text = session.wrap_shell("echo ran", shell=True, command_id="outer")
        self.assertEqual(subprocess.run(["sh", "-c", text], stdout=subprocess.PIPE).stdout, b"ran\n")
        socket = re.search(r"--session=(\S+)#[0-9a-f]{32}", text).group(1)
        folder = os.path.dirname(socket)
        connect = "import socket; s = socket.socket(socket.AF_UNIX); s.connect(%r); print('reached')" % socket
        for network in ({"allowUnixSockets": [socket]}, {"allowUnixSockets": [folder]},
                        {"allowUnixSockets": ["~"]}, {"allowAllUnixSockets": True}):
            done = session.run(["/usr/bin/python3", "-c", connect], settings={"network": network}, capture_output=True)
            self.assertIn(done.returncode, (1, 125), network)
            self.assertEqual(done.stdout, b"")
            self.assertEqual(done.returncode == 125, "never allowed" in (done.failure or ""))
            self.assertNotIn("ran", self.sh(session, text, settings={"network": network}).stdout)
        self.assertNotEqual(self.sh(session, "mv %s elsewhere || rm %s" % (socket, socket)).returncode, 0)
        self.assertEqual(subprocess.run(["sh", "-c", text], stdout=subprocess.PIPE).stdout, b"ran\n")

    def test_rules_of_a_command_do_not_stay(self):
        session = self.session(srt.Settings().allow_write("."))
        wide = srt.Settings().allow_write(self.out)
        self.assertEqual(self.sh(session, "echo x >%s/allowed" % self.out, settings=wide).returncode, 0)
        self.refused(session, "echo x >%s/refused" % self.out, self.out + "/refused")


if __name__ == "__main__":
    main()
