# SPDX-License-Identifier: Apache-2.0
"""Every kind of refusal, by a program that people use: one record, and what it says is right. What a backend does
not see at a level of `monitor` is tested as well, as docs/violations.md has it."""
import sqlite3

from srttest import *

LANDLOCK = BACKEND == "landlock"
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"  # the lab's


class Kinds:
    def __init__(self, lab, monitor=None, **settings):
        self.lab = lab
        self.settings = lab.settings(**dict(settings, **({"monitor": monitor} if monitor else {})))

    def refused(self, *words, **more):
        """Runs words, which fail, and returns what was recorded."""
        r = self.lab.srt(self.settings, *words, **more)
        expect(r.status not in (0, 125), "it is refused: %r" % r)
        return self.records()

    def records(self):
        p = subprocess.run([SRTCTL, "violations", "--last", "--json"], env=self.lab.env(), cwd=self.lab.work, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=60)
        expect_eq((p.returncode, p.stderr), (0, b""))
        return [json.loads(line) for line in p.stdout.splitlines()]


def tool(name):
    """The path of a program as the kernel names it."""
    found = shutil.which(name, path=PATH)
    if not found:
        raise Skip("%s is not installed" % name)
    return os.path.realpath(found)


def one(found, operation, target, rule, program, attempt, backend=None, count=1):
    expect_eq(len(found), 1, "records (%s)" % [(r["operation"], r["target"]) for r in found])
    r = found[0]
    for key, value in (("operation", operation), ("target", target), ("rule", rule), ("count", count), ("attempt", attempt),
                       ("tampering", False), ("backend", backend or BACKEND or "bwrap")):
        expect_eq(r.get(key), value, key)
    if program:
        expect_eq(r.get("program"), program)
        expect(r.get("pid", 0) > 1, "a process: %r" % r)
    return r


WRITING = "filesystem.allowWrite"


@case
def write_what_exists(lab):
    place = Kinds(lab)
    path = lab.write(lab.out + "/file", "before")
    found = place.refused("sh", "-c", "echo x > " + path)
    one(found, "write", path, WRITING, tool("sh"), not LANDLOCK)
    found = place.refused("sh", "-c", "echo x >> " + path)
    one(found, "write", path, WRITING, tool("sh"), not LANDLOCK)
    expect_eq(lab.read(path), "before")


@case
def write_what_is_denied(lab):
    path = lab.write("kept/file", "before")
    place = Kinds(lab, filesystem={"denyWrite": ["kept"]})
    found = place.refused("sh", "-c", "echo x > kept/file")
    one(found, "write", path, "filesystem.denyWrite[0]", tool("sh"), not LANDLOCK)


@case
def write_in_pieces_is_counted(lab):
    place = Kinds(lab)
    path = lab.write(lab.out + "/file", "before")
    found = place.refused("python3", "-c", "import sys\nfor i in range(50):\n try: open(sys.argv[1], 'a')\n except OSError: pass\nsys.exit(1)", path)
    one(found, "write", path, WRITING, tool("python3"), not LANDLOCK, count=50)


@case
def create(lab):
    place = Kinds(lab)
    found = place.refused("mkdir", lab.out + "/new")
    one(found, "create", lab.out + "/new", WRITING, tool("mkdir"), not LANDLOCK)
    found = place.refused("sh", "-c", "echo x > %s/file" % lab.out)
    one(found, "create", lab.out + "/file", WRITING, tool("sh"), not LANDLOCK)
    found = place.refused("ln", "-s", "/etc/hosts", lab.out + "/link")
    one(found, "create", lab.out + "/link", WRITING, tool("ln"), not LANDLOCK)
    expect_eq(os.listdir(lab.out), [])
    os.mkdir(lab.out + "/there")
    r = lab.sh(place.settings, "mkdir %s/there; mkdir -p %s/there; ln -sT x %s/there; true" % (lab.out, lab.out, lab.out))
    expect_in("exists", r.err)
    expect_eq([r["target"] for r in place.records()], [lab.out + "/link"], "what is there is not refused")


