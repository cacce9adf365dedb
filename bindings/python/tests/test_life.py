# SPDX-License-Identifier: Apache-2.0
"""Ends of all kinds: of the interpreter, of forks, of objects; and how the library is found."""
import ctypes.util
import gc
import os
import signal
import subprocess
import weakref

from support import BUILD, MODULE, PYTHON, Case, gone, main, python, srt, srttest

LIBRARY = srt._library.library()._name

START = """
import os, signal, sys, threading, time, warnings
import srt_sandbox as srt
warnings.simplefilter('ignore', ResourceWarning)
MARK = sys.argv[1]
def start(**more):
    session = srt.Session(quiet=True, **more)
    process = session.spawn(["sh", "-c", "echo up; exec sleep " + MARK], stdout=srt.PIPE, text=True)
    process.stdout.readline()
    return session, process
"""


def end(mark):
    for pid in srttest.processes_with(mark):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it went with its sandbox


class Life(Case):
    def mark(self):
        number = "7%d.%d" % (os.getpid(), len(self.id()))
        self.addCleanup(end, number)
        return number

    def program(self, text, status=0, err=""):
        mark = self.mark()
        done = python(START + text, mark)
        self.assertEqual((done.returncode, done.stderr), (status, err), done)
        return done.stdout, mark

    def gone(self, mark):
        return gone(mark)

    def test_exit_with_an_open_session(self):
        out, mark = self.program("session, process = start()\nprint('end')")
        self.assertEqual((out, gone(mark)), ("end\n", True))

    def test_exit_in_every_order(self):
        self.program("""
kept = []
session, process = start(ask=kept.append, on_record=kept.append)
wrapped, settings = session.wrap(["true"]), session.settings()
unsubscribe = session.subscribe(lambda record: session.records())
class Late:
    def __init__(self): self.session, self.process = start()
    def __del__(self): self.process.kill(), self.session.close(), self.session.close()
late = Late()
cycle = [session, process, wrapped, late, kept]; cycle.append(cycle)
""")

    def test_sudden_ends(self):
        for text, status in (("os._exit(3)", 3), ("os.kill(os.getpid(), signal.SIGKILL)", -9)):
            _, mark = self.program("session, process = start()\n" + text, status)
            self.assertTrue(self.gone(mark))

    def test_what_is_kept_stays(self):
        _, mark = self.program("""
with srt.Session(quiet=True) as session:
    process = session.spawn(["sleep", MARK], keep=True, stdout=srt.DEVNULL, stderr=srt.DEVNULL)
    while not [m for m in os.popen("pgrep -f 'sleep %s'" % MARK)]: time.sleep(0.05)
os._exit(0)
""")
        self.assertTrue(srttest.processes_with(mark))

    def test_exit_during_a_flood_of_callbacks(self):
        self.program("""
came = threading.Event()
session = srt.Session(quiet=True, on_record=lambda record: came.set())
session.spawn("while :; do i=$((i+1)); mkdir /usr/no-$i; done 2>/dev/null", shell=True)
came.wait()
""")

    def test_exit_with_a_thread_that_waits(self):
        out, mark = self.program("""
session, process = start()
threading.Thread(target=process.wait, daemon=True).start()
time.sleep(0.1)
print('end')
""")
        self.assertEqual((out, gone(mark)), ("end\n", True))

    def test_fork(self):
        out, mark = self.program("""
session, process = start(on_record=print)
settings, wrapped = srt.Settings(), session.wrap(["true"])
child = os.fork()
if child == 0:
    for use in (session.records, lambda: session.run(["true"]), process.poll, settings.to_json, wrapped.popen_kwargs):
        try:
            use()
            print("used", use)
        except srt.UsageError as problem:
            assert "fork" in str(problem), problem
    session.close(), wrapped.close()
    del session, process, settings, wrapped
    with srt.Session(quiet=True) as own:
        print("own", own.run(["sh", "-c", "exit 3"]).returncode)
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
print(process.poll(), session.run(["sh", "-c", "exit 4"]).returncode, settings.to_dict())
process.kill(), process.wait(), wrapped.close(), session.close()
""")
        self.assertEqual(out, "own 3\nNone 4 {}\n")

    def test_cycles_are_collected(self):
        class Owner:
            def __init__(self, case):
                self.session = srt.Session(ask=self.ask, on_record=self.told, quiet=True, backend=case)
                self.unsubscribe = self.session.subscribe(self.told)

            def ask(self, question):
                return True

            def told(self, record):
                pass
        owner = Owner(None)
        self.assertEqual(owner.session.run(["mkdir", self.out + "/x"], stderr=srt.DEVNULL).returncode, 1)
        known, session = weakref.ref(owner), weakref.ref(owner.session)
        with self.assertWarns(ResourceWarning):
            del owner
            gc.collect()
        self.assertIsNone(known())
        self.assertIsNone(session())

    def test_nothing_is_left_open(self):
        def rounds(count):
            for _ in range(count):
                with srt.Session(quiet=True) as session:
                    session.run(["true"], capture_output=True)
                    session.wrap(["true"]).close()
                    session.wrap_shell("true", shell=True)
            gc.collect()
            return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))
        self.assertEqual(rounds(1), rounds(3))

    def test_warnings(self):
        session = srt.Session(quiet=True)
        with self.assertWarns(ResourceWarning):
            session.spawn(["sleep", "10"])
            gc.collect()
        session.close()


class Finding(Case):
    def find(self, path=MODULE, **env):
        clean = {k: v for k, v in os.environ.items() if k not in ("SRT_LIBRARY", "PYTHONPATH")}
        text = "import sys; sys.path.insert(0, %r)\nimport srt_sandbox as srt\ntry: print(srt.library_version())\n" \
               "except srt.LibraryError as problem: print(problem)" % path
        done = python(text, env=dict(clean, **env))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_named(self):
        os.symlink(MODULE + "/srt_sandbox", "srt_sandbox")
        self.assertEqual(self.find(self.work, SRT_LIBRARY=os.path.abspath(LIBRARY)), srt.library_version() + "\n")

    def test_beside_the_module(self):
        self.assertEqual(self.find(), srt.library_version() + "\n")
        self.assertTrue(os.path.abspath(LIBRARY).startswith(os.path.abspath(BUILD) + "/"))

    def test_not_there(self):
        self.assertIn("/no/such/libsrt.so", self.find(SRT_LIBRARY="/no/such/libsrt.so"))
        self.assertIn("expected the absolute path", self.find(SRT_LIBRARY="libsrt.so.0"))

    def test_another_library(self):
        self.assertIn("has no srt_version", self.find(SRT_LIBRARY=os.path.realpath(self.other())))

    def other(self):
        done = subprocess.run([PYTHON, "-c", "import _ctypes; print(_ctypes.__file__)"],
                              stdout=subprocess.PIPE, text=True)
        found = done.stdout.strip()
        return found if os.path.exists(found) else ctypes.util.find_library("c")


if __name__ == "__main__":
    main()
