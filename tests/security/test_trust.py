# SPDX-License-Identifier: Apache-2.0
"""What srt itself trusts: settings, PATH, environment, modules (rows C and U)."""
from escape import *


@case
def c3_project_file_can_only_tighten(lab):
    lab.write(os.path.join(lab.home, "user.json"), json.dumps({"network": {"allowedDomains": ["example.com"], "deniedDomains": []},
                                                              "filesystem": {"allowWrite": [lab.work], "denyRead": [lab.out]}}))
    for project in ({"network": {"allowedDomains": ["example.com", "github.com"]}}, {"filesystem": {"allowWrite": ["/"]}},
                    {"filesystem": {"disabled": True}}, {"network": {"allowAllUnixSockets": True}}, {"enableWeakerNestedSandbox": True}):
        path = lab.write("project.json", json.dumps(dict(project, extends=["../user.json"])))
        r = lab.srt(path, "echo", "ran")
        expect_eq((r.status, r.out), (125, ""), "%s: %r" % (project, r))
    path = lab.write("project.json", json.dumps({"extends": ["../user.json"], "filesystem": {"denyRead": ["./private"]}}))
    lab.write("private", "SECRET")
    lab.write(os.path.join(lab.out, "s"), "SECRET")
    r = lab.sh(path, "cat private %s/s 2>/dev/null; echo x > f && echo wrote" % lab.out)
    expect_eq(r.out, "wrote\n", repr(r))


@case
def c4_no_shell_and_no_start_up_file_outside(lab):
    need("strace")
    marker = os.path.join(lab.out, "ran")
    rc = lab.write(os.path.join(lab.home, "rc"), "touch %s\n" % marker)
    env = lab.env(BASH_ENV=rc, ENV=rc, ZDOTDIR=lab.home)
    for settings in (lab.settings(), lab.settings(allow=["example.com"], name="n.json")):
        trace = os.path.join(lab.top, "trace")
        subprocess.run(["strace", "-f", "-qq", "-e", "trace=execve", "-o", trace, SRT, "-s", settings, "-c", "true"], cwd=lab.work, env=env,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        calls = re.findall(r'execve\("([^"]*)"', lab.read(trace))
        expect(len(calls) >= 2, calls)
        for path in calls:
            expect(path.startswith("/"), "relative path executed: %s" % path)
        tools = calls[1:2 if BACKEND == "landlock" else 3]
        for path in tools:
            expect(path == "/dev/srt/inside" or os.path.basename(path) in ("bwrap", "srt-inside", "native-launch"), calls)
    expect(not os.path.exists(marker), "a start-up file ran outside")


@case
def c5_helpers_are_not_looked_up_in_path(lab):
    marker = os.path.join(lab.out, "planted-ran")
    for name in ("bwrap", "bash", "sh", "git", "sed", "srt-inside", "socat", "rg"):
        lab.write(os.path.join(lab.work, "bin", name), "#!/bin/sh\ntouch %s\nexit 9\n" % marker, 0o755)
    env = lab.env(PATH=os.path.join(lab.work, "bin") + ":/usr/bin:/bin", LD_PRELOAD=os.path.join(lab.work, "nothing.so"))
    r = lab.srt(lab.settings(allow=["example.com"]), "-c", "/bin/echo ran", env=env)
    expect_in("ran\n", r.out, repr(r))
    expect(not os.path.exists(marker), "a planted program ran outside")


@case
def c5_loader_variables_do_not_reach_the_tools(lab):
    need("gcc", "strace")
    lab.write("p.c", "#include <stdio.h>\n#include <unistd.h>\n__attribute__((constructor)) static void f(void){char b[256];ssize_t n=readlink(\"/proc/self/exe\",b,255);"
                     "if(n>0){b[n]=0;FILE*o=fopen(\"%s/loaded\",\"a\");if(o){fprintf(o,\"%%s\\n\",b);fclose(o);}}}" % lab.out)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", "p.so", "p.c"], cwd=lab.work, check=True)
    lab.srt(lab.settings(), "/bin/true", env=lab.env(LD_PRELOAD=os.path.join(lab.work, "p.so")))
    loaded = lab.read(os.path.join(lab.out, "loaded")) if os.path.exists(os.path.join(lab.out, "loaded")) else ""
    expect("bwrap" not in loaded, loaded)


@case
def c7_nested_srt_is_not_weaker(lab):
    open_all = lab.settings(filesystem={"allowWrite": ["/"]}, name="open.json")
    s = lab.settings(filesystem={"allowWrite": ["."]}, allowUserNamespaces=True, network={"allowAllUnixSockets": True})
    r = lab.sh(s, "%s -s %s -c 'touch %s/esc && echo %s' 2>&1; echo end" % (SRT, open_all, lab.out, WON), env=lab.env(SANDBOX_RUNTIME="1"))
    expect_in("end", r.out)
    expect(WON not in r.out and not os.path.exists(os.path.join(lab.out, "esc")), r)


@case
def backend_modules_of_others_are_refused(lab):
    source = os.path.join(BUILD, "lib")
    module = next((os.path.join(d, f) for d, _, fs in os.walk(os.path.join(BUILD, "lib")) for f in fs if f == "bwrap.so"), None)
    expect(module, "no bwrap.so below %s" % source)
    copy = os.path.join(lab.work, "bwrap.so")
    shutil.copy(module, copy)
    os.chmod(copy, 0o775)
    r = lab.srt(lab.settings(), "--backend=" + copy, "echo", "ran")
    expect_eq((r.status, r.out), (125, ""), repr(r))
    expect_in("writable", r.err)
    os.chmod(copy, 0o755)
    r = lab.srt(lab.settings(), "--backend=" + copy, "echo", "ran")
    expect_eq((r.status, r.out), (0, "ran\n"), repr(r))


@case
def null_backend_needs_its_flag_and_is_loud(lab):
    r = lab.srt(lab.settings(), "--backend=" + NULL, "echo", "ran")
    expect_eq((r.status, r.out), (125, ""), repr(r))
    r = lab.srt(lab.settings(), "--backend=" + NULL, "--allow-unenforced=all", "echo", "ran")
    expect_eq((r.status, r.out), (0, "ran\n"), repr(r))
    expect_in("warning", r.err)


@case
def u1_bwrap_makes_nothing_on_the_host(lab):
    os.makedirs(os.path.join(lab.out, "target"))
    os.symlink(os.path.join(lab.out, "target"), os.path.join(lab.work, ".claude"))
    r = lab.sh(lab.settings(), "echo ran")
    expect_eq((r.status, r.out), (0, "ran\n"), repr(r))
    expect_eq(os.listdir(os.path.join(lab.out, "target")), [])


@case
def weaker_layers_are_errors(lab):
    """With a layer missing nothing runs."""
    copy = os.path.join(lab.top, "tree")
    shutil.copytree(BUILD, copy, ignore=lambda d, names: [n for n in names if n not in ("bin", "lib", "libexec", "srt", "backends", "bwrap.so")
                                                          and not n.endswith("-linux-gnu")], symlinks=True)
    r = subprocess.run([os.path.join(copy, "bin", "srt"), "-s", lab.settings(), "-c", "echo ran"], cwd=lab.work, env=lab.env(),
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    expect_eq((r.returncode, r.stdout), (125, ""), r.stderr)


if __name__ == "__main__":
    main()
