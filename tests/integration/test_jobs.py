# SPDX-License-Identifier: Apache-2.0
"""Job control around srt: stopping, continuing, interrupting, inherited signals."""
import pty
import select

from srttest import *


class Terminal:
    """A program as leader of its own session on a new terminal."""

    def __init__(self, lab, words, **env):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(lab.work)
            os.execve(words[0], words, lab.env(**env))
        self.text = b""
        self.at = 0  # what lies before has been looked at

    def until(self, mark, seconds=10):
        """Waits for the next mark behind the last one; one read may bring both."""
        end = time.monotonic() + seconds
        while mark not in self.text[self.at:]:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise AssertionError("no %r in %r" % (mark, self.text[self.at:]))
            try:
                piece = os.read(self.master, 4096)
            except OSError:
                piece = b""
            if not piece:
                raise AssertionError("ended without %r: %r" % (mark, self.text[self.at:]))
            self.text += piece
        self.at = self.text.index(mark, self.at) + len(mark)

    def type(self, text):
        os.write(self.master, text)

    def answer(self, text, mark):
        """Types until the mark is there, as a person would: what is typed while a shell changes
        the terminal's mode or the kernel handles the stop key can be lost, with any program."""
        for _ in range(9):
            self.type(text)
            try:
                return self.until(mark, 2)
            except AssertionError:
                pass
        self.type(text)
        self.until(mark)

    def wait(self, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.master)
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("did not end: %r" % self.text)


def state(pid):
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rsplit(")", 1)[1].split()[0]


def ready(lab):
    expect(eventually(lambda: os.path.exists(os.path.join(lab.work, "ready")), 20), "did not start")


@case
def stopped_and_continued_by_a_shell(lab):
    s = lab.settings()
    t = Terminal(lab, ["/bin/bash", "--norc", "-i"], PS1="@ ")
    t.until(b"@ ")
    # No fork after "up": a child that is made while the stop key comes can stay stopped, since
    # the kernel hands it the stop and not the SIGCONT that follows within the same fork.
    t.type(("%s -s %s -c 'echo up-$((1+1)); while read x; do echo got-$x; done; echo down-$((1+1))'\n"
            % (SRT, s)).encode())
    t.until(b"up-2")
    t.answer(b"\x1a", b"Stopped")
    t.until(b"@ ")
    t.answer(b"echo shell-$((40+1))\n", b"shell-41")
    t.answer(b"fg\n", b"got-$x")
    t.answer(b"line\n", b"got-line")
    t.answer(b"\x04", b"down-2")
    t.answer(b"echo status-$?; exit\n", b"status-0")
    expect_eq(t.wait(), 0)


@case
def interrupted_from_a_shell(lab):
    s = lab.settings()
    t = Terminal(lab, ["/bin/bash", "--norc", "-i"], PS1="@ ")
    t.until(b"@ ")
    t.type(("%s -s %s -c 'echo up-$((1+1)); exec sleep 1000'\n" % (SRT, s)).encode())
    t.until(b"up-2")
    time.sleep(0.2)
    t.type(b"\x03")
    t.until(b"@ ")
    t.type(b"echo status-$?; exit\n")
    t.until(b"status-130")
    t.wait()


@case
def keyboard_interrupts_do_not_end_an_interactive_program(lab):
    t = Terminal(lab, [SRT, "-s", lab.settings(), "-c",
                       "trap 'echo int' INT; echo up-$((1+1)); while ! read -t 1 x; do :; done; exit 3"])
    t.until(b"up-2")
    for _ in range(3):
        time.sleep(0.3)
        t.type(b"\x03")
        t.until(b"int")
    t.type(b"x\n")
    expect_eq(t.wait(), 3)


@case
def stop_key_without_a_shell_does_not_hang(lab):
    t = Terminal(lab, [SRT, "-s", lab.settings(), "-c", "echo up-$((1+1)); read x; exit 4"])
    t.until(b"up-2")
    t.type(b"\x1a")
    time.sleep(0.3)
    t.type(b"x\n")
    expect_eq(t.wait(), 4)


@case
def stop_signal_stops_both(lab):
    p = lab.background(lab.command(lab.settings(), "-c",
                                   "while :; do date +%N > tick; sleep 0.1; done"),
                       cwd=lab.work, env=lab.env(), stdout=subprocess.DEVNULL,
                       preexec_fn=os.setpgrp)  # SIGTSTP stops no orphaned process group
    expect(eventually(lambda: os.path.exists(os.path.join(lab.work, "tick")), 20), "did not start")
    p.send_signal(signal.SIGTSTP)
    expect(eventually(lambda: state(p.pid) == "T", 5), "srt is not stopped")
    time.sleep(0.3)
    first = lab.read("tick")
    time.sleep(0.4)
    expect_eq(lab.read("tick"), first, "the command goes on")
    p.send_signal(signal.SIGCONT)
    expect(eventually(lambda: lab.read("tick") != first, 5), "the command does not go on")
    p.terminate()
    expect_eq(p.wait(10), 143)


@case
def timeout_gives_the_command_its_grace(lab):
    r = subprocess.run(["timeout", "3", SRT, "-s", lab.settings(), "-c",
                        "trap 'sleep 0.5; echo cleaned; exit 3' TERM; while :; do sleep 0.1; done"],
                       cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, text=True)
    expect_eq(r.stdout, "cleaned\n")
    expect_eq(r.returncode, 124)


@case
def ignored_signals_stay_ignored(lab):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    p = lab.background(lab.command(lab.settings(), "-c",
                                   "grep SigIgn /proc/self/status; touch ready; sleep 1; echo end"),
                       cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, text=True,
                       preexec_fn=ignore)
    ready(lab)
    p.send_signal(signal.SIGHUP)
    p.send_signal(signal.SIGUSR1)
    out, _ = p.communicate(timeout=10)
    expect_eq((p.returncode, out), (0, "SigIgn:\t0000000000000201\nend\n"))


@case
def broken_pipe_ends_the_command(lab):
    r = subprocess.run(["bash", "-c", '"$0" -s "$1" -c yes | head -1; echo ${PIPESTATUS[0]}', SRT,
                        lab.settings()], cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, text=True)
    expect_eq(r.stdout, "y\n141\n")


@case
def terminal_is_put_right_after_a_kill(lab):
    s = lab.settings()
    t = Terminal(lab, ["/bin/bash", "--norc", "-i"], PS1="@ ")
    t.until(b"@ ")
    t.type(("(%s -s %s -c 'stty raw -echo; echo up-$((1+1)); kill -KILL $$'; stty -a)\n" % (SRT, s)).encode())
    t.until(b"up-2")
    t.until(b"speed")
    t.until(b" icanon ")
    t.type(b"exit\n")
    t.wait()


if __name__ == "__main__":
    main()
