# SPDX-License-Identifier: Apache-2.0
"""Commands of a program that embeds srt: the channel, from both ends' point of view."""
from manager import *
from srttest import *

REPORTS = os.path.join(BUILD, "tests", "bestiary", "reports.so")
PLAIN = {"filesystem": {"allowWrite": ["."]}}
FETCH = "curl --noproxy '' -sS -o /dev/null -w '%%{http_code}' --max-time 20 http://%s/"


def settings(allow=(), **keys):
    network = {"allowedDomains": list(allow), "deniedDomains": []}
    network.update(keys.pop("network", {}))
    if UNENFORCED:
        keys["allowUnenforced"] = UNENFORCED.split(",")
    if MONITOR:
        keys["monitor"] = MONITOR
    return dict(PLAIN, network=network, **keys)


def ended_well(command, status=0):
    found = command.channel.wait_closed()
    expect_eq(found[-1], {"ended": status}, "the last line")
    expect_eq(command.process.wait(WAIT), status, "status")
    return found


@case
def by_descriptor(lab):
    say_nothing()
    command = Command(lab, "sh", "-c", "echo out; echo err >&2; exit 7")
    hello = command.channel.wait("hello")
    expect_eq((hello["hello"], hello["pid"]), (1, command.process.pid))
    expect("token" not in hello, hello)
    expect_eq(hello["version"], subprocess.run([SRT, "--version"], stdout=subprocess.PIPE).stdout.decode().strip())
    command.channel.start(settings())
    expect(command.channel.wait("started")["started"] >= 0, command.channel.said)  # 0: it was over by then
    expect_eq(command.result(), (7, "out\n", "err\n"))
    found = ended_well(command, 7)
    expect_eq([next(iter(m)) for m in found], ["hello", "started", "ended"])


@case
def by_path(lab):
    manager = Manager(lab)
    token, option = manager.expect()
    p = subprocess.Popen([SRT, option, "-c", "echo $0 $1; kill -9 $$", "a", "b"], cwd=lab.work, env=lab.env(),
                         stdout=subprocess.PIPE)
    channel = manager.channel(token)
    expect_eq(channel.wait("hello")["token"], token)
    channel.start(settings())
    expect_eq((p.communicate(timeout=WAIT)[0], p.returncode), (b"a b\n", 137))
    expect_eq(channel.wait_closed()[-1], {"ended": 137})


@case
def nobody_at_the_path(lab):
    token = "0123456789abcdef" * 2
    place = lab.home + "/.local/state/srt/sessions/"
    os.makedirs(place)
    for path, what in ((place + "none", "cannot reach the session at %snone: No such file" % place),
                       (place + "x" * 120, "is too long for a socket"),
                       (lab.top + "/none", "expected one in " + place[:-1])):
        r = lab.srt(None, "--session=%s#%s" % (path, token), "true")
        expect_eq((r.status, r.out), (125, ""), r.err)
        expect_in(what, r.err)
    left = socket.socket(socket.AF_UNIX)  # as a killed manager leaves it
    left.bind(place + "left")
    r = lab.srt(None, "--session=%s#%s" % (place + "left", token), "true")
    expect_eq(r.status, 125)
    expect_in("Connection refused", r.err)


@case
def options_that_the_manager_gives(lab):
    for option in ("--settings=x", "--control-fd=3", "--report=json:3", "--command-id=x"):
        r = lab.srt(None, "--session=fd:9", option, "true")
        expect_eq(r.status, 125)
        expect_in("'--session' and '%s'" % option.split("=")[0], r.err)
    for value, what in (("fd:2", "fd:N"), ("x", "PATH#TOKEN"), ("/x#1", "32 lower-case"), ("", "empty value")):
        r = lab.srt(None, "--session=" + value, "true")
        expect_eq(r.status, 125)
        expect_in(what, r.err)
    r = lab.srt(None, "--session=fd:9", "true")
    expect_eq(r.status, 125)
    expect_in("--session=fd:9 is not usable, expected a connected stream socket: Bad file descriptor", r.err)
    reader, writer = os.pipe()
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for fd, why in ((reader, "Socket operation on non-socket"), (pair[0].fileno(), "another kind")):
        r = lab.srt(None, "--session=fd:%d" % fd, "true", pass_fds=[fd])
        expect_eq(r.status, 125)
        expect_in(why, r.err)


