# SPDX-License-Identifier: Apache-2.0
"""The life of the packages on a Debian machine: installed, used, chosen among, upgraded, removed,
purged, with nothing left."""
import json
import stat

from common import *

need("unshare")
if not os.path.isdir(ROOT):
    skip("there is no root")
WORK = os.path.join(ROOT, "home/user/work")
BWRAP, LANDLOCK = "srt-backend-bwrap", "srt-backend-landlock"
NODE = "node-srt-sandbox"  # what it depends on is large; check.py uses its files
ALL = [name for name in (os.path.basename(f).split("_")[0] for f in packages(ONE)) if name != NODE]


def contents():
    """All files of the root but those in which dpkg keeps its books."""
    found = {}
    for top, directories, names in os.walk(ROOT):
        for name in directories + names:
            path = os.path.join(top, name)
            inner = path[len(ROOT):]
            if inner.startswith(("/var/lib/dpkg", "/var/log", "/var/cache", "/home")):
                continue
            st = os.lstat(path)
            found[inner] = (st.st_mode, st.st_uid, 0 if stat.S_ISDIR(st.st_mode) else st.st_size)
    return found


def same(before, now, but=()):
    changed = sorted(p for p in set(before) | set(now) if before.get(p) != now.get(p) and p not in but)
    expect(not changed, "left, gone or changed: %r" % changed)


def dpkg(*words, status=0):
    return inside("dpkg", *words, status=status)


def install(directory, *names):
    """As files that the root sees."""
    for file in packages(directory, *names):
        shutil.copy(file, os.path.join(ROOT, "home"))
    files = ["/home/" + os.path.basename(f) for f in packages(directory, *names)]
    dpkg("-i", *files)
    for file in files:
        os.unlink(ROOT + file)


def srt(*words, status=0, **more):
    return inside("/usr/bin/srt", *words, user=USER, home="/home/user/work", status=status, **more)


def used(name):
    """A real program runs in the sandbox, and what it may not write stays."""
    for file in os.listdir(WORK):
        os.unlink(os.path.join(WORK, file))
    r = srt("--debug", "-c", "tar -cf a.tar -C /etc passwd && tar -tf a.tar; touch /etc/no ~/no /usr/no; echo \"and $?\"")
    expect("passwd\nand 1\n" in r.stdout, r.both)
    expect("backend %s can run this" % name in r.stderr, r.stderr)
    expect(os.listdir(WORK) == ["a.tar"], os.listdir(WORK))
    for place in ("etc/no", "home/user/no", "usr/no"):
        expect(not os.path.exists(os.path.join(ROOT, place)), place + " was written")


def python():
    """The module, with the interpreter of the distribution and no path said."""
    text = ("import srt_sandbox\nwith srt_sandbox.Session() as session:\n"
            "    done = session.run('echo $((6*7)); touch /etc/no', shell=True, capture_output=True, text=True)\n"
            "print(srt_sandbox.__file__, done.returncode, done.stdout.strip(), done.records[0].line)")
    r = inside("python3", "-c", text, user=USER, home="/home/user/work")
    expect(r.stdout.startswith("/usr/lib/python3/dist-packages/srt_sandbox/__init__.py 1 42 deny create /etc/no ("), r.both)


def listed():
    said = json.loads(inside("srtctl", "backends", "--json", user=USER).stdout)
    return {b["name"]: b["usable"] for b in said}


def one_alone(name, package):
    install(ONE, "srt", package)
    expect(listed() == {name: True}, listed())
    used(name)
    dpkg("--purge", package)
    r = srt("true", status=125)
    expect("there is none" in r.stderr, r.stderr)


def chosen_among_two():
    install(ONE, *ALL)
    expect(listed() == {"bwrap": True, "landlock": True}, listed())
    used("bwrap")  # the higher priority
    r = inside("srtctl", "backends", "--select", "landlock", user=USER, status=125)
    expect("/etc/srt" in r.stderr, r.stderr)
    r = inside("srtctl", "backends", "--select", "none-such", status=125)
    expect("Installed: bwrap, landlock" in r.stderr, r.stderr)
    inside("srtctl", "backends", "--select", "landlock")
    used("landlock")
    srt("--backend=bwrap", "true")
    r = srt("--debug", "true", env={"SRT_BACKEND": "bwrap"})
    expect("backend bwrap can run this" in r.stderr, r.stderr)


def profile():
    """The link to AppArmor's profile comes when a parser does that can read it."""
    link, abi = os.path.join(ROOT, "etc/apparmor.d/srt"), os.path.join(ROOT, "etc/apparmor.d/abi")
    expect(not os.path.lexists(link), "the profile is there without a parser")
    os.makedirs(abi)
    with open(os.path.join(abi, "4.0"), "w", encoding="utf-8"):
        pass
    inside("dpkg-trigger", "--by-package=dpkg", "/etc/apparmor.d/abi")
    dpkg("--triggers-only", "-a")
    expect(os.path.isfile(ROOT + os.readlink(link)), "the link leads nowhere")


def main():
    os.makedirs(WORK, exist_ok=True)
    os.chown(WORK, USER, USER)
    before = contents()
    one_alone("landlock", LANDLOCK)
    one_alone("bwrap", BWRAP)
    dpkg("--purge", "srt")
    same(before, contents())

    chosen_among_two()
    python()
    profile()
    site = os.path.join(ROOT, "etc/srt/backend")
    install(TWO, *ALL)
    found = set(dpkg("-l", *ALL).stdout.split())
    expect("99.1" in found and "0.1.0" not in found, found)
    with open(site, encoding="utf-8") as f:
        expect(f.read() == "landlock\n", "the choice outlives an upgrade")
    used("landlock")
    inside("srtctl", "backends", "--select", "auto")
    used("bwrap")
    inside("srtctl", "backends", "--select", "bwrap,landlock")

    r = inside("dpkg", "-r", "srt", status=None)
    expect(r.returncode != 0, "srt went while its backends stay")
    dpkg("-r", *ALL)
    shutil.rmtree(os.path.join(ROOT, "etc/apparmor.d/abi"))
    os.rmdir(os.path.join(ROOT, "etc/apparmor.d"))  # empty: the link went with the package
    same(before, contents(), but=("/etc/srt", "/etc/srt/backend"))
    expect(os.path.exists(site), "the administrator's choice went with the package")
    dpkg("--purge", *ALL)
    same(before, contents())
    r = dpkg("-l", *ALL, status=None)
    expect(not [l for l in r.stdout.splitlines() if l.startswith(("ii", "rc"))], r.stdout)
    print("installed, used, upgraded, removed: %s" % ", ".join(ALL))


main()
