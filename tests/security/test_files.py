# SPDX-License-Identifier: Apache-2.0
"""Escapes by files, paths and mounts (rows F and C6 of docs/escapes.md)."""
from escape import *


@case
def f4_denied_file_by_every_name(lab):
    lab.write(os.path.join(lab.out, "d", "s"), "SECRET")
    s = lab.settings(filesystem={"denyRead": [lab.out + "/d"], "allowWrite": ["."]})
    names = ["{o}/d/s", "{o}//d/./s", "{o}/x/../d/s", "/proc/self/root{o}/d/s", "/proc/self/cwd/../../outside/d/s", "link/s",
             "/proc/thread-self/root{o}/d/s"]
    os.makedirs(lab.out + "/x")
    text = "ln -sfn %s/d link; " % lab.out + "; ".join(
        "grep -qs SECRET %s && echo %s %s" % (n.format(o=lab.out), WON, n.format(o=lab.out)) for n in names)
    attack(lab, s, text)


@case
def f4_denied_single_file(lab):
    lab.write("s", "SECRET")
    s = lab.settings(filesystem={"denyRead": ["s"]})
    r = attack(lab, s, "cat s 2>err | grep -q SECRET && echo %s; cp s t 2>/dev/null && grep -q SECRET t && echo %s; "
                       "dd if=s 2>/dev/null | grep -q SECRET && echo %s; cat err; rm -f t" % (WON, WON, WON))
    expect_in("Permission denied", r.out)


@case
def f5_moving_a_denied_path_or_its_parent(lab):
    s = lab.settings(filesystem={"denyWrite": ["a/b/keep"], "denyRead": ["a/c/secret"]})

    def prepare():
        shutil.rmtree(os.path.join(lab.work, "a"), ignore_errors=True)
        shutil.rmtree(os.path.join(lab.work, "z"), ignore_errors=True)
        lab.write("a/b/keep", "o")
        lab.write("a/c/secret", "SECRET")
    attack(lab, s, "mv a z && echo %s 1; mv a/b a/y && echo %s 2; mv a/b/keep k && echo %s 3; rm -rf a/b && echo %s 4; "
                   "mv a/c a/w && cat a/w/secret; mkdir -p a/b && { echo evil > a/b/keep; } && echo %s 5" % ((WON,) * 5), prepare=prepare)
    expect_eq(lab.read("a/b/keep"), "o")


@case
def f5_exchange_of_a_parent(lab):
    s = lab.settings(filesystem={"denyWrite": ["a/keep"]})
    lab.write("x.py", "import ctypes,sys\nr=ctypes.CDLL(None).renameat2(-100,b'a',-100,b'b',2)\nprint('%s' if r==0 else 'no')" % WON)

    def prepare():
        for d in ("a", "b"):
            shutil.rmtree(os.path.join(lab.work, d), ignore_errors=True)
        lab.write("a/keep", "o")
        os.makedirs(os.path.join(lab.work, "b"))
    attack(lab, s, "python3 x.py", prepare=prepare)


@case
def pins_leave_ordinary_renames_alone(lab):
    s = lab.settings(filesystem={"denyWrite": ["a/b/keep"]})
    lab.write("a/b/keep", "o")
    lab.write("a/b/f", "1")
    r = lab.sh(s, "mv a/b/f a/g && ln a/g top && mkdir a/n && mv a/n n && mv top a/b/h && cat a/b/h && rm a/g && echo fine")
    expect_eq((r.status, r.out), (0, "1fine\n"), repr(r))


@case
def f6_rename_into_a_protected_directory(lab):
    s = lab.settings()

    def prepare():
        shutil.rmtree(os.path.join(lab.work, ".git"), ignore_errors=True)
        subprocess.run(["git", "init", "-q", lab.work], check=True, env=lab.env())
    attack(lab, s, "echo x > h; mv h .git/hooks/pre-commit && echo %s 1; echo x > c; mv c .git/config && echo %s 2; "
                   "ln -f c .git/hooks/post-commit 2>/dev/null && echo %s 3; mv .git g && echo %s 4; rm -rf h c" % ((WON,) * 4), prepare=prepare)


@case
def f7_hard_link_from_a_read_only_place(lab):
    lab.write(os.path.join(lab.out, "o"), "o")
    s = lab.settings(filesystem={"allowWrite": ["."]})
    attack(lab, s, "ln %s/o h && echo evil > h && echo %s" % (lab.out, WON), undo=lambda: (
        os.unlink(os.path.join(lab.work, "h")), lab.write(os.path.join(lab.out, "o"), "o")))
    expect_eq(lab.read(os.path.join(lab.out, "o")), "o")


