# SPDX-License-Identifier: Apache-2.0
"""What rules without mounts and namespaces must hold by other means (rows F6, F7, N14, S3, S9). Runs
with the backend landlock unless another one is named."""
import ctypes
import errno
import re
import socket
import struct

import srttest
from escape import *

srttest.BACKEND = srttest.BACKEND or "landlock"
PYTHON = "/usr/bin/python3"

# Prints WON and a name for each line of code that raises nothing.
TRY = """
import ctypes, fcntl, os, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *words):
    r = libc.syscall(ctypes.c_long(number), *words)
    if r < 0: raise OSError(ctypes.get_errno(), 'syscall')
    return r
OUT = sys.argv[1]
for line in open(sys.argv[2]):
    try: exec(line)
    except Exception as e: continue
    print('%s', line.strip())
""" % WON


def each_fails(lab, settings, lines, prepare=None, undo=None):
    """Each line is an attack of its own, shown to work without the sandbox."""
    lab.write("try.py", TRY)
    for line in lines:
        lab.write("line.py", line + "\n")
        attack(lab, settings, "%s try.py %s line.py" % (PYTHON, lab.out), prepare=prepare, undo=undo)


@case
def metadata_outside_the_roots(lab):
    f = lab.write(os.path.join(lab.out, "f"), "text")

    def prepare():
        os.chmod(f, 0o644)
        os.utime(f, (1000, 1000))
    each_fails(lab, lab.settings(), [
        "os.chmod(OUT + '/f', 0o600)",
        "os.fchmod(os.open(OUT + '/f', os.O_RDONLY), 0o600)",
        "os.chmod('/proc/self/fd/%d' % os.open(OUT + '/f', os.O_RDONLY), 0o600)",
        "os.chmod('f', 0o600, dir_fd=os.open(OUT, os.O_RDONLY))",
        "os.chown(OUT + '/f', -1, os.getgid())",
        "os.fchown(os.open(OUT + '/f', os.O_RDONLY), -1, os.getgid())",
        "os.utime(OUT + '/f')",
        "os.utime(os.open(OUT + '/f', os.O_RDONLY))",
        "os.utime(OUT + '/f', (5, 5))",
        "os.truncate(OUT + '/f', 1)",
        "os.open(OUT + '/f', os.O_RDONLY | os.O_TRUNC)",
        "os.open(OUT + '/f', os.O_WRONLY | os.O_APPEND)",
        "call(452, os.open(OUT + '/f', os.O_PATH), b'', 0o600, 0x1000)",
    ], prepare=prepare)
    prepare()
    expect_eq(stat.S_IMODE(os.stat(f).st_mode), 0o644)


@case
def attributes_outside_the_roots(lab):
    f = lab.write(os.path.join(lab.out, "f"), "text")
    try:
        os.setxattr(f, "user.x", b"0")
    except OSError:
        raise Skip("no extended attributes in /var/tmp")
    each_fails(lab, lab.settings(), [
        "os.setxattr(OUT + '/f', 'user.x', b'1')",
        "os.setxattr(os.open(OUT + '/f', os.O_RDONLY), 'user.x', b'1')",
        "os.removexattr(OUT + '/f', 'user.x')",
    ], prepare=lambda: os.setxattr(f, "user.x", b"0"))


@case
def file_flags_outside_the_roots(lab):
    """FS_IOC_SETFLAGS: nodump."""
    f = lab.write(os.path.join(lab.out, "f"), "text")
    line = ("d = os.open(OUT + '/f', os.O_RDONLY); v = struct.unpack('l', fcntl.ioctl(d, 0x80086601, bytes(8)))[0]; "
            "fcntl.ioctl(d, 0x40086602, struct.pack('l', v ^ 0x40))")
    r = subprocess.run([PYTHON, "-c", "import fcntl, os, struct; OUT = '%s'; " % lab.out + line], stderr=subprocess.DEVNULL)
    if r.returncode:
        raise Skip("no file flags in /var/tmp")
    each_fails(lab, lab.settings(), [line])