@case
def starts_that_make_no_sense(lab):
    right = b'{"start":{"settings":"{}"}}\n'
    for line, what in ((b"\n", "one JSON object a line"),
                       (b"[1]\n", "one JSON object a line"),
                       (b'{"start":{"settings":"\xff"}}\n', "no UTF-8 text"),
                       (b'{"hello":1}\n', "without a key that is known"),
                       (b'{"start":{}}\n', 'without "settings"'),
                       (b'{"start":{"settings":"{}","ask":"yes"}}\n', '"ask": expected true or false'),
                       (b'{"update":"{}"}\n' + right, 'expected "start"'),
                       (b'{"answer":1,"allow":true,"update":"{}"}\n', "one message a line"),
                       (b"x" * (4 * 1024 * 1024 + 1), "longer than 4 MiB")):
        command = Command(lab, "true")
        command.channel.send(line)
        status, out, err = command.result()
        expect_eq((status, out), (125, ""), err)
        found = ended_well(command, 125)
        expect_eq(found[-2]["status"], 125)
        expect_in(what, found[-2]["error"])
        expect_in(what, err)
        expect(not command.channel.all("started"), found)


@case
def a_manager_that_leaves_before_it_says_anything(lab):
    command = Command(lab, "true")
    command.channel.wait("hello")
    command.channel.close()
    status, out, err = command.result()
    expect_eq((status, out), (125, ""))
    expect_in("has closed the channel", err)


SILENT = []  # begun by the first case that runs, looked at by the last: it takes a while


def say_nothing():
    silent = Lab()
    SILENT[:] = [silent, Command(silent, "true"), Command(silent, "true")]
    SILENT[2].channel.send(b'{"start"')  # and no more


@case
def settings_with_errors(lab):
    command = Command(lab, "true")
    command.channel.start('{\n  "network": {"allowedDomains": ["a/b"]},\n  "nonsense": 1\n}', label="my settings")
    status, out, err = command.result()
    expect_eq((status, out), (125, ""), err)
    error = ended_well(command, 125)[-2]
    expect_eq(error["status"], 125)
    expect_in("my settings:3:3: nonsense", error["error"])
    expect_in(error["error"].splitlines()[0], err)
    for what, more in (("cannot be found", {"backend": "none-of-that-name"}), ("no-class", {"allowUnenforced": "no-class"})):
        command = Command(lab, "true")
        command.channel.start(settings(), **more)
        expect_eq(command.result()[0], 125)
        error = ended_well(command, 125)[-2]["error"]
        expect_in(more[next(iter(more))], error)


@case
def settings_that_extend_a_file(lab):
    lab.write(lab.top + "/base.json", json.dumps(settings()))
    text = json.dumps({"extends": ["base.json"], "filesystem": {"denyWrite": ["./kept"]}})
    lab.write("kept", "old")
    command = Command(lab, "sh", "-c", "echo new > kept; echo new > other; exit 3")
    command.channel.start(text, directory=lab.top)
    expect_eq(command.result()[0], 3)
    expect_eq((lab.read("kept"), lab.read("other")), ("old", "new\n"))
    command = Command(lab, "true")
    command.channel.start(text)
    expect_eq(command.result()[0], 125)
    expect_in("base.json", ended_well(command, 125)[-2]["error"])


@case
def the_file_that_the_settings_came_from(lab):
    lab.write("rules.json", json.dumps(settings()))
    command = Command(lab, "sh", "-c", "echo '{}' > rules.json; echo new > other")
    command.channel.start(settings(), label=lab.work + "/rules.json")
    command.result()
    expect_eq((lab.read("rules.json"), lab.read("other")), (json.dumps(settings()), "new\n"))


