# SPDX-License-Identifier: Apache-2.0
"""What denyRead hides under bubblewrap: masks that answer and tell (rows F4, F8 and F16 of docs/escapes.md).
Where /dev/fuse cannot be opened other mounts hide, and tell nothing: the same attacks, other records."""
import errno
import signal

from escape import *

HAVE_FUSE = os.access("/dev/fuse", os.R_OK | os.W_OK)
PYTHON = "/usr/bin/python3"


def bwrap(lab, **extra):
    return lab.env(SRT_BACKEND="bwrap", **extra)


def hide(lab):
    lab.write("s", "SECRET")
    lab.write("run", "#!/bin/sh\necho SECRET\n", 0o755)
    lab.write("d/x", "SECRET")
    for left in ("t", "l", "b"):
        shutil.rmtree(os.path.join(lab.work, left), ignore_errors=True)


def hidden(lab, **keys):
    filesystem = dict({"denyRead": ["s", "run", "d"], "allowWrite": ["."]}, **keys.pop("filesystem", {}))
    return lab.settings(filesystem=filesystem, **keys)


def records(lab, *kinds):
    r = subprocess.run([SRTCTL, "violations", "--json", "--last"], env=bwrap(lab), cwd=lab.work, stdout=subprocess.PIPE, text=True, check=True)
    found = [json.loads(line) for line in r.stdout.splitlines()]
    return [v for v in found if v["operation"] in (kinds or ("read", "exec"))]


# Each line is an attack that prints WON when it got at the secret, its size or its name.
CALLS = """
import ctypes, mmap, os, shutil, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def got(data):
    if b'SECRET' in data: raise SystemError
def read(path, dir_fd=None):
    fd = os.open(path, os.O_RDONLY, dir_fd=dir_fd); got(os.read(fd, 100)); os.close(fd)
def path_then_open():
    fd = os.open('s', os.O_PATH); read('/proc/self/fd/%d' % fd)
def directory_then_at():
    fd = os.open('d', os.O_PATH); read('x', fd)
def listed_then_at():
    fd = os.open('d', os.O_RDONLY); got(b'SECRET' if 'x' in os.listdir(fd) else b''); read('x', fd)
def size():
    got(b'SECRET' if os.stat('s').st_size == 6 else b'')
def size_at():
    fd = os.open('d', os.O_PATH); got(b'SECRET' if os.stat('x', dir_fd=fd).st_size == 6 else b'')
def link():
    os.link('s', 'l'); read('l')
def link_of_descriptor():
    fd = os.open('s', os.O_PATH); libc.linkat(-100, b'/proc/self/fd/%d' % fd, -100, b'l', 0x400); read('l')
def rename():
    os.rename('s', 't')
    try: read('t')
    finally: os.rename('t', 's')
def rename_directory():
    os.rename('d', 't')
    try: read('t/x')
    finally: os.rename('t', 'd')
def exchange():
    os.close(os.open('t', os.O_CREAT | os.O_WRONLY)); libc.renameat2(-100, b's', -100, b't', 2); read('t')
def execute():
    got(subprocess.run(['./run'], stdout=subprocess.PIPE).stdout)
def execute_descriptor():
    fd = os.open('run', os.O_PATH)
    got(subprocess.run(['/proc/self/fd/%d' % fd], stdout=subprocess.PIPE, pass_fds=[fd]).stdout)
def interpret():
    got(subprocess.run(['/bin/sh', 'run'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
def change_directory():
    os.chdir('d')
    try: read('x')
    finally: os.chdir('..')
def mapped():
    fd = os.open('s', os.O_RDONLY); got(mmap.mmap(fd, 0, prot=mmap.PROT_READ)[:])
def sent():
    a, b = os.pipe(); fd = os.open('s', os.O_RDONLY); libc.splice(fd, None, b, None, 100, 0); got(os.read(a, 100))
def read_and_write():
    fd = os.open('s', os.O_RDWR); got(os.read(fd, 100))
def symbolic():
    os.symlink('d', 'l'); read('l/x')
for attack in (lambda: read('s'), lambda: read('d/x'), lambda: read('/proc/self/cwd/s'), lambda: read('/proc/self/root' + os.path.abspath('d/x')),
               path_then_open, directory_then_at, listed_then_at, size, size_at, link, link_of_descriptor, rename, rename_directory,
               execute, execute_descriptor, interpret, change_directory, mapped, sent, read_and_write, symbolic, exchange):
    for left in ('l', 't'):
        try: os.unlink(left)
        except OSError: pass
    try: attack()
    except SystemError: print(WON, attack.__name__)
    except OSError: pass
""".replace("WON", repr(WON))


@case
def m1_by_every_call(lab):
    lab.write("calls.py", CALLS)
    for monitor in ("default", "full", "off"):
        s = hidden(lab, monitor=monitor)
        hide(lab)
        null = lab.sh(s, PYTHON + " calls.py", null=True)
        expect_eq(null.out.count(WON), 22, "the attacks themselves do not work: %r" % null)
        hide(lab)
        r = lab.sh(s, PYTHON + " calls.py; echo ran", env=bwrap(lab))
        expect_eq(r.out, "ran\n", repr(r))
        expect_eq((lab.read("s"), lab.read("d/x")), ("SECRET", "SECRET"))


