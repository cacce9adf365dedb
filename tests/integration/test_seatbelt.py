# SPDX-License-Identifier: Apache-2.0
"""The Seatbelt backend end to end, on a double of macOS's sandbox-exec that enforces
the profile (tests/sbpl/simulate). What the double cannot do is skipped aloud."""
import http.server

from seatbelt import *

def own_directories():
    return {n for n in os.listdir("/tmp") if re.fullmatch(r"srt-\w{6}", n)}


@case
def statuses_and_words(lab):
    s = lab.settings()
    r = run(lab, s, "printf", "[%s]", "a  b", "c'd", "", "-p")
    expect_eq((r.status, r.out), (0, "[a  b][c'd][][-p]"), repr(r))
    for text, status in (("exit 3", 3), ("kill -TERM $$", 143), ("kill -KILL $$", 137)):
        expect_eq(sh(lab, s, text).status, status, text)
    expect_eq(run(lab, s, "no-such-program", "x").status, 127)
    expect_eq(run(lab, s, "/etc/passwd", "x").status, 126)


@case
def plan_is_printed_where_it_cannot_run(lab):
    words = [SRTCTL, "plan", "--backend=" + os.path.join(BUILD, "lib/srt/backends/seatbelt.so"),
             "--", "true"]
    r = subprocess.run(words, cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, text=True)
    expect_eq(r.returncode, 0, r.stdout)
    expect_in("\n(version 1)\n(deny default (with message", r.stdout)
    expect_in('\n(allow file-write*\n  (subpath "%s"))\n' % lab.work, r.stdout)
    before = own_directories()
    r = lab.srt(None, "--backend=" + words[2].split("=")[1], "true")
    expect_eq(r.status, 125)
    expect_in("is not here: it is a part of macOS", r.err)
    expect_eq(own_directories() - before, set())


@case
def profile_of_plan_is_the_profile_that_runs(lab):
    """What plan prints is a whole profile: the double takes it as it is."""
    words = [SRTCTL, "plan", "-j", "--backend=" + MODULE, "--", "true"]
    env = lab.env(SRT_TEST_SEATBELT_TOOLS=tools(lab))
    r = subprocess.run(words, cwd=lab.work, env=env, stdout=subprocess.PIPE, text=True)
    argv = json.loads(r.stdout)["launch"]["argv"]
    expect_eq(argv[:2], [os.path.join(tools(lab), "sandbox-exec"), "-p"])
    expect_eq(subprocess.run(argv, cwd=lab.work).returncode, 0)


@case
def writing_only_where_it_is_allowed(lab):
    s = lab.settings(filesystem={"denyWrite": ["keep"]})
    lab.write("keep/f", "old")
    r = sh(lab, s, "echo a > a && mkdir d && mv a d/b && rm d/b && rmdir d && echo fine")
    expect_eq((r.status, r.out), (0, "fine\n"), repr(r))
    for text in ("echo x > ../f", "echo x > %s/f" % lab.out, "echo x > keep/f", "rm keep/f",
                 "mv keep q", "mv ../work ../w2", "ln keep/f z && echo x >> z", "chmod 0 keep/f",
                 "ln -s /etc z && echo x > z/f", "mkdir ../d", "echo x > /tmp/srt-test-$$"):
        expect(sh(lab, s, text).status != 0, text)
    expect_eq(lab.read("keep/f"), "old")
    expect_eq(os.listdir(lab.out), [])


@case
def hidden_files_cannot_be_reached(lab):
    s = lab.settings(filesystem={"denyRead": ["**/.env", "~/.ssh", "vault"]})
    lab.write(".env", "secret\n")
    lab.write("sub/.env", "secret\n")
    lab.write("vault/inner/f", "secret\n")
    lab.write(os.path.join(lab.home, ".ssh", "id"), "secret\n")
    for text in ("cat .env", "cat sub/.env", "mv sub other; cat other/.env", "ln .env x; cat x",
                 "ln -s .env y; cat y", "mv .env z; cat z", "cat ~/.ssh/id", "ls vault",
                 "mv vault v; cat v/inner/f", "cd vault/inner && cat f", "cp -r . /tmp/../tmp; cat sub/.env",
                 "mkdir new && echo mine > new/.env", "cat vault/inner/f", "mv sub/../vault/inner i; cat i/f"):
        r = sh(lab, s, text)
        expect("secret" not in r.out, text)
    expect_eq(lab.read("sub/.env"), "secret\n")
    expect_eq(sh(lab, s, "test -d vault/inner && realpath vault/inner").status, 0)


@case
def exceptions_from_patterns(lab):
    s = lab.settings(filesystem={"denyRead": ["**/.env*"], "allowRead": [".env.example"]})
    lab.write(".env", "secret\n")
    lab.write(".env.example", "fine\n")
    r = sh(lab, s, "cat .env.example; cat .env")
    expect_eq(r.out, "fine\n", repr(r))