@case
def srts_own_records(lab):
    """Their names may show, since the home directory could not be listed otherwise; nothing else."""
    state = os.path.join(lab.home, ".local", "state", "srt")
    f = os.path.join(state, "violations.db")

    def prepare():
        shutil.rmtree(lab.home + "/.local", ignore_errors=True)
        lab.write(f, "text")
    s = lab.settings(filesystem={"allowWrite": ["~"]})
    each_fails(lab, s, [
        "open('%s').read()" % f,
        "open('%s', 'a')" % f,
        "open('%s/new', 'w')" % state,
        "os.unlink('%s')" % f,
        "os.link('%s', 'l'); open('l').read()" % f,
        "os.rename('%s', 'moved'); open('moved').read()" % f,
        "os.rename('%s', 'moved')" % state,
        "os.rename('%s', 'moved')" % os.path.dirname(state),
        "open('/proc/self/root%s').read()" % f,
    ], prepare=prepare, undo=lambda: subprocess.run("rm -rf l moved", shell=True, cwd=lab.work))
    r = lab.sh(s, "ls -A ~; ls -A ~/.local/state")
    expect_in("work", r.out, repr(r))
    expect_in("srt", r.out, repr(r))


@case
def names_outside_the_roots(lab):
    lab.write(os.path.join(lab.out, "f"), "text")
    os.makedirs(os.path.join(lab.out, "d", "e"))

    def undo():
        subprocess.run("rm -rf new; mkdir -p d/e; [ -e f ] || mv ../home/work/g f || mv g f; rm -f g", shell=True, cwd=lab.out,
                       stderr=subprocess.DEVNULL)
    each_fails(lab, lab.settings(), [
        "os.open(OUT + '/new', os.O_CREAT | os.O_WRONLY)",
        "os.mkdir(OUT + '/new')",
        "os.symlink('x', OUT + '/new')",
        "os.mkfifo(OUT + '/new')",
        "os.mknod(OUT + '/new')",
        "os.link(OUT + '/f', OUT + '/new')",
        "os.link(OUT + '/f', 'new-' + str(os.getpid()))",
        "os.rename(OUT + '/f', OUT + '/g')",
        "os.rename(OUT + '/f', 'g')",
        "open('h', 'w').close(); os.rename('h', OUT + '/new')",
        "os.rmdir(OUT + '/d/e')",
        "os.unlink(OUT + '/f')",
        "os.open(OUT, os.O_TMPFILE | os.O_WRONLY)",
    ], prepare=lambda: lab.write(os.path.join(lab.out, "f"), "text"), undo=undo)


def repository(lab):
    """One that was there before, with settings that deny things in it."""
    subprocess.run("rm -rf proj; mkdir -p proj/.git/hooks proj/.git/objects proj/src/deep; echo config > proj/.git/config; "
                   "echo ref > proj/.git/HEAD; echo keep > proj/src/deep/locked; echo a > proj/src/a; mkdir proj/src/b",
                   shell=True, cwd=lab.work, check=True)


@case
def f6_denied_inside_a_root(lab):
    s = lab.settings(filesystem={"allowWrite": ["."], "denyWrite": ["proj/src/deep/locked"]})
    repository(lab)
    each_fails(lab, s, [
        "open('proj/src/deep/locked', 'a')",
        "open('proj/.git/hooks/x', 'w')",
        "open('proj/.git/config', 'a')",
        "os.rename('proj/.git', 'proj/g')",
        "os.rename('proj', 'other')",
        "os.rename('proj/src/deep', 'proj/src/b/deep')",
        "os.rename('proj/src/deep/locked', 'proj/src/b/l')",
        "os.rename('proj/src/a', 'proj/src/deep/locked')",
        "os.rename('proj/.git/hooks', 'proj/src/b/hooks')",
        "os.link('proj/src/deep/locked', 'proj/src/b/l'); open('proj/src/b/l', 'a')",
        "os.unlink('proj/src/deep/locked')",
        "os.rmdir('proj/.git/hooks')",
        "os.truncate('proj/src/deep/locked', 0)",
        "os.chmod('proj/.git/config', 0o777)",
        "libc.renameat2(-100, b'proj/src', -100, b'proj/.git', 2) == 0 or 1 / 0",
        "libc.renameat2(-100, b'proj/src/a', -100, b'proj/src/deep/locked', 2) == 0 or 1 / 0",
    ], prepare=lambda: repository(lab), undo=lambda: subprocess.run("rm -rf other", shell=True, cwd=lab.work))
    r = lab.sh(s, "cd proj && cat src/deep/locked .git/config && echo new > top && echo n > src/new && mkdir src/d2 && echo x > src/d2/f && "
                  "mv src/d2/f src/b/f && echo more >> src/a && rm src/b/f && cat top src/new")
    expect_eq((r.status, r.out), (0, "keep\nconfig\nnew\nn\n"), repr(r))