MOUNTS = """
import ctypes, glob, os
libc = ctypes.CDLL(None, use_errno=True)
def mount(*words): return libc.mount(*[w.encode() if isinstance(w, str) else w for w in words])
for target in ('s', 'd'):
    for flags in (0, 1, 2, 8):
        libc.umount2(target.encode(), flags)
os.makedirs('b', exist_ok=True)
mount('.', 'b', 'none', 4096, None); mount('.', 'b', 'none', 4096 | 16384, None)
mount('none', 'd', 'tmpfs', 0, None); mount('none', 'd', 'none', 32 | 4096, None)
mount('none', '/mnt', 'fusectl', 0, None)
for abort in glob.glob('/mnt/*/abort') + glob.glob('/sys/fs/fuse/connections/*/abort'):
    try:
        with open(abort, 'w') as f: f.write('1')
        print('ABORTED')
    except OSError: pass
try: os.mknod('fuse', 0o20666, os.makedev(10, 229)); print('NODE')
except OSError: pass
for path in ('s', 'd/x', 'b/s', 'b/d/x', '/mnt/s'):
    try:
        with open(path) as f:
            if 'SECRET' in f.read(): print('%s', path)
    except OSError: pass
""" % WON


@case
def m2_by_mounts(lab):
    """No way to unmount, to bind the place elsewhere, or to reach the connection; in namespaces of its own
    neither. As who may mount, without a sandbox, the same text gets at what a mount hides."""
    need("unshare")
    lab.write("mounts.py", MOUNTS)
    hide(lab)
    plain = subprocess.run(["unshare", "-Urm", "sh", "-c", "mount -t tmpfs none d && mount --bind /dev/null s && " + PYTHON + " mounts.py"],
                           cwd=lab.work, stdout=subprocess.PIPE, text=True, check=True)
    expect(plain.stdout.count(WON) >= 2, "the attack itself does not work: %r" % plain.stdout)
    for keys in ({}, {"allowUserNamespaces": True, "allowUnenforced": ["readDeny", "writeDeny", "globLater"]}):
        for text in (PYTHON + " mounts.py", "unshare -Urm " + PYTHON + " mounts.py"):
            hide(lab)
            r = lab.sh(hidden(lab, **keys), text + "; echo ran", env=bwrap(lab))
            expect_eq(r.out, "ran\n", "%s %s: %r" % (keys, text, r))
    expect_eq((lab.read("s"), lab.read("d/x")), ("SECRET", "SECRET"))


@case
def m3_masks_of_what_is_shown_in_part(lab):
    """What lies in a hidden directory and is shown stays right, as do masks in it again."""
    lab.write("p/q/.env", "SECRET")
    lab.write("p/q/a", "A")
    lab.write("p/other", "SECRET")
    lab.write("p/w/f", "F")
    lab.write("p/w/deep/.env", "SECRET")
    s = lab.settings(filesystem={"denyRead": ["p", "p/q/.env", "p/w/deep"], "allowRead": ["p/q"], "allowWrite": ["p/w"]})
    r = attack(lab, s, "cat p/q/a p/w/f; grep -rqs SECRET p/q p/other p/w && echo %s; echo new > p/w/g && cat p/w/g; rm -f p/w/g; ls p" % WON,
               env=bwrap(lab) if BACKEND != "bwrap" else None)
    expect_eq(r.out, "AFnew\nq\nw\n")


FLOOD = """
import os, threading
won = []
def run():
    for i in range(300):
        for path in ('s', 'd/x', 'd/%d' % i):
            try: won.append(os.open(path, os.O_RDONLY))
            except OSError: pass
threads = [threading.Thread(target=run) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print('ESCAPED' if won else 'none')
"""


@case
def m4_a_flood(lab):
    lab.write("flood.py", FLOOD)
    hide(lab)
    r = lab.sh(hidden(lab), PYTHON + " flood.py", env=bwrap(lab), timeout=120)
    expect_eq((r.status, r.out), (0, "none\n"), repr(r))
    if HAVE_FUSE:
        expect(len(records(lab)) > 100, "recorded")


@case
def m5_srt_is_killed(lab):
    """The masks close with srt: no read gets through between its end and that of the command, and nothing
    waits for an answer that does not come."""
    hide(lab)
    mark = "mark-%d" % os.getpid()
    lab.write("loop.py", "import os, sys\nout = open('out', 'a', buffering=1)\nout.write('began\\n')\nwhile True:\n"
                         "    for path in ('s', 'd/x'):\n        try: out.write(open(path).read())\n        except OSError: pass\n")
    for turn in range(5):
        open(os.path.join(lab.work, "out"), "w").close()
        p = subprocess.Popen(lab.command(hidden(lab), PYTHON, "loop.py", mark), cwd=lab.work, env=bwrap(lab), stdin=subprocess.DEVNULL)
        expect(eventually(lambda: "began" in lab.read("out"), 30), "it did not begin")
        p.kill()
        p.wait()
        expect(eventually(lambda: not processes_with(mark), 30), "something is left: %s" % processes_with(mark))
        expect_eq(lab.read("out"), "began\n")


