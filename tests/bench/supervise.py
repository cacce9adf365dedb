# SPDX-License-Identifier: Apache-2.0
"""What the supervisor costs, side by side in one run:

    tests/bench/supervise.py [BUILD] [--runs N] [--only WORD]

Programs that make many files, and some that make none, in a sandbox without a supervisor
("off": protectMissing and monitor off), with the defaults ("check"), and with
"protectMissing": "exact"; in turns, so that what else the machine does hits all three.
Prints the smallest time of each and its ratio to off, by the clock and by the processor's
time of the whole tree of processes: on a loaded machine that is the one to compare. Then the
time of a connection to a unix socket by path, and of starting and ending. Everything lies in
--where, /var/tmp by default."""
import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading

from files import once
from start import TOP

LEVELS = ("off", "check", "exact")
CONNECT = """
import socket, sys, time
best = []
for turn in range(20):
    start = time.perf_counter()
    for i in range(100):
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.close()
    best.append((time.perf_counter() - start) * 1e4)
print(min(best))
"""


def settings(lab, name, filesystem=None, **keys):
    path = os.path.join(lab, name + ".json")
    with open(path, "w") as f:
        json.dump(dict({"network": dict({"allowedDomains": [], "deniedDomains": []}, **keys.pop("network", {})),
                        "filesystem": dict({"denyRead": [], "allowWrite": ["."], "denyWrite": []}, **(filesystem or {}))}, **keys), f)
    return path


def shell(text, cwd, env):
    subprocess.run(["/bin/sh", "-ec", text], cwd=cwd, env=env, check=True, stdout=subprocess.DEVNULL)


def make_sources(lab, env):
    """9,000 small files in 300 directories: as a tree, as a repository, as an archive; a C project; packages."""
    for i in range(300):
        folder = os.path.join(lab, "tree", "a%d" % (i % 17), "d%d" % i)
        os.makedirs(folder)
        for j in range(30):
            with open(os.path.join(folder, "f%d.c" % j), "w") as f:
                f.write("%d %d\n" % (i, j))
    commit = "git init -q .; git add -A; git -c user.name=a -c user.email=a@b commit -qm one; "
    shell("cd tree; tar cf ../tree.tar .; " + commit + "mkdir ../small; cp -r a1 a2 a3 a4 ../small; cd ../small; " + commit, lab, env)
    project = os.path.join(lab, "project")
    os.makedirs(project)
    names = ["m%d" % i for i in range(60)]
    for name in names:
        with open(os.path.join(project, name + ".c"), "w") as f:
            f.write("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n" + "".join(
                "int %s_%d(const char *s) { return (int)strlen(s) * %d + atoi(s) + printf(\"%%s\", s); }\n" % (name, i, i) for i in range(40)))
    with open(os.path.join(project, "Makefile"), "w") as f:
        objects = " ".join(n + ".o" for n in names)
        f.write("all: lib.a\nlib.a: %s\n\tar rcs $@ $^\n%%.o: %%.c\n\tcc -O1 -c -o $@ $<\nclean:\n\trm -f *.o lib.a\n" % objects)
    application = os.path.join(lab, "application")
    os.makedirs(application)
    wanted = {}
    for i in range(50):
        package = os.path.join(lab, "packages", "p%d" % i, "package")
        os.makedirs(os.path.join(package, "lib"))
        with open(os.path.join(package, "package.json"), "w") as f:
            json.dump({"name": "p%d" % i, "version": "1.0.0", "main": "lib/0.js"}, f)
        for n in range(30):
            with open(os.path.join(package, "lib", "%d.js" % n), "w") as f:
                f.write("exports.n = %d\n" % n * 20)
        shell("tar czf p%d.tgz -C p%d package" % (i, i), os.path.join(lab, "packages"), env)
        wanted["p%d" % i] = "file:%s/packages/p%d.tgz" % (lab, i)
    with open(os.path.join(application, "package.json"), "w") as f:
        json.dump({"name": "application", "version": "1.0.0", "dependencies": wanted}, f)