@case
def hidden_and_shown_again(lab):
    subprocess.run("mkdir -p h/in/deep h/w; echo secret > h/s; echo secret > h/in/s; echo shown > h/in/deep/f; echo secret > h/in/deep/.env",
                   shell=True, cwd=lab.work, check=True)
    s = lab.settings(filesystem={"allowWrite": ["."], "denyRead": ["h", "h/in/deep/.env"], "allowRead": ["h/in/deep"]})
    each_fails(lab, s, [
        "open('h/s').read()[0]",
        "open('h/in/s').read()[0]",
        "open('h/in/deep/.env').read()[0]",
        "os.listdir('h')[0]",
        "os.listdir('h/in')[0]",
        "os.link('h/s', 'l'); open('l').read()[0]",
        "os.rename('h/in', 'i'); open('i/s').read()[0]",
        "os.rename('h', 'i'); open('i/s').read()[0]",
        "os.execv('/bin/cat', ['cat', 'h/s']) if os.fork() == 0 else os.wait()[1] and 1 / 0",
    ], undo=lambda: subprocess.run("[ -e i/deep ] && mv i h/in; [ -e i ] && mv i h; rm -f l; true", shell=True, cwd=lab.work))
    r = lab.sh(s, "cat h/in/deep/f; ls h/in/deep; ls")
    expect_in("shown", r.out, repr(r))


@case
def n14_every_other_socket(lab):
    """As other cases show, TCP goes to the proxies alone."""
    hits = []
    port = lab.serve(lambda c: (hits.append(c.recv(100)), c.sendall(b"x")))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 0))
    lab.closers.append(datagrams.close)
    lines = [
        "socket.socket().connect(('127.0.0.1', %d))" % port,
        "s = socket.socket(); s.setblocking(False); s.connect_ex(('127.0.0.1', %d)) in (0, 115) or 1 / 0" % port,
        "socket.socket(socket.AF_INET6).connect(('::ffff:127.0.0.1', %d))" % port,
        "socket.socket(2, 1, 262).connect(('127.0.0.1', %d))" % port,
        "socket.socket().sendto(b'x', 0x20000000, ('127.0.0.1', %d))" % port,
        "socket.socket(2, 2).sendto(b'x', ('127.0.0.1', %d))" % datagrams.getsockname()[1],
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(1)",
        "socket.socket().listen(1)",
        "socket.socket(40, 1)" if os.path.exists("/dev/vsock") else "socket.socket(2, 2)",
        "socket.socket(16, 3, 9)",
    ]
    each_fails(lab, lab.settings(allow=["example.com"]), lines)
    r = lab.sh(lab.settings(allow=["example.com"]), "%s -c \"import socket; print(len(socket.if_nameindex()) > 0)\"" % PYTHON)
    expect_eq(r.out, "True\n", repr(r))


@case
def s3_abstract_sockets(lab):
    name = "srt-test-%d" % os.getpid()
    server = socket.socket(socket.AF_UNIX)
    server.bind("\0" + name)
    server.listen(8)
    lab.closers.append(server.close)
    s = lab.settings(network={"allowUnixSockets": [os.path.join(lab.work, "s.sock")]})
    each_fails(lab, s, ["socket.socket(1).connect('\\0%s')" % name, "socket.socket(1).bind('\\0x%s')" % name,
                        "socket.socket(1, 2).connect('\\0%s') if False else socket.socket(1, 2)" % name])


@case
def unix_sockets_by_path(lab):
    def serve(path):
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(8)
        lab.closers.append(server.close)

        def loop():
            while True:
                try:
                    c, _ = server.accept()
                except OSError:
                    return
                c.sendall(b"hello")
                c.close()
        threading.Thread(target=loop, daemon=True).start()
    allowed, other = os.path.join(lab.out, "a.sock"), os.path.join(lab.out, "b.sock")
    serve(allowed)
    serve(other)
    s = lab.settings(network={"allowUnixSockets": [allowed]})
    each_fails(lab, s, ["s = socket.socket(1); s.connect(OUT + '/b.sock'); s.recv(5)[0]"])
    r = lab.srt(s, PYTHON, "-c", "import socket,os; s=socket.socket(1); s.connect('%s'); print(s.recv(5)); t=socket.socket(1); "
                "p=os.environ['TMPDIR']+'/s'; t.bind(p); t.listen(1); socket.socket(1).connect(p); print('own')" % allowed)
    expect_eq(r.out, "b'hello'\nown\n", repr(r))


