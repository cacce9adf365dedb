# SPDX-License-Identifier: Apache-2.0
"""Races against the supervisor (row S11): an address, a link, a path string, a directory, a descriptor
changes between the judgement and the call. Sockets, and names at the level "exact": no try may win. At
"check" some do; each is found when the command has ended, kept in quarantine and recorded. With the
protection off most win, which shows that the races are ones."""
from escape import *

RACE = os.path.join(BUILD, "tests", "security", "race")
TRIES = int(os.environ.get("SRT_TEST_RACES", "20000"))
WAYS = ("string", "symlink", "cwd", "dirfd", "magic", "dotdot", "move")
KINDS = ("open", "excl", "mkdir", "mknod", "rename", "link", "symlink")


def server(lab, path, letter):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(128)
    lab.closers.append(listener.close)

    def loop():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.send(letter)
                except OSError:
                    pass

    threading.Thread(target=loop, daemon=True).start()
    return path


def numbers(result):
    """{word: number} of what the program printed."""
    words = result.out.split()
    expect(result.status == 0 and words, repr(result))
    return {k: int(v) for k, v in zip(words[::2], words[1::2])}


def connect(lab, way):
    good = server(lab, os.path.join(lab.out, "good.sock"), b"G")
    bad = server(lab, os.path.join(lab.out, "evil.sock"), b"B")
    s = lab.settings(network={"allowUnixSockets": [good]})
    args = [RACE, "connect", way, good, bad]
    for _ in range(10):
        control = numbers(lab.srt(s, *args, "2000", null=True))
        if control["bad"] > 0 and control["good"] > 0:
            break
    expect(control["bad"] > 0 and control["good"] > 0, "the attack itself does not work: %r" % control)
    n = numbers(lab.srt(s, *args, str(TRIES), timeout=300))
    expect_eq((n["tries"], n["bad"]), (TRIES, 0), way)
    expect(n["good"] > 0, "nothing that is allowed came through: %r" % n)


@case
def s11_the_address_of_a_connection_is_changed(lab):
    connect(lab, "address")


@case
def s11_the_link_to_a_socket_is_changed(lab):
    connect(lab, "link")


class Arena:
    """A working directory in which *.key, or prot/*.key, must not be made."""

    def __init__(self, lab, way, level):
        self.lab, self.way = lab, way
        self.state = os.path.join(lab.top, "state-%s" % level)
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.rmtree(lab.work)
        os.makedirs(lab.work)
        rule = "./*.key" if way == "string" else "./prot/*.key"
        self.settings = lab.settings(filesystem={"denyWrite": [rule], "protectMissing": level}, allowUnenforced=["globLater"])

    def race(self, kind, tries, **more):
        env = self.lab.env(XDG_STATE_HOME=self.state)
        r = self.lab.srt(self.settings, RACE, "create", kind, self.way, str(tries), env=env, timeout=400, **more)
        return numbers(r), r

    def planted(self):
        top = self.lab.work if self.way == "string" else os.path.join(self.lab.work, "prot")
        return sorted(n for n in (os.listdir(top) if os.path.isdir(top) else []) if n.endswith(".key"))

    def kept(self):
        top = os.path.join(self.state, "srt", "quarantine")
        names = []
        for run in os.listdir(top) if os.path.isdir(top) else []:
            with open(os.path.join(top, run, "note.json")) as f:
                for line in f:
                    note = json.loads(line)
                    expect(os.path.lexists(os.path.join(top, run, note["kept"])), "%s is kept" % note)
                    names.append(os.path.basename(note["path"]))
        return sorted(names)


def names_are_shown_to_be_raceable(lab, way, kind):
    for _ in range(40):  # which process runs when is not ours to say
        arena = Arena(lab, way, "off")
        n, _ = arena.race(kind, 500)
        expect_eq(n["bad"], len(arena.planted()), "%s %s" % (kind, way))
        if n["bad"]:
            return
    raise AssertionError("the attack itself does not work: %s %s %r" % (kind, way, n))


def check(lab, way, kind, tries):
    arena = Arena(lab, way, "check")
    n, r = arena.race(kind, tries)
    expect_eq(arena.planted(), [], "%s %s" % (kind, way))
    expect_eq(len(arena.kept()), n["bad"], "what got through and what was found: %s %s" % (kind, way))
    if n["bad"]:
        expect_in("was moved to", r.err)
    return n["bad"]


def exact(lab, way, kind, tries):
    for _ in range(20):  # a busy machine may let one side on for all of a round
        arena = Arena(lab, way, "exact")
        n, _ = arena.race(kind, tries)
        expect_eq((n["tries"], n["bad"], arena.planted(), arena.kept()), (tries, 0, [], []), "%s %s" % (kind, way))
        if n["good"]:
            return
    raise AssertionError("nothing that is allowed came through: %s %s %r" % (kind, way, n))


@case
def s11_names_without_protection(lab):
    for way in WAYS:
        names_are_shown_to_be_raceable(lab, way, "excl")
    for kind in KINDS:
        names_are_shown_to_be_raceable(lab, "string", kind)


@case
def s11_names_that_win_at_check_are_found(lab):
    won = {}
    for _ in range(5):
        for way in WAYS:
            won[way] = check(lab, way, "excl", TRIES // 10)
        for kind in KINDS:
            won[kind] = check(lab, "string", kind, TRIES // 20)
        if sum(won.values()):
            return
    raise AssertionError("no race was won, so nothing was tested: %r" % won)


@case
def s11_names_by_the_string_at_exact(lab):
    for kind in KINDS:
        exact(lab, "string", kind, TRIES)


@case
def s11_names_by_the_directory_at_exact(lab):
    for way in WAYS[1:]:
        exact(lab, way, "excl", TRIES)
        exact(lab, way, "mkdir", TRIES // 4)
        exact(lab, way, "rename", TRIES // 4)


main()
