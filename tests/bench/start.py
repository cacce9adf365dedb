# SPDX-License-Identifier: Apache-2.0
"""Start-up time and memory, side by side in one run, interleaved:

    tests/bench/start.py [BUILD] [--runs N] [--npm DIR]

BUILD is a release build (default build/release). DIR holds node_modules with the
reference's npm package; without it that row is left out. Prints a Markdown table."""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def once(words, cwd, env):
    start = time.perf_counter()
    pid = os.posix_spawn(words[0], words, env, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, used = os.wait4(pid, 0)
    taken = time.perf_counter() - start
    if status != 0:
        raise SystemExit("failed (%d): %s" % (status, words))
    return taken * 1000, (used.ru_utime + used.ru_stime) * 1000


def interleaved(commands, runs, cwd, env):
    """{name: [(ms, ms of processor time)...]}: one run of each in turn, so that load hits all alike."""
    os.chdir(cwd)
    times = {name: [] for name in commands}
    for name, words in commands.items():
        once(words, cwd, env)
    for _ in range(runs):
        for name, words in commands.items():
            times[name].append(once(words, cwd, env))
    return times


def settings(folder, name, allow=(), **filesystem):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        json.dump({"network": {"allowedDomains": list(allow), "deniedDomains": []},
                   "filesystem": dict({"denyRead": [], "allowWrite": ["."], "denyWrite": []}, **filesystem)}, f)
    return path


def bwrap_words(srtctl, config, cwd, env):
    """The bwrap command line that srt uses for these settings, to be run directly
    with /bin/true in place of the helper: the same mounts and namespaces."""
    out = subprocess.run([srtctl, "plan", "--json", "-s", config, "--", "/bin/true"], cwd=cwd, env=env,
                         stdout=subprocess.PIPE, check=True, text=True).stdout
    launch = json.loads(out)["launch"]
    args = next(d["words"] for d in launch["descriptors"] if "--ro-bind" in d.get("words", []) or "--bind" in d.get("words", []))
    bwrap = next(w for w in launch["argv"] if os.path.basename(w) == "bwrap") if any(
        os.path.basename(w) == "bwrap" for w in launch["argv"]) else shutil.which("bwrap")
    # What srt binds by descriptor is bound by path here: the descriptors are srt's.
    for i, word in enumerate(args):
        if word in ("--bind-fd", "--ro-bind-fd"):
            args[i], args[i + 1] = word[:-3], args[i + 2]
    if "--unshare-net" not in args:
        args = ["--unshare-net"] + args
    return [bwrap] + args + ["--", "/bin/true"]


def private_kb(pid):
    """Of the init inside, which nobody but root may look into, all that is its own
    or may be: what is resident."""
    total = 0
    try:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            for line in f:
                if line.startswith(("Private_Clean", "Private_Dirty")):
                    total += int(line.split()[1])
    except PermissionError:
        with open("/proc/%d/statm" % pid) as f:
            total = int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    return total


def tree(pid):
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    parents.setdefault(int(f.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
            except OSError:
                pass
    found, todo = [], [pid]
    while todo:
        p = todo.pop()
        found.append(p)
        todo += parents.get(p, [])
    return found


def memory(words, cwd, env):
    """(processes of ours, private KiB of them) while `sleep` runs inside."""
    p = subprocess.Popen(words + ["/bin/sleep", "3"], cwd=cwd, env=env)
    time.sleep(1.0)
    ours = []
    for pid in tree(p.pid):
        with open("/proc/%d/comm" % pid) as f:
            if f.read().strip() != "sleep":
                ours.append(pid)
    total = sum(private_kb(pid) for pid in ours)
    p.wait()
    return len(ours), total


def others(build, lab):
    """The backends beside the one that is chosen by itself: {name: what names it}. native as it is installed: what lies
    beside a module is kept from the command, and the build tree has more there than its launcher."""
    parts = [os.path.join(os.path.abspath(build), "plugins", name) for name in ("native.so", "native-launch")]
    found = {"landlock": "landlock"}
    if all(os.path.exists(part) for part in parts):
        place = os.path.join(lab, "backends")
        os.mkdir(place, 0o755)
        for part in parts:
            shutil.copy(part, place)
        found["native"] = os.path.join(place, "native.so")
    return found


def print_table(times):
    low, middle, used = base_of(times, "bwrap, the same mounts and namespaces")
    print("| start of `/bin/true` | min ms | median ms | processor ms | ratio to bwrap (min / median / processor) |\n|---|---|---|---|---|")
    for name in times:
        a, b, c = base_of(times, name)
        print("| %s | %.2f | %.2f | %.2f | %.2f / %.2f / %.2f |" % (name, a, b, c, a / low, b / middle, c / used))
    for case in ("no network", "two allowed domains"):
        if "srt --backend=native, " + case in times:
            ours, theirs = base_of(times, "srt --backend=native, " + case), base_of(times, "srt, " + case)
            print("\nnative starts %.2f (min), %.2f (median), %.2f (processor) times as fast as the backend chosen by itself, %s"
                  % tuple([t / o for o, t in zip(ours, theirs)] + [case]), end="")
    print()


def base_of(times, name):
    """(least time, median time, mean processor time), which the kernel counts exactly enough for many starts."""
    values = [v[0] for v in times[name]]
    return min(values), statistics.median(values), statistics.mean(v[1] for v in times[name])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default=os.path.join(TOP, "build", "release"))
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--npm")
    options = parser.parse_args()
    srt = os.path.join(options.build, "bin", "srt")
    srtctl = os.path.join(options.build, "bin", "srtctl")
    lab = tempfile.mkdtemp(prefix="srt-bench-", dir="/var/tmp")
    try:
        home, cwd = os.path.join(lab, "home"), os.path.join(lab, "home", "work")
        os.makedirs(cwd)
        env = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        closed = settings(lab, "closed.json")
        two = settings(lab, "two.json", ["example.com", "*.github.com"])
        commands = {
            "/bin/true alone": ["/bin/true"],
            "bwrap, the same mounts and namespaces": bwrap_words(srtctl, closed, cwd, env),
            "srt, no network": [srt, "-s", closed, "/bin/true"],
            "srt, two allowed domains": [srt, "-s", two, "/bin/true"],
        }
        for backend, choice in others(options.build, lab).items():
            start = [srt, "--backend=" + choice, "--allow-unenforced=all"]
            commands["srt --backend=%s, no network" % backend] = start + ["-s", closed, "/bin/true"]
            commands["srt --backend=%s, two allowed domains" % backend] = start + ["-s", two, "/bin/true"]
        times = interleaved(commands, options.runs, cwd, env)
        if options.npm:
            cli = os.path.join(options.npm, "node_modules", "@anthropic-ai", "sandbox-runtime", "dist", "cli.js")
            npm_env = dict(env, PATH=os.environ["PATH"])
            times.update(interleaved({"npm package, two allowed domains":
                                      [shutil.which("node"), cli, "-s", two, "-c", "true"]}, max(8, options.runs // 20), cwd, npm_env))
        print_table(times)
        print("\n| while `sleep` runs | processes of ours | private memory, MB |\n|---|---|---|")
        for name, config in (("srt, no network", closed), ("srt, two allowed domains", two)):
            count, kb = memory([srt, "-s", config], cwd, env)
            print("| %s | %d | %.1f |" % (name, count, kb / 1024))
    finally:
        shutil.rmtree(lab, ignore_errors=True)


if __name__ == "__main__":
    main()