@case
def s9_memory_and_descriptors_of_outside_processes(lab):
    p = lab.background([PYTHON, "-c", "import ctypes, time; ctypes.CDLL(None).prctl(0x59616d61, -1, 0, 0, 0); x = 'find me'; time.sleep(1000)"])
    time.sleep(0.3)
    each_fails(lab, lab.settings(), [
        "open('/proc/%d/maps').read()[0]" % p.pid,
        "open('/proc/%d/mem', 'rb')" % p.pid,
        "open('/proc/%d/environ', 'rb').read()[0]" % p.pid,
        "os.readlink('/proc/%d/cwd')" % p.pid,
        "os.listdir('/proc/%d/root/')" % p.pid,
        "call(438, call(434, %d, 0), 0, 0)" % p.pid,
        "libc.ptrace(0x4206, %d, 0, 0) == 0 or 1 / 0" % p.pid,
    ], undo=None)
    expect(p.poll() is None, "it lives")


@case
def s9_keepers_cannot_be_ended(lab):
    r = lab.sh(lab.settings(), "sleep 1000 & kill -9 $PPID; kill -9 $(awk '{print $4}' /proc/$PPID/stat); kill -STOP $PPID; kill -9 -1; echo lives")
    expect(r.status in (0, 137), repr(r))
    expect(not [p for p in processes_with("sleep\0001000") if os.getppid() == p], "left")


@case
def devices_are_closed_but_for_the_usual(lab):
    r = lab.srt(lab.settings(), PYTHON, "-c", """
import os
for n in ('null', 'zero', 'full', 'random', 'urandom'):
    os.close(os.open('/dev/' + n, os.O_RDWR)) if n not in ('random', 'urandom') else os.read(os.open('/dev/' + n, os.O_RDONLY), 1)
open('/dev/null', 'w').write('x')
for n in os.listdir('/dev'):
    p = '/dev/' + n
    if n in ('null', 'zero', 'full', 'random', 'urandom', 'tty') or not os.access(p, os.R_OK) or os.path.isdir(p) or os.path.islink(p): continue
    try: print('%s', p, os.open(p, os.O_RDONLY | os.O_NONBLOCK))
    except OSError as e: print(e.errno)
for d in ('/dev/pts', '/dev/shm'):
    try: print('%s', d, os.open(d + '/x', os.O_CREAT | os.O_RDWR))
    except OSError as e: print(e.errno)
""" % (WON, WON))
    expect(r.status == 0 and WON not in r.out, repr(r))


@case
def private_directory_comes_and_goes(lab):
    r = lab.sh(lab.settings(), "echo $TMPDIR; stat -c %a $TMPDIR; cd $TMPDIR && mkdir -p a/b && ln -s / a/l && mkfifo f && mv a c && chmod 0 c && touch x && chmod 600 x && echo ok")
    lines = r.out.split("\n")
    expect_eq(lines[1:3], ["700", "ok"], repr(r))
    expect(not os.path.exists(lines[0]), "left behind")


@case
def what_a_killed_one_left_goes_with_the_next(lab):
    p = lab.background(lab.command(lab.settings(), "-c", "echo $TMPDIR; touch $TMPDIR/x; exec sleep 1000"), cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE)
    left = p.stdout.readline().decode().strip()
    expect(eventually(lambda: os.path.exists(left + "/x")), left)
    r = lab.sh(lab.settings(), "true")
    expect(r.status == 0 and os.path.exists(left), "that of a living one stays")
    p.kill()
    p.wait()
    eventually(lambda: not processes_with("sleep\0001000"))
    r = lab.sh(lab.settings(), "true")
    expect_eq(r.status, 0, repr(r))
    expect(not os.path.exists(left), "left behind: %s" % left)