@case
def m5_nobody_outside_waits(lab):
    """Through /proc the masks can be met from outside. srt itself is stopped, so that nobody answers."""
    hide(lab)
    mark = "mark-out-%d" % os.getpid()
    lab.write("wait.py", "import sys\nprint('began', flush=True)\nsys.stdin.read()\n")
    p = subprocess.Popen(lab.command(hidden(lab), PYTHON, "wait.py", mark), cwd=lab.work, env=bwrap(lab), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    expect_eq(p.stdout.readline(), b"began\n")
    pid = max(n for n in processes_with(mark) if n != p.pid)
    root = "/proc/%d/root%s/" % (pid, lab.work)
    os.kill(p.pid, signal.SIGSTOP)
    try:
        for words in (["cat", root + "s"], ["ls", root + "d"], ["cat", root + "d/x"], ["stat", root + "d"], ["stat", "-f", root + "s"], ["sync"]):
            r = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
            expect(b"SECRET" not in r.stdout, words)
    finally:
        os.kill(p.pid, signal.SIGCONT)
        p.communicate(b"")


@case
def m6_one_record_each(lab):
    hide(lab)
    s = hidden(lab)
    for text, target, kind in (("exec cat s", "s", "read"), ("exec cat d/x", "d/x", "read"), ("exec ls d", "d", "read"),
                               ("exec test -r s", "s", "read"), ("exec %s -c 'import os; os.execv(\"run\", [\"run\"])'" % PYTHON, "run", "exec")):
        lab.sh(s, text, env=bwrap(lab))
        found = records(lab)
        if not HAVE_FUSE:
            expect_eq(found, [])
            continue
        expect_eq(len(found), 1, "%s: %s" % (text, found))
        v = found[0]
        expect_eq((v["operation"], v["target"], v.get("attempt", False)), (kind, os.path.join(lab.work, target), False))
        expect(v["rule"].startswith("filesystem.denyRead["), v)
        expect(os.path.basename(v["program"]).startswith(text.split()[1].split("/")[-1][:4]), v)


@case
def m6_the_process_as_the_host_names_it(lab):
    hide(lab)
    mark = "mark-pid-%d" % os.getpid()
    lab.write("one.py", "import sys\ntry: open('s')\nexcept OSError: pass\nprint('asked', flush=True)\nsys.stdin.read()\n")
    p = subprocess.Popen(lab.command(hidden(lab), PYTHON, "one.py", mark), cwd=lab.work, env=bwrap(lab), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    expect_eq(p.stdout.readline(), b"asked\n")
    pids = processes_with(mark)
    p.communicate(b"")
    for v in records(lab):
        expect(v["pid"] in pids, "%s %s" % (v, pids))
    expect_eq(len(records(lab)), 1 if HAVE_FUSE else 0)


@case
def m6_full_and_off(lab):
    hide(lab)
    text = "cat s d/x; ls d; ls ~/.local/state/srt; cat s"
    os.makedirs(lab.home + "/.local/state/srt", 0o700)
    lab.sh(hidden(lab, monitor="full"), text, env=bwrap(lab))
    expected = [lab.work + "/" + n for n in ("s", "d/x", "d")]
    found = sorted((v["target"], v.get("attempt", False)) for v in records(lab))
    if HAVE_FUSE:
        expect_eq(sorted(set(found)), sorted([(n, False) for n in expected] + [(lab.home + "/.local/state/srt", False)]))
    lab.sh(hidden(lab, monitor="off"), text + "; grep -c ' fuse ' /proc/self/mountinfo >found", env=bwrap(lab))
    expect_eq(lab.read("found"), "0\n")


@case
def m7_ordinary_programs(lab):
    """What copies, searches and lists a tree goes on past what is hidden."""
    hide(lab)
    lab.write("open/file", "fine")
    s = hidden(lab)
    r = lab.sh(s, "ls -la . >/dev/null && find . -name file && du -s . >/dev/null && tar cf b.tar --exclude=./s --exclude=./run --exclude=./b.tar . && tar tf b.tar | grep -c file; "
                  "stat -c %F s d; df d >/dev/null; cd d && pwd -P && cd .. && test -d d && test -e s && test -f s && ! test -r s && ! test -w s && echo end",
               env=bwrap(lab))
    regular = "regular empty file" if HAVE_FUSE else "character special file"
    if HAVE_FUSE:
        expect_eq((r.out, r.err), ("./open/file\n1\n%s\ndirectory\n%s/d\nend\n" % (regular, lab.work), ""))
    hidden_file = lab.sh(s, "cat s", env=bwrap(lab))
    expect_in(os.strerror(errno.EACCES), hidden_file.err)
    writing = lab.sh(s, "echo x > s", env=bwrap(lab))
    expect_in(os.strerror(errno.EACCES), writing.err)


if __name__ == "__main__":
    main()
