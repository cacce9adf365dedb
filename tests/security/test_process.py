# SPDX-License-Identifier: Apache-2.0
"""Escapes by sockets, system calls, signals and the terminal (rows S)."""
from escape import *

PYTHON = "/usr/bin/python3"


@case
def s2_unix_sockets_of_the_host(lab):
    path = os.path.join(lab.out, "host.sock")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(5)
    lab.closers.append(server.close)
    attack(lab, lab.settings(), PYTHON + " -c \"import socket; s=socket.socket(socket.AF_UNIX); s.connect('%s'); print('%s')\" 2>&1" % (path, WON))
    r = lab.sh(lab.settings(network={"allowAllUnixSockets": True}),
               PYTHON + " -c \"import socket; s=socket.socket(socket.AF_UNIX); s.connect('%s'); print('connected')\"" % path)
    expect_in("connected", r.out, repr(r))


@case
def s3_abstract_sockets_of_the_host(lab):
    name = "\0srt-test-%d" % os.getpid()
    server = socket.socket(socket.AF_UNIX)
    server.bind(name)
    server.listen(5)
    lab.closers.append(server.close)
    for s in (lab.settings(), lab.settings(network={"allowAllUnixSockets": True})):
        attack(lab, s, PYTHON + " -c \"import socket; s=socket.socket(socket.AF_UNIX); s.connect(chr(0)+'%s'); print('%s')\" 2>&1" % (name[1:], WON))


@case
def s4_datagram_pairs(lab):
    attack(lab, lab.settings(), PYTHON + " -c \"import socket; a,b=socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); print('%s')\" 2>&1" % WON)
    r = lab.sh(lab.settings(), PYTHON + " -c \"import socket; a,b=socket.socketpair(); a.send(b'x'); print(b.recv(1))\"")
    expect_in("b'x'", r.out)


@case
def s5_s6_system_calls(lab):
    lab.write("sys.py", """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(name, nr, *args):
    r = libc.syscall(nr, *[ctypes.c_long(a) for a in args])
    e = ctypes.get_errno()
    print(name, 'ok' if r >= 0 else e)
call('unix', 41, 1, 1, 0)
call('unix-high-bits', 41, 0x100000001, 1, 0)
call('vsock', 41, 40, 1, 0)
call('packet', 41, 17, 3, 0)
call('alg', 41, 38, 5, 0)
call('io_uring', 425, 8, 0)
call('x32-socket', 0x40000000 + 41, 1, 1, 0)
call('unshare-user', 272, 0x10000000)
call('setns', 308, -1, 0)
call('bpf', 321, 0, 0, 0)
call('inet', 41, 2, 1, 0)
""")
    if os.uname().machine != "x86_64":
        raise Skip("the numbers are of x86-64")
    r = lab.srt(lab.settings(), PYTHON, "sys.py")
    have = dict(line.split() for line in r.out.splitlines())
    expect_eq(have.pop("inet"), "ok")
    if MONITOR == "full":  # they are judged when they connect (s2_unix_sockets_of_the_host)
        expect_eq((have.pop("unix"), have.pop("unix-high-bits")), ("ok", "ok"))
    expect_eq({k: v for k, v in have.items() if v == "ok"}, {}, repr(r))
    control = dict(line.split() for line in lab.srt(lab.settings(), PYTHON, "sys.py", null=True).out.splitlines())
    for name in ("unix", "unix-high-bits"):
        expect_eq(control[name], "ok", "control")


@case
def s6_thirty_two_bit_entry(lab):
    need("gcc")
    lab.write("i.c", "int main(void){int r;__asm__ volatile(\"int $0x80\":\"=a\"(r):\"a\"(20));return r>0?7:0;}")
    if subprocess.run(["gcc", "-o", "i", "i.c"], cwd=lab.work).returncode != 0:
        raise Skip("cannot be compiled here")
    s = lab.settings()
    bare = subprocess.run(["./i"], cwd=lab.work).returncode
    expect(bare in (7, -11), "control: %d" % bare)  # -11: this machine has no 32-bit entry at all
    expect_eq(lab.srt(s, "./i", null=True).status, 7 if bare == 7 else 139, "control")
    inside = lab.srt(s, "./i").status
    expect(inside != 7 and (bare == 7 or inside == 139), "the 32-bit entry is open: %d" % inside)


