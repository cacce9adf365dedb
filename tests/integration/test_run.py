# SPDX-License-Identifier: Apache-2.0
"""One command: operands, output, status, environment, working directory, terminal."""
from srttest import *


@case
def argument_vector_is_kept(lab):
    r = lab.srt(lab.settings(), "printf", "[%s]", "a  b", "c'd", 'e"f', "$g", "*", "")
    expect_eq(r.out, "[a  b][c'd][e\"f][$g][*][]", repr(r))
    expect_eq(r.status, 0)


@case
def one_operand_with_blanks_is_shell_text(lab):
    r = lab.srt(lab.settings(), "echo one | tr o 0")
    expect_eq((r.status, r.out), (0, "0ne\n"), repr(r))


@case
def options_end_at_the_first_operand(lab):
    r = lab.srt(lab.settings(), "echo", "-d", "-s", "x")
    expect_eq((r.status, r.out), (0, "-d -s x\n"), repr(r))
    r = lab.srt(lab.settings(), "bash", "-c", "echo hi there")
    expect_eq((r.status, r.out), (0, "hi there\n"), repr(r))


@case
def nothing_of_ours_on_stdout(lab):
    r = lab.srt(lab.settings(), "-d", "true")
    expect_eq((r.status, r.out), (0, ""), repr(r))
    expect_in("srt: debug: ", r.err)


@case
def exit_statuses(lab):
    s = lab.settings()
    for text, status in (("exit 3", 3), ("kill -TERM $$", 143), ("kill -SEGV $$", 139),
                         ("kill -KILL $$", 137), ("kill -PIPE $$", 141), ("exit 255", 255)):
        expect_eq(lab.sh(s, text).status, status, text)
    expect_eq(lab.srt(s, "no-such-program", "x").status, 127)
    expect_eq(lab.srt(s, "/etc/passwd", "x").status, 126)
    expect_eq(lab.srt(s, "/", "x").status, 126)


@case
def failures_before_the_command_are_125_and_run_nothing(lab):
    marker = os.path.join(lab.work, "ran")
    for arguments in (["-s", "missing.json"], ["--backend=nosuch"], ["--no-such-option"],
                      ["-s", lab.work], ["--control-fd", "2"], ["--control-fd", "77"]):
        r = lab.srt(None, *arguments, "touch", marker)
        expect_eq(r.status, 125, "%s: %r" % (arguments, r))
        expect(r.err.startswith("srt: "), r)
        expect(not os.path.exists(marker), arguments)
    expect_eq(lab.srt(None).status, 125)
    for flags, path in ((os.O_RDONLY, lab.work), (os.O_WRONLY, "/dev/null")):
        fd = os.open(path, flags)
        r = lab.srt(None, "--control-fd", str(fd), "touch", marker, pass_fds=(fd,))
        os.close(fd)
        expect_eq(r.status, 125, "%s: %r" % (path, r))
        expect_in("not usable", r.err)
        expect(not os.path.exists(marker), path)


@case
def bad_settings_stop_the_run(lab):
    for text in ("", "  \n", "{bad", "// c\n{}", '{"filesystem":{"denyRaed":["x"]}}',
                 '{"filesystem":{"denyRead":"x"}}', '{} {}', "\ufeff{}",
                 '{"network":{"allowedDomains":["http://x.com"]}}'):
        path = lab.write(os.path.join(lab.top, "bad.json"), text)
        r = lab.srt(path, "echo", "ran")
        expect_eq((r.status, r.out), (125, ""), "%r: %r" % (text, r))
        expect_in("bad.json", r.err)


@case
def default_settings_file(lab):
    r = lab.sh(None, "echo x > f && cat f; echo y > ../g; echo rc=$?")
    expect_in("x\nrc=1", r.out, repr(r))
    lab.write(os.path.join(lab.home, ".srt-settings.json"), '{"filesystem":{"allowWrite":[]}}')
    r = lab.sh(None, "echo x > f2; echo rc=$?")
    expect_eq(r.out, "rc=1\n", repr(r))
    lab.write(os.path.join(lab.home, ".srt-settings.json"), "")
    expect_eq(lab.sh(None, "echo ran").status, 125)


@case
def standard_streams(lab):
    s = lab.settings()
    expect_eq(lab.srt(s, "cat", "-", stdin="in").out, "in")
    expect_eq(lab.sh(s, "echo e >&2; echo o").err, "e\n")
    p = subprocess.run([SRT, "-s", s, "-c", "echo out; exit 4"], cwd=lab.work, env=lab.env(),
                       stdout=subprocess.PIPE, preexec_fn=lambda: os.close(0))
    expect_eq((p.returncode, p.stdout), (4, b"out\n"), "closed stdin")
    p = subprocess.run([SRT, "-s", s, "-c", "exit 5"], cwd=lab.work, env=lab.env(),
                       preexec_fn=lambda: [os.close(n) for n in (0, 1, 2)])
    expect_eq(p.returncode, 5, "all streams closed")


@case
def inherited_descriptors_do_not_leak(lab):
    read_end, write_end = os.pipe()
    os.set_inheritable(read_end, True)
    high = os.dup2(read_end, 63, inheritable=True)
    r = lab.sh(lab.settings(), "ls /proc/self/fd | tr '\\n' ' '", close_fds=False)
    os.close(read_end), os.close(write_end), os.close(high)
    names = [int(x) for x in r.out.split()]
    expect(all(n <= 3 for n in names), r)


