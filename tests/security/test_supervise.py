# SPDX-License-Identifier: Apache-2.0
"""What only a supervisor can hold: names that do not exist yet (rows F), unix sockets by path (rows S).
Each attack is shown to work where the protection is off."""
import glob
import pwd
import re

from escape import *

PYTHON = "/usr/bin/python3"
LEVELS = ("check", "exact")


def fresh(lab):
    subprocess.run(["chmod", "-R", "u+rwX", lab.work])
    shutil.rmtree(lab.work)
    os.makedirs(lab.work)


def level(lab, name, filesystem=None, **keys):
    keys.setdefault("allowUnenforced", ["globLater"] if name == "off" else [])
    return lab.settings(filesystem=dict(filesystem or {}, protectMissing=name), name=name + ".json", **keys)


def names(lab, text, prepare=None, filesystem=None, planted=None, **more):
    """text prints WON for each step that got through; each step works where the protection is off. Nothing
    that was refused leaves a trace."""
    steps = text.count(WON)
    for how in ("off",) + LEVELS:
        fresh(lab)
        if prepare:
            prepare()
        r = lab.sh(level(lab, how, filesystem), text, env=lab.env(XDG_STATE_HOME=os.path.join(lab.top, "state")), **more)
        if how == "off":
            expect_eq(r.out.count(WON), steps, "the attack itself does not work: %r" % r)
        else:
            expect(WON not in r.out, "%s: got through: %r" % (how, r))
            expect(not os.path.exists(os.path.join(lab.top, "state", "srt", "quarantine")), "found only afterwards: %r" % r)
            for path in planted or ():
                expect(not os.path.lexists(os.path.join(lab.work, path)), "%s: %s is there" % (how, path))


# ---- names that do not exist yet ----

@case
def f1_cve_2026_25725_settings_that_do_not_exist_yet(lab):
    """Settings with hooks, written where there were none, ran at the next start."""
    names(lab, "mkdir .claude && echo %s 1; echo '{\"hooks\":{}}' > .claude/settings.json && echo %s 2; "
               "mkdir -p sub/.claude && echo x > sub/.claude/settings.local.json && echo %s 3" % ((WON,) * 3),
          prepare=lambda: os.makedirs(os.path.join(lab.work, "sub")),
          planted=[".claude/settings.json", "sub/.claude/settings.local.json"],
          filesystem={"denyWrite": ["./.claude", "./sub/.claude"]})
    names(lab, "mkdir -p .claude; echo '{\"hooks\":{}}' > .claude/settings.json && echo %s 1; "
               "mkdir -p a/b/.claude; echo x > a/b/.claude/settings.local.json && echo %s 2" % (WON, WON),
          planted=[".claude/settings.json", "a/b/.claude/settings.local.json"])