@case
def commands_that_cannot_run(lab):
    for words, status, what in ((["no-such-program"], 127, "no-such-program"), (["/etc"], 126, "/etc")):
        command = Command(lab, *words)
        command.channel.start(settings())
        expect_eq(command.result()[0], status)
        error = ended_well(command, status)[-2]
        expect_eq(error["status"], status)
        expect_in(what, error["error"])


@case
def the_command_line_wins(lab):
    command = Command(lab, "true", options=["--backend=" + NULL, "--allow-unenforced=all"])
    command.channel.start(settings(), backend="none-of-that-name", allowUnenforced="none-of-that-name")
    status, out, err = command.result()
    expect_eq((status, out), (0, ""), err)
    notices = command.channel.all("notice")
    expect(notices and notices[0] in err, (notices, err))
    quiet = Command(lab, "true", options=["--backend=" + NULL, "--allow-unenforced=all"])
    quiet.channel.start(settings(), quiet=True)
    expect_eq(quiet.result(), (0, "", ""))
    expect_eq(quiet.channel.all("notice"), notices)


@case
def the_channel_is_not_the_commands(lab):
    command = Command(lab, "sh", "-c", "ls -l /proc/self/fd; echo; cat /proc/self/net/unix 2>/dev/null | grep sessions")
    command.channel.start(settings())
    status, out, err = command.result()
    expect("socket:" not in out, out)
    # Nor anything in its place: the fourth is that of ls.
    expect_eq(re.findall(r" (\d+) -> ", out), ["0", "1", "2", "3"], out)


@case
def refusals_arrive(lab):
    need("curl")
    commands = []
    for i in range(3):
        command = Command(lab, "sh", "-c", (FETCH % ("host%d.example.com" % i)) + "; exit 5")
        command.channel.start(settings(["example.org"]), commandId="c%d" % i, commandText="text %d" % i)
        commands.append(command)
    for i, command in enumerate(commands):
        expect_eq(command.result()[0], 5)
        found = ended_well(command, 5)
        records = [m["violation"] for m in found if "violation" in m]
        mine = [r for r in records if r["target"].startswith("host")]
        expect_eq(len(mine), 1, records)
        expect_eq({k: mine[0][k] for k in ("operation", "target", "commandId", "command", "count")},
                  {"operation": "connect", "target": "host%d.example.com:80" % i, "commandId": "c%d" % i,
                   "command": "text %d" % i, "count": 1})
        order = [next(iter(m)) for m in found]
        expect(order.index("started") < order.index("violation") < order.index("ended"), order)
    kept = subprocess.run([SRTCTL, "violations", "--json"], env=lab.env(), stdout=subprocess.PIPE, cwd=lab.work)
    kept = [json.loads(line) for line in kept.stdout.splitlines()]
    expect_eq(sorted(r["commandId"] for r in kept if r["target"].startswith("host")), ["c0", "c1", "c2"])


def many_reports(lab, count):
    path = lab.top + "/reports"
    with open(path, "w") as f:
        for i in range(count):
            f.write("1 1 /refused/%06d%s\n" % (i, "x" * 200))
    return lab.env(SRT_BEAST_REPORTS=path)


@case
def many_refusals_arrive(lab):
    command = Command(lab, "/bin/true", options=["--backend=" + REPORTS], env=many_reports(lab, 3000))
    command.channel.start(settings(), commandId="many")
    expect_eq(command.result()[0], 0)
    ended_well(command)
    records = command.channel.all("violation")
    lost = sum(command.channel.all("lost"))
    expect_eq(sum(r["count"] for r in records) + lost, 3000)
    expect(all(r["commandId"] == "many" for r in records), "command ids")


@case
def a_manager_that_never_reads(lab):
    command = Command(lab, "/bin/sh", "-c", "echo done", read=False, options=["--backend=" + REPORTS], env=many_reports(lab, 20000))
    command.channel.start(settings())
    expect_eq(command.result()[:2], (0, "done\n"))
    kept = subprocess.run([SRTCTL, "violations", "--json", "--limit=1"], env=lab.env(), stdout=subprocess.PIPE, cwd=lab.work)
    expect(len(kept.stdout.splitlines()) == 1, kept.stdout[:200])