@case
def f8_denied_directory_is_not_writable(lab):
    os.makedirs(os.path.join(lab.work, "d"))
    s = lab.settings(filesystem={"denyRead": ["d"]})
    r = attack(lab, s, "touch d/x && echo %s; rm -f d/x; ls -A d | wc -l" % WON)
    expect_in("0\n", r.out)


@case
def f9_denied_file_inside_an_allowed_directory(lab):
    lab.write("p/q/.env", "SECRET")
    lab.write("p/q/a", "A")
    s = lab.settings(filesystem={"denyRead": [lab.home, "p/q/.env"], "allowRead": ["p"], "allowWrite": ["."]})
    r = attack(lab, s, "cat p/q/a; grep -qs SECRET p/q/.env && echo %s" % WON)
    expect_in("A", r.out)


@case
def f10_f11_globs_hold_in_every_root(lab):
    lab.write(".env", "SECRET")
    lab.write("deep/er/.env", "SECRET")
    lab.write(os.path.join(lab.out, "x", ".env"), "SECRET")
    s = lab.settings(filesystem={"denyRead": ["**/.env"], "denyWrite": ["**/*.lock"], "allowWrite": [".", lab.out]})
    lab.write("deep/a.lock", "o")
    lab.write(os.path.join(lab.out, "b.lock"), "o")
    attack(lab, s, "for f in .env deep/er/.env %s/x/.env; do grep -qs SECRET $f && echo %s $f; done; "
                   "for f in deep/a.lock %s/b.lock; do { echo x > $f; } 2>/dev/null && echo %s $f; done" % (lab.out, WON, lab.out, WON))


@case
def f12_start_up_files_of_the_home(lab):
    names = [".bashrc", ".zshenv", ".profile", ".ssh/authorized_keys", ".config/autostart/x.desktop",
             ".gitconfig", ".claude/settings.json", ".npmrc" if False else ".bash_profile"]
    for name in names:
        lab.write(os.path.join(lab.home, name), "o")
    s = lab.settings(filesystem={"allowWrite": ["~"]})
    attack(lab, s, "cd; for f in %s; do { echo evil > $f; } 2>/dev/null && echo %s $f; rm -f $f 2>/dev/null && echo %s rm $f; done"
           % (" ".join(names), WON, WON), undo=lambda: [lab.write(os.path.join(lab.home, n), "o") for n in names])
    for name in names:
        expect_eq(lab.read(os.path.join(lab.home, name)), "o", name)


@case
def f12_new_file_in_a_protected_directory(lab):
    os.makedirs(os.path.join(lab.home, ".ssh"))
    s = lab.settings(filesystem={"allowWrite": ["~"]})
    attack(lab, s, "echo x 2>/dev/null > ~/.ssh/authorized_keys && echo %s; rm -f ~/.ssh/authorized_keys" % WON)


@case
def nested_repositories_at_any_depth(lab):
    deep = "a/b/c/d/e/f/g"
    s = lab.settings()

    def prepare():
        shutil.rmtree(os.path.join(lab.work, "a"), ignore_errors=True)
        subprocess.run(["git", "init", "-q", os.path.join(lab.work, deep)], check=True, env=lab.env())
        for f in os.listdir(os.path.join(lab.work, deep, ".git/hooks")):
            os.unlink(os.path.join(lab.work, deep, ".git/hooks", f))
        lab.write(".gitignore", "a\n")
    attack(lab, s, "{ echo x > %s/.git/hooks/pre-commit; } 2>/dev/null && echo %s 1; { echo x > %s/.git/config; } 2>/dev/null && echo %s 2; "
                   "mv a/b/c a/b/x && echo %s 3" % (deep, WON, deep, WON, WON), prepare=prepare)


@case
def f13_bare_repository_that_exists(lab):
    s = lab.settings()

    def prepare():
        shutil.rmtree(os.path.join(lab.work, "r.git"), ignore_errors=True)
        subprocess.run(["git", "init", "-q", "--bare", os.path.join(lab.work, "r.git")], check=True, env=lab.env())
    attack(lab, s, "{ echo x > r.git/config; } 2>/dev/null && echo %s; { echo x > r.git/hooks/update; } 2>/dev/null && echo %s" % (WON, WON), prepare=prepare)