@case
def protected_names_in_every_depth(lab):
    s = lab.settings()
    lab.write("sub/.vscode/tasks.json", "old")
    lab.write("repo/.git/hooks/pre-commit", "old")
    lab.write("repo/.git/config", "old")
    for text in ("mv sub/.vscode q; echo bad > q/tasks.json; mv q sub/.vscode",
                 "mkdir n; echo bad > n/.bashrc", "mkdir -p deep/.vscode",
                 "echo bad > repo/.git/hooks/pre-commit", "echo bad > repo/.git/hooks/post-commit",
                 "mv repo/.git r; echo bad > r/config; mv r repo/.git", "echo bad > .BashRC",
                 "mv sub s2; mv s2/.vscode q", "mkdir .claude; echo bad > .claude/settings.local.json"):
        expect(sh(lab, s, text).status != 0, text)
    expect_eq(lab.read("sub/.vscode/tasks.json"), "old")
    expect_eq(lab.read("repo/.git/hooks/pre-commit"), "old")
    expect(not os.path.exists(os.path.join(lab.work, "deep/.vscode")), "made")
    expect_eq(sh(lab, s, "mkdir -p new/.git/hooks && echo x > new/.git/config").status, 0)


@case
def moved_in_names_are_found_afterwards(lab):
    """A directory that brings a protected name along: checked, then quarantined."""
    s = lab.settings()
    r = sh(lab, s, "mkdir -p n/git/hooks && echo bad > n/git/hooks/pre-commit && echo x > n/git/HEAD"
                   " && mkdir n/git/objects n/git/refs && mv n/git n/.git && echo moved")
    expect_eq(r.out, "moved\n", repr(r))
    expect(not os.path.exists(os.path.join(lab.work, "n/.git/hooks/pre-commit")), repr(r))
    exact = lab.settings(filesystem={"protectMissing": "exact"}, name="exact.json")
    r = sh(lab, exact, "mkdir -p m/git/hooks && mv m/git m/.git")
    expect(r.status != 0, repr(r))


@case
def temporary_directory_is_private_and_goes(lab):
    before = own_directories()
    text = ('cd "$TMPDIR" && echo x > f && chmod 0 . ; mkdir -p "$TMPDIR/a/b"; ln -s / "$TMPDIR/l";'
            'stat -c %a "$TMPDIR"; touch "$TMPDIR/../x" && echo bad; echo "$TMPDIR"')
    r = sh(lab, lab.settings(), text)
    place = os.path.dirname(r.out.split("\n")[-2])
    expect(place.startswith("/tmp/srt-"), repr(r))
    expect("bad" not in r.out, repr(r))
    expect(not os.path.exists(place), place)
    deep = 'cd "$TMPDIR"; for i in $(seq 200); do mkdir d && cd d || exit 1; done; echo deep'
    expect_eq(sh(lab, lab.settings(), deep).out, "deep\n")
    expect_eq(own_directories() - before, set())


@case
def only_the_proxies_can_be_reached(lab):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"page\n")

        def log_message(self, *args):
            pass

    need("curl", "python3")
    port = lab.http(Page)
    s = lab.settings(allow=["127.0.0.1:%d" % port])
    url = "http://127.0.0.1:%d/" % port
    r = sh(lab, s, "env -u no_proxy -u NO_PROXY curl -s -m 10 %s" % url)
    expect_eq((r.status, r.out), (0, "page\n"), repr(r))
    r = sh(lab, s, "curl -s -m 10 --noproxy '*' %s" % url)
    expect(r.status != 0 and r.out == "", repr(r))
    expect_in(("network-outbound", "remote:*:%d" % port), records(lab))
    # Without the token the proxy does nothing.
    r = sh(lab, s, 'p=${http_proxy##*@}; unset no_proxy NO_PROXY; curl -s -m 10 -o /dev/null -w "%%{http_code}" -x "http://$p" %s' % url)
    expect_eq(r.out, "407", repr(r))
    udp = ("import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', %d))" % port)
    expect(run(lab, s, "python3", "-c", udp).status != 0, "udp")