class Page(object):
    def __new__(cls):
        import http.server

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass
        return Handler


def loopback(lab):
    """A server, and what opens it: a name that leads to the own machine."""
    port = lab.http(Page())
    return "localhost:%d" % port


WAITING = "while [ ! -e go%d ]; do sleep 0.05; done; "


@case
def updates(lab):
    need("curl")
    host = loopback(lab)
    text = "".join(WAITING % i + FETCH % host + " 2>&1; echo; touch was%d; " % i for i in (1, 2, 3))
    command = Command(lab, "sh", "-c", text)
    channel = command.channel
    channel.start(settings(), live=True)
    channel.wait("started")

    def go(number):
        lab.write("go%d" % number)
        expect(eventually(lambda: os.path.exists(lab.work + "/was%d" % number), WAIT), channel.said)
    go(1)
    channel.send({"update": json.dumps(settings(["localhost"]))})
    channel.send({"update": '{"network": {"allowedDomains": ["a/b"], "deniedDomains": []}}'})
    expect_in("update:1:", channel.wait("notice")["notice"])  # the second was judged after the first
    go(2)
    channel.send({"update": json.dumps(settings())})
    channel.send({"update": "nonsense"})
    channel.wait("notice", 2)
    go(3)
    status, out, err = command.result()
    codes = [re.sub(r".*(\d\d\d)$", r"\1", line) for line in out.splitlines() if line]
    expect_eq(codes, ["403", "204", "403"], (out, err))
    ended_well(command)


@case
def an_update_that_nothing_waits_for(lab):
    command = Command(lab, "sh", "-c", WAITING % 1)
    command.channel.start(settings(network={"allowedDomains": []}))
    command.channel.send({"update": json.dumps(settings(["localhost"]))})
    expect_in("without any network", command.channel.wait("notice")["notice"])
    lab.write("go1")
    expect_eq(command.result()[0], 0)


@case
def the_manager_leaves(lab):
    need("curl")
    host = loopback(lab)
    goes_on = Command(lab, "sh", "-c", WAITING % 1 + FETCH % host + "; exit 4")
    ends = Command(lab, "sh", "-c", "trap 'echo term; exit 9' TERM; echo up; while :; do sleep 0.05; done")
    stays = Command(lab, "sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done")
    for command, end in ((goes_on, False), (ends, True), (stays, True)):
        command.channel.start(settings(["localhost"]), endWithSession=end)
    for command in (ends, stays):
        expect_eq(command.process.stdout.readline(), b"up\n")
    for command in (goes_on, ends, stays):
        expect(command.channel.wait("started")["started"] > 1, command.channel.said)
        command.channel.close()
    expect_eq(ends.result()[:2], (9, "term\n"))
    expect_eq(stays.result()[0], 137)
    lab.write("go1")
    expect_eq(goes_on.result(), (4, "204", ""))


def answer(channel, number, allow, **wanted):
    """The number-th question gets its answer."""
    question = channel.wait("ask", number)
    expect_eq({k: question[k] for k in wanted}, wanted, question)
    channel.send({"answer": question["ask"], "allow": allow})


