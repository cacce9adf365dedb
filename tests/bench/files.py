# SPDX-License-Identifier: Apache-2.0
"""What file rules cost at the start, side by side in one run:

    tests/bench/files.py [BUILD] [--runs N] [--mounts N]

The walk for protected names through a tree of 200,000 files in two shapes, beside
find on the same tree; 10,000 path rules that need no mount; N rules that need one
each, beside the same mounts made by bwrap alone; and 10,000 such rules, which are
refused. Prints a Markdown table, with the processor's time beside the clock's:
on a loaded machine that is the one to compare."""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

from start import TOP, bwrap_words, settings


def once(words, cwd, env):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    status = subprocess.run(words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken * 1000, used * 1000, status


def row(name, words, cwd, env, runs, wanted=0):
    times = [once(words, cwd, env) for _ in range(runs + 1)][1:]
    for _, _, status in times:
        if status != wanted:
            raise SystemExit("%s: ended with %d" % (name, status))
    print("| %s | %.1f | %.1f | %.1f |" % (name, min(t[0] for t in times), statistics.median(t[0] for t in times), min(t[1] for t in times)), flush=True)


def make_tree(top, outer, inner, files):
    for a in range(outer):
        for b in range(inner):
            folder = os.path.join(top, "d%d" % a, "e%d" % b)
            os.makedirs(folder)
            for c in range(files):
                os.close(os.open(os.path.join(folder, "file%d.c" % c), os.O_WRONLY | os.O_CREAT))


def measure(build, lab, runs, mounts):
    srt, srtctl = os.path.join(build, "bin", "srt"), os.path.join(build, "bin", "srtctl")
    env = {"HOME": os.path.join(lab, "home"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    empty, rules = os.path.join(lab, "home", "empty"), os.path.join(lab, "rules")
    os.makedirs(empty)
    make_tree(rules, 100, 1, 100)
    paths = [os.path.join(d, f) for d, _, files in os.walk(rules) for f in sorted(files)]
    plain = settings(lab, "plain.json")
    print("| start of `/bin/true` | min ms | median ms | processor ms |\n|---|---|---|---|")
    row("srt in an empty directory", [srt, "-s", plain, "/bin/true"], empty, env, runs)
    for outer, inner, files in ((40, 50, 98), (100, 200, 9)):
        tree = os.path.join(lab, "home", "tree")
        make_tree(tree, outer, inner, files)
        what = "200,000 entries, %d directories" % (outer * inner)
        row("srt in a tree of " + what, [srt, "-s", plain, "/bin/true"], tree, env, runs)
        row("find in the same tree", ["/usr/bin/find", ".", "-name", "nosuch"], tree, env, runs)
        shutil.rmtree(tree)
    idle = settings(lab, "idle.json", denyWrite=paths)
    row("srt, %d denyWrite where nothing is writable" % len(paths), [srt, "-s", idle, "/bin/true"], empty, env, runs)
    some = settings(lab, "some.json", allowWrite=[rules], denyWrite=paths[:mounts])
    few = max(3, runs // 5)
    row("bwrap, the mounts of %d denied files" % mounts, bwrap_words(srtctl, some, empty, env), empty, env, few)
    row("srt, %d denied files in a writable directory" % mounts, [srt, "-s", some, "/bin/true"], empty, env, few)
    many = settings(lab, "many.json", allowWrite=[rules], denyWrite=paths)
    row("srt --backend=bwrap, %d of them: refused (125)" % len(paths), [srt, "--backend=bwrap", "-s", many, "/bin/true"], empty,
        env, runs, 125)
    row("srt, %d of them: landlock takes them" % len(paths), [srt, "-s", many, "/bin/true"], empty, env, few)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default=os.path.join(TOP, "build", "release"))
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--mounts", type=int, default=300)
    options = parser.parse_args()
    lab = tempfile.mkdtemp(prefix="srt-bench-", dir="/var/tmp")
    try:
        measure(options.build, lab, options.runs, options.mounts)
    finally:
        shutil.rmtree(lab)


if __name__ == "__main__":
    main()