@case
def closed_directories_of_others_stop_nobody(lab):
    """Whoever may make a directory beside root's work must not be able to stop it."""
    if os.geteuid() != 0:
        raise LeftToOther("only root can look into closed directories of others")
    theirs = os.path.join(lab.work, "theirs")
    os.makedirs(os.path.join(theirs, "r/.git/hooks"))
    lab.write(os.path.join(theirs, "r/.git/hooks/pre-commit"), "x")
    for folder, folders, files in os.walk(theirs):
        for name in folders + files:
            os.chown(os.path.join(folder, name), 4711, 4711)
    os.chown(theirs, 4711, 4711)
    os.chmod(theirs, 0o700)
    r = lab.sh(lab.settings(), "echo made > made && cat made; cat theirs/r/.git/hooks/pre-commit || echo closed; "
               "echo x > theirs/r/.git/hooks/pre-commit || echo closed; echo x > theirs/new || echo closed")
    expect_eq((r.status, r.out), (0, "made\nclosed\nclosed\nclosed\n"), repr(r))
    expect_eq(lab.read(os.path.join(theirs, "r/.git/hooks/pre-commit")), "x")


@case
def f15_worktree_does_not_open_the_main_repository(lab):
    main = os.path.join(lab.out, "main")
    run = lambda *words: subprocess.run(words, check=True, env=lab.env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    run("git", "init", "-q", main)
    lab.write(os.path.join(main, "f"), "o")
    run("git", "-C", main, "add", "f")
    run("git", "-C", main, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x")
    tree = os.path.join(lab.work, "tree")
    run("git", "-C", main, "worktree", "add", "-q", tree)
    s = lab.settings()
    attack(lab, s, "{ echo evil > %s/f; } 2>/dev/null && echo %s 1; { echo x > %s/.git/hooks/pre-commit; } 2>/dev/null && echo %s 2; "
                   "{ echo 'gitdir: /x' > .git; } 2>/dev/null && echo %s 3" % (main, WON, main, WON, WON), cwd=tree,
           undo=lambda: (lab.write(os.path.join(main, "f"), "o"), os.unlink(main + "/.git/hooks/pre-commit"),
                         lab.write(tree + "/.git", "gitdir: %s/.git/worktrees/tree\n" % main)))


@case
def f16_remount_and_unmount(lab):
    lab.write(os.path.join(lab.out, "d", "s"), "SECRET")
    s = lab.settings(filesystem={"denyRead": [lab.out + "/d"]})
    for extra in ({}, {"allowUserNamespaces": True}):
        s = lab.settings(filesystem={"denyRead": [lab.out + "/d"]}, **extra)
        r = lab.sh(s, "grep -E '^Cap(Eff|Prm|Inh|Amb)' /proc/self/status; "
                      "mount -o remount,rw,bind / && echo %s 1; umount %s/d && echo %s 2; umount -l /proc && echo %s 3; "
                      "unshare -Urm sh -c 'mount -o remount,rw,bind /; umount %s/d; cat %s/d/s; touch %s/esc' && echo tried; ls %s"
                   % (WON, lab.out, WON, WON, lab.out, lab.out, lab.out, lab.out))
        for line in r.out.splitlines():
            if line.startswith("Cap"):
                expect(line.endswith("0000000000000000"), line)
        expect(WON not in r.out and "SECRET" not in r.out, r)
        expect(not os.path.exists(os.path.join(lab.out, "esc")), "wrote outside")


MOVER = """
import ctypes, os
libc = ctypes.CDLL(None)
fd = os.open('.', os.O_RDONLY)
libc.mount(b'none', b'/mnt', b'tmpfs', 0, None)
os.mkdir('/mnt/old'); os.chdir('/mnt')
libc.pivot_root(b'.', b'old'); os.chdir('/')
libc.umount2(b'/old', 2)
os.rename('a', 'moved', src_dir_fd=fd, dst_dir_fd=fd)
print('%s')
""" % WON


@case
def f16_moving_from_a_namespace_of_its_own(lab):
    """Mounts do not hold paths in their place where they do not stand: where that
    can happen, nothing runs unless it is accepted by name."""
    need("unshare")
    # By itself landlock, where nothing can be mounted, would be chosen.
    env = lab.env() if BACKEND else lab.env(SRT_BACKEND="bwrap")
    lab.write("mover.py", MOVER)
    for rule, name in (("denyWrite", "writeDeny"), ("denyRead", "readDeny")):
        lab.write("a/keep", "o")
        keys = {"filesystem": {rule: ["a/keep"]}}
        r = lab.sh(lab.settings(**keys), "unshare -Urm python3 mover.py", env=env)
        expect(WON not in r.out, r)
        r = lab.sh(lab.settings(allowUserNamespaces=True, **keys), "echo ran", env=env)
        expect_eq((r.status, r.out), (125, ""), repr(r))
        expect_in(name + ": with allowUserNamespaces", r.err)
        r = lab.sh(lab.settings(allowUserNamespaces=True, allowUnenforced=[name], **keys), "unshare -Urm python3 mover.py; echo ran", env=env)
        expect_in("ran", r.out)
        if os.getuid() != 0:
            expect_in(WON, r.out, "the attack itself does not work: %r" % r)
            shutil.rmtree(os.path.join(lab.work, "moved"))


@case
def f17_kernel_settings_and_foreign_processes(lab):
    for keys in ({}, {"enableWeakerNestedSandbox": True}):
        s = lab.settings(**keys)
        sleeper = lab.background(["sleep", "1000"], env={"SECRETV": "hunter2"})
        r = lab.sh(s, "for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sysrq-trigger; do "
                      "{ : >> $f; } 2>/dev/null && echo %s $f; done; "
                      "grep -sq hunter2 /proc/[0-9]*/environ && echo %s environ; ls -d /proc/%d/root/etc 2>/dev/null && echo %s root; "
                      "grep -sc . /proc/%d/mem && echo %s mem; true" % (WON, WON, sleeper.pid, WON, sleeper.pid, WON))
        expect(WON not in r.out, "%s: %r" % (keys, r))


@case
def f17_foreign_processes_where_proc_cannot_be_mounted(lab):
    """As in a container: a part of /proc is covered, so the kernel permits no new one."""
    need("unshare")
    sleeper = lab.background(["sleep", "1000"], env={"SECRETV": "hunter2"})
    words = lab.command(lab.settings(enableWeakerNestedSandbox=True), "-c",
                        "echo ran; grep -sq hunter2 /proc/[0-9]*/environ && echo {w} environ; ls /proc/{p}/root/etc 2>/dev/null && echo {w} root; "
                        "grep -sc . /proc/{p}/mem && echo {w} mem; {{ : >> /proc/sys/kernel/core_pattern; }} 2>/dev/null && echo {w} sys; true"
                        .format(w=WON, p=sleeper.pid))
    r = subprocess.run(["unshare", "-Urm", "sh", "-c", 'mount -t tmpfs none /proc/fs && exec "$@"', "sh"] + words, cwd=lab.work, env=lab.env(),
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    expect_eq((r.returncode, r.stdout), (0, "ran\n"), r.stderr)


@case
def writes_outside_fail_in_every_form(lab):
    lab.write(os.path.join(lab.out, "o"), "o", 0o644)
    s = lab.settings()
    o = lab.out
    attack(lab, s, "chmod 777 {o}/o && echo {w} 1; touch {o}/o && echo {w} 2; truncate -s0 {o}/o && echo {w} 3; ln -s x {o}/s && echo {w} 4; "
                   "mkdir {o}/m && echo {w} 5; ln -s {o}/t l; {{ echo x > l; }} 2>/dev/null && echo {w} 6; rm {o}/o && echo {w} 7; "
                   "mkfifo {o}/p && echo {w} 8; setfattr -n user.x -v 1 {o} 2>/dev/null && echo {w} 9".format(o=o, w=WON),
           undo=lambda: (shutil.rmtree(o), os.makedirs(o), lab.write(os.path.join(o, "o"), "o")))
    expect_eq(sorted(os.listdir(o)), ["o"])


@case
def deny_above_allow_wins(lab):
    os.makedirs(os.path.join(lab.out, "y"))
    s = lab.settings(filesystem={"allowWrite": [lab.out + "/y"], "denyWrite": [lab.out]})
    attack(lab, s, "{ echo x > %s/y/f; } 2>/dev/null && echo %s" % (lab.out, WON))


@case
def symlinked_grants_are_resolved_once(lab):
    real = os.path.join(lab.out, "real")
    os.makedirs(real)
    os.symlink(real, os.path.join(lab.work, "lnk"))
    r = lab.sh(lab.settings(filesystem={"allowWrite": ["lnk"]}), "echo x > lnk/f && cat %s/f; { echo x > g; } 2>/dev/null || echo held" % real)
    expect_eq(r.out, "x\nheld\n", repr(r))


@case
def mandatory_target_of_a_symlink(lab):
    lab.write("dots/bashrc", "o")
    os.symlink("dots/bashrc", os.path.join(lab.work, ".bashrc"))
    attack(lab, lab.settings(), "{ echo x > dots/bashrc; } 2>/dev/null && echo %s; { echo x > .bashrc; } 2>/dev/null && echo %s" % (WON, WON))


@case
def unreadable_directory_does_not_switch_protection_off(lab):
    if os.getuid() == 0:
        return
    os.makedirs(os.path.join(lab.work, "locked"))
    os.chmod(os.path.join(lab.work, "locked"), 0)
    lab.write("n/.bashrc", "o")
    attack(lab, lab.settings(), "{ echo x > n/.bashrc; } 2>/dev/null && echo %s" % WON)


@case
def mandatory_names_behind_a_linked_directory(lab):
    names = ["dots/claude/settings.json", "dots/claude/commands/x", "dots/git/config", "dots/git/hooks/pre-commit"]
    for name in names:
        lab.write(name, "o")
    os.makedirs(os.path.join(lab.work, "r"))
    os.symlink("dots/claude", os.path.join(lab.work, ".claude"))
    os.symlink("../dots/git", os.path.join(lab.work, "r", ".git"))
    attack(lab, lab.settings(), "for f in %s; do { echo x > $f; } 2>/dev/null && echo %s $f; done; { echo x > dots/other; } && echo fine"
           % (" ".join(names), WON))


@case
def a_link_on_the_way_to_a_denied_path(lab):
    """In a writable directory a link can be taken away, and another put in its place only where nobody
    watches over names."""
    lab.write("real/keep", "o")
    os.symlink("real", os.path.join(lab.work, "dir"))
    os.symlink("real/keep", os.path.join(lab.work, "file"))
    for path in ("dir/keep", "file"):
        for level in ("check", "exact"):
            r = lab.sh(lab.settings(filesystem={"denyWrite": [path], "protectMissing": level}),
                       "mkdir -p other; echo x > other/keep; link=%s; cp -P ${link%%%%/*} copy; rm ${link%%%%/*}; "
                       "ln -s other ${link%%%%/*} 2>/dev/null && echo %s 1; mv other ${link%%%%/*} 2>/dev/null && echo %s 2; echo ran" % (path, WON, WON))
            expect_eq((r.status, r.out), (0, "ran\n"), "%s: %r" % (path, r))
            os.rename(os.path.join(lab.work, "copy"), os.path.join(lab.work, path.split("/")[0]))
        r = lab.sh(lab.settings(filesystem={"denyWrite": [path], "protectMissing": "off"}),
                   "{ echo x > real/keep; } 2>/dev/null && echo %s; rm dir file && ln -s real dir && ln -s real/keep file && echo ran" % WON)
        expect_eq((r.status, r.out), (0, "ran\n"), repr(r))
    r = lab.sh(lab.settings(filesystem={"allowWrite": ["real"], "denyWrite": ["dir/keep"]}), "echo ran")
    expect_eq((r.status, r.out), (0, "ran\n"), "a link that cannot be replaced: %r" % r)


@case
def own_installation_in_a_writable_place(lab):
    tree = os.path.join(lab.work, "tree")
    shutil.copytree(BUILD, tree, symlinks=True, ignore=lambda d, names: [
        n for n in names if d == BUILD and n not in ("bin", "lib", "libexec", "backends", "plugins")])
    subprocess.run(["chmod", "-R", "go-w", tree], check=True)
    find = lambda name: next(os.path.join(d, name) for d, _, fs in os.walk(tree) if name in fs)
    files = [find("srtctl"), find("bwrap.so"), find("srt-inside")]
    r = subprocess.run([find("srt"), "-s", lab.settings(), "-c",
                        "for f in %s; do { : >> $f; } 2>/dev/null && echo %s write $f; mv $f $f.x 2>/dev/null && echo %s move $f; done; "
                        "mv %s x 2>/dev/null && echo %s srt; mv tree t2 2>/dev/null && echo %s tree; { : > %s/new.so; } 2>/dev/null && echo %s new; echo ran"
                        % (" ".join(files), WON, WON, find("srt"), WON, WON, os.path.dirname(find("bwrap.so")), WON)],
                       cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    expect_eq((r.returncode, r.stdout), (0, "ran\n"), r.stderr)


@case
def helper_beside_a_module_in_a_writable_place(lab):
    """What a module executes outside lies beside it: another one there would run in the next run's place."""
    module = next(os.path.join(d, "bwrap.so") for d, _, fs in os.walk(os.path.join(BUILD, "lib")) if "bwrap.so" in fs)
    there = os.path.join(lab.work, "modules")
    os.mkdir(there)

    def fill():
        shutil.copy(module, there)
        shutil.copy("/bin/true", there + "/helper")
        lab.write("modules/notes", "o")
        subprocess.run(["chmod", "-R", "go-w", there], check=True)

    r = attack(lab, lab.settings(backend=there + "/bwrap.so"), "cd modules; for f in helper bwrap.so; do { : >> $f; } 2>/dev/null && echo %s; mv $f x 2>/dev/null && echo %s; "
                                    "rm -f x $f 2>/dev/null; [ -e $f ] || echo %s; done; echo y > notes && echo ran" % (WON, WON, WON),
               prepare=fill)
    expect_in("ran", r.out, repr(r))


@case
def strange_names_of_the_working_directory(lab):
    settings = os.fsencode(lab.settings())
    for name in (b"a b", b"a\nb", b"a'b\"c", b"\xff\xfe", b"a\\b", b"$(x)", b"-rf", b"*", b"[a]", b"\x01"):
        cwd = os.path.join(os.fsencode(lab.work), name)
        os.makedirs(cwd)
        for f in (b".bashrc", b"f"):
            with open(os.path.join(cwd, f), "w") as out:
                out.write("o")
        r = subprocess.run([os.fsencode(SRT), b"-s", settings, b"-c", b"pwd; { echo x > .bashrc; } 2>/dev/null && echo held; echo y > f"], cwd=cwd, env=lab.env(),
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expect_eq((r.returncode, r.stdout, r.stderr), (0, cwd + b"\n", b""), name)
        with open(os.path.join(cwd, b"f")) as f:
            expect_eq(f.read(), "y\n", name)


@case
def shared_root_mount_is_left_alone(lab):
    """Where mounts propagate, nothing of the sandbox's shows outside."""
    need("unshare")
    r = subprocess.run(["unshare", "-Urm", "--propagation", "shared", "sh", "-c", 'cut -d" " -f5- /proc/self/mountinfo >"$1"; shift; "$@"; '
                        'cut -d" " -f5- /proc/self/mountinfo', "sh", lab.top + "/before"] + lab.command(lab.settings(), "-c", "echo ran"),
                       cwd=lab.work, env=lab.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    expect_eq(r.stdout, "ran\n" + lab.read(lab.top + "/before"), r.stderr)


@case
def c6_settings_file_in_a_writable_place(lab):
    path = lab.write("conf/srt.json", json.dumps({"filesystem": {"allowWrite": ["."]}}))
    for null in (True, False):
        r = lab.sh(path, "{ echo '{}' > conf/srt.json; } 2>/dev/null && echo %s; mv conf c2 && echo %s; rm -f conf/srt.json && echo %s" % (WON, WON, WON), null=null)
        expect_eq(WON in r.out, null, repr(r))
        if null:
            shutil.rmtree(os.path.join(lab.work, "c2"), ignore_errors=True)
            lab.write("conf/srt.json", json.dumps({"filesystem": {"allowWrite": ["."]}}))


@case
def nothing_is_left_in_the_project(lab):
    before = sorted(os.listdir(lab.work))
    r = lab.sh(lab.settings(filesystem={"allowWrite": ["."], "denyRead": ["nx"]}), "ls -A")
    expect_eq((r.status, r.out), (0, ""), repr(r))
    expect_eq(sorted(os.listdir(lab.work)), before)


@case
def missing_denied_path_is_held(lab):
    s = lab.settings(filesystem={"denyWrite": ["later"]})
    r = lab.sh(s, "echo x > later || echo refused")
    expect_eq((r.status, r.out), (0, "refused\n"), repr(r))
    s = lab.settings(filesystem={"denyWrite": ["later"], "protectMissing": "off"})
    r = lab.sh(s, "echo x > later && echo made")
    expect_eq((r.status, r.out), (0, "made\n"), repr(r))
    expect_in("warning", r.err)


if __name__ == "__main__":
    main()
