# SPDX-License-Identifier: Apache-2.0
"""What the packages hold: policy by lintian, hardening of every program, sections of the manual,
the profile by AppArmor's parser, and a tarball that runs from anywhere."""
import re
import tempfile

from common import *

need("lintian", "readelf", "apparmor_parser", "dpkg-deb")
STATIC = "/srt-inside"  # without a C library: no loader, nothing that needs its start-up


def policy():
    r = run("lintian", "--allow-root", "--tag-display-limit", "0", *packages(ONE), status=None)
    expect(r.returncode == 0 and not re.search("^[EW]:", r.stdout, re.M), r.both)


def hardened(path):
    """What is lacking."""
    header, segments, dynamic, symbols = (run("readelf", "-W", o, path).stdout for o in ("-h", "-l", "-d", "--dyn-syms"))
    lacking = []
    if not re.search(r"GNU_STACK .* RW ", segments):
        lacking.append("a stack that is not executable")
    if re.search(r"LOAD .* RWE ", segments):
        lacking.append("no memory that is written and executed")
    if path.endswith(STATIC):
        if "INTERP" in segments or "Dynamic section" in dynamic:
            lacking.append("no loader")
        return lacking
    if "GNU_RELRO" not in segments or not re.search(r"FLAGS\s+.*BIND_NOW|FLAGS_1.* NOW", dynamic):
        lacking.append("full relro")
    if "DYN (" not in header or (not re.search(r"\.so(\.\d+)*$", path) and "PIE" not in dynamic):
        lacking.append("position independence")
    if "__stack_chk_fail" not in symbols:
        lacking.append("a stack protector")
    if not re.search(r"__\w+_chk@", symbols):
        lacking.append("fortified calls")
    if "RPATH" in dynamic or "RUNPATH" in dynamic:
        lacking.append("no rpath")
    return lacking


def flags():
    """Those that leave nothing in a symbol table: on every file of the programs."""
    machine = os.uname().machine
    wanted = {"x86_64": ["-fcf-protection"], "aarch64": ["-mbranch-protection=standard"]}.get(machine, [])
    wanted += ["-fstack-clash-protection", "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2"]
    lines = [l for l in run("ninja", "-C", BUILD, "-t", "commands", "srt", "srtctl").stdout.splitlines()
             if re.search(r" -c \S*/core/src/\S+\.c$", l)]
    expect(len(lines) > 100, "found %d commands" % len(lines))
    for line in lines:
        for flag in wanted:
            expect(flag in line.split(), "%s is missing: %s" % (flag, line))


def programs(top):
    n = 0
    for directory, _, names in os.walk(top):
        for name in names:
            path = os.path.join(directory, name)
            if os.path.islink(path):  # to what another package has
                continue
            with open(path, "rb") as f:
                data = f.read()
            for secret in (SOURCE, BUILD):
                expect(secret.encode() not in data, "%s names %s" % (path, secret))
            if data[:4] == b"\x7fELF":
                n += 1
                expect(not hardened(path), "%s lacks %s" % (path, ", ".join(hardened(path))))
    return n


def manual(top):
    where = {"srt": ("1/srt.1", "1/srtctl.1", "5/srt-settings.5", "7/srt-security.7"),
             "srt-backend-dev": ("3/srt-backend.3", "7/srt-backend.7")}
    for package, pages in where.items():
        for page in pages:
            run("gzip", "-t", os.path.join(top, package, "usr/share/man/man%s.gz" % page))


def profile(top):
    """By this machine's parser. One before 4.0 knows no user namespaces: then all but that rule."""
    file = os.path.join(top, "srt-backend-bwrap/usr/share/srt/apparmor/srt")
    with open(file, encoding="utf-8") as f:
        text = f.read()
    expect("\n  userns,\n" in text, text)
    said = "whole"
    if not os.path.exists("/etc/apparmor.d/abi/4.0"):
        text = text.replace("\n  userns,\n", "\n").replace("abi/4.0", "abi/3.0")
        said = "all but userns"
    file = os.path.join(top, "profile")
    with open(file, "w", encoding="utf-8") as f:
        f.write(text)
    run("apparmor_parser", "--skip-kernel-load", "--skip-cache", file)
    names = run("apparmor_parser", "--names", file).stdout.split()
    expect(names == ["srt"], names)
    return said


def tarball(top):
    """Moved, and as an ordinary user."""
    [file] = [f for f in os.listdir(TARBALL) if f.endswith(".tar.gz")]
    run("tar", "-xf", os.path.join(TARBALL, file), "-C", top, "--no-same-owner")
    tree = os.path.join(top, "moved tree")
    os.rename(os.path.join(top, file[:-len(".tar.gz")]), tree)
    for part in ("share/doc/srt/LICENSE", "share/man/man1/srt.1", "include/srt/backend.h", "lib/srt/backends/landlock.so",
                 "lib/python3/dist-packages/srt_sandbox/__init__.py", "share/srt/node/index.js"):
        expect(os.path.exists(os.path.join(tree, part)), part + " is not in the tarball")
    work = os.path.join(top, "work")
    os.mkdir(work)
    os.chown(work, USER, USER)
    for backend in ("bwrap", "landlock"):
        r = run("setpriv", "--reuid=%d" % USER, "--regid=%d" % USER, "--clear-groups", os.path.join(tree, "bin/srt"),
                "--backend=" + backend, "-c", "echo inside; touch here; touch /etc/no 2>&1 || echo refused", cwd=work,
                env={"HOME": work, "PATH": "/usr/bin:/bin"})
        expect(r.stdout.startswith("inside\n") and r.stdout.endswith("refused\n"), r.both)


def node(top):
    """The module beside the program, as both packages lay them out."""
    if not shutil.which("node"):
        skip("node is not installed")
    tree, work = os.path.join(top, "both"), os.path.join(top, "node")
    os.mkdir(tree)
    for package in ("srt", "srt-backend-bwrap", "node-srt-sandbox"):
        run("cp", "-r", "--no-preserve=ownership", os.path.join(top, package, "usr"), tree + "/")
    os.mkdir(work)
    os.chown(work, USER, USER)
    text = ("const { Sandbox } = require('srt-sandbox');"
            "(async () => { const sandbox = await Sandbox.create({});"
            "const wrapped = await sandbox.wrapWithSandbox('echo inside; touch /etc/no');"
            "console.log(require('node:child_process').spawnSync(wrapped, { shell: true, encoding: 'utf8' }).stdout);"
            "await sandbox.reset(); })();")
    r = run("setpriv", "--reuid=%d" % USER, "--regid=%d" % USER, "--clear-groups", shutil.which("node"), "-e", text, cwd=work,
            env={"HOME": work, "PATH": "/usr/bin:/bin", "NODE_PATH": os.path.join(tree, "usr/share/nodejs")})
    expect(r.stdout.startswith("inside\n"), r.both)


def main():
    top = tempfile.mkdtemp(prefix="srt-packages-", dir="/var/tmp")
    os.chmod(top, 0o755)
    try:
        for file in packages(ONE):
            run("dpkg-deb", "-x", file, os.path.join(top, os.path.basename(file).split("_")[0]))
        n = programs(top)
        expect(n >= 5, "found %d programs" % n)
        flags()
        manual(top)
        said = profile(top)
        tarball(top)
        node(top)
        policy()
        print("%d programs hardened; AppArmor's parser read the profile: %s" % (n, said))
    finally:
        shutil.rmtree(top)


main()
