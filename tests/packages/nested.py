# SPDX-License-Identifier: Apache-2.0
"""The packages in a container as an ordinary user runs one: a root without any privilege, with
/proc masked as engines mask it. bwrap is the outer container, srt with each backend the inner."""
import json
import socket
import tempfile
import threading

from common import *

need("bwrap", "setpriv")
if not os.path.isdir(ROOT):
    skip("there is no root")
# What engines mask, and what they make read-only.
MASKED = ("acpi", "kcore", "keys", "latency_stats", "timer_list", "sched_debug", "scsi")
READ_ONLY = ("bus", "fs", "irq", "sys", "sysrq-trigger")
SETTINGS = {"filesystem": {"denyRead": ["~/secret"], "allowWrite": ["."]}}
DO = """
sort -r names && cp names copy && echo "copied: $(wc -l <copy)"
cat ~/secret || echo "reading refused"
echo x >~/no || echo "writing refused"
(: </dev/tcp/127.0.0.1/$PORT) || echo "host refused"
"""


def container(top, home, *options):
    words = ["setpriv", "--reuid=%d" % USER, "--regid=%d" % USER, "--clear-groups", "bwrap", "--unshare-user", "--unshare-pid",
             "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--cap-drop", "ALL", *options, "--ro-bind", top, "/",
             "--bind", home, "/home/user", "--tmpfs", "/tmp", "--dev", "/dev", "--proc", "/proc"]
    for name in MASKED:
        path = "/proc/" + name
        if os.path.isdir(path):
            words += ["--tmpfs", path]
        elif os.path.exists(path):
            words += ["--ro-bind", "/dev/null", path]
    for name in READ_ONLY:
        if os.path.exists("/proc/" + name):
            words += ["--ro-bind", "/proc/" + name, "/proc/" + name]
    return words + ["--chdir", "/home/user/work", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/home/user"]


class Container:
    def __init__(self, top, home, port, *options):
        self.words, self.port = container(top, home, *options), str(port)

    def run(self, *words, status=0):
        return run(*self.words, "--setenv", "PORT", self.port, *words, status=status)

    def srt(self, backend, settings, text, status=0):
        return self.run("srt", *(["--backend=" + backend] if backend else []), "-s", "/home/user/" + settings, "-c", text,
                        status=status)

    def holds(self, backend, settings):
        r = self.srt(backend, settings, DO)
        for line in ("two\none\n", "copied: 2", "reading refused", "writing refused", "host refused"):
            expect(line in r.stdout, "%s: no %r in\n%s" % (backend, line, r.both))
        expect("not for you" not in r.both, r.both)


def prepare(home):
    os.mkdir(os.path.join(home, "work"))
    files = {"secret": "not for you\n", "work/names": "one\ntwo\n", "plain.json": json.dumps(SETTINGS),
             "weaker.json": json.dumps(dict(SETTINGS, enableWeakerNestedSandbox=True))}
    for name, text in files.items():
        with open(os.path.join(home, name), "w", encoding="utf-8") as f:
            f.write(text)
    for top, directories, names in os.walk(home):
        for path in [top] + [os.path.join(top, n) for n in directories + names]:
            os.chown(path, USER, USER)


def serve():
    """What the host would answer, were it reached."""
    listener = socket.create_server(("127.0.0.1", 0))

    def loop():
        while True:
            listener.accept()[0].close()
    threading.Thread(target=loop, daemon=True).start()
    return listener.getsockname()[1]


def try_all(top, home, port):
    box = Container(top, home, port)
    # Without srt all of it goes: the tests can fail.
    r = box.run("bash", "-c", DO + "rm ~/no")
    expect("refused" not in r.both and "not for you" in r.stdout, r.both)
    r = box.srt("bwrap", "plain.json", "true", status=125)
    expect("enableWeakerNestedSandbox" in r.stderr, r.stderr)
    box.holds("bwrap", "weaker.json")
    box.holds("landlock", "plain.json")
    box.holds(None, "plain.json")  # what takes over by itself
    r = box.run("srtctl", "doctor", "--json", status=None)
    usable = {b["name"]: b["usable"] for b in json.loads(r.stdout)["backends"]}
    expect(usable == {"bwrap": False, "landlock": True}, r.stdout)
    # A container that lets nobody make a user namespace.
    box = Container(top, home, port, "--disable-userns")
    r = box.srt("bwrap", "weaker.json", "true", status=125)
    expect("bubblewrap cannot work here" in r.stderr or "user namespaces" in r.stderr, r.stderr)
    box.holds("landlock", "plain.json")
    box.holds(None, "plain.json")


def main():
    place = tempfile.mkdtemp(prefix="srt-nested-", dir="/var/tmp")
    os.chmod(place, 0o755)
    try:
        top, home = os.path.join(place, "root"), os.path.join(place, "home")
        run("cp", "-a", ROOT, top)
        for file in packages(ONE):
            run("dpkg-deb", "-x", file, top)
        os.mkdir(home)
        prepare(home)
        try_all(top, home, serve())
        print("held in a container with masks: bwrap in its weaker mode, landlock; landlock without user namespaces")
    finally:
        shutil.rmtree(place)


main()