@case
def ssh_is_led_through_the_proxies(lab):
    """GIT_SSH_COMMAND names the helper; the one for macOS is tried with this system's C library."""
    helper = os.path.join(HERE, "srt-macos-connector")

    def echo(connection):
        connection.sendall(b"SSH-2.0-x\n")
        while True:
            data = connection.recv(65536)
            if not data:
                return
            connection.sendall(data.upper())

    port = lab.serve(echo)
    s = lab.settings(allow=["127.0.0.1:%d" % port])
    r = sh(lab, s, 'echo "$GIT_SSH_COMMAND"; seq 200000 | sed "s/$/ a line/" | %s connect 127.0.0.1 %d | md5sum' % (helper, port))
    lines = r.out.split("\n")
    expect(lines[0].endswith("srt-inside connect %h %p'"), repr(r))
    import hashlib
    wanted = hashlib.md5(b"SSH-2.0-x\n" + b"".join(b"%d A LINE\n" % i for i in range(1, 200001))).hexdigest()
    expect_eq(lines[1], wanted + "  -", repr(r))
    r = sh(lab, s, "%s connect example.com 22; echo $?; env -u http_proxy -u HTTP_PROXY %s connect 127.0.0.1 %d; echo $?; %s x; echo $?"
           % (helper, helper, port, helper))
    expect_eq(r.out, "1\n1\n125\n", repr(r))
    expect_in("no connection to example.com port 22: 403 ", r.err)
    expect_in("http_proxy is not set", r.err)


@case
def local_servers_need_their_switch(lab):
    need("python3")
    text = ("import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(1);"
            "c = socket.create_connection(s.getsockname()); print('served')")
    expect(run(lab, lab.settings(), "python3", "-c", text).status != 0, "without")
    s = lab.settings(network={"allowLocalBinding": True}, name="local.json")
    r = run(lab, s, "python3", "-c", text)
    expect_eq((r.status, r.out), (0, "served\n"), repr(r))


@case
def unix_sockets_by_path(lab):
    need("python3")
    for name in ("yes.sock", "no.sock"):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.join(lab.out, name))
        listener.listen(8)
        lab.closers.append(listener.close)
    s = lab.settings(network={"allowUnixSockets": [os.path.join(lab.out, "yes.sock")]})
    text = "import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    expect_eq(run(lab, s, "python3", "-c", text, os.path.join(lab.out, "yes.sock")).status, 0)
    expect(run(lab, s, "python3", "-c", text, os.path.join(lab.out, "no.sock")).status != 0, "no.sock")
    expect(run(lab, lab.settings(name="none.json"), "python3", "-c", text,
               os.path.join(lab.out, "yes.sock")).status != 0, "without a rule")


@case
def processes_outside_are_out_of_reach(lab):
    other = lab.background(["sleep", "60"])
    r = sh(lab, lab.settings(), "kill -0 %d; sleep 9 & kill -TERM $! && wait $!; echo $?" % other.pid)
    expect_eq(r.out, "143\n", repr(r))
    expect(other.poll() is None, "killed")
    expect_in(("signal", ""), records(lab))


@case
def long_profile_goes_through_a_file(lab):
    names = ["d%04d/%s%d" % (i, "x" * 120, i) for i in range(900)]
    for name in names:
        lab.write(name)
    s = lab.settings(filesystem={"denyWrite": names})
    text = 'tr "\\0" "\\n" < /proc/$PPID/cmdline | sed -n 2,3p; ls "$(dirname "$TMPDIR")"; echo x > ' + names[17]
    r = sh(lab, s, text)
    lines = r.out.split("\n")
    expect_eq(lines[0], "-f", repr(r))
    expect(re.fullmatch(r"/tmp/srt-\w{6}/1\.sb", lines[1]), lines)
    expect(r.status != 0 and len(lines) == 3, repr(r))
    expect(not os.path.exists(lines[1]), "left")


@case
def every_way_to_weigh_rules_says_the_same(lab):
    s = lab.settings(filesystem={"denyRead": ["**/.env"], "denyWrite": ["keep"]})
    lab.write(".env", "secret\n")
    lab.write("keep/f", "old")
    text = ("cat .env; echo x > keep/f; mv keep k; echo x > a && rm a && echo wrote;"
            "echo x > .bashrc; mv .env e; ls -d keep; touch ../f; cat keep/f")
    seen = set()
    for model in ("tree", "ordered", "linear"):
        for fold in (None, "1"):
            r = sh(lab, s, text, env={"SRT_SIMULATE_MODEL": model, "SRT_SIMULATE_FOLD": fold})
            seen.add((r.status, r.out))
    expect_eq(seen, {(0, "wrote\nkeep\nold")}, seen)


@case
def does_not_nest(lab):
    place = tools(lab)
    words = [os.path.join(place, "sandbox-exec"), "-p", "(version 1)(allow default)",
             SRT, "--backend=" + MODULE, "true"]
    r = subprocess.run(words, cwd=lab.work, env=lab.env(SRT_TEST_SEATBELT_TOOLS=place),
                       stderr=subprocess.PIPE, text=True)
    expect_eq(r.returncode, 125, r.stderr)
    expect_in("do not nest", r.stderr.replace("\n", " "))


main()