@case
def create_a_protected_name(lab):
    place = Kinds(lab)
    found = place.refused("touch", lab.work + "/.bashrc")
    one(found, "create", lab.work + "/.bashrc", found[0].get("rule"), tool("touch"), False)
    expect_in("protected name", found[0]["rule"])


@case
def delete(lab):
    place = Kinds(lab)
    path = lab.write(lab.out + "/file")
    one(place.refused("rm", "-f", path), "delete", path, WRITING, tool("rm"), not LANDLOCK)
    os.mkdir(lab.out + "/dir")
    one(place.refused("rmdir", lab.out + "/dir"), "delete", lab.out + "/dir", WRITING, tool("rmdir"), not LANDLOCK)
    expect_eq(sorted(os.listdir(lab.out)), ["dir", "file"])


@case
def rename(lab):
    place = Kinds(lab)
    path = lab.write(lab.out + "/file")
    one(place.refused("mv", path, lab.out + "/other"), "rename", path, WRITING, tool("mv"), not LANDLOCK)
    expect_eq(os.listdir(lab.out), ["file"])


@case
def modes(lab):
    """Modes, owners and times are writing too."""
    place = Kinds(lab)
    path = lab.write(lab.out + "/file", mode=0o644)
    one(place.refused("chmod", "600", path), "write", path, WRITING, tool("chmod"), not LANDLOCK)
    one(place.refused("touch", "-c", "-d", "2001-01-01", path), "write", path, WRITING, tool("touch"), not LANDLOCK)
    expect_eq(stat.S_IMODE(os.stat(path).st_mode), 0o644)


def masked(found):
    """A file system lies over what is hidden under bubblewrap, where there is /dev/fuse: refused, not tried."""
    return not LANDLOCK and bool(found) and not found[0]["attempt"]


@case
def read(lab):
    path = lab.write(lab.home + "/keys/key", "secret")
    deep = lab.write(lab.home + "/keys/deep/er/key", "secret")
    place = Kinds(lab, "full", filesystem={"denyRead": ["~/keys"]})
    for target in (path, deep):
        found = place.refused("cat", target)
        if masked(found):  # it refuses the first name in it
            target = lab.home + "/keys/" + target[len(lab.home + "/keys/"):].split("/")[0]
        one(found, "read", target, "filesystem.denyRead[0]", tool("cat"), not masked(found))


@case
def execute(lab):
    path = lab.home + "/tools/program"
    lab.write(path, "#!/bin/sh\nexit 0\n", mode=0o755)
    place = Kinds(lab, "full", filesystem={"denyRead": ["~/tools"]})
    found = place.refused("env", path)
    one(found, "read" if masked(found) else "exec", path, "filesystem.denyRead[0]", tool("env"), not masked(found))


@case
def connect_past_the_proxy(lab):
    program = tool("curl")
    for place in (Kinds(lab, allow=["example.com"]), Kinds(lab)):
        found = place.refused("curl", "-sS", "--noproxy", "*", "-m", "20", "http://192.0.2.1/")
        one(found, "connect", "192.0.2.1:80", "network.allowedDomains", program, not LANDLOCK)


@case
def connect_through_the_proxy(lab):
    program = tool("curl")
    place = Kinds(lab, allow=["example.com"], network={"deniedDomains": ["bad.example.com"]})
    found = place.refused("curl", "-sSf", "-m", "20", "http://other.example.org/")
    one(found, "connect", "other.example.org:80", "network.allowedDomains", program, False, "proxy")
    found = place.refused("curl", "-sSf", "-m", "20", "https://bad.example.com/")
    one(found, "connect", "bad.example.com:443", "network.deniedDomains[0]", program, False, "proxy")