@case
def inner_one_is_as_tight(lab):
    """srt in srt: the kernel takes one supervisor. What needs it is not promised by the inner one, and the outer one still holds."""
    open_all = lab.settings(filesystem={"allowWrite": [lab.home, lab.out]}, name="open.json")
    s = lab.settings(network={"allowAllUnixSockets": True})
    r = lab.sh(s, "%s -s %s true; echo $?" % (SRT, open_all))
    expect_in("125", r.out, repr(r))
    expect_in("no supervisor can be had here", r.err, repr(r))
    r = lab.sh(s, "%s -s %s --allow-unenforced=all -c 'touch %s/esc && echo %s; chmod 777 %s && echo %s; echo in > inside && cat inside'"
               % (SRT, open_all, lab.out, WON, lab.out, WON))
    expect(WON not in r.out and "in\n" in r.out, repr(r))


@case
def bad_wish_is_an_error(lab):
    r = lab.srt(lab.settings(), "echo", "ran", env=lab.env(SRT_LANDLOCK_ABI="new"))
    expect_eq((r.status, r.out), (125, ""), repr(r))
    expect_in("SRT_LANDLOCK_ABI", r.err)


def audit_is_on(wanted=None):
    """Whether the kernel's audit is on, or turns it on or off: for all of the machine."""
    body = struct.pack("<11I", 1, int(bool(wanted)), *[0] * 9) if wanted is not None else b""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9) as s:
        s.send(struct.pack("<IHHII", 16 + len(body), 1000 if wanted is None else 1001, 1 if wanted is None else 5, 1, 0) + body)
        answer = s.recv(4096)
    if struct.unpack_from("<H", answer, 4)[0] == 2 and struct.unpack_from("<i", answer, 16)[0] < 0:
        raise OSError(-struct.unpack_from("<i", answer, 16)[0], "audit")
    return bool(struct.unpack_from("<I", answer, 20)[0]) if wanted is None else wanted


@case
def what_audit_says_is_recorded(lab):
    """As root, where the kernel's audit is on: each refused read once, of this sandbox only."""
    if os.getuid() != 0:
        raise LeftToOther("only root may listen to the kernel's audit")
    for name in ("s", "d/x", "other"):
        lab.write(name, "SECRET")
    lab.write("run", "#!/bin/sh\necho SECRET\n", 0o755)
    lab.write("odd \" name", "SECRET")
    s = lab.settings(filesystem={"denyRead": ["s", "d", "run", "odd*"]})
    quiet = lab.settings(filesystem={"denyRead": ["s", "d", "run"]}, monitor="off", name="quiet.json")
    foreign = lab.settings(filesystem={"denyRead": ["other"]}, name="foreign.json")

    def records():
        r = subprocess.run([SRTCTL, "violations", "--json", "--last"], env=lab.env(), cwd=lab.work, stdout=subprocess.PIPE, text=True)
        return sorted((v["operation"], os.path.relpath(v["target"], lab.work), v["count"], os.path.basename(v.get("program") or ""), v["attempt"])
                      for v in map(json.loads, r.stdout.splitlines()) if v["operation"] in ("read", "exec"))
    try:
        was_on = audit_is_on()
    except OSError as e:
        raise Skip("the kernel has no audit: %s" % e)
    said = lab.srt(s, "--debug", "true").err
    has_log = int(re.search(r"Landlock ABI (\d+), with a supervisor", said).group(1)) >= 7
    text = "cat s; ls d; cat d/x; exec %s -c 'import os; os.execv(\"run\", [\"run\"])'" % PYTHON
    try:
        audit_is_on(True)
        noise = lab.background(lab.command(foreign, "-c", "while :; do cat other; sleep 0.01; done"), cwd=lab.work, env=lab.env(XDG_STATE_HOME=lab.top),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        expected = [("exec", "run", 1, "python3", False), ("read", "d", 1, "ls", False), ("read", "d/x", 1, "cat", False),
                    ("read", "s", 1, "cat", False)]
        lab.sh(s, text)
        found = [(a, b, c, d.split(".")[0], e) for a, b, c, d, e in records()]
        expect_eq(found, expected if has_log else [])
        lab.sh(s, "cat 'odd \" name'")
        expect_eq(records(), [("read", "odd \" name", 1, "cat", False)] if has_log else [])
        lab.sh(quiet, text)
        expect_eq([r for r in records() if r[1] == "s"], [])
        audit_is_on(False)
        lab.sh(s, text)
        expect_eq([r for r in records() if r[1] == "s"], [])
    finally:
        audit_is_on(was_on)


if __name__ == "__main__":
    main()
