# SPDX-License-Identifier: Apache-2.0
"""What a flood of refusals costs the host:

    tests/bench/violations.py [BUILD] [--times N] [--processes N] [--only WORD] [--backend NAME]...

A program in the sandbox causes refusals as fast as it can. Printed are how many it got in a second, srt's
processor time for one and for a second of that (cores; that is srt with its threads: supervisor, proxies, records),
its largest resident memory, and what is in the database afterwards: different records, refusals that they stand for,
and the number that is recorded as lost. Every refusal must be in one of the last two; with --check it is an error
when one is missing, or when the host pays more than a core or 32 MB. Processor time does not depend on what else
the machine does; the other figures do."""
import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROWS = (("same", "one file, for writing", 1), ("many", "another name each time", 1), ("long", "long names", 1),
        ("names", "a protected name", 1), ("connect", "connections past the proxy", 0.5), ("proxy", "requests to the proxy", 0.1),
        ("blocked", "a blocked system call", 1))
TICK = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak(pid):
    with open("/proc/%d/status" % pid) as f:
        for line in f:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0


class Place:
    def __init__(self, build):
        self.build = build
        self.top = tempfile.mkdtemp(prefix="srt-bench-", dir="/var/tmp")
        self.work, self.out = self.top + "/work", self.top + "/out"
        os.makedirs(self.work)
        os.makedirs(self.out)
        with open(self.out + "/file", "w"):
            pass
        shutil.copy(os.path.join(build, "tests/bin/srt-refusals"), self.work)

    def settings(self, kind):
        path = self.top + "/settings.json"
        with open(path, "w") as f:
            json.dump({"monitor": "full" if kind == "blocked" else "default", "network": {"allowedDomains": ["example.com"]},
                       "filesystem": {"allowWrite": ["."]}}, f)
        return path

    def run(self, backend, kind, times, processes):
        state = tempfile.mkdtemp(dir=self.top)
        os.mkdir(state + "/srt", 0o700)  # else nothing is written before the end
        env = dict(os.environ, HOME=self.top, XDG_STATE_HOME=state, SRT_BACKEND=backend)
        where = self.out + "/file" if kind == "same" else self.out
        text = "./srt-refusals %s %d %d %s" % (kind, times, processes, where)
        header = ("PROXY_HEADER=$(python3 -c '%s') exec " % HEADER) if kind == "proxy" else "exec "
        p = subprocess.Popen([os.path.join(self.build, "bin/srt"), "-s", self.settings(kind), "-c", header + text], cwd=self.work, env=env,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        before = cpu(p.pid)
        line = p.stdout.readline().split()
        if len(line) != 2:
            sys.exit("%s with %s: nothing was measured (%r)" % (kind, backend, line))
        after, seconds = cpu(p.pid), float(line[1])
        time.sleep(0.5)  # what waits is written
        last, memory = cpu(p.pid), peak(p.pid)
        p.stdin.close()
        p.wait()
        db = sqlite3.connect(state + "/srt/violations.db")
        rows, kept = db.execute("select count(*), sum(count) from violations").fetchone()
        lost = db.execute("select sum(lost) from sessions").fetchone()[0]
        return dict(rate=times / seconds, each=(last - before) / times * 1e6, cores=(after - before) / seconds, memory=memory, rows=rows,
                    kept=kept, lost=lost, missing=times - kept - lost)

    def close(self):
        shutil.rmtree(self.top, ignore_errors=True)


HEADER = ("import base64, os, urllib.parse; p = urllib.parse.urlsplit(os.environ[\"HTTP_PROXY\"]); "
          "print(\"Proxy-Authorization: Basic \" + base64.b64encode((\"%s:%s\" % (p.username, p.password)).encode()).decode()"
          " if p.username else \"\", end=\"\")")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("build", nargs="?", default=os.path.join(TOP, "build/release"))
    arguments.add_argument("--times", type=int, default=100000)
    arguments.add_argument("--processes", type=int, default=1)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--backend", action="append")
    arguments.add_argument("--check", action="store_true")
    a = arguments.parse_args()
    wrong = []
    print("| backend | refused | a second | host µs each | host cores | host MB | records | they stand for | lost |\n|---|---|---|---|---|---|---|---|---|")
    for backend in a.backend or ("bwrap", "landlock"):
        for kind, text, share in ROWS:
            if a.only not in kind:
                continue
            place = Place(os.path.abspath(a.build))
            try:
                r = place.run(backend, kind, int(a.times * share), a.processes)
            finally:
                place.close()
            print("| %s | %s | %.0f | %.1f | %.2f | %.1f | %d | %d | %d |" % (backend, text, r["rate"], r["each"], r["cores"], r["memory"],
                                                                        r["rows"], r["kept"], r["lost"]), flush=True)
            if r["missing"] or r["cores"] > 1 or r["memory"] > 32:
                wrong.append("%s, %s: %r" % (backend, text, r))
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong and a.check else 0)


if __name__ == "__main__":
    main()
