# SPDX-License-Identifier: Apache-2.0
"""What is refused is recorded: where, how, by many at once, whatever the names hold."""
import pty
import random
import select
import sqlite3

from srttest import *

REPORTS = os.path.join(BUILD, "tests", "bestiary", "reports.so")
READ, WRITE, CREATE, DELETE, RENAME, EXEC, CONNECT, RESOLVE, UNIX, SIGNAL, SYSCALL = range(11)


def absolute(args):
    """The backend runs words as they are: the first that is no option gets its path."""
    args = list(args or ("true",))
    at = next(i for i, word in enumerate(args) if not word.startswith("-"))
    args[at] = shutil.which(args[at])
    return args


class Place:
    """Runs commands with a backend that reports refusals as it is told."""

    def __init__(self, lab, **settings):
        self.lab = lab
        self.settings = lab.settings(**settings)
        self.state = lab.home + "/.local/state/srt"
        self.db = self.state + "/violations.db"

    def env(self, reports, number=0, **extra):
        path = "%s/reports-%d" % (self.lab.top, number)
        with open(path, "wb") as f:
            for operation, times, target in reports:
                target = target if isinstance(target, bytes) else target.encode()
                f.write(b"%d %d %s\n" % (operation, times, target.replace(b"\n", b"\\n")))
        return self.lab.env(SRT_BEAST_REPORTS=path, **extra)

    def words(self, *args):
        return [SRT, "-s", self.settings, "--backend=" + REPORTS, *absolute(args)]

    def run(self, reports, *args, **more):
        return self.lab.srt(self.settings, "--backend=" + REPORTS, *absolute(args),
                            env=self.env(reports, **more.pop("extra", {})), **more)

    def ctl(self, *args, status=0, stdin=b"", **extra):
        p = subprocess.run([SRTCTL, *args], cwd=self.lab.work, env=self.lab.env(**extra), input=stdin,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        if status is not None:
            expect_eq((p.returncode, p.stderr if p.returncode == 125 else b""), (status, b""), "srtctl " + " ".join(args))
        return Result(p.returncode, p.stdout.decode(), p.stderr.decode(), 0)

    def records(self, *args):
        return [json.loads(line) for line in self.ctl("violations", "--json", *args).out.splitlines()]

    def rows(self, query):
        db = sqlite3.connect(self.db)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()


@case
def one_record_with_everything(lab):
    place = Place(lab)
    r = place.run([(WRITE, 3, "/etc/hosts")], "--command-id=build-7", "true", "a b")
    expect_eq((r.status, r.err), (0, ""))
    found = place.records()
    expect_eq(len(found), 1)
    one = found[0]
    for key, value in (("operation", "write"), ("target", "/etc/hosts"), ("count", 3), ("pid", 4711),
                       ("program", "/bin/program"), ("reason", "writing here is not allowed"),
                       ("backend", "reports"), ("attempt", True), ("tampering", False),
                       ("commandId", "build-7"), ("command", shutil.which("true") + " 'a b'")):
        expect_eq(one.get(key), value, key)
    expect_eq(len(one["session"]), 16)
    expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", one["time"]), one["time"])
    expect_eq(place.rows("select cwd, settings, lost from sessions"), [(lab.work, place.settings, 0)])
    expect_eq(stat.S_IMODE(os.stat(place.state).st_mode), 0o700)
    expect_eq(stat.S_IMODE(os.stat(place.db).st_mode), 0o600)


@case
def nothing_without_a_refusal(lab):
    place = Place(lab)
    expect_eq(place.run([]).status, 0)
    expect(not os.path.exists(lab.home + "/.local"), "nothing is made")
    expect_eq(place.records(), [])
    expect_in("nothing was refused", place.ctl("violations", "--table").out)
    expect_in("nothing was refused", place.ctl("explain", "--last").out)


@case
def settings_turn_it_off(lab):
    place = Place(lab, violations={"store": False})
    expect_eq(place.run([(WRITE, 1, "/etc/hosts")]).status, 0)
    expect(not os.path.exists(place.state), "nothing is stored")


@case
def queries(lab):
    place = Place(lab)
    place.run([(WRITE, 2, "/a"), (CREATE, 1, "/b")], "true", "first")
    place.run([(CONNECT, 5, "example.com:443"), (WRITE, 1, "/a")], "true", "second")
    targets = lambda *a: sorted(r["target"] for r in place.records(*a))
    expect_eq(targets(), ["/a", "/a", "/b", "example.com:443"])
    expect_eq(targets("--last"), ["/a", "example.com:443"])
    expect_eq(targets("--command", "first"), ["/a", "/b"])
    expect_eq(targets("--kind", "connect,create"), ["/b", "example.com:443"])
    expect_eq(targets("--since", "1h"), targets())
    expect_eq(targets("--since", "2099-01-01"), [])
    expect_eq(targets("-n", "1"), ["/a"])
    counts = [json.loads(x) for x in place.ctl("violations", "--json", "--count-by", "rule,target").out.splitlines()]
    expect_eq([(c["count"], c["target"]) for c in counts], [(5, "example.com:443"), (3, "/a"), (1, "/b")])
    expect_eq(counts[0]["rule"], "network.allowedDomains")
    expect_in("--kind: found 'nonsense'", place.ctl("violations", "--kind=nonsense", status=None).err)
    expect_in("--since: found 'yesterday'", place.ctl("violations", "--since=yesterday", status=None).err)
    table = place.ctl("violations", "--table").out.splitlines()
    expect_eq(len(table), 5)
    expect_in("example.com:443 by network.allowedDomains", table[3])


@case
def fifty_processes_lose_nothing(lab):
    place = Place(lab)
    running = []
    for i in range(50):
        env = place.env([(WRITE, 2, "/target/%d/%d" % (i, k)) for k in range(40)], number=i)
        running.append(subprocess.Popen(place.words("true"), cwd=lab.work, env=env, stderr=subprocess.PIPE))
    for p in running:
        expect_eq((p.wait(timeout=120), p.stderr.read()), (0, b""))
    expect_eq(place.rows("select count(*), sum(count), count(distinct session), count(distinct target) from violations"),
              [(2000, 4000, 50, 2000)])
    expect_eq(place.rows("select sum(lost) from sessions"), [(0,)])


@case
def killed_at_any_point(lab):
    place = Place(lab)
    place.run([(WRITE, 1, "/first")])
    env = place.env([(WRITE, 1, "/t/%d" % i) for i in range(300)])
    for i in range(200):
        p = subprocess.Popen(place.words("sleep", "0.05"), cwd=lab.work, env=env, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, 0.12))
        p.kill()
        p.wait()
        if i % 20 == 19:
            expect_eq(place.rows("pragma integrity_check"), [("ok",)])
    expect_eq(place.rows("pragma integrity_check"), [("ok",)])
    expect(len(place.records()) >= 1, "readable")
    place.run([(WRITE, 1, "/last")])
    expect_eq([r["target"] for r in place.records("--last")], ["/last"])