ASK = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(('192.0.2.53', 53))
s.send(b'?')
"""


@case
def resolve(lab):
    if LANDLOCK:
        # There are no datagram sockets, and what for is not known: a blocked call, seen at "full".
        expect_eq(Kinds(lab).refused("python3", "-c", ASK), [])
        found = Kinds(lab, "full").refused("python3", "-c", ASK)
        one(found, "syscall", "socket", "the system call filter", tool("python3"), False)
        return
    one(Kinds(lab).refused("python3", "-c", ASK), "resolve", "192.0.2.53:53", "network.allowedDomains", tool("python3"), True)
    need("getent")
    found = Kinds(lab).refused("getent", "ahosts", "example.com")
    with open("/etc/nsswitch.conf") as f:
        by_servers = any(line.startswith("hosts:") and "dns" in line.split() for line in f)
    expect(found or not by_servers, "the servers of this machine were asked")
    expect(all(r["operation"] == "resolve" and r["target"].endswith(":53") for r in found), found)


def listen(lab, path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(1)
    lab.closers.append(server.close)
    return path


@case
def unix(lab):
    path = listen(lab, lab.work + "/s")
    words = ("python3", "-c", "import socket, sys\nsocket.socket(socket.AF_UNIX).connect(sys.argv[1])", path)
    # Closed before there is an address; seen where some are allowed, or at "full".
    expect_eq(Kinds(lab).refused(*words), [])
    for place in (Kinds(lab, "full"), Kinds(lab, network={"allowUnixSockets": [lab.work + "/other"]})):
        one(place.refused(*words), "unix", path, "network.allowUnixSockets", tool("python3"), False)
    place = Kinds(lab, "full")
    one(place.refused("curl", "-sS", "--unix-socket", path, "http://x/"), "unix", path, "network.allowUnixSockets", tool("curl"), False)


@case
def signals(lab):
    victim = lab.background(["sleep", "1000"])
    words = ("sh", "-c", "kill -TERM %d" % victim.pid)
    found = Kinds(lab).refused(*words)
    expect(victim.poll() is None, "it lives")
    if not LANDLOCK:
        # There is no such process in the sandbox: nothing is refused.
        expect_eq(found, [])
        expect_eq(Kinds(lab, "full").refused(*words), [])
        return
    one(found, "signal", "process %d (signal 15)" % victim.pid, "the sandbox's own processes", tool("sh"), True)
    # Its own, also when they have lost their parents, are none of that.
    place = Kinds(lab)
    r = lab.sh(place.settings, "(sleep 1000 & echo $! >p); sleep 1000 & kill $! && kill $(cat p)")
    expect_eq((r.status, r.err), (0, ""))
    expect_eq(len(place.records()), 1, "the run before is the last that had any")


CALL = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
r = libc.unshare(0x10000000)
print(r, os.strerror(ctypes.get_errno()) if r else '')
sys.exit(1)
"""


@case
def blocked_calls(lab):
    words = ("python3", "-c", CALL)
    expect_eq(Kinds(lab).refused(*words), [])
    place = Kinds(lab, "full")
    found = place.refused(*words)
    r = one(found, "syscall", "unshare", "the system call filter", tool("python3"), False)
    expect_in("amespace", r["reason"])
    # The error is the filter's own, and nothing else changed.
    for monitor in ("default", "full"):
        r = lab.srt(Kinds(lab, monitor).settings, *words)
        expect_eq(r.out, "-1 Operation not permitted\n", monitor)
    need("unshare")
    one(place.refused("unshare", "-r", "true"), "syscall", "unshare", "the system call filter", tool("unshare"), False)


