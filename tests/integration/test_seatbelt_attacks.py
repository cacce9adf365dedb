# SPDX-License-Identifier: Apache-2.0
"""Ways around profiles that are known from elsewhere. Each is shown to work where the rules that
are meant for it are taken out of the profile, or written as others write them."""
from seatbelt import *

WON = "SECRET"


def attack(lab, settings, text, weaken, prepare=lambda: None, later=lambda: None, fold=False):
    """text prints WON when it gets through. weaken(profile) makes the profile that lets it;
    later: what happens when the profile is there."""
    prepare()
    profile = profile_of(lab, settings)
    later()
    out = in_profile(lab, profile, text, fold)
    expect(WON not in out, "got through: %s" % out)
    weak = weaken(profile)
    expect(weak != profile, "nothing was taken out")
    out = in_profile(lab, weak, text, fold)
    expect_in(WON, out, "the attack itself does not work")


PROTECTED, LATER = "writable regions", "protected whenever it appears"
HIDDEN, PINS = "hidden whenever it appears", "stay where they are"


@case
def nested_directory_is_moved_away_and_back(lab):
    """The pattern has to match the directory itself, not only what is in it."""
    lab.write("sub/keep", "")
    swap = "mv sub/.vscode q && echo bad > q/tasks.json && mv q sub/.vscode && echo %s" % WON
    attack(lab, lab.settings(), swap, lambda p: p.replace("(/([^/]*/)*[^/]*)?$", "/([^/]*/)*[^/]*$"),
           later=lambda: lab.write("sub/.vscode/tasks.json", "old"))


@case
def existing_directory_is_moved_away_and_back(lab):
    lab.write("sub/.vscode/tasks.json", "old")
    swap = "mv sub/.vscode q && echo bad > q/tasks.json && mv q sub/.vscode && echo %s" % WON
    attack(lab, lab.settings(), swap,
           lambda p: without(without(p, PROTECTED, "(deny file-write*"), LATER, "(deny file-write*"))


@case
def repository_is_moved_away_with_its_hooks(lab):
    lab.write("repo/.git/hooks/pre-commit", "old")
    lab.write("repo/.git/config", "old")
    text = "mv repo/.git g && mkdir -p repo/.git/hooks && echo bad > repo/.git/hooks/pre-commit && echo %s" % WON
    lab.write("repo/.git/HEAD", "ref: refs/heads/main")
    attack(lab, lab.settings(), text,
           lambda p: without(without(without(p, PINS, "(deny"), PROTECTED, "(deny file-write*"), LATER, "(deny file-write*"))
    shutil.rmtree(os.path.join(lab.work, "g"), ignore_errors=True)


@case
def directory_above_is_moved(lab):
    """Only the pins stand against this one: nothing in the directory is touched."""
    lab.write("a/b/keep/f", "old")
    s = lab.settings(filesystem={"denyWrite": ["a/b/keep"]})
    attack(lab, s, "mv a z && echo bad > z/b/keep/f && mv z a && echo %s" % WON,
           lambda p: without(p, PINS, "(deny"))


@case
def hidden_file_is_moved_with_its_directory(lab):
    lab.write("vault/f", WON)
    s = lab.settings(filesystem={"denyRead": ["vault/f"]})
    attack(lab, s, "mv vault v; cat v/f", lambda p: without(p, PINS, "(deny"))


@case
def hidden_file_gets_a_second_name(lab):
    """A hard link is another path; the kernel asks about the file that is linked to."""
    lab.write(".env", WON)
    s = lab.settings(filesystem={"denyRead": [".env"]})
    attack(lab, s, "ln .env x; cat x",
           lambda p: without(without(p, PROTECTED, "(deny file-write*"), PINS, "(deny"))


@case
def file_hidden_by_a_pattern_gets_a_second_name(lab):
    s = lab.settings(filesystem={"denyRead": ["**/*.key"]})
    attack(lab, s, "ln a.key x; cat x", lambda p: without(p, HIDDEN, "(deny"),
           later=lambda: lab.write("a.key", WON))


@case
def control_characters_in_a_name(lab):
    """As JSON has them they are other letters to the reader of profiles, and the rule is about nothing."""
    lab.write("a\x07b", WON)
    s = lab.settings(filesystem={"denyRead": ["a\x07b"]})
    attack(lab, s, "cat a*", lambda p: p.replace("\\x07", "\\u0007"))


@case
def negated_class(lab):
    """[!x] written as [!x] is a class with an exclamation mark in it."""
    s = lab.settings(filesystem={"denyRead": ["[!x]1"]})
    attack(lab, s, "cat a1", lambda p: re.sub(r'regex "[^"]*work/[^"]*1', lambda m: m.group(0).split("work/")[0] + "work/[!x]1", p),
           later=lambda: lab.write("a1", WON))


@case
def pattern_in_every_root(lab):
    """A pattern without a place holds everywhere, not only below the working directory."""
    s = lab.settings(filesystem={"denyRead": ["**/id_rsa", "//**/id_rsa"]})
    place = os.path.join(lab.home, "keys", "id_rsa")
    attack(lab, s, "cat %s" % place, lambda p: without(without(p, HIDDEN, "(deny"), "hidden regions", "(deny"),
           prepare=lambda: lab.write(place, WON))


