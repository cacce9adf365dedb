# SPDX-License-Identifier: Apache-2.0
"""srtctl backends --select: the site file, as it is written, read and refused."""
from srttest import *


class Installation:
    """A copy of the programs, so that its site file is its own."""

    def __init__(self, lab):
        self.lab = lab
        self.top = os.path.join(lab.home, "srt")
        for part in ("bin", "lib/srt", "libexec/srt"):
            shutil.copytree(os.path.join(BUILD, part), os.path.join(self.top, part),
                            ignore=lambda d, names: [n for n in names if n.endswith(".a")])
        self.site = os.path.join(self.top, "etc/srt/backend")

    def run(self, program, *words, **env):
        env = self.lab.env(**dict({"SRT_BACKEND": None, "SRT_BACKEND_PATH": None}, **env))
        script = 'umask 022; exec "$@"'
        return subprocess.run(["bash", "-c", script, "sh", os.path.join(self.top, "bin", program), *words], cwd=self.lab.work,
                              env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=60)

    def select(self, names, status=0, **env):
        r = self.run("srtctl", "backends", "--select", names, **env)
        expect_eq(r.returncode, status, r)
        return r

    def chosen(self):
        """Why srt takes the backend that it takes, by its debug lines."""
        r = self.run("srt", "--debug", "true")
        expect_eq(r.returncode, 0, r)
        m = re.search(r'debug: backend "([^"]*)", chosen by (.*)', r.stderr)
        return m.groups() if m else None


@case
def choose(lab):
    """A name is written, used, shown, replaced, and forgotten."""
    srt = Installation(lab)
    expect_eq(srt.chosen(), None)
    r = srt.select("landlock")
    expect_eq(r.stdout, "%s: landlock\n" % srt.site)
    expect_eq(lab.read(srt.site), "landlock\n")
    expect_eq(srt.chosen(), ("landlock", "the site file " + srt.site))
    expect("chosen by %s: landlock\n" % srt.site in srt.run("srtctl", "backends").stdout, "not shown")
    srt.select("bwrap,landlock")
    expect_eq(lab.read(srt.site), "bwrap\nlandlock\n")
    expect_eq(os.listdir(os.path.dirname(srt.site)), ["backend"])
    expect("none" in srt.select("auto").stdout, "says none")
    expect(not os.path.exists(srt.site), "removed")
    srt.select("auto")
    expect_eq(srt.chosen(), None)


@case
def refused(lab):
    """What is not installed is no choice, and the file stays as it was."""
    srt = Installation(lab)
    srt.select("bwrap")
    modules = os.path.join(srt.top, "lib/srt/backends")
    for names in ("nothing", "bwrap,nothing", "", "bwrap,", "bwrap,auto", "./bwrap.so"):
        r = srt.select(names, 125)
        expect_eq(r.stdout, "")
        expect("installed" in r.stderr, r)
        expect_eq(lab.read(srt.site), "bwrap\n")
    expect("bwrap, landlock" in srt.select("nothing", 125).stderr, "lists what there is")
    # A module in the caller's own search path is nobody else's.
    other = os.path.join(lab.home, "other")
    os.mkdir(other)
    os.chmod(other, 0o755)
    shutil.copy(NULL, other)
    expect("null" in srt.run("srtctl", "backends", SRT_BACKEND_PATH=other).stdout, "found by the path")
    srt.select("null", 125, SRT_BACKEND_PATH=other)
    os.chmod(os.path.join(other, "null.so"), 0o755)
    srt.select(os.path.join(other, "null.so"))
    expect_eq(lab.read(srt.site), other + "/null.so\n")
    # A module that srt refuses is none either.
    os.chmod(os.path.join(modules, "landlock.so"), 0o777)
    expect("chmod go-w" in srt.select("landlock", 125).stderr, "says why")
    expect_eq(lab.read(srt.site), other + "/null.so\n")
    r = srt.run("srtctl", "backends", "--json", "--select", "bwrap")
    expect_eq(r.returncode, 125, r)


@case
def not_ours(lab):
    """Who may not write there is told so."""
    srt = Installation(lab)
    os.makedirs(os.path.dirname(srt.site))
    os.chmod(os.path.dirname(srt.site), 0o555)
    if os.geteuid() == 0:
        raise LeftToOther("root may write everywhere")
    r = srt.select("bwrap", 125)
    expect("cannot write" in r.stderr and "root" in r.stderr, r)
    expect_eq(os.listdir(os.path.dirname(srt.site)), [])
    os.chmod(os.path.dirname(srt.site), 0o755)


main()