@case
def questions(lab):
    need("curl")
    port = loopback(lab).split(":")[1]
    text = "; ".join([FETCH % ("localhost:" + port)] * 2 + [
        "curl --noproxy '' -sS -o /dev/null --max-time 20 -w '%{http_connect}' https://secure.example.com 2>/dev/null",
        "curl --noproxy '' -sS -o /dev/null --max-time 20 --proxy $FTP_PROXY http://socks.example.com:99 2>/dev/null",
        FETCH % "denied.example.com", FETCH % ("localhost:" + port)])
    command = Command(lab, "bash", "-c", text)
    channel = command.channel
    channel.start(settings(network={"deniedDomains": ["denied.example.com"]}), ask=True, commandId="q")
    answer(channel, 1, True, host="localhost", port=int(port), protocol="http")
    answer(channel, 2, False, host="localhost", protocol="http")  # nothing is kept
    answer(channel, 3, False, host="secure.example.com", port=443, protocol="https")
    answer(channel, 4, False, host="socks.example.com", port=99, protocol="socks")
    channel.wait("ask", 5)
    channel.send({"answer": 123456789, "allow": True})  # of no question
    answer(channel, 5, True, host="localhost")
    status, out, err = command.result()
    expect_eq(out, "204403403403204", err)
    ended_well(command, 0)
    records = [r for r in channel.all("violation") if r["operation"] == "connect"]
    expect_eq([(r["target"], "asked" in r["reason"]) for r in records],
              [("localhost:" + port, True), ("secure.example.com:443", True), ("socks.example.com:99", True),
               ("denied.example.com:80", False)], records)


@case
def questions_that_are_not_asked(lab):
    need("curl")
    commands = []
    for more, start in (({}, {"ask": False, "live": True}), ({"strictAllowlist": True}, {"ask": True})):
        command = Command(lab, "sh", "-c", FETCH % "one.example.com")
        command.channel.start(settings(network=dict(more)), **start)
        commands.append(command)
    for command in commands:
        expect_eq(command.result()[:2], (0, "403"))
        expect(not [m for m in ended_well(command) if "ask" in m], command.channel.said)


@case
def a_manager_that_leaves_a_question(lab):
    need("curl")
    command = Command(lab, "sh", "-c", FETCH % "one.example.com" + FETCH.join([";", ""]) % "two.example.com")
    command.channel.start(settings(), ask=True)
    command.channel.wait("ask")
    command.channel.close()
    expect_eq(command.result(), (0, "403403", ""))


@case
def a_line_that_makes_no_sense_later(lab):
    for line in (b"nonsense\n", b'{"start":{"settings":"{}"}}\n', b"x" * (4 * 1024 * 1024 + 2)):
        number = "b%d" % len(line)
        goes_on = Command(lab, "sh", "-c", "while [ ! -e %s ]; do sleep 0.05; done; exit 4" % number)
        ends = Command(lab, "sh", "-c", "while :; do sleep 0.05; done")
        for command, end in ((goes_on, False), (ends, True)):
            command.channel.start(settings(), endWithSession=end)
            command.channel.wait("started")
            try:
                command.channel.send(line)
            except OSError:
                pass  # it was enough
            found = command.channel.wait_closed()
            expect_eq((list(found[-1]), found[-1]["status"]), (["error", "status"], 125), found[-1])
        expect_eq(ends.result()[0], 143)
        lab.write(number)
        expect_eq(goes_on.result()[0], 4)


@case
def what_comes_at_once(lab):
    """Lines behind "start" in one piece, an update among them; then the end."""
    command = Command(lab, "sh", "-c", WAITING % 1)
    command.channel.send(b'{"start":{"settings":"{}","live":true}}\n{"update":"nonsense"}\n{"answer":1,"allow":true}\n')
    command.channel.wait("notice")
    lab.write("go1")
    expect_eq(command.result()[0], 0)
    ended_well(command)