@case
def protected_names_in_every_root(lab):
    os.makedirs(os.path.join(lab.out, "w", "d"))
    s = lab.settings(filesystem={"allowWrite": [".", lab.out + "/w"]})
    attack(lab, s, "echo bad > %s/w/d/.bashrc && echo %s" % (lab.out, WON), lambda p: without(p, LATER, "(deny"))


@case
def another_spelling_of_a_protected_name(lab):
    """On a file system that ignores case; the double's does not, so here only the rule can tell."""
    attack(lab, lab.settings(), "mkdir .VSCode && echo %s" % WON, lambda p: re.sub(r"\[(\w)\w\]", r"\1", p))


@case
def link_in_place_of_a_writable_path(lab):
    """The next run would grant what the link leads to."""
    note = lab.write(os.path.join(lab.home, "note"), "old")
    secret = lab.write(os.path.join(lab.out, "secret"), "old")
    s = lab.settings(filesystem={"allowWrite": [".", note]})
    attack(lab, s, "echo fine >> %s; rm -f %s; ln -s %s %s && echo %s" % (note, note, secret, note, WON),
           lambda p: without(p, PINS, "(deny"))
    expect(os.path.islink(note), "not replaced without the rule")


@case
def directory_brings_a_name_along(lab):
    """Made where patterns do not reach, and moved to where they do. "check" looks afterwards."""
    s = lab.settings(filesystem={"protectMissing": "exact"})
    os.mkdir(os.path.join(lab.top, "tmp"))
    text = "mkdir -p {0}/x/.vscode && echo bad > {0}/x/.vscode/tasks.json && mv {0}/x sub && echo {1}".format(lab.top + "/tmp", WON)
    # The directory for temporary files of a profile that only was printed is gone: another in its place.
    place = lambda p: re.sub(r'"/tmp/srt-\w{6}/tmp"', '"%s/tmp"' % lab.top, p)
    profile = place(profile_of(lab, s))
    expect(WON not in in_profile(lab, profile, text), profile)
    shutil.rmtree(os.path.join(lab.top, "tmp", "x"), ignore_errors=True)
    expect_in(WON, in_profile(lab, without(profile, "bring a protected name", "(deny file-write*"), text))


@case
def repository_can_be_made(lab):
    """Not an attack: what protects hooks and settings must not stand against this."""
    need("git")
    profile = profile_of(lab, lab.settings())
    out = in_profile(lab, profile, "git init -q fresh && cd fresh && echo a > a && git add a && git status --short")
    expect_eq(out, "A  a\n", profile)
    exact = profile_of(lab, lab.settings(filesystem={"protectMissing": "exact"}, name="exact.json"))
    expect_eq(in_profile(lab, exact, "git init -q again 2>/dev/null || echo refused"), "refused\n", exact)


OUT = """python3 -c "
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    s.connect(('198.51.100.1', 53))
    print('%s')
except PermissionError:
    print('refused')
except OSError:
    print('%s')
" """ % (WON, WON)


@case
def way_out_through_local_servers(lab):
    """A rule about the local address is one about every socket that is not bound."""
    need("python3")
    s = lab.settings(network={"allowLocalBinding": True})
    attack(lab, s, OUT, lambda p: p.replace('(allow network-outbound\n  (remote ip "localhost:*"))',
                                            '(allow network-outbound\n  (local ip "localhost:*"))'))


@case
def way_out_past_the_proxies(lab):
    need("python3")
    s = lab.settings(allow=["example.com"])
    attack(lab, s, OUT, lambda p: re.sub(r'remote ip "localhost:\d+"', 'remote ip "*:*"', p))


@case
def own_files_of_the_sandbox(lab):
    """The profile itself, where it lies in a file, is out of reach even in a writable place."""
    s = lab.settings(filesystem={"allowWrite": [".", "/tmp"]})
    profile = profile_of(lab, s)
    own = re.search(r'; files of the sandbox itself\n\(deny [^\n]*\n  \(subpath "([^"]*)"\)', profile).group(1)
    os.mkdir(own)
    lab.closers.append(lambda: shutil.rmtree(own, ignore_errors=True))
    lab.write(own + "/1.sb", WON)
    text = "cat %s/1.sb; ln %s/1.sb x; cat x; mv %s y; cat y/1.sb" % (own, own, own)
    out = in_profile(lab, profile, text)
    expect(WON not in out, out)
    out = in_profile(lab, without(profile, "files of the sandbox itself", "(deny"), text)
    expect_in(WON, out)


@case
def processes_outside(lab):
    other = lab.background(["sleep", "600"])
    profile = profile_of(lab, lab.settings())
    text = "kill -0 %d && echo %s" % (other.pid, WON)
    expect(WON not in in_profile(lab, profile, text), "reached")
    weak = profile.replace("(allow signal\n  (target same-sandbox))", "(allow signal)")
    expect(weak != profile, "no rule")
    expect_in(WON, in_profile(lab, weak, text))


main()
