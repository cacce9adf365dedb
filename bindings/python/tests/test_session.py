# SPDX-License-Identifier: Apache-2.0
"""Sessions and commands: what they may do, their outputs, ends, and errors."""
import gc
import os
import select
import signal
import subprocess
import threading
import time

from support import BACKEND, SRT, Case, eventually, gone, main, srt, srttest, targets


class Commands(Case):
    def test_output_and_status(self):
        session = self.session()
        done = session.run(["sh", "-c", "echo out; echo err >&2; exit 3"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr, done.failure), (3, "out\n", "err\n", None))
        self.assertEqual(session.run(["sh", "-c", "kill -9 $$"]).returncode, 137)
        self.assertEqual(session.run(["no-such-program"], stderr=srt.DEVNULL).returncode, 127)
        with open("plain", "w") as f:
            f.write("no program\n")
        self.assertEqual(session.run(["./plain"], stderr=srt.DEVNULL).returncode, 126)

    def test_shell_and_words(self):
        session = self.session()
        self.assertEqual(self.sh(session, "echo $((1+2)) | cat").stdout, "3\n")
        self.assertEqual(session.run(["echo $0 $1", "zero", "one; two"], shell=True, capture_output=True).stdout,
                         b"zero one; two\n")
        self.assertEqual(session.run(["printf", "%s|", "a b", "", "$x"], capture_output=True).stdout, b"a b||$x|")
        self.assertEqual(self.sh(session, "echo $0", shell_program="/bin/sh").stdout, "/bin/sh\n")

    def test_much_input_and_output(self):
        data = os.urandom(3_000_000)
        done = self.session().run(["sh", "-c", "tee /dev/stderr"], input=data, capture_output=True)
        self.assertEqual((done.stdout == data, done.stderr == data), (True, True))

    def test_input_that_nobody_reads(self):
        self.assertEqual(self.session().run(["true"], input=b"x" * 1_000_000).returncode, 0)

    def test_descriptors_and_files(self):
        session = self.session()
        with open("all", "wb") as f:
            session.run(["sh", "-c", "echo out; echo err >&2"], stdout=f, stderr=srt.STDOUT, check=True)
        with open("all", "rb") as f:
            done = session.run(["cat"], stdin=f, stdout=srt.PIPE)
        self.assertEqual((done.stdout, done.stderr), (b"out\nerr\n", None))
        self.assertEqual(session.run(["cat"], stdin=srt.DEVNULL, capture_output=True).stdout, b"")
        gc.collect()
        before = len(os.listdir("/proc/self/fd"))
        for wrong in (lambda: session.run(["true"], stdout=srt.PIPE, capture_output=True),
                      lambda: session.run(["true"], stdout=srt.STDOUT),
                      lambda: session.run(["true"], input=b"", stdin=srt.PIPE),
                      lambda: session.run(["cat"], input="text"),
                      lambda: session.run(["true"], stdin=999, stdout=srt.PIPE)):
            with self.assertRaises((ValueError, TypeError, srt.Error)):
                wrong()
        gc.collect()
        until = time.monotonic() + 30  # the session's thread closes its own a moment later
        while len(os.listdir("/proc/self/fd")) > before and time.monotonic() < until:
            time.sleep(0.01)
        self.assertLessEqual(len(os.listdir("/proc/self/fd")), before)

    def test_pipes_of_a_process(self):
        with self.session().spawn(["cat"], stdin=srt.PIPE, stdout=srt.PIPE, text=True, bufsize=1) as process:
            for line in ("one\n", "two\n"):
                process.stdin.write(line)
                self.assertEqual(process.stdout.readline(), line)
        self.assertEqual(process.returncode, 0)

    def test_environment_and_directory(self):
        session = self.session()
        os.mkdir("below")
        done = self.sh(session, "pwd; echo $ONE-$HOME", env={"ONE": "1", "PATH": os.environ["PATH"]}, cwd="below")
        self.assertEqual(done.stdout, self.work + "/below\n1-\n")
        os.environ["SRT_TEST_OF_PYTHON"] = "seen"
        self.addCleanup(os.environ.pop, "SRT_TEST_OF_PYTHON")
        self.assertEqual(self.sh(session, "echo $SRT_TEST_OF_PYTHON").stdout, "seen\n")
        for env in ({"A=B": "c"}, {"": "c"}, {"A": "b\0c"}):
            with self.assertRaises(srt.UsageError):
                session.run(["true"], env=env)

    def test_wait_poll_and_descriptor(self):
        process = self.session().spawn(["cat"], stdin=srt.PIPE)
        self.assertIsNone(process.poll())
        self.assertEqual(select.select([process], [], [], 0)[0], [])
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(0.05)
        process.stdin.close()
        self.assertEqual(select.select([process], [], [], 30)[0], [process])
        self.assertEqual((process.poll(), process.wait(), process.wait(0)), (0, 0, 0))
        process.kill()

    def test_signals(self):
        session = self.session()
        text = "trap 'echo usr1; exit 7' USR1; echo ready; while :; do sleep 0.05; done"
        with session.spawn(text, shell=True, stdout=srt.PIPE) as process:
            self.assertEqual(process.stdout.readline(), b"ready\n")
            process.signal(signal.SIGUSR1)
            self.assertEqual((process.stdout.read(), process.wait()), (b"usr1\n", 7))
        with session.spawn("echo ready; sleep 600", shell=True, stdout=srt.PIPE) as process:
            process.stdout.readline()
            process.terminate()
            self.assertEqual(process.wait(), 128 + signal.SIGTERM)
        with session.spawn("echo ready; sleep 600", shell=True, stdout=srt.PIPE, new_group=True) as process:
            process.stdout.readline()
            self.assertEqual(os.getpgid(process.pid), process.pid)
            process.kill()
            self.assertEqual(process.wait(), 128 + signal.SIGKILL)
            self.assertIsNotNone(process.failure)

    def test_run_times_out(self):
        session, mark = self.session(), "600.%d" % os.getpid()
        with self.assertRaises(subprocess.TimeoutExpired) as caught:
            session.run("echo before; sleep %s" % mark, shell=True, capture_output=True, timeout=1)
        self.assertEqual(caught.exception.stdout, b"before\n")
        self.assertTrue(gone(mark))

    def test_what_a_timeout_tells(self):
        session = self.session()
        text = "echo >%s/x; printf 'caf\\303\\251 \\303'; sleep 600" % self.out
        for timeout in (1, 4, 16, 64):  # until the command got as far as its output
            with self.assertRaises(srt.TimeoutExpired) as caught:
                self.sh(session, text, encoding="utf-8", timeout=timeout, command_id="slow")
            problem = caught.exception
            if problem.stdout:
                break
        self.assertIsInstance(problem, subprocess.TimeoutExpired)
        self.assertEqual((problem.stdout, problem.command_id, problem.timeout), ("caf\u00e9 ", "slow", timeout))
        self.assertIn(self.out, problem.stderr)
        self.assertIn(self.out + "/x", targets(problem.records))
        process = session.spawn(["sleep", "600"], stdout=srt.PIPE, command_id="slower")
        for wait in (lambda: process.wait(0.1), lambda: process.communicate(timeout=0.1)):
            with self.assertRaises(srt.TimeoutExpired) as caught:
                wait()
            self.assertEqual((caught.exception.command_id, caught.exception.records), ("slower", []))
        process.kill()
        self.assertEqual(process.wait(), 128 + signal.SIGKILL)

    def test_communicate_goes_on_after_a_timeout(self):
        process = self.session().spawn(["sh", "-c", "echo one; sleep 0.2; cat"], stdin=srt.PIPE, stdout=srt.PIPE)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.communicate(b"x" * 1_000_000, timeout=0)
        out, err = process.communicate()
        self.assertEqual((out[:5], len(out), err), (b"one\nx", 1_000_004, None))

    def test_check(self):
        session = self.session()
        with self.assertRaises(srt.CalledProcessError) as caught:
            self.sh(session, "echo out; echo >%s/x" % self.out, check=True)
        problem = caught.exception
        self.assertIsInstance(problem, subprocess.CalledProcessError)
        self.assertEqual((problem.stdout, problem.failure), ("out\n", None))
        self.assertIn(self.out + "/x", targets(problem.records))
        self.assertIn(self.out + "/x", str(problem))
        self.assertEqual(session.run(["true"], check=True).returncode, 0)

    def test_wrapped(self):
        session = self.session()
        os.mkdir("below")
        with session.wrap(["sh", "-c", "pwd; echo $A; echo >%s/x; exit 5" % self.out], env=dict(os.environ, A="b"),
                          cwd="below") as wrapped:
            self.assertEqual(wrapped.argv[0], os.path.abspath(SRT))
            done = subprocess.run(**wrapped.popen_kwargs(stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
        self.assertEqual((done.returncode, done.stdout.decode()), (5, self.work + "/below\nb\n"))
        self.assertTrue(eventually(lambda: self.out + "/x" in targets(session.records(wrapped))))
        with self.assertRaises(srt.UsageError):
            wrapped.popen_kwargs(cwd="/")
        child = session.wrap("exit 6", shell=True).popen()
        self.assertEqual(child.wait(), 6)

    def test_shell_text(self):
        session = self.session()
        text = session.wrap_shell("echo $0 $1; echo >%s/x" % self.out, shell=True, command_id="text")
        for _ in range(2):
            done = subprocess.run(["sh", "-c", text], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 1)
        self.assertTrue(eventually(lambda: self.out + "/x" in targets(session.records("text"))))
        session.forget("text")
        self.assertEqual(subprocess.run(["sh", "-c", text], stderr=subprocess.DEVNULL).returncode, 125)


class Sessions(Case):
    def test_two_policies_at_once(self):
        os.mkdir("one"), os.mkdir("two")
        sessions = [self.session({"filesystem": {"allowWrite": ["./" + name]}}) for name in ("one", "two")]
        text = "for d in one two; do echo x 2>/dev/null >$d/$ME && echo $d; done; true"
        running = [s.spawn(text, shell=True, stdout=srt.PIPE, stderr=srt.DEVNULL, env=dict(os.environ, ME=str(i)))
                   for i, s in enumerate(sessions)]
        self.assertEqual([p.communicate()[0] for p in running], [b"one\n", b"two\n"])
        self.assertEqual(os.listdir("one") + os.listdir("two"), ["0", "1"])

    def test_settings_for_one_command(self):
        session = self.session({"filesystem": {"allowWrite": ["."], "denyWrite": ["./locked"]}})
        with open("locked", "w"):
            pass
        self.assertNotEqual(self.sh(session, "echo >locked").returncode, 0)
        self.assertEqual(self.sh(session, "echo >locked", settings={"filesystem": {"denyWrite": []}}).returncode, 0)
        self.assertNotEqual(self.sh(session, "echo >locked").returncode, 0)

    def test_update(self):
        session = self.session({"filesystem": {"allowWrite": []}})
        self.assertNotEqual(self.sh(session, "echo >file").returncode, 0)
        session.update(srt.Settings())
        self.assertEqual(self.sh(session, "echo >file").returncode, 0)
        self.assertEqual(session.settings(), srt.Settings())
        with self.assertRaises(srt.SettingsError):
            session.update({"filesystem": {"allowWrite": 3}})
        self.assertEqual(session.settings(), srt.Settings())

    def test_plan_and_check(self):
        session = self.session(srt.Settings().allow_hosts("example.com"))
        self.assertEqual(session.plan(self.work)["directory"], self.work)
        self.assertIn("example.com", repr(session.plan()["network"]))
        self.assertIsInstance(session.check(), list)

    def test_a_machine_that_cannot(self):
        session = self.session(backend="/no/such/backend.so")
        with self.assertRaises(srt.Error) as caught:
            session.check()
        self.assertIn("/no/such/backend.so", str(caught.exception))
        done = session.run(["true"], stderr=srt.DEVNULL)
        self.assertEqual(done.returncode, 125)
        self.assertIn("/no/such/backend.so", done.failure)
        with self.assertRaises(srt.CalledProcessError) as caught:
            done.check_returncode()
        self.assertIn("/no/such/backend.so", str(caught.exception))

    def test_errors(self):
        session = self.session()
        for error, wrong in ((srt.UsageError, lambda: session.run("echo hello")),
                             (srt.UsageError, lambda: session.run([])),
                             (srt.UsageError, lambda: session.run(["a\0b"])),
                             (TypeError, lambda: session.run([1])),
                             (TypeError, lambda: session.run(["true"], commandid="x")),
                             (srt.UsageError, lambda: session.run(["true"], command_id="x" * 300)),
                             (srt.NotFoundError, lambda: session.run(["true"], cwd="no-such-directory")),
                             (srt.SettingsError, lambda: session.run(["true"], settings={"nonsense": 1})),
                             (srt.NotFoundError, lambda: srt.Session(program="/no/such/srt")),
                             (srt.Error, lambda: srt.Session(program="srt"))):
            with self.assertRaises(error):
                wrong()
        self.assertEqual(session.run(["true"]).returncode, 0)

    def test_close_ends_commands(self):
        mark = "601.%d" % os.getpid()
        with self.session() as session:
            process = session.spawn(["sleep", mark])
            self.assertTrue(eventually(lambda: srttest.processes_with(mark)))
        self.assertTrue(gone(mark))
        self.assertNotIn(process.wait(), (None, 0))
        self.assertTrue(session.closed)
        for use in (session.settings, session.records, lambda: session.run(["true"]), lambda: process.records()):
            with self.assertRaises(srt.UsageError):
                use()
        session.close()

    def test_a_session_lives_as_long_as_its_processes(self):
        process = srt.Session(backend=BACKEND, quiet=True).spawn(["cat"], stdin=srt.PIPE, stdout=srt.PIPE)
        self.assertEqual(process.communicate(b"still here"), (b"still here", None))
        self.assertEqual(process.returncode, 0)
        process.session.close()

    def test_threads(self):
        session, found = self.session(), []

        def work(number):
            for turn in range(2):
                done = session.run(["sh", "-c", "echo %d; echo >%s/%d.%d" % (number, self.out, number, turn)],
                                   capture_output=True, text=True)
                found.append((done.stdout == "%d\n" % number,
                              self.out + "/%d.%d" % (number, turn) in targets(done.records),
                              {os.path.basename(t).split(".")[0] for t in targets(done.records)} == {str(number)}))
        threads = [threading.Thread(target=work, args=(n,)) for n in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [(True, True, True)] * 10)

    def test_close_waits_for_calls_of_other_threads(self):
        session, problems = self.session(), []

        def work():
            try:
                while True:
                    session.records()
                    session.settings()
            except srt.UsageError:
                pass
            except BaseException as problem:
                problems.append(problem)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        session.close()
        for thread in threads:
            thread.join()
        self.assertEqual(problems, [])

    def test_python_signals_are_handled_during_a_wait(self):
        class Interrupted(Exception):
            pass

        def interrupt(*_):
            raise Interrupted
        before = signal.signal(signal.SIGALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)
        mark = "602.%d" % os.getpid()
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with self.assertRaises(Interrupted):
            self.session().run(["sleep", mark])
        self.assertTrue(gone(mark))

    def test_a_signal_handler_closes(self):
        session = self.session()
        before = signal.signal(signal.SIGALRM, lambda *_: session.close())
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        with self.assertRaises(srt.UsageError):  # by close() in plan(), or by plan() after close()
            while True:
                session.plan()

    def test_no_child_shows(self):
        with self.assertRaises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        session = self.session()
        process = session.spawn(["cat"], stdin=srt.PIPE)
        with self.assertRaises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        process.communicate()


if __name__ == "__main__":
    main()
