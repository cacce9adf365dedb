# SPDX-License-Identifier: Apache-2.0
"""Tests of the module as it lies in the build tree. Each program has a home of its own, made before
the library is loaded, which asks for it once."""
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))
import srttest  # noqa: E402
from srttest import BUILD, SRT, STRICT, eventually  # noqa: E402,F401

LAB = srttest.Lab()
import atexit  # noqa: E402
atexit.register(LAB.close)  # before the module's own, so it runs after that

MODULE = os.environ.get("SRT_PYTHON_DIR") or os.path.join(os.path.abspath(BUILD), "lib", "python3", "dist-packages")
sys.path.insert(0, MODULE)
PYTHON = "/usr/bin/python3"

for name in [n for n in os.environ if n.lower().endswith("_proxy")] + ["XDG_STATE_HOME", "TMPDIR", "OLDPWD"]:
    os.environ.pop(name, None)
os.environ.update(HOME=LAB.home, PATH="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", PYTHONPATH=MODULE,
                  PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8")
os.chdir(LAB.work)

import srt_sandbox as srt  # noqa: E402

BACKEND = srttest.backend_choice() if srttest.BACKEND else None


class Case(unittest.TestCase):
    """Each test has a working directory, and one beside it that settings do not allow to write."""

    maxDiff = None

    def setUp(self):
        name = self.id().split(".")[-1]
        self.work, self.out = os.path.join(LAB.work, name), os.path.join(LAB.out, name)
        os.makedirs(self.work)
        os.makedirs(self.out)
        os.chdir(self.work)

    def session(self, settings=None, **options):
        """A session that is closed with the test."""
        options.setdefault("backend", BACKEND)
        options.setdefault("quiet", True)
        made = srt.Session(settings, **options)
        self.addCleanup(made.close)
        return made

    def sh(self, session, text, **more):
        more.setdefault("capture_output", True)
        return session.run(text, shell=True, text=True, **more)

    def unraisable(self):
        """What is reported to sys.unraisablehook during the test."""
        seen, hook = [], sys.unraisablehook
        sys.unraisablehook = lambda found: seen.append(found.exc_value)
        self.addCleanup(setattr, sys, "unraisablehook", hook)
        return seen


def python(text, *arguments, **more):
    """A Python program of its own, in the environment of the tests."""
    return subprocess.run([PYTHON, "-X", "dev", "-c", text, *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, **more)


def targets(records, operation=None):
    return {r.target for r in records if operation is None or r.operation == operation}


def gone(mark):
    """Killed sandboxes are gone a moment after the srt that held them."""
    return eventually(lambda: not srttest.processes_with(mark), 20)


def main():
    missing = srttest.backend_is_missing()
    if missing and not STRICT:
        print("skip  all: %s" % missing)
        sys.exit(77)
    program = unittest.main("__main__", exit=False, verbosity=2)
    result = program.result
    bad = not result.wasSuccessful() or result.testsRun == 0 or (STRICT and result.skipped)
    sys.exit(1 if bad else 77 if len(result.skipped) == result.testsRun else 0)