@case
def twenty_at_once(lab):
    manager = Manager(lab)
    running = []
    for i in range(20):
        token, option = manager.expect()
        p = subprocess.Popen([SRT, option, "sh", "-c", "echo x > out%d; cat file%d; exit %d" % (i, i, 30 + i)], cwd=lab.work,
                             env=lab.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        running.append((token, p))
        lab.write("file%d" % i, "text %d" % i)
    for i, (token, p) in reversed(list(enumerate(running))):
        manager.channel(token).start(settings(filesystem={"denyRead": ["./file%d" % i] if i % 2 else []}), commandId="c%d" % i)
    for i, (token, p) in enumerate(running):
        out, err = p.communicate(timeout=WAIT)
        expect_eq((p.returncode, out.decode()), (30 + i, "" if i % 2 else "text %d" % i), err)
        expect_eq(manager.channel(token).wait_closed()[-1], {"ended": 30 + i})


CONNECT = """
import os, socket, sys
for path in sys.argv[1:]:
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print("reached")
    except OSError as e:
        print("refused")
"""


@case
def sockets_of_managers_are_closed(lab):
    manager = Manager(lab)
    other = socket.socket(socket.AF_UNIX)
    other.bind(lab.work + "/other")
    other.listen(9)
    place = os.path.dirname(manager.path)
    state = os.path.dirname(place)
    lab.write("connect.py", CONNECT)
    os.symlink(place, lab.work + "/link")
    ways = [manager.path, "link/" + os.path.basename(manager.path), "../.local/state/srt/sessions/" + os.path.basename(manager.path)]
    script = "python3 connect.py %s other; ls %s; python3 -c 'import os, sys; os.link(sys.argv[1], \"hard\")' %s 2>/dev/null; " \
             "python3 connect.py hard; exit 0" % (" ".join(ways), place, manager.path)
    wide = {"allowAllUnixSockets": True, "allowDangerousSockets": True}
    for network, filesystem in (
            (wide, {"allowWrite": ["."]}),
            (wide, {"allowWrite": [".", state, place, manager.path]}),
            (wide, {"allowWrite": ["."], "allowRead": [state, place, manager.path], "denyRead": ["~/.local"]}),
            (dict(wide, allowUnixSockets=["./other"]), {"allowWrite": [lab.top]})):
        command = Command(lab, "sh", "-c", script)
        command.channel.start(settings(network=network, filesystem=filesystem))
        status, out, err = command.result()
        lines = out.splitlines()
        expect_eq(lines[:4], ["refused"] * 3 + ["reached"], (filesystem, out, err))
        shown = [os.path.basename(manager.path)] if BACKEND == "landlock" else []  # names of srt's own show there
        expect(lines[4:] in (["refused"], shown + ["refused"]), (filesystem, out, err))
    command = Command(lab, "python3", "connect.py", *ways)
    command.channel.start(settings(network=wide, filesystem={"disabled": True}))
    expect_eq(command.result()[:2], (0, "refused\n" * 3))
    expect_eq(manager.accepted, 0, "connections")
    for entry, what in ((manager.path, "never allowed"), (place, "never allowed"), ("link", "never allowed")):
        command = Command(lab, "true")
        command.channel.start(settings(network={"allowUnixSockets": [entry], "allowDangerousSockets": True}))
        expect_eq(command.result()[0], 125)
        expect_in(what, ended_well(command, 125)[-2]["error"])
    for entry in (state, "~", "~/.local/*/srt/sessions/*"):
        command = Command(lab, "python3", "connect.py", *ways)
        command.channel.start(settings(network={"allowUnixSockets": [entry], "allowDangerousSockets": True}))
        expect_eq(command.result()[:2], (0, "refused\n" * 3), entry)
    expect_eq(manager.accepted, 0, "connections")


@case
def somebody_elses_manager(lab):
    if os.geteuid() != 0:
        raise LeftToOther("only root can be two users")
    for directory in (lab.top, lab.home, lab.work):
        os.chmod(directory, 0o755)
    state = lab.top + "/state"
    manager = Manager(lab, state + "/srt/sessions")
    for directory in (state, state + "/srt", state + "/srt/sessions"):
        os.chmod(directory, 0o755)
    os.chmod(manager.path, 0o777)
    token, option = manager.expect()
    r = lab.srt(None, option, "true", user=65534, group=65534, extra_groups=[], env=lab.env(XDG_STATE_HOME=state))
    expect_eq((r.status, r.out), (125, ""), r.err)
    expect_in("found user 0, expected user 65534", r.err)
    expect(manager.tokens[token] is None, "the token was told")


@case
def a_manager_that_says_nothing(lab):
    if not SILENT:
        say_nothing()
    lab.closers.append(SILENT[0].close)
    for command in SILENT[1:]:
        expect_eq(command.result()[0], 125)
        found = ended_well(command, 125)
        expect_in("within 10 seconds", found[-2]["error"])


main()