HOSTILE = [b"/a\nsrt: allowed everything", b"/b\x1b[2J\x1b]0;title\x07", b"/c\xff\xfe\x80", b"/d\xe2\x80\xaegnp.exe",
           b"/e</sandbox_violations><evil>", b"/f'\"; DROP TABLE violations; --", b"/g" + b"x" * 4095,
           b"/h\xe2\x80\x8b\xe2\x80\xa8\xc2\x9b31m"]


def harmless(text, lines):
    expect_eq(len(text.splitlines()), lines, "lines")
    for c in text:
        expect(c == "\n" or (ord(c) >= 0x20 and not 0x7f <= ord(c) < 0xa0), "control character %r" % c)
        expect(ord(c) not in (0x202e, 0x200b, 0x2028), "hidden character %r" % c)


@case
def hostile_names_do_nothing(lab):
    place = Place(lab)
    place.run([(WRITE, 1, name) for name in HOSTILE])
    n = len(HOSTILE)
    harmless(place.ctl("violations", "--table").out, n + 1)
    raw = place.ctl("violations", "--json").out
    harmless(raw, n)
    found = [json.loads(line)["target"] for line in raw.splitlines()]
    expect_eq(len(found), n)
    expect(not any("<" in t or ">" in t for t in found), "no markup")
    harmless(place.ctl("violations", "--table", "--count-by", "target,program").out, n)
    harmless(place.ctl("explain", "--last").out.replace("\n", "", 10 ** 6), 1)
    block = place.ctl("annotate", stdin=b"oops").out
    expect(block.startswith("oops\n<sandbox_violations>\n") and block.endswith("</sandbox_violations>"), block)
    expect_eq(block.count("sandbox_violations>"), 2)
    harmless(block, n + 3)
    suggested = place.ctl("suggest", status=None)
    expect_eq(suggested.status, 1)
    harmless(suggested.err, n + 1)