@case
def each_command_has_its_own(lab):
    """Two at once: files, connections and what the proxy refused go to the command that tried, by its id, or by its text."""
    need("curl")
    place = Kinds(lab, allow=["example.com"])
    gate = lab.work + "/gate"
    os.mkfifo(gate)
    wait = "read x < gate; "
    words = {
        "build-1": "echo x > %s/one; curl -s http://one.example.org/; false" % lab.out,
        "build-2": "mkdir %s/two; curl -s --noproxy '*' -m 20 http://192.0.2.2/; false" % lab.out,
        None: "echo x > %s/three; curl -s http://three.example.org/; false" % lab.out,
    }
    running = []
    for name, text in words.items():
        option = ["--command-id=" + name] if name else []
        running.append(subprocess.Popen(lab.command(place.settings, *option, "-c", wait + text), cwd=lab.work, env=lab.env(),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    # All have started when each reads; one line for each lets them go on together.
    with open(gate, "w") as f:
        f.write("go\n" * len(running))
        f.flush()
        for p in running:
            expect_eq(p.wait(timeout=60), 1)
    p = subprocess.run([SRTCTL, "violations", "--json"], env=lab.env(), cwd=lab.work, stdout=subprocess.PIPE, check=True, timeout=60)
    found = {}
    for line in p.stdout.splitlines():
        r = json.loads(line)
        expect_eq(r["command"], wait + words[r["commandId"] if r["commandId"] in words else None])
        found.setdefault(r["commandId"], []).append((r["operation"], r["target"]))
    expect_eq({key: sorted(value) for key, value in found.items()}, {
        "build-1": [("connect", "one.example.org:80"), ("create", lab.out + "/one")],
        "build-2": [("connect", "192.0.2.2:80"), ("create", lab.out + "/two")],
        wait + words[None]: [("connect", "three.example.org:80"), ("create", lab.out + "/three")]})
    shown = subprocess.run([SRTCTL, "annotate", "--command-id=build-2"], env=lab.env(), cwd=lab.work, input=b"error\n", stdout=subprocess.PIPE,
                           check=True, timeout=60).stdout.decode()
    expect_in("deny create %s/two" % lab.out, shown)
    expect_in("deny network-outbound 192.0.2.2:80", shown)
    expect("one" not in shown.replace("outside", "") and "three" not in shown, shown)


@case
def ignored_by_the_text_of_the_command(lab):
    place = Kinds(lab, ignoreViolations={"mkdir": [lab.out + "/a"]})
    r = lab.sh(place.settings, "mkdir %s/a %s/b" % (lab.out, lab.out))
    expect(r.status != 0, "refused")
    expect_eq([x["target"] for x in place.records()], [lab.out + "/b"])
    lab.sh(place.settings, "echo x > %s/a" % lab.out)
    expect_eq([x["target"] for x in place.records()], [lab.out + "/a"])


@case
def nothing_where_nothing_is_refused(lab):
    """What programs do all the time leaves no record at any level."""
    text = ("python3 -c 'import threading, subprocess; t = threading.Thread(target=print); t.start(); t.join(); subprocess.run([\"true\"]); p = subprocess.Popen([\"sleep\", \"1000\"]); p.terminate(); p.wait()';"
            "ls -l /etc >/dev/null; id >/dev/null; cp /etc/hosts h; mv h i; chmod 600 i; mkdir -p a/b; ln -s x a/l; rm -r a i")
    for monitor in ("default", "full"):
        place = Kinds(lab, monitor)
        r = lab.sh(place.settings, text)
        expect_eq((r.status, r.err), (0, ""), monitor)
        # Where names of users come from a service, the C library tries its socket.
        expect_eq([(x["operation"], x["target"]) for x in place.records() if x["operation"] != "unix"], [], monitor)


@case
def off(lab):
    """Only what srt itself refuses."""
    place = Kinds(lab, "off")
    path = lab.write(lab.out + "/file", "before")
    found = place.refused("sh", "-c", "echo x > %s; kill -TERM %d; mkdir %s/x" % (path, os.getppid(), lab.out))
    if LANDLOCK:
        expect_eq(sorted(r["operation"] for r in found), ["create", "write"])
    else:
        expect_eq(found, [])


if __name__ == "__main__":
    main()