@case
def s7_a_directory_as_standard_stream(lab):
    """A descriptor of a directory is a door to everything that its mount holds."""
    lab.write(os.path.join(lab.out, "s"), "SECRET")
    s = lab.settings(filesystem={"denyRead": [lab.out]})
    fd = os.open(lab.out, os.O_RDONLY)
    lab.closers.append(lambda: os.close(fd))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        streams = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        streams[name] = fd
        text = "grep -q SECRET /proc/self/fd/%d/s && touch won-%s" % (number, name)
        r = subprocess.run(lab.command(s, "-c", text), cwd=lab.work, env=lab.env(), **streams)
        expect_eq((r.returncode, os.path.exists(os.path.join(lab.work, "won-" + name))), (125, False), name)


@case
def s8_typing_into_the_terminal(lab):
    import pty
    lab.write("t.py", "import fcntl,termios\ntry:\n fcntl.ioctl(0,termios.TIOCSTI,b'x')\n print('%s')\nexcept OSError as e:\n print('errno',e.errno)\n"
                      "import ctypes\nl=ctypes.CDLL(None,use_errno=True)\nr=l.ioctl(0,ctypes.c_ulong(0x500005412),b'x')\nprint('%s' if r==0 else 'errno')" % (WON, WON))
    out = {}
    for null in (True, False):
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(lab.work)
            words = lab.command(lab.settings(), PYTHON, "t.py", null=null)
            os.execve(words[0], words, lab.env())
        text = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.waitpid(pid, 0)
        os.close(master)
        out[null] = text
    expect(WON.encode() not in out[False], out[False])
    expect_in(b"errno 1", out[False])


@case
def s9_signals_and_tracing_of_outside_processes(lab):
    p = lab.background(["sleep", "1000"])
    attack(lab, lab.settings(), "kill -0 %d 2>/dev/null && echo %s; [ -s /proc/%d/environ ] && cat /proc/%d/environ 2>/dev/null && echo %s; "
           "readlink /proc/%d/exe && echo %s; readlink /proc/%d/fd/0 && echo %s; ls /proc/%d/root/ 2>/dev/null && echo %s"
           % (p.pid, WON, p.pid, p.pid, WON, p.pid, WON, p.pid, WON, p.pid, WON))
    expect(p.poll() is None, "killed")


@case
def s9_outside_processes_are_not_listed(lab):
    p = lab.background(["sleep", "1000"])
    attack(lab, lab.settings(), "[ -e /proc/%d/comm ] && grep -q sleep /proc/%d/comm && echo %s" % (p.pid, p.pid, WON))
    r = lab.sh(lab.settings(), "ls -d /proc/[0-9]* | wc -l")
    expect(int(r.out) < 12, r)


@case
def s9_init_of_the_sandbox_is_out_of_reach(lab):
    """Whoever can trace a process without the filter makes system calls without it."""
    lab.write("t.py", """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid = int(sys.argv[1]) if len(sys.argv) > 1 else 1
if libc.ptrace(16, pid, 0, 0) == 0: print('%s ptrace')
for name in ('mem', 'environ', 'fd/0', 'exe', 'root/etc', 'cwd'):
    try:
        os.stat('/proc/%%d/%%s' %% (pid, name)); f = open('/proc/%%d/%%s' %% (pid, name), 'rb') if name in ('mem', 'environ') else None
        if f or name not in ('mem', 'environ'): print('%s ' + name)
    except OSError: pass
""" % (WON, WON))
    for keys in ({}, {"allowUserNamespaces": True}):
        r = lab.srt(lab.settings(**keys), PYTHON, "t.py", timeout=20)
        expect(WON not in r.out, r)
        r = lab.sh(lab.settings(**keys), "sed -n 's/^Seccomp:.//p' /proc/[0-9]*/status | sort -u; sleep 1 & exec %s t.py $!" % PYTHON)
        expect(r.out.startswith("2\n") and WON in r.out, "every process has the filter, a child can be traced: %r" % r)