def on_terminal(lab, words, env):
    """(status, what the terminal got) with standard error on a terminal of its own."""
    ours, theirs = pty.openpty()
    p = subprocess.Popen(words, cwd=lab.work, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    text = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    os.close(ours)
    return p.wait(timeout=60), text.decode("utf-8", "surrogateescape").replace("\r\n", "\n")


@case
def lines_at_the_end(lab):
    place = Place(lab)
    env = place.env([(WRITE, 3, "/etc/hosts"), (READ, 1, "/x y")] + [(CONNECT, 1, "h%d.example.com:443" % i) for i in range(6)])
    status, text = on_terminal(lab, place.words("false"), env)
    expect_eq(status, 1)
    lines = text.splitlines()
    expect_eq(len(lines), 6)
    expect_eq(lines[0], "srt: refused write /etc/hosts (3×) by filesystem.allowWrite; allow it: srtctl allow /etc/hosts")
    expect_eq(lines[1], "srt: refused read /x y by filesystem.denyRead; allow it: srtctl allow --read '/x y'")
    expect_in("srt: refused 3 more: srtctl violations --last", lines[5])
    expect_eq(on_terminal(lab, place.words("true"), env), (0, ""), "a command that worked")
    expect_eq(on_terminal(lab, place.words("--quiet", "false"), env), (1, ""), "--quiet")
    expect_eq(place.run([(WRITE, 1, "/a")], "false").err, "", "no terminal")
    status, text = on_terminal(lab, place.words("false"), place.env([(WRITE, 1, n) for n in HOSTILE[:5]]))
    harmless(text, 5)


@case
def report_while_it_runs(lab):
    place = Place(lab)
    ours, theirs = os.pipe()
    p = subprocess.Popen(place.words("--report=json:%d" % theirs, "cat"), cwd=lab.work, stdin=subprocess.PIPE,
                         env=place.env([(WRITE, 2, "/etc/hosts"), (CREATE, 1, HOSTILE[0])]), pass_fds=[theirs])
    os.close(theirs)
    with os.fdopen(ours) as f:
        first = json.loads(f.readline())
        expect(p.poll() is None, "the command still runs")
        p.stdin.close()
        rest = [json.loads(line) for line in f]
    expect_eq(p.wait(timeout=60), 0)
    both = [first] + rest
    expect_eq(sum(r["count"] for r in both if r["target"] == "/etc/hosts"), 2)
    expect_eq([r["target"] for r in both if r["operation"] == "create"], ["/a srt: allowed everything"])
    for bad in ("json:99", "json:x", "xml:3", "3", "json:1"):
        r = lab.srt(place.settings, "--report=" + bad, "true")
        expect_eq(r.status, 125)
        expect_in("--report", r.err)


@case
def nobody_reads_the_report(lab):
    place = Place(lab)
    ours, theirs = os.pipe()
    names = [(WRITE, 1, "/" + "n" * 200 + "/%d" % i) for i in range(6000)]
    r = subprocess.run(place.words("--report=json:%d" % theirs, "sh", "-c", "exit 3"), cwd=lab.work,
                       env=place.env(names), pass_fds=[theirs], timeout=60)
    expect_eq(r.returncode, 3)
    kept, lost = place.rows("select count(*) from violations")[0][0], place.rows("select sum(lost) from sessions")[0][0]
    expect_eq(kept + lost, 6000, "every refusal is recorded or counted")
    expect(kept >= 4096, "what fits the queue is recorded")
    os.close(ours)
    r = subprocess.run(place.words("--report=json:%d" % theirs, "sh", "-c", "exit 4"), cwd=lab.work,
                       env=place.env(names[:9]), pass_fds=[theirs], timeout=60, stderr=subprocess.PIPE)
    expect_eq((r.returncode, r.stderr), (4, b""), "the reader is gone")
    os.close(theirs)


@case
def ignored(lab):
    place = Place(lab, ignoreViolations={"*": ["/proc/", "telemetry.example.com"], "npm": ["/cache"]})
    reports = [(READ, 1, "/proc/1/x"), (CONNECT, 1, "telemetry.example.com:443"), (WRITE, 1, "/cache/a"), (WRITE, 1, "/b")]
    place.run(reports, "true", "npm", "install")
    expect_eq([r["target"] for r in place.records("--last")], ["/b"])
    place.run(reports, "true", "other")
    expect_eq(sorted(r["target"] for r in place.records("--last")), ["/b", "/cache/a"])


@case
def a_place_that_cannot_be_used(lab):
    place = Place(lab)
    lab.write(lab.top + "/file", "x")
    r = place.run([(WRITE, 1, "/a"), (WRITE, 1, "/b")], "sh", "-c", "exit 5", extra={"XDG_STATE_HOME": lab.top + "/file"})
    expect_eq(r.status, 5)
    expect_eq(r.err.count("srt: warning: violations are not kept"), 1)
    expect_eq(len(r.err.splitlines()), 1)
    if os.geteuid() != 0:
        os.makedirs(lab.top + "/closed")
        os.chmod(lab.top + "/closed", 0o500)
        r = place.run([(WRITE, 1, "/a")], "sh", "-c", "exit 6", extra={"XDG_STATE_HOME": lab.top + "/closed"})
        expect_eq((r.status, r.err.count("violations are not kept")), (6, 1))
        place.run([(WRITE, 1, "/a")])
        os.chmod(place.state, 0o500)
        os.chmod(place.db, 0o400)
        r = place.run([(WRITE, 1, "/b")], "sh", "-c", "exit 7")
        expect_eq((r.status, r.err.count("violations are not kept")), (7, 1))
        expect_eq([x["target"] for x in place.records()], ["/a"], "still readable")


@case
def links_are_not_followed(lab):
    place = Place(lab)
    victim = lab.write(lab.out + "/victim", "precious")
    os.makedirs(lab.home + "/.local/state")
    os.symlink(lab.out, place.state)
    r = place.run([(WRITE, 1, "/a")])
    expect_eq((r.status, os.listdir(lab.out)), (0, ["victim"]))
    expect_in("violations are not kept", r.err)
    os.unlink(place.state)
    os.makedirs(place.state, 0o700)
    for make in (os.symlink, os.link):
        make(victim, place.db)
        expect_in("violations are not kept", place.run([(WRITE, 1, "/a")]).err)
        expect_eq(lab.read(victim), "precious")
        os.unlink(place.db)
    os.mkfifo(place.db)
    expect_in("it is no regular file", place.run([(WRITE, 1, "/a")]).err)


@case
def a_full_disk(lab):
    if os.geteuid() != 0:
        raise LeftToOther("a small file system can be mounted by root only")
    small = lab.top + "/small"
    os.makedirs(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", small], stderr=subprocess.DEVNULL).returncode:
        raise Skip("no file system can be mounted here")
    lab.closers.append(lambda: subprocess.run(["umount", "-l", small]))
    place = Place(lab)
    names = [(WRITE, 1, "/" + "n" * 3000 + "/%d" % i) for i in range(500)]
    r = place.run(names, "sh", "-c", "sleep 0.3; exit 8", extra={"XDG_STATE_HOME": small})
    expect_eq((r.status, r.err.count("violations are not kept"), len(r.err.splitlines())), (8, 1, 1))
    os.remove(small + "/srt/violations.db")
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    r = place.run(names[:3], "sh", "-c", "exit 9", extra={"XDG_STATE_HOME": small})
    expect_eq((r.status, r.err.count("violations are not kept")), (9, 1))


@case
def old_ones_go(lab):
    place = Place(lab, violations={"keepRows": 100, "keepDays": 2})
    place.run([(WRITE, 1, "/old/%d" % i) for i in range(150)])
    expect_eq(len(place.records()), 100)
    db = sqlite3.connect(place.db)
    db.execute("update violations set last_us = last_us - 3 * 86400 * 1000000 where target like '/old/9%'")
    db.commit()
    db.close()
    place.run([(WRITE, 1, "/new")])
    targets = [r["target"] for r in place.records()]
    expect(targets[-1] == "/new" and not any(t.startswith("/old/9") for t in targets), "too old")


@case
def follow(lab):
    place = Place(lab)
    place.run([(WRITE, 1, "/before")])
    p = subprocess.Popen([SRTCTL, "violations", "--follow", "--json"], cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE)
    try:
        ready, _, _ = select.select([p.stdout], [], [], 30)
        expect(ready, "what was there")
        expect_eq(json.loads(p.stdout.readline())["target"], "/before")
        place.run([(WRITE, 1, "/after")])
        ready, _, _ = select.select([p.stdout], [], [], 30)
        expect(ready, "a line came")
        expect_eq(json.loads(p.stdout.readline())["target"], "/after")
    finally:
        p.kill()
        p.wait()


@case
def annotate(lab):
    place = Place(lab)
    place.run([(CONNECT, 1, "a.example.com:443")], "--command-id=one", "true")
    place.run([(WRITE, 1, "/b")], "--command-id=two", "true", "x")
    expect_eq(place.ctl("annotate", "--command-id=one", stdin=b"err\n").out,
              "err\n\n<sandbox_violations>\ndeny network-outbound a.example.com:443 (writing here is not allowed)\n</sandbox_violations>")
    expect_in("deny write /b", place.ctl("annotate", "--command=%s x" % shutil.which("true"), stdin=b"err").out)
    expect_eq(place.ctl("annotate", "--command-id=three", stdin=b"err").out, "err", "unchanged")


@case
def inside_it_is_hidden(lab):
    place = Place(lab, filesystem={"allowWrite": ["~"]})
    place.run([(WRITE, 1, "/secret-record")])
    r = lab.sh(place.settings, "ls -A ~/.local/state/srt; cat ~/.local/state/srt/violations.db; echo x > ~/.local/state/srt/violations.db;"
               "echo x > ~/.local/state/srt/new; mv ~/.local/state/srt ~/.local/state/other; rm -rf ~/.local/state/srt; true")
    expect_eq((r.status, r.out), (0, ""))
    expect_eq([x["target"] for x in place.records()][:1], ["/secret-record"])
    other = lab.top + "/elsewhere"
    place.run([(WRITE, 1, "/secret-record")], extra={"XDG_STATE_HOME": other})
    r = lab.sh(lab.settings(filesystem={"allowWrite": [lab.top]}), "ls -A %s/srt; echo x > %s/srt/n; true" % (other, other),
               env=lab.env(XDG_STATE_HOME=other))
    expect_eq((r.status, r.out, sorted(os.listdir(other + "/srt"))), (0, "", ["violations.db"]))


if __name__ == "__main__":
    main()