@case
def f1_every_way_to_make_a_missing_name(lab):
    ways = ["echo x > .bashrc", "touch .bashrc", "mkdir .bashrc", "mkfifo .bashrc", "echo > x; mv x .bashrc", "echo > x; ln x .bashrc",
            "ln -s nowhere .bashrc", "ln -s .bashrc l; echo x > l", "cp /etc/hostname .bashrc", "echo > x; mv -T x $PWD/../work/.bashrc",
            "mkdir d; cd d; echo x > ../.bashrc", "echo x > /proc/self/cwd/.bashrc", "install -m 644 /etc/hostname .bashrc", "tee .BashRC < /etc/hostname"]
    for way in ways:
        names(lab, "rm -rf .bashrc .BashRC x l d; (%s) 2>/dev/null >/dev/null; ls -A | grep -qi '^.bashrc$' && echo %s" % (way, WON), planted=[".bashrc"])
    lab.write(os.path.join(lab.top, "w.py"), """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def attempt(name, f):
    for path in ('.bashrc', 'x'):
        try: os.unlink(path)
        except OSError: pass
    open('x', 'w').close()
    try: f()
    except OSError: pass
    if os.path.lexists('.bashrc'): print('%s ' + name)
def raw(nr, *args):
    libc.syscall(nr, *[a if isinstance(a, (bytes, ctypes.Array)) or a is None else ctypes.c_long(a) for a in args])
def tmpfile():
    fd = os.open('.', os.O_TMPFILE | os.O_WRONLY)
    raw(265, -100, b'/proc/self/fd/%%d' %% fd, -100, b'.bashrc', 0x400)
how = (ctypes.c_uint64 * 3)(os.O_CREAT | os.O_WRONLY, 0o644, 0)
attempt('creat', lambda: raw(85, b'.bashrc', 0o644))
attempt('openat2', lambda: raw(437, -100, b'.bashrc', how, 24))
attempt('mknod', lambda: os.mknod('.bashrc', 0o100644))
attempt('renameat2 exchange', lambda: raw(316, -100, b'x', -100, b'.bashrc', 1))
attempt('tmpfile', tmpfile)
attempt('symlink', lambda: os.symlink('x', '.bashrc'))
attempt('link', lambda: os.link('x', '.bashrc'))
attempt('dirfd', lambda: os.open('.bashrc', os.O_CREAT | os.O_WRONLY, dir_fd=os.open('.', os.O_PATH)))
""" % WON)
    if os.uname().machine != "x86_64":
        raise Skip("the numbers are of x86-64")
    for how in ("off",) + LEVELS:
        fresh(lab)
        r = lab.srt(level(lab, how), PYTHON, os.path.join(lab.top, "w.py"))
        expect_eq((r.status, r.out.count(WON)), (0, 8 if how == "off" else 0), "%s: %r" % (how, r))


@case
def f1_rules_of_the_user(lab):
    names(lab, "touch secret.conf && echo %s 1; mkdir -p d/e && touch d/e/x && echo %s 2; touch a.pem && echo %s 3; mkdir q && touch q/b.pem && echo %s 4"
          % ((WON,) * 4), filesystem={"denyWrite": ["./secret.conf", "./d/e", "**/*.pem"]}, planted=["secret.conf", "d/e", "a.pem", "q/b.pem"])


@case
def f2_codex_18446_a_repository_made_first(lab):
    """The working directory is no repository yet: whoever makes one decides what git runs there later."""
    need("git")
    names(lab, "mkdir -p .git/hooks; printf '#!/bin/sh\\n' > .git/hooks/pre-commit && echo %s 1; "
               "git init -q . 2>/dev/null; printf '#!/bin/sh\\n' > .git/hooks/post-checkout && echo %s 2; "
               "mkdir x; mkdir x/hooks; touch x/hooks/pre-commit; mv x y/.git && echo %s 3" % ((WON,) * 3),
          prepare=lambda: os.makedirs(os.path.join(lab.work, "y")), planted=[".git/hooks/pre-commit", ".git/hooks/post-checkout", "y/.git/hooks"])


@case
def f2_configuration_of_a_new_repository(lab):
    """git init has to write it; what makes git run programs is taken away when the command has ended."""
    need("git")
    for how in ("off",) + LEVELS:
        fresh(lab)
        state = os.path.join(lab.top, "state-" + how)
        r = lab.sh(level(lab, how), "git init -q r && git -C r config core.fsmonitor /tmp/x && echo %s" % WON, env=lab.env(XDG_STATE_HOME=state))
        config = os.path.join(lab.work, "r", ".git", "config")
        text = lab.read(config) if os.path.exists(config) else ""
        if how == "off":
            expect_in("fsmonitor", text, "the attack itself does not work: %r" % r)
        else:
            expect("fsmonitor" not in text, "%s: %r" % (how, r))
            if WON in r.out:
                expect(glob.glob(state + "/srt/quarantine/*/*config*"), "not kept: %r" % r)
                expect_in("was moved to", r.err)