@case
def s9_own_children_can_be_traced(lab):
    need("strace")
    r = lab.sh(lab.settings(), "strace -f -o t true && grep -c execve t")
    expect_eq(r.status, 0, repr(r))


@case
def s10_helper_cannot_be_rewritten(lab):
    """By the name that it has inside, or, where nothing has other names, by the host's."""
    own = os.path.join(BUILD, "libexec", "srt", "srt-inside")  # not the copies that packages are made of
    expect(os.path.exists(own), own)
    helpers = ["/dev/srt/inside", own]
    s = lab.settings(filesystem={"allowWrite": ["."] + [os.path.dirname(h) for h in helpers[1:]]})
    r = lab.sh(s, "for f in /proc/1/exe %s; do [ -e $f ] || continue; { : >> $f; } 2>/dev/null && echo %s $f; rm -f $f 2>/dev/null && echo %s rm $f; "
                  "mv $f $f.x 2>/dev/null && echo %s mv $f; done; echo end" % (" ".join(helpers), WON, WON, WON))
    expect(WON not in r.out and "end" in r.out, r)


@case
def parent_environment_is_not_readable(lab):
    s = lab.settings(env={"deny": ["SECRETV"]}, network={"allowAllUnixSockets": True})
    r = lab.sh(s, "grep -sac hunter2 /proc/*/environ; cat /proc/*/environ 2>/dev/null | grep -ac hunter2; echo [$SECRETV]", env=lab.env(SECRETV="hunter2"))
    expect("[]" in r.out and "\n1" not in "\n" + r.out, r)


@case
def shared_memory_and_host_name_are_apart(lab):
    need("ipcmk", "ipcs")
    made = subprocess.run(["ipcmk", "-M", "4096"], stdout=subprocess.PIPE, text=True).stdout.split()[-1]
    lab.closers.append(lambda: subprocess.run(["ipcrm", "-m", made]))
    attack(lab, lab.settings(), "ipcs -m | grep -q ' %s ' && echo %s" % (made, WON))


@case
def ipc_objects_of_the_host_stay_closed(lab):
    need("ipcmk", "python3")
    made = [subprocess.run(["ipcmk", "-M", "4096"], stdout=subprocess.PIPE, text=True).stdout.split()[-1],
            subprocess.run(["ipcmk", "-Q"], stdout=subprocess.PIPE, text=True).stdout.split()[-1]]
    lab.closers.append(lambda: subprocess.run(["ipcrm", "-m", made[0], "-q", made[1]], stderr=subprocess.DEVNULL))
    attack(lab, lab.settings(), "python3 -c \"import ctypes; c=ctypes.CDLL(None); c.shmat.restype=ctypes.c_long; "
           "print('%s' if c.shmat(%s, None, 0) != -1 else '', '%s' if c.msgsnd(%s, b'\\x01\\0\\0\\0\\0\\0\\0\\0x', 1, 0o4000) == 0 else '')\""
           % (WON, made[0], WON, made[1]))


@case
def limits_of_outside_processes_stay(lab):
    need("prlimit")
    p = lab.background(["sleep", "1000"])
    attack(lab, lab.settings(), "prlimit --pid %d --nofile=50 2>/dev/null && echo %s" % (p.pid, WON),
           undo=lambda: subprocess.run(["prlimit", "--pid", str(p.pid), "--nofile=60"]))


@case
def setuid_has_no_effect(lab):
    r = lab.sh(lab.settings(), "grep NoNewPrivs /proc/self/status; cp /usr/bin/id i; chmod u+s i; ./i -u")
    expect_in("NoNewPrivs:\t1", r.out)
    expect_in("\n%d\n" % os.getuid(), r.out)


if __name__ == "__main__":
    main()
