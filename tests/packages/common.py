# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of the packages: where things lie, and roots that are entered. Root runs
them. What cannot be done on this machine ends with 77, a skip."""
import os
import shutil
import subprocess
import sys

BUILD = os.path.realpath(os.environ["SRT_BUILD_DIR"])
SOURCE = os.path.realpath(os.environ["SRT_SOURCE_DIR"])
PLACE = os.path.join(BUILD, "packages")
ONE, TWO, TARBALL = (os.path.join(PLACE, name) for name in ("one", "two", "tarball"))
ROOT = os.path.join(PLACE, "root")
USER = 1000


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


def need(*programs):
    os.environ["PATH"] = "/usr/local/sbin:/usr/sbin:/sbin:" + os.environ["PATH"]
    for program in programs:
        if not shutil.which(program):
            skip(program + " is not installed")
    if os.geteuid() != 0:
        skip("needs root")


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def run(*words, status=0, **more):
    """Output and error of a program that has to end with that status (None: any)."""
    r = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       errors="surrogateescape", **more)
    if status is not None and r.returncode != status:
        raise AssertionError("%r ended with %d, expected %d:\n%s" % (words, r.returncode, status, (r.stdout + r.stderr)[-3000:]))
    r.both = r.stdout + r.stderr
    return r


def inside(*words, user=0, home="/home/user", env=None, **more):
    """Runs words in ROOT as on a machine of its own: as root, or as a user."""
    enter = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "enter.py")]
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/home/user" if user else "/root", **(env or {})}
    return run("unshare", "--mount", "--pid", "--fork", "--kill-child", *enter, ROOT, str(user), home if user else "/", *words,
               env=clean, **more)


def packages(directory, *names):
    """Files of packages by their names; all without a name."""
    found = {f.split("_")[0]: os.path.join(directory, f) for f in sorted(os.listdir(directory)) if f.endswith(".deb")}
    return [found[name] for name in names] if names else list(found.values())