@case
def f2_a_file_that_names_another_repository(lab):
    """Worktrees and submodules write such files, so they are judged when the command has ended."""
    for how in ("off",) + LEVELS:
        fresh(lab)
        os.makedirs(os.path.join(lab.work, "sub"))
        state = os.path.join(lab.top, "state-" + how)
        r = lab.sh(level(lab, how), "echo gitdir: ../plan > sub/.git; git init -q --bare plan 2>/dev/null; git -C plan config core.fsmonitor x; true",
                   env=lab.env(XDG_STATE_HOME=state))
        told = subprocess.run(["git", "-C", os.path.join(lab.work, "sub"), "config", "core.fsmonitor"], env=lab.env(),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        expect_eq(told, b"x\n" if how == "off" else b"", "%s: %r" % (how, r))
        if how != "off":
            expect(glob.glob(state + "/srt/quarantine/*/*"), "not kept: %r" % r)
            expect_in("was moved to", r.err)


@case
def f6_rename_into_a_name_that_is_free(lab):
    names(lab, "echo x > t; mv t .bashrc && echo %s 1; mkdir bin; mv bin .vscode && echo %s 2; mkdir e; echo > e/.mcp.json 2>/dev/null; "
               "mkdir f; touch f/tasks.json; mkdir -p p/.vscode 2>/dev/null && mv f/tasks.json p/.vscode/tasks.json && echo %s 3" % ((WON,) * 3),
          planted=[".bashrc", ".vscode", "p/.vscode"])


@case
def f7_hard_link_to_a_free_name(lab):
    lab.write(os.path.join(lab.out, "o"), "o")
    names(lab, "echo x > t; ln t .profile && echo %s 1; ln -s %s/o .zshrc && echo %s 2" % (WON, lab.out, WON), planted=[".profile", ".zshrc"])


@case
def level_is_said(lab):
    for how, text in (("off", "not protected"), ("check", "judged at every try"), ("exact", "exact")):
        r = subprocess.run([SRTCTL, "plan", "-s", level(lab, how)], cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, universal_newlines=True)
        expect_in('protectMissing "%s"' % how, r.stdout)
        line = next(l for l in r.stdout.splitlines() if "protectMissing" in l)
        if how != "off":
            expect_in("held", line)


@case
def refusals_are_recorded_with_the_rule(lab):
    s = level(lab, "check")
    r = lab.srt(s, "--debug", "-c", "touch .bashrc; touch /etc/srt-x; rm -f /etc/hostname; true")
    expect_in(os.path.join(lab.work, ".bashrc"), r.err, repr(r))
    expect_in("/etc/srt-x", r.err)
    expect_in("/etc/hostname", r.err)
    expect(re.search("/etc/hostname: (writing here|changing this) is not allowed", r.err), r.err)
    expect_in("creating this name is not allowed", r.err)
    r = lab.srt(lab.settings(monitor="off"), "--debug", "-c", "touch /etc/srt-x; true")
    expect("writing here is not allowed" not in r.err, repr(r))


# ---- layers and nesting ----

@case
def landlock_as_a_layer(lab):
    s = lab.settings(layers=["landlock"])
    r = lab.sh(s, "echo x > f && mkdir d && mv f d/f && cat d/f; echo y > /dev/null && echo null; touch $TMPDIR/t && echo tmp; "
                  "touch /var/tmp/x 2>/dev/null && echo %s; kill -0 $$ && echo signal" % WON)
    expect_eq(r.out, "x\nnull\ntmp\nsignal\n", repr(r))
    r = lab.srt(lab.settings(layers=["landlock"], filesystem={"protectMissing": "exact"}), "-c", "mkdir e && touch e/f && mv e g && ls g")
    expect_eq(r.out, "f\n", repr(r))


@case
def kernels_with_less_landlock(lab):
    exact, layer = level(lab, "exact"), lab.settings(layers=["landlock"], name="layer.json")
    for abi in ("1", "3", "5"):
        env = lab.env(SRT_LANDLOCK_ABI=abi)
        fresh(lab)
        r = lab.srt(exact, "--backend=bwrap", "-c", "mkdir a b; touch a/f; mv a/f b/g; ln b/g a/h; ls a b; touch .bashrc || echo refused", env=env)
        expect_eq(r.out, "a:\nh\n\nb:\ng\nrefused\n", "%s: %r" % (abi, r))
        r = lab.srt(layer, "--backend=bwrap", "-c", "touch a/x && echo made; touch /etc/x || echo refused", env=env)
        expect_eq(r.out, "made\nrefused\n", "%s: %r" % (abi, r))
    env = lab.env(SRT_LANDLOCK_ABI="0")
    for file, text in ((exact, "only checked"), (layer, 'layers: "landlock" is asked for')):
        r = lab.srt(file, "--backend=bwrap", "echo", "ran", env=env)
        expect_eq((r.status, r.out), (125, ""), repr(r))
        expect_in(text, r.err)
    r = lab.srt(exact, "--backend=bwrap", "--allow-unenforced=writeDenyMissing", "-c", "touch .bashrc || echo refused", env=env)
    expect_eq((r.status, r.out), (0, "refused\n"), repr(r))


@case
def nested_srt_says_what_it_lacks(lab):
    if os.geteuid() == 0:
        raise LeftToOther("what root owns in /proc is read-only inside, so that bwrap cannot map users")
    s = lab.settings(allowUserNamespaces=True, allowUnenforced=["writeDeny", "readDeny"], name="outer.json")
    inner = lab.settings(name="inner.json")
    text = "%s -s %s -c 'touch .bashrc && echo %s; touch ok && echo fine'" % (SRT, inner, WON)
    r = lab.sh(s, text)
    expect_in("fine", r.out, repr(r))
    expect(WON not in r.out, repr(r))
    expect_in("no supervisor", r.err)
    expect_eq(r.err.count("no supervisor"), 1)
    needs = lab.settings(name="needs.json", filesystem={"denyWrite": ["./missing"]})
    r = lab.sh(s, "%s -s %s true; echo $?" % (SRT, needs))
    expect_eq(r.out, "125\n", repr(r))
    expect_in("writeDenyMissing", r.err)


# ---- sockets ----

def http_server(lab, path):
    """As a container engine: HTTP over a unix socket."""
    import http.server
    import socketserver

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'{"ApiVersion":"1.43"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return "unix"

        def log_message(self, *args):
            pass

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

    server = Server(path, Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lab.closers.append(server.shutdown)
    return path


REACH = PYTHON + " -c \"import socket; s=socket.socket(socket.AF_UNIX); s.connect('%s'); print('" + WON + "')\" 2>&1"


@case
def unix_path_http_server(lab):
    need("curl")
    good, bad = (http_server(lab, os.path.join(lab.out, n)) for n in ("engine.sock", "other.sock"))
    s = lab.settings(network={"allowUnixSockets": [good]})
    for i in range(3):
        r = lab.sh(s, "curl -s --unix-socket %s http://localhost/version" % good)
        expect_eq(r.out, '{"ApiVersion":"1.43"}', repr(r))
    attack(lab, s, REACH % bad)
    r = lab.sh(s, "cd %s && curl -s --unix-socket engine.sock http://localhost/version; ln -s %s l; curl -s --unix-socket l http://localhost/; "
                  "ln -s %s m; curl -s --unix-socket m http://localhost/ || echo refused" % (lab.out, good, bad), cwd=lab.work)
    expect_in('{"ApiVersion":"1.43"}', r.out)
    lab.write("../l.sh", "cd %s; ln -s %s l; ln -s %s m; curl -s --unix-socket l http://localhost/; echo; curl -s --unix-socket m http://localhost/ || echo refused" % (lab.work, good, bad))
    r = lab.srt(s, "sh", "../l.sh")
    expect_eq(r.out, '{"ApiVersion":"1.43"}\nrefused\n', repr(r))


def as_other(words, **more):
    """PostgreSQL does not run as root."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        more.update(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


@case
def unix_path_postgresql(lab):
    binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not binaries or not shutil.which("psql"):
        raise Skip("PostgreSQL is not installed")
    where = os.path.dirname(binaries[-1])
    data = os.path.join(lab.top, "data")
    os.makedirs(data)
    for path in (lab.top, lab.home, lab.out, data):
        os.chmod(path, 0o755)
    os.chmod(lab.out, 0o777)
    if os.geteuid() == 0:
        os.chown(data, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    r = as_other([where + "/initdb", "-D", data, "-A", "trust", "-U", "srt", "--no-sync"], cwd="/")
    expect_eq(r.returncode, 0, r.stdout)
    options = "-c listen_addresses='' -c fsync=off -k %s" % lab.out
    r = as_other([where + "/pg_ctl", "-D", data, "-w", "-t", "30", "-l", data + "/log", "-o", options, "start"], cwd="/")
    expect_eq(r.returncode, 0, r.stdout)
    lab.closers.append(lambda: as_other([where + "/pg_ctl", "-D", data, "-m", "immediate", "stop"], cwd="/"))
    path = os.path.join(lab.out, ".s.PGSQL.5432")
    query = "psql -h %s -U srt -d postgres -Atc 'select 6*7'" % lab.out
    r = lab.sh(lab.settings(network={"allowUnixSockets": [path]}), query)
    expect_eq(r.out, "42\n", repr(r))
    r = lab.sh(lab.settings(network={"allowUnixSockets": [lab.out]}), query)
    expect_eq(r.out, "42\n", repr(r))
    r = lab.sh(lab.settings(network={"allowUnixSockets": [lab.out + "/other"]}), query)
    expect(r.status != 0 and "42" not in r.out, repr(r))
    expect_in("42", lab.sh(None, query, null=True).out, "control")


@case
def unix_path_ssh_agent(lab):
    need("ssh-agent", "ssh-add", "ssh-keygen")
    path = os.path.join(lab.out, "agent")
    lab.background(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)
    expect(eventually(lambda: os.path.exists(path)), "no agent")
    key = os.path.join(lab.out, "key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "srt-key", "-f", key], check=True)
    env = lab.env(SSH_AUTH_SOCK=path)
    subprocess.run(["ssh-add", "-q", key], check=True, env=env)
    allowed = lab.settings(network={"allowUnixSockets": [path]})
    expect_in("srt-key", lab.sh(allowed, "ssh-add -l", env=env).out)
    expect("srt-key" not in lab.sh(lab.settings(), "ssh-add -l", env=env).out, "open without a rule")


@case
def s1_engine_sockets_need_a_second_word(lab):
    path = http_server(lab, os.path.join(lab.out, "docker.sock"))
    once = lab.settings(network={"allowUnixSockets": [path]}, name="once.json")
    twice = lab.settings(network={"allowUnixSockets": [path], "allowDangerousSockets": True}, name="twice.json")
    r = lab.sh(once, REACH % path)
    expect(WON not in r.out, repr(r))
    expect_in(WON, lab.sh(twice, REACH % path).out)


@case
def s2_neighbours_of_an_allowed_socket(lab):
    good, bad = (http_server(lab, os.path.join(lab.out, n)) for n in ("good.sock", "bad.sock"))
    s = lab.settings(network={"allowUnixSockets": [good]})
    attack(lab, s, REACH % bad)
    attack(lab, s, "cd %s; " % lab.out + REACH % "bad.sock")
    attack(lab, s, "cd %s; ln -sf %s way; " % (lab.work, bad) + REACH % "way")
    attack(lab, s, REACH % ("/proc/self/root" + bad))
    for path in ("/run/dbus/system_bus_socket", "/run/docker.sock", "/run/systemd/private", "/run/nscd/socket"):
        expect(WON not in lab.sh(s, REACH % path).out, path)


@case
def s3_abstract_names_beside_an_allowed_socket(lab):
    name = "\0srt-sup-%d" % os.getpid()
    server = socket.socket(socket.AF_UNIX)
    server.bind(name)
    server.listen(5)
    lab.closers.append(server.close)
    good = http_server(lab, os.path.join(lab.out, "good.sock"))
    attack(lab, lab.settings(network={"allowUnixSockets": [good]}),
           PYTHON + " -c \"import socket; s=socket.socket(socket.AF_UNIX); s.connect(chr(0)+'%s'); print('%s')\" 2>&1" % (name[1:], WON))


@case
def s4_datagrams_beside_an_allowed_socket(lab):
    bad = os.path.join(lab.out, "log.sock")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(bad)
    lab.closers.append(server.close)
    good = http_server(lab, os.path.join(lab.out, "good.sock"))
    s = lab.settings(network={"allowUnixSockets": [good]})
    for make in ("socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)", "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0]",
                 "socket.socket(socket.AF_UNIX, socket.SOCK_RAW)"):
        attack(lab, s, PYTHON + " -c \"import socket; s=%s; s.sendto(b'x', '%s'); print('%s')\" 2>&1" % (make, bad, WON))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        r = subprocess.run(lab.command(s, "true"), cwd=lab.work, env=lab.env(), stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expect_eq(r.returncode, 125, r.stderr)
        expect_in(b"unix datagram socket", r.stderr)


@case
def s5_s6_other_entries_beside_an_allowed_socket(lab):
    if os.uname().machine != "x86_64":
        raise Skip("the numbers are of x86-64")
    good, bad = (http_server(lab, os.path.join(lab.out, n)) for n in ("good.sock", "bad.sock"))
    lab.write("e.py", """
import ctypes, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
address = (1).to_bytes(2, 'little') + sys.argv[1].encode() + bytes(1)
s = socket.socket(socket.AF_UNIX)
for name, nr in (('connect', 42), ('x32 connect', 0x40000000 + 42)):
    if libc.syscall(ctypes.c_long(nr), s.fileno(), address, len(address)) == 0: print('%s', name)
params = (ctypes.c_uint32 * 30)()
if libc.syscall(425, 8, params) >= 0: print('%s io_uring')
""" % (WON, WON))
    attack(lab, lab.settings(network={"allowUnixSockets": [good]}), "%s e.py %s" % (PYTHON, bad))


@case
def s9_the_supervisor_is_out_of_reach(lab):
    lab.write("t.py", """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
me = os.getpid()
for pid in list(range(1, 40)) + [int(n) for n in os.listdir('/proc') if n.isdigit()] + [%d]:
    if pid == me: continue
    fd = libc.syscall(434, pid, 0)
    if fd >= 0:
        for n in range(3, 40):
            if libc.syscall(438, fd, n, 0) >= 0: print('%s pidfd_getfd', pid, n)
    try:
        name = open('/proc/%%d/comm' %% pid).read()
        if 'srt-supervise' in name or name.strip() == 'srt': print('%s sees', pid, name)
    except OSError: pass
""" % (os.getpid(), WON, WON))
    r = lab.srt(lab.settings(), PYTHON, "t.py")
    expect_eq((r.status, r.out), (0, ""), repr(r))
    expect_in(WON, lab.srt(lab.settings(), PYTHON, "t.py", null=True).out, "control")


@case
def sockets_made_inside(lab):
    good = http_server(lab, os.path.join(lab.out, "good.sock"))
    s = lab.settings(network={"allowUnixSockets": [good]})
    lab.write("b.py", """
import os, socket
for where in (os.environ['TMPDIR'], '.'):
    try:
        a = socket.socket(socket.AF_UNIX); a.bind(where + '/mine'); a.listen(1)
        b = socket.socket(socket.AF_UNIX); b.connect(where + '/mine')
        print('made')
    except OSError as e: print(e.errno)
""")
    expect_eq(lab.srt(s, PYTHON, "b.py").out, "made\n13\n")


# ---- ordinary work ----

@case
def git_works_inside(lab):
    need("git")
    lab.write(os.path.join(lab.home, ".gitconfig"), "[user]\n name = a\n email = a@example.com\n")
    source = os.path.join(lab.out, "source")
    subprocess.run("git init -q %s && cd %s && for i in $(seq 50); do mkdir -p d$((i%%7)); echo $i > d$((i%%7))/f$i; done && git add -A && git commit -qm one"
                   % (source, source), shell=True, check=True, env=lab.env())
    for how in LEVELS:
        fresh(lab)
        r = lab.sh(level(lab, how), "set -e; git init -q a; cd a; echo x > f; git add f; git commit -qm one; git checkout -qb b; git mv f g; git commit -qam two; "
                                    "git checkout -q -; git merge -q b; git gc -q; git stash -q || true; cd ..; git clone -q %s c; cd c; git status --porcelain; "
                                    "git log --oneline | wc -l; ls .git/hooks | grep -c sample; git worktree add -q ../wt; ls ../wt | wc -l" % source,
                   env=lab.env(GIT_CONFIG_NOSYSTEM="1", XDG_STATE_HOME=os.path.join(lab.top, "state")))
        expect_eq(r.status, 0, "%s: %r" % (how, r))
        expect_in("1\n", r.out)
        expect(not os.path.exists(os.path.join(lab.top, "state", "srt", "quarantine")), "something was taken for tampering: %r" % r)
        fsck = subprocess.run(["git", "-C", os.path.join(lab.work, "c"), "fsck"], env=lab.env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        expect_eq(fsck.returncode, 0, fsck.stdout)


@case
def projects_are_made_inside(lab):
    need("npm")
    cargo = shutil.which("cargo", path=lab.env()["PATH"])
    if cargo and subprocess.run([cargo, "--version"], env=lab.env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        cargo = None
    for how in LEVELS:
        fresh(lab)
        s = level(lab, how)
        r = lab.sh(s, "mkdir p && cd p && npm init -y --offline >/dev/null && test -s package.json && echo made", timeout=120)
        expect_in("made", r.out, "%s: %r" % (how, r))
        if cargo:
            r = lab.sh(s, "%s new hello && test -s hello/Cargo.toml && test -d hello/.git && echo made" % cargo)
            expect_in("made", r.out, "%s: %r" % (how, r))


def listing(top):
    found = {}
    for where, dirs, files in os.walk(top):
        if where == top and "home" in dirs:  # what was refused is recorded there
            os.makedirs(os.path.join(top, "home", ".local", "state", "srt"), mode=0o700, exist_ok=True)
        if where == os.path.join(top, "home"):
            dirs.remove(".local")
        for name in dirs + files:
            path = os.path.join(where, name)
            st = os.lstat(path)
            found[os.path.relpath(path, top)] = (st.st_mode, st.st_size, st.st_ino, st.st_mtime_ns)
    return found


@case
def no_ghost_is_left(lab):
    """Nothing but what the command wrote, also when srt is killed, in the middle or at once."""
    need("git")
    subprocess.run("git init -q . && echo x > f && git add -A && git -c user.name=a -c user.email=a@b commit -qm one", shell=True, check=True, cwd=lab.work, env=lab.env())
    lab.write("sub/keep", "x")

    def status():
        return subprocess.run(["git", "--no-optional-locks", "status", "--porcelain", "--ignored"], cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE).stdout

    for how in LEVELS:
        s = level(lab, how, filesystem={"denyWrite": ["./a/b/c", "./.env", "**/*.pem"]})
        before = status(), listing(lab.top)
        lab.sh(s, "touch .bashrc .env x.pem; mkdir -p a/b/c .vscode; ln -s x .git/hooks/pre-push; true")
        shutil.rmtree(os.path.join(lab.work, "a"), ignore_errors=True) # a/b may be made, c not
        os.utime(lab.work, ns=(before[1]["home/work"][3],) * 2)
        expect_eq((status(), listing(lab.top)), before, how)
        for delay in (0.0, 0.005, 0.02, 0.2):
            p = subprocess.Popen(lab.command(s, "sh", "-c", "while :; do touch .bashrc x.pem; mkdir .vscode; done"), cwd=lab.work, env=lab.env(),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            p.kill()
            p.wait()
            expect(eventually(lambda: not processes_with(lab.top + "/%s.json" % how)), "processes are left")
            expect_eq((status(), listing(lab.top)), before, "%s, killed after %s s" % (how, delay))


main()
