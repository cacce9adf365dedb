# SPDX-License-Identifier: Apache-2.0
"""srtctl doctor: each problem that can be provoked is found, and the commands that it
gives mend it. What no test can bring about is in tests/unit/cli/test_doctor.c."""
from srttest import *

PLACES = ("/usr/bin", "/bin", "/usr/local/bin")


class Machine:
    """A copy of the installation, so that it can be broken."""

    def __init__(self, lab):
        self.lab = lab
        self.top = os.path.join(lab.home, "srt")
        for part in ("bin", "lib/srt", "libexec/srt"):
            shutil.copytree(os.path.join(BUILD, part), os.path.join(self.top, part),
                            ignore=lambda d, names: [n for n in names if n.endswith(".a")])
        self.helper = os.path.join(self.top, "libexec/srt/srt-inside")
        self.modules = os.path.join(self.top, "lib/srt/backends")

    def doctor(self, *words, before=(), text=False, status=None, prepare="", **env):
        """Returns what it says; before: words of a program that runs it; prepare: shell text first."""
        words = [os.path.join(self.top, "bin/srtctl"), "doctor"] + ([] if text else ["--json"]) + list(words)
        script = "umask 022; " + prepare + "\nexec \"$@\""
        # The backend that a run of all tests chooses is no part of the machine.
        r = subprocess.run(list(before) + ["bash", "-c", script, "sh"] + words, cwd=self.lab.work,
                           env=self.lab.env(**dict({"SRT_BACKEND": None}, **env)), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
        expect(r.returncode in (0, 1), r)
        if status is not None:
            expect_eq(r.returncode, status, r.stdout + r.stderr)
        if text:
            return r.stdout
        said = json.loads(r.stdout)
        expect_eq(said["usable"], r.returncode == 0)
        for check in said["checks"]:
            for remedy in check["remedies"]:
                syntax = subprocess.run(["bash", "-n", "-c", remedy], stderr=subprocess.PIPE, text=True)
                expect_eq(syntax.returncode, 0, remedy + syntax.stderr)
        return said


def find(said, ident, level=None, part=""):
    for check in said["checks"]:
        if check["id"] == ident and (level is None or check["level"] == level) and part in check["text"]:
            return check
    raise AssertionError("no %s %s %r in %r" % (level, ident, part, said["checks"]))


def bad(said):
    return [c for c in said["checks"] if c["level"] in ("problem", "warning")]


def need_a_good_machine(machine):
    said = machine.doctor()
    if not said["usable"] or any(c["id"] != "ptrace" for c in bad(said)):
        raise Skip("this machine has problems of its own: %r" % bad(said))
    return said


def need_user_namespaces():
    """Of one's own, in which to take things away."""
    if subprocess.run(["unshare", "-Urm", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        raise Skip("no user namespaces here")
    return ["unshare", "-Urm"]


def mend(machine, check, **env):
    """Runs what is to be pasted; what sets the environment has to be in the same shell."""
    expect(check["remedies"], check)
    return machine.doctor(prepare="\n".join(r for r in check["remedies"] if "EDITOR" not in r) + " >&2", **env)


@case
def a_good_machine(lab):
    m = Machine(lab)
    said = need_a_good_machine(m)
    for ident in ("helper", "modules", "settings", "bubblewrap", "namespaces", "seccomp", "landlock", "limits", "run"):
        find(said, ident, "ok")
    text = m.doctor(text=True, status=0)
    expect(text.endswith("srt can be used on this machine\n"), text)


@case
def the_helper(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    os.chmod(m.helper, 0o644)
    check = find(m.doctor(status=1), "helper", "problem", "cannot be executed (mode 0644)")
    expect_eq(check["remedies"], ["chmod 755 " + m.helper])
    find(mend(m, check, status=0), "helper", "ok")
    os.remove(m.helper)
    check = find(m.doctor(status=1), "helper", "problem", "is missing")
    expect_eq(check["remedies"], ["cmake --install build/release --prefix " + m.top])
    text = m.doctor(text=True, status=1)
    expect_in("    cmake --install build/release --prefix " + m.top + "\n", text)
    expect(text.endswith("srt cannot be used on this machine: run the commands below \"problem\"\n"), text)


@case
def modules(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    module = os.path.join(m.modules, "bwrap.so")
    os.chmod(module, 0o775)
    check = find(m.doctor(status=0), "module", "warning", "is writable by its group")
    expect_eq(check["remedies"], ["chmod go-w " + module])
    expect_eq(bad(mend(m, check, status=0)), [])
    os.chmod(m.modules, 0o777)
    check = find(m.doctor(status=1), "module", "warning", "is writable by everybody")
    find(m.doctor(status=1), "modules", "problem", "no backend can be loaded")
    expect_eq(check["remedies"], ["chmod go-w " + m.modules])
    expect_eq(bad(mend(m, check, status=0)), [])
    lab.write(module, "no module", mode=0o755)
    check = find(m.doctor(status=0), "module", "warning")
    expect_eq(check["remedies"], ["mv %s %s.off" % (module, module)])
    expect_eq([c for c in bad(mend(m, check, status=0)) if c["id"] == "module"], [])
    shutil.rmtree(m.modules)
    check = find(m.doctor(status=1), "modules", "problem")
    expect_eq(check["remedies"], ["cmake --install build/release --prefix " + m.top])


@case
def modules_of_somebody_else(lab):
    if os.geteuid() != 0:
        raise LeftToOther("only root can give files away")
    m = Machine(lab)
    need_a_good_machine(m)
    module = os.path.join(m.modules, "landlock.so")
    os.chown(module, 4711, 4711)
    check = find(m.doctor(), "module", "warning", "neither root nor you")
    expect_eq(check["remedies"], ["chown root: " + module])
    expect_eq(bad(mend(m, check, status=0)), [])


@case
def settings(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    file = lab.write(os.path.join(lab.home, ".srt-settings.json"), '{"filesystem": {"denyReed": []}}', mode=0o644)
    check = find(m.doctor(status=1), "settings", "problem", "denyRead")
    expect_eq(check["remedies"], ["${EDITOR:-vi} " + file, "srtctl check"])
    editor = lab.write("editor", "#!/bin/sh\necho '{}' >\"$1\"\n", mode=0o755)
    r = m.doctor(prepare=check["remedies"][0], EDITOR=editor, status=0)
    find(r, "settings", "ok", file)
    os.chmod(file, 0o666)
    check = find(m.doctor(status=0), "settings", "warning", "others may change")
    expect_eq(bad(mend(m, check, status=0)), [])
    os.remove(file)
    os.mkdir(file)
    check = find(m.doctor(status=1), "settings", "problem")
    expect_eq(bad(mend(m, check, status=0)), [])
    check = find(m.doctor("-s", "missing.json", status=1), "settings", "problem")
    m.doctor("-s", "missing.json", prepare=check["remedies"][0], status=0)
    find(m.doctor(HOME="", status=0, prepare="unset HOME"), "settings")


@case
def unreadable_settings(lab):
    if os.geteuid() == 0:
        raise LeftToOther("root reads everything")
    m = Machine(lab)
    need_a_good_machine(m)
    lab.write(os.path.join(lab.home, ".srt-settings.json"), "{}", mode=0)
    check = find(m.doctor(status=1), "settings", "problem")
    expect_in("chmod u+r", check["remedies"][0])
    m.doctor(prepare=check["remedies"][0], status=0)


@case
def a_chosen_backend(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    check = find(m.doctor(SRT_BACKEND="bwarp", status=1), "choice", "problem", 'SRT_BACKEND chooses the backend "bwarp"')
    expect_eq(check["remedies"][0], "unset SRT_BACKEND")
    m.doctor(SRT_BACKEND="bwarp", prepare=check["remedies"][0], status=0)
    lab.write(os.path.join(lab.home, ".srt-settings.json"), '{"backend": "bwarp"}')
    find(m.doctor(status=1), "choice", "problem", ".srt-settings.json chooses")


@case
def limits(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    check = find(m.doctor(prepare="ulimit -Sn 40"), "limits", "warning", "40 open files")
    said = m.doctor(prepare="ulimit -Sn 40; " + check["remedies"][0], status=0)
    find(said, "limits", "ok")
    check = find(m.doctor(prepare="ulimit -Sf 512"), "limits", "warning", "bytes of a file")
    m.doctor(prepare="ulimit -Sf 512; " + check["remedies"][0], status=0)


@case
def proxies(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    port = lab.serve(lambda c: None)
    find(m.doctor(HTTP_PROXY="http://user:word@127.0.0.1:%d/" % port, status=0), "proxy", "ok", "HTTP_PROXY: 127.0.0.1")
    with socket.socket() as s:  # bound, and nobody listens
        s.bind(("127.0.0.1", 0))
        dead = s.getsockname()[1]
        for name in ("HTTP_PROXY", "https_proxy"):
            env = {name: "http://user:word@localhost:%d" % dead}
            check = find(m.doctor(status=0, **env), "proxy", "warning", "nothing listens")
            expect("word" not in json.dumps(check), check)
            expect_eq(bad(mend(m, check, status=0, **env)), [])
        lab.write(os.path.join(lab.home, ".srt-settings.json"), '{"network": {"httpProxyPort": %d}}' % dead)
        find(m.doctor(status=0), "proxy", "warning", "network.httpProxyPort: nothing listens")
    os.remove(os.path.join(lab.home, ".srt-settings.json"))
    url = "https://user:word@127.0.0.1:%d" % port
    check = find(m.doctor(HTTPS_PROXY=url, status=0), "proxy", "warning", "wants TLS")
    said = m.doctor(prepare=check["remedies"][0], HTTPS_PROXY=url, status=0)
    find(said, "proxy", "ok", "HTTPS_PROXY: 127.0.0.1, port %d" % port)
    find(m.doctor(HTTPS_PROXY="socks5://127.0.0.1:%d" % port, status=0), "proxy", "warning", "not the URL")


@case
def records(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    state = os.path.join(lab.home, ".local", "state")
    os.makedirs(state)
    os.symlink(lab.out, os.path.join(state, "srt"))
    check = find(m.doctor(status=0, XDG_STATE_HOME=None), "records", "warning", "is a symbolic link")
    expect_in("mv %s/srt" % state, check["remedies"][0])
    os.remove(os.path.join(state, "srt"))
    os.mkdir(os.path.join(state, "srt"), 0o500)
    check = find(m.doctor(status=0, XDG_STATE_HOME=None), "records", "warning", "cannot be written")
    expect_eq(bad(mend(m, check, status=0, XDG_STATE_HOME=None)), [])


@case
def landlock_turned_off(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    said = m.doctor(SRT_LANDLOCK_ABI="0", status=0)  # bwrap works all the same
    check = find(said, "landlock", "warning")
    expect_eq(check["remedies"], ["unset SRT_LANDLOCK_ABI"])
    find(mend(m, check, SRT_LANDLOCK_ABI="0"), "landlock", "ok")


@case
def namespaces_switched_off(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    inside = need_user_namespaces()
    for landlock in True, False:
        for kind in "user", "net", "mnt", "pid":
            off = "echo 0 >/proc/sys/user/max_%s_namespaces" % kind
            said = m.doctor(before=inside, prepare=off)
            expect(said["usable"] in (False, landlock), said)  # where Landlock works the machine can be used
            check = find(said, "namespaces", None, "user.max_%s_namespaces is 0" % kind)
            expect(check["level"] in ("problem", "warning"), check)
            expect_eq(check["remedies"][0], "sysctl -w user.max_%s_namespaces=15000" % kind)
            name, value = check["remedies"][0].replace("sysctl -w ", "").split("=")
            # The same as sysctl does, which is not everywhere.
            on = "echo %s >/proc/sys/%s" % (value, name.replace(".", "/"))
            find(m.doctor(before=inside, prepare=off + "; " + on), "namespaces", "ok")
        if landlock:
            os.remove(os.path.join(m.modules, "landlock.so"))


HIDE = """
mkdir {0}/bin && mount --bind /usr/bin {0}/bin && mount -t tmpfs -o mode=755 none /usr/bin
for f in {0}/bin/*; do case $f in */bwrap) ;; *) ln -s $f /usr/bin/ ;; esac; done
"""


@case
def bubblewrap_missing(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    if os.path.exists("/usr/local/bin/bwrap"):
        raise Skip("a bwrap of this machine's own in /usr/local/bin")
    said = m.doctor(before=need_user_namespaces(), prepare=HIDE.format(lab.out))
    check = find(said, "bubblewrap", None, "not installed")
    expect(check["level"] in ("warning", "problem"), check)
    expect(re.search("(install|add|-S).* bubblewrap$", check["remedies"][0]), check)


@case
def bubblewrap_setuid(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    copy = os.path.join(lab.out, "bwrap")
    shutil.copy("/usr/bin/bwrap", copy)
    os.chmod(copy, 0o4755)
    put = "mount --bind %s /usr/bin/bwrap" % copy
    check = find(m.doctor(before=need_user_namespaces(), prepare=put), "bubblewrap", "warning", "setuid")
    expect_eq(check["remedies"], ["chmod u-s /usr/bin/bwrap"])
    said = m.doctor(before=need_user_namespaces(), prepare=put + "; " + check["remedies"][0])
    expect_eq([c for c in bad(said) if c["id"] == "bubblewrap"], [])
    os.chmod(copy, 0o777)
    check = find(m.doctor(before=need_user_namespaces(), prepare=put), "bubblewrap", None, "may be changed by others")
    expect_in("chmod go-w /usr/bin/bwrap", check["remedies"])
    find(m.doctor(before=need_user_namespaces(), prepare="mount --bind /dev/null /usr/bin/bwrap"), "bubblewrap", None,
         "not an executable file")


@case
def no_fuse_device_and_no_new_proc(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    # A container as bubblewrap makes it: a small /dev, and a /proc of which parts are covered.
    box = ["bwrap", "--unshare-user", "--bind", "/", "/", "--dev", "/dev", "--unshare-pid", "--proc", "/proc",
           "--ro-bind", "/dev/null", "/proc/uptime", "--"]
    said = m.doctor(before=box)
    find(said, "fuse", "note", "/dev/fuse: No such file")
    find(said, "namespaces", None, "a new /proc may not be mounted")


# Runs a program under a filter that answers some system calls with an error, as the profiles of
# container engines do: filter.py ERRNO NUMBER... -- PROGRAM
FILTER = """
import ctypes, os, struct, sys
error, end = int(sys.argv[1]), sys.argv.index('--')
numbers = [int(n) for n in sys.argv[2:end]]
code = struct.pack('HBBI', 0x20, 0, 0, 0)  # the number
for n in numbers:
    code += struct.pack('HBBI', 0x15, 0, 1, n) + struct.pack('HBBI', 0x06, 0, 0, 0x50000 | error)
code += struct.pack('HBBI', 0x06, 0, 0, 0x7fff0000)
buffer = ctypes.create_string_buffer(code, len(code))
program = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(code) // 8, ctypes.addressof(buffer)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
    sys.exit('no filter: %s' % os.strerror(ctypes.get_errno()))
os.execv(sys.argv[end + 1], sys.argv[end + 1:])
"""
NUMBERS = {"x86_64": {"unshare": 272, "seccomp": 317}, "aarch64": {"unshare": 97, "seccomp": 277}}
NUMBERS_SAME = {"landlock": 444, "pidfd_getfd": 438}


@case
def system_calls_that_a_container_refuses(lab):
    m = Machine(lab)
    need_a_good_machine(m)
    numbers = dict(NUMBERS_SAME, **NUMBERS.get(os.uname().machine, {}))
    if "seccomp" not in numbers:
        raise Skip("the numbers of this machine's system calls are not known")
    script = lab.write("filter.py", FILTER)

    def refused(error, *names):
        return m.doctor(before=["/usr/bin/python3", script, str(error)] + [str(numbers[n]) for n in names] + ["--", "/usr/bin/env"])

    find(refused(38, "landlock"), "landlock", "warning", "not permitted or not there")
    check = find(refused(1, "unshare"), "namespaces", None, "a user namespace cannot be made (Operation not permitted)")
    expect_in("--security-opt seccomp=unconfined", check["text"])
    find(refused(1, "pidfd_getfd"), "seccomp", "warning", "--cap-add=SYS_PTRACE")
    said = refused(38, "seccomp")
    expect(not said["usable"], said)
    check = find(said, "seccomp", "problem", "CONFIG_SECCOMP_FILTER")
    expect_in("CONFIG_SECCOMP", check["remedies"][0])


if __name__ == "__main__":
    main()