# name, directory, program, what puts the place back as it was
WORK = (
    ("git status, 9,000 files", "tree", "git status --porcelain", None),
    ("tar xf, 9,000 files", "out", "tar xf ../tree.tar", "rm -rf ../out && mkdir ../out"),
    ("git clone, 2,100 files", "out", "git clone -q ../small c", "rm -rf ../out && mkdir ../out"),
    ("make -j2, 60 C files", "project", "make -sj2 all", "make -s clean"),
    ("npm install, 50 packages", "application", "npm install --offline --no-audit --no-fund --no-package-lock --cache ./.cache", "rm -rf node_modules .cache"),
    ("find /usr", "out", "find /usr -name nosuch 2>&1 || true", None),
    ("true", "out", "true", None),
)


def measure_work(srt, lab, env, files, runs, only):
    print("| program | off ms | check ms | exact ms | check/off | exact/off | processor: check/off | exact/off |\n|---|---|---|---|---|---|---|---|")
    for name, where, text, undo in WORK:
        if only and only not in name:
            continue
        if not shutil.which(text.split()[0]):
            print("| %s | not installed | | | | | | |" % name)
            continue
        times = {level: [] for level in LEVELS}
        for turn in range(runs + 1):
            for level in LEVELS[turn % 3:] + LEVELS[:turn % 3]:
                cwd = os.path.join(lab, where)
                if undo:
                    shell(undo, cwd, env)
                taken = once([srt, "-s", files[level], "-c", text], cwd, env)
                if taken[2] != 0:
                    raise SystemExit("%s at %s: ended with %d" % (name, level, taken[2]))
                if turn: # the first one warms up
                    times[level].append(taken)
        clock, used = ([min(t[i] for t in times[level]) for level in LEVELS] for i in (0, 1))
        print("| %s | %.1f | %.1f | %.1f | %.2f | %.2f | %.2f | %.2f |" % (
            name, *clock, clock[1] / clock[0], clock[2] / clock[0], used[1] / used[0], used[2] / used[0]), flush=True)


def measure_connect(srt, lab, env, runs):
    path = os.path.join(lab, "s.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(4096)

    def loop():
        while True:
            try:
                listener.accept()[0].close()
            except OSError:
                return

    threading.Thread(target=loop, daemon=True).start()
    ways = {"native (allowAllUnixSockets)": settings(lab, "all", network={"allowAllUnixSockets": True}, monitor="off"),
            "by the supervisor (allowUnixSockets)": settings(lab, "one", network={"allowUnixSockets": [path]})}
    found = {name: [] for name in ways}
    for _ in range(runs):
        for name, file in ways.items():
            out = subprocess.run([srt, "-s", file, "/usr/bin/python3", "-c", CONNECT, path], cwd=os.path.join(lab, "out"), env=env,
                                 stdout=subprocess.PIPE, check=True).stdout
            found[name].append(float(out))
    print("\n| a unix socket made, connected by path, closed | min µs | median µs |\n|---|---|---|")
    for name, values in found.items():
        print("| %s | %.1f | %.1f |" % (name, min(values), statistics.median(values)))
    listener.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default=os.path.join(TOP, "build", "release"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--where", default="/var/tmp")
    options = parser.parse_args()
    lab = tempfile.mkdtemp(prefix="srt-bench-", dir=options.where)
    try:
        env = {"HOME": os.path.join(lab, "home"), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1"}
        for name in ("home", "out"):
            os.makedirs(os.path.join(lab, name))
        make_sources(lab, env)
        srt = os.path.join(os.path.realpath(options.build), "bin", "srt")
        files = {"off": settings(lab, "off", {"protectMissing": "off"}, monitor="off"), "check": settings(lab, "check"),
                 "exact": settings(lab, "exact", {"protectMissing": "exact"})}
        measure_work(srt, lab, env, files, options.runs, options.only)
        measure_connect(srt, lab, env, options.runs)
    finally:
        shutil.rmtree(lab, ignore_errors=True)


if __name__ == "__main__":
    main()
