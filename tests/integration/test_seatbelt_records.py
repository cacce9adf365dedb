# SPDX-License-Identifier: Apache-2.0
"""Each kind of refusal that macOS logs arrives as a record: on the double of sandbox-exec, which logs
what it refuses as the kernel does."""
import select

from seatbelt import *


def observe(lab, settings, text, complete, *options, env=None):
    """Runs text, and then keeps the command running until complete(records) is true: records take
    their time. Gives them, and standard error."""
    reader, writer = os.pipe()
    words = lab.command(settings, "--backend=" + MODULE, "--report=json:%d" % writer, *options, "-c", text + "; read line")
    p = subprocess.Popen(words, cwd=lab.work, env=lab.env(SRT_TEST_SEATBELT_TOOLS=tools(lab), **(env or {})),
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=(writer,), text=True)
    os.close(writer)
    data, seen, open_end = b"", [], True
    end = time.monotonic() + 60
    while open_end and time.monotonic() < end:
        if select.select([reader], [], [], 1)[0]:
            more = os.read(reader, 65536)
            open_end, data = bool(more), data + more
        seen = [json.loads(line) for line in data.split(b"\n")[:-1]]
        if p.stdin and complete(seen):
            p.stdin.close()
            p.stdin = None
    if p.stdin:
        p.stdin.close()
        p.stdin = None
    out, err = p.communicate(timeout=60)
    os.close(reader)
    return seen, err


def has(seen, kind, target):
    return any(r.get("kind", r.get("operation")) == kind and re.fullmatch(target, r["target"]) for r in seen)


@case
def every_kind(lab):
    need("python3")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(lab.out, "s"))
    listener.listen(8)
    lab.closers.append(listener.close)
    other = lab.background(["sleep", "600"])
    lab.write("vault/tool", "#!/bin/sh\n", 0o755)
    lab.write(os.path.join(lab.out, "f"), "old")
    o = lab.out
    # With no socket allowed none can be made at all, and there is no path to refuse.
    s = lab.settings(filesystem={"denyRead": ["vault"]}, network={"allowUnixSockets": [o + "/other"]})
    connect = ("python3 -c 'import socket, sys; s = socket.socket(); s.connect((\"127.0.0.1\", 9))' ; "
               "python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(\"%s/s\")'" % o)
    text = ("{ cat vault/tool; echo x >> %s/f; mkdir %s/d; rm %s/f; mv %s/f %s/g; vault/tool; ln %s/f l; kill -0 %d; %s; } 2>/dev/null"
            % (o, o, o, o, o, o, other.pid, connect))
    wanted = [("read", "%s/vault/tool" % lab.work), ("write", o + "/f"), ("create", o + "/d"), ("delete", o + "/f"),
              ("exec", "%s/vault/tool" % lab.work), ("create", o + "/f"), ("connect", r"remote:\*:9"), ("unix", o + "/s"), ("signal", ".*")]
    seen, err = observe(lab, s, text, lambda seen: all(has(seen, k, t) for k, t in wanted))
    for kind, target in wanted:
        expect(has(seen, kind, target), "%s %s is not among %s" % (kind, target, seen))
    rules = {r["target"]: r.get("rule") for r in seen if r.get("kind", r.get("operation")) == "read"}
    expect_eq(rules.get("%s/vault/tool" % lab.work), "filesystem.denyRead[0]", seen)
    expect(all(r["backend"] == "seatbelt-double" for r in seen if "backend" in r), seen)


@case
def ignored_ones_are_left_out(lab):
    settings = dict(filesystem={"denyRead": ["vault"]})
    lab.write("vault/noise", "")
    lab.write("vault/last", "")
    text = "{ cat vault/noise; cat vault/last; } 2>/dev/null"
    done = lambda seen: has(seen, "read", ".*/last")
    for rules, left in (({}, False), ({"*": ["/noise"]}, True), ({"vault/last": ["/noise"]}, True), ({"other": ["/noise"]}, False)):
        seen, err = observe(lab, lab.settings(ignoreViolations=rules, **settings), text, done)
        expect(done(seen), seen)
        expect_eq(has(seen, "read", ".*/noise"), not left, "%s: %s" % (rules, seen))


@case
def log_that_dies_is_started_again(lab):
    lab.write("vault/f", "")
    place = tools(lab)
    lab.write(os.path.join(place, "dies"), "1")
    s = lab.settings(filesystem={"denyRead": ["vault"]})
    text = "for i in 1 2 3 4; do cat vault/f; cat vault/f$i; done 2>/dev/null; cat vault/../vault/f 2>/dev/null"
    # What log had not said when it died it says again: it begins at the beginning here.
    seen, err = observe(lab, s, text, lambda seen: sum(r.get("count", 1) for r in seen if r["target"].endswith("vault/f")) >= 5)
    expect(sum(r.get("count", 1) for r in seen if r["target"].endswith("vault/f")) >= 5, seen)
    expect_eq(lab.read(os.path.join(place, "dies")), "", "it has not died")


main()