@case
def environment(lab):
    r = lab.sh(lab.settings(), "env", env=lab.env(FOO="bar baz"))
    have = dict(line.split("=", 1) for line in r.out.splitlines() if "=" in line)
    expect_eq(have.get("FOO"), "bar baz")
    expect_eq(have.get("SANDBOX_RUNTIME"), "1")
    expect(os.path.isabs(have.get("TMPDIR", "")), r)
    expect_eq(have.get("HOME"), lab.home)
    r = lab.sh(lab.settings(env={"deny": ["FOO"], "set": {"BAR": "x"}}), "echo [$FOO] [$BAR]",
               env=lab.env(FOO="bar"))
    expect_eq(r.out, "[] [x]\n", repr(r))


@case
def private_temporary_directory(lab):
    r = lab.sh(lab.settings(), "stat -c '%a %u' $TMPDIR; mktemp; id -u; echo $TMPPREFIX; "
                               "f=$(mktemp); echo x > $f; echo $TMPDIR")
    lines = r.out.splitlines()
    expect_eq(lines[0], "700 %d" % os.getuid(), repr(r))
    expect(not os.path.exists(lines[-1]), "left on the host: %s" % lines[-1])
    expect(lines[3].startswith(lines[-1]), r)


@case
def working_directory_is_a_symlink(lab):
    link = os.path.join(lab.home, "link")
    os.symlink(lab.work, link)
    r = lab.sh(lab.settings(), "echo x > here && pwd -P", cwd=link, env=lab.env(PWD=link))
    expect_eq((r.status, r.out), (0, lab.work + "\n"), repr(r))
    expect_eq(lab.read("here"), "x\n")


@case
def odd_path_names(lab):
    for name in ("with blank", "new\nline", "quo'te\"", "back\\slash", b"non-utf8-\xff\xfe", "-dash", "$HOME", "a;b"):
        raw = name if isinstance(name, bytes) else name.encode()
        path = os.path.join(lab.work.encode(), raw)
        os.makedirs(os.path.join(path, b"deny"), exist_ok=True)
        r = lab.sh(lab.settings(filesystem={"allowWrite": ["."], "denyWrite": ["./deny"]}),
                   "echo x > f && { echo x > deny/f; } 2>/dev/null || cat f", cwd=path)
        expect_eq((r.status, r.out), (0, "x\n"), "%r: %r" % (raw, r))


@case
def home_unset(lab):
    s = lab.settings()
    r = lab.sh(s, "echo ok", env=lab.env(HOME=None))
    expect_eq((r.status, r.out), (0, "ok\n"), repr(r))


@case
def limits_are_inherited(lab):
    p = subprocess.run(["bash", "-c", 'umask 027; ulimit -n 1500; nice -n 5 "$@"', "x", SRT, "-s",
                        lab.settings(), "-c", "umask; ulimit -n; nice"],
                       cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, text=True)
    expect_eq(p.stdout, "0027\n1500\n5\n")


@case
def limits_that_are_too_low_are_errors(lab):
    import resource
    for limit, value in ((resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 12)):
        r = lab.srt(lab.settings(allow=["example.com"]), "echo", "ran", preexec_fn=lambda: resource.setrlimit(limit, (value, value)))
        expect_eq((r.status, r.out), (125, ""), repr(r))
        expect(r.err.startswith("srt: "), r)


@case
def terminal_is_usable(lab):
    import pty
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(lab.work)
        os.execve(SRT, [SRT, "-s", lab.settings(), "-c",
                        "test -t 0 && echo tty; stty size; : < /dev/tty && echo ctty; "
                        "python3 -c 'import tty; tty.setraw(0); print(\"raw ok\")'"], lab.env())
    import fcntl, struct, termios
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
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
    for part in (b"tty", b"ctty", b"raw ok"):
        expect_in(part, text)


@case
def job_control_inside(lab):
    import pty
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(lab.work)
        os.execve(SRT, [SRT, "-s", lab.settings(), "bash", "--norc", "-i"], lab.env(PS1="@ "))

    def until(mark, seconds=10):
        import select
        text, end = b"", time.monotonic() + seconds
        while mark not in text and time.monotonic() < end:
            if select.select([master], [], [], 0.2)[0]:
                try:
                    text += os.read(master, 4096)
                except OSError:
                    break
        return text
    def start(number):  # what runs has the terminal
        os.write(master, b"sleep %s\n" % number.encode())
        expect(eventually(lambda: processes_with(number), 20), number)
    until(b"@ ")
    start("1000.1%d" % os.getpid())
    os.write(master, b"\x1a")
    expect_in(b"Stopped", until(b"Stopped"))
    os.write(master, b"kill %1; wait; echo alive-$((40+2))\n")
    expect_in(b"alive-42", until(b"alive-42"))
    start("1000.2%d" % os.getpid())
    os.write(master, b"\x03")
    os.write(master, b"echo after-$((40+3)); exit 6\n")
    expect_in(b"after-43", until(b"after-43"))
    _, status = os.waitpid(pid, 0)
    os.close(master)
    expect_eq(os.waitstatus_to_exitcode(status), 6)


@case
def keyboard_interrupt_reaches_the_command_once(lab):
    import pty
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(lab.work)
        os.execve(SRT, [SRT, "-s", lab.settings(), "python3", "-c",
                        "import signal,time\nn=0\ndef h(*a):\n global n\n n+=1\n"
                        "signal.signal(signal.SIGINT,h)\nprint('ready',flush=True)\n"
                        "time.sleep(1.5)\ntime.sleep(0.5)\nprint('count',n)"], lab.env())
    text = b""
    while b"ready" not in text:
        text += os.read(master, 4096)
    os.write(master, b"\x03")
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        text += piece
    os.waitpid(pid, 0)
    os.close(master)
    expect_in(b"count 1", text)


if __name__ == "__main__":
    main()
