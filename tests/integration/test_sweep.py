# SPDX-License-Identifier: Apache-2.0
"""What the core does when a backend judges names only while the command runs: afterwards it
looks for what got through. The backend here judges nothing at all, so everything gets
through."""
from srttest import *

OPEN = os.path.join(BUILD, "tests", "bestiary", "runs-open.so")


class Place:
    def __init__(self, lab, filesystem=None, **keys):
        self.lab = lab
        self.state = lab.top + "/state"
        os.makedirs(self.state)
        self.settings = lab.settings(filesystem=filesystem or {}, **keys)

    def run(self, text, **more):
        env = self.lab.env(XDG_STATE_HOME=self.state, GIT_CONFIG_NOSYSTEM="1")
        return self.lab.srt(self.settings, "--backend=" + OPEN, "-c", text, env=env, **more)

    def kept(self):
        """{original path below the work directory: entry of note.json}"""
        top = self.state + "/srt/quarantine"
        found = {}
        for run in os.listdir(top) if os.path.isdir(top) else []:
            expect_eq(stat.S_IMODE(os.stat(os.path.join(top, run)).st_mode), 0o700, "mode of quarantine")
            with open(os.path.join(top, run, "note.json")) as f:
                for line in f:
                    note = json.loads(line)
                    note["file"] = os.path.join(top, run, note["kept"])
                    expect(os.path.lexists(note["file"]), "%s is kept" % note["path"])
                    found[os.path.relpath(note["path"], self.lab.work)] = note
        return found

    def here(self, path):
        return os.path.lexists(os.path.join(self.lab.work, path))


def nothing_found(place, result):
    expect_eq((result.status, result.err), (0, ""))
    expect_eq(place.kept(), {})
    expect(not os.path.exists(place.state + "/srt"), "nothing is made without need")


@case
def ordinary_work_is_left_alone(lab):
    place = Place(lab)
    nothing_found(place, place.run("mkdir -p a/b; echo x > a/b/c; ln -s c a/b/l; mkfifo f; mkdir hooks; echo > config"))


@case
def protected_names_go(lab):
    place = Place(lab)
    r = place.run("echo evil > .bashrc; mkdir -p a/.vscode; echo > a/.vscode/tasks.json; ln -s /etc/passwd a/.MCP.json")
    expect_eq(r.status, 0)
    kept = place.kept()
    expect_eq(sorted(kept), [".bashrc", "a/.MCP.json", "a/.vscode"])
    for path in kept:
        expect(not place.here(path), path)
    expect_eq(open(kept[".bashrc"]["file"]).read(), "evil\n")
    expect(os.path.exists(kept["a/.vscode"]["file"] + "/tasks.json"), "with what is in it")
    expect(os.path.islink(kept["a/.MCP.json"]["file"]), "as the link that it was")
    expect_in("a shell runs it at its start", kept[".bashrc"]["rule"])
    expect_in(".bashrc against a rule", r.err)
    expect_eq(r.err.count("was moved to"), 3)


@case
def in_a_tree_that_was_there(lab):
    """Directories that did not change are not read again: what is new in those that did is found all the same."""
    for path in ("a/b/c/f", "a/b/d/f", "a/e/f", "g/h/f", "repo.git/HEAD", "repo.git/objects/x", "repo.git/refs/x", "repo.git/info/exclude"):
        lab.write(path, "x\n")
    time.sleep(3)  # what changed in the last two seconds is read in any case
    place = Place(lab)
    r = place.run("echo evil > a/b/c/.bashrc; touch -r a/b/d a/b/c; mv g/h a/e/; mkdir a/e/h/i; echo > a/e/h/i/.mcp.json;"
                  "echo '* filter=x' > repo.git/info/attributes")
    expect_eq((r.status, sorted(place.kept())), (0, ["a/b/c/.bashrc", "a/e/h/i/.mcp.json", "repo.git/info/attributes"]))


@case
def what_was_there_stays(lab):
    for path in (".bashrc", ".vscode/tasks.json", "p/.mcp.json", "real", "p/.claude/settings.json"):
        lab.write(path, "# mine\n")
    os.symlink("real", lab.work + "/.zshrc")
    os.symlink("nowhere", lab.work + "/.profile")
    os.symlink(lab.work + "/real", lab.home + "/.gitconfig")
    subprocess.run(["git", "init", "-q", lab.work + "/repo"], check=True, env=lab.env())
    subprocess.run(["git", "-C", lab.work + "/repo", "config", "core.hooksPath", "x"], check=True, env=lab.env())
    lab.write("repo/.git/hooks/post-commit", "#!/bin/sh\n", 0o755)
    place = Place(lab, filesystem={"allowWrite": ["~"]})
    nothing_found(place, place.run("echo >> p/new; mv p q; mv repo moved; mv .vscode/tasks.json .vscode/t; touch .bashrc"))
    expect(place.here("q/.mcp.json") and place.here("moved/.git/hooks/post-commit"), "moved along with its directory")


@case
def a_new_repository_works(lab):
    need("git")
    place = Place(lab)
    nothing_found(place, place.run(
        "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; set -e;"
        "git init -q one; cd one; echo x > f; git add f; git commit -qm m; cd ..; git clone -q one two;"
        "git clone -q --bare one bare.git; cd two; git worktree add -q ../three -b t; git branch -q u;"
        "git -c protocol.file.allow=always submodule add -q ../one sub 2>/dev/null || true; rm -f .gitmodules"))
    expect_eq(lab.sh(None, "cd two && git status --porcelain | grep -v sub || true", null=True).status, 0)


@case
def a_repository_that_runs_things_loses_them(lab):
    need("git")
    place = Place(lab)
    r = place.run("git init -q r; echo '#!/bin/sh' > r/.git/hooks/post-checkout; chmod +x r/.git/hooks/post-checkout;"
                  "git init -q s; git -C s config core.fsmonitor ./evil;"
                  "git init -q t; echo '* filter=x' > t/.git/info/attributes; echo ../r/.git > t/.git/commondir;"
                  "git init -q --bare u; echo > u/hooks/update;"
                  "git init -q v; rm -rf v/.git/hooks; ln -s ../../r v/.git/hooks;"
                  "git init -q w; echo '[broken' > w/.git/config")
    expect_eq(r.status, 0)
    expect_eq(sorted(place.kept()),
              ["r/.git/hooks/post-checkout", "s/.git/config", "t/.git/commondir", "t/.git/info/attributes",
               "u/hooks/update", "v/.git/hooks", "w/.git/config"])
    expect_in("it sets core.fsmonitor: git runs it", place.kept()["s/.git/config"]["why"])
    expect_in("and 2 more like these", r.err)
    expect(place.here("r/.git/hooks/pre-commit.sample") and place.here("r/.git/config"), "the rest stays")


@case
def a_directory_becomes_a_repository(lab):
    place = Place(lab)
    place.run("mkdir -p x/hooks x/info; echo > x/hooks/post-commit; echo '[filter \"a\"]smudge=b' > x/config; mv x .git")
    expect_eq(sorted(place.kept()), [".git/config", ".git/hooks/post-commit"])
    os.makedirs(lab.work + "/y/hooks")
    lab.write("y/hooks/pre-push", "x")
    second = place.run("mkdir z; mv y z/.Git")
    expect_in("z/.Git/hooks/pre-push", second.err)


@case
def git_files_lead_to_what_is_looked_at(lab):
    place = Place(lab)
    place.run("mkdir -p g/objects g/refs node_modules/h; echo '[core]editor=evil' > g/config;"
              "cp g/config node_modules/h/config; mkdir a b c d; echo 'gitdir: ../g' > a/.git;"
              "echo 'gitdir: ../node_modules/h' > b/.git; echo 'gitdir: /usr' > c/.git; ln -s ../g d/.git")
    expect_eq(sorted(place.kept()), ["c/.git", "d/.git", "g/config", "node_modules/h/config"])


@case
def worktree_outside(lab):
    need("git")
    place = Place(lab)
    place.run("git init -q r; git -C r config core.worktree %s; git init -q s; git -C s config core.worktree ../.." % lab.out)
    expect_eq(sorted(place.kept()), ["r/.git/config"])


@case
def a_repository_that_was_there_gets_parts(lab):
    need("git")
    subprocess.run(["git", "init", "-q", lab.work + "/r"], check=True, env=lab.env())
    shutil.rmtree(lab.work + "/r/.git/hooks")
    place = Place(lab)
    place.run("mkdir r/.git/hooks; echo > r/.git/hooks/post-merge; echo x > r/.git/config.worktree")
    expect_eq(sorted(place.kept()), ["r/.git/config.worktree", "r/.git/hooks"])


@case
def allowGitConfig_leaves_it(lab):
    need("git")
    place = Place(lab, filesystem={"allowGitConfig": True})
    place.run("git init -q r; git -C r config core.editor vim; echo > r/.git/hooks/update")
    expect_eq(sorted(place.kept()), ["r/.git/hooks/update"])


@case
def rules_of_the_user(lab):
    place = Place(lab, filesystem={"denyWrite": ["no/such", "**/*.key"], "mandatoryDeny": {"add": [".mine"]}})
    lab.write("old.key", "x")
    r = place.run("mkdir -p no/such/deep; echo > no/such/deep/f; mkdir d; echo > d/a.key; echo > d/.mine; echo > old.key")
    kept = place.kept()
    expect_eq(sorted(kept), ["d/.mine", "d/a.key", "no/such"])
    expect_eq(kept["no/such"]["rule"], "filesystem.denyWrite[0]")
    expect_eq(kept["d/a.key"]["rule"], "filesystem.denyWrite[1]")


@case
def modes_do_not_hide_anything(lab):
    if os.geteuid() == 0:
        raise LeftToOther("modes mean nothing to root")
    place = Place(lab)
    place.run("mkdir -p a b c/.vscode; echo > a/.bashrc; chmod 500 a; echo > b/.bashrc; chmod 300 b;"
              "echo > c/.vscode/x; chmod 0 c/.vscode; chmod 0 c")
    expect_eq(sorted(place.kept()), ["a/.bashrc", "b/.bashrc", "c/.vscode"])


@case
def other_file_systems(lab):
    """The quarantine lies elsewhere: what is found is copied, and nothing is followed."""
    if os.stat("/dev/shm").st_dev == os.stat(lab.work).st_dev or not os.access("/dev/shm", os.W_OK):
        raise Skip("no other file system to keep things on")
    secret = lab.write(lab.out + "/secret", "secret")
    place = Place(lab)
    place.state = tempfile.mkdtemp(prefix="srt-case-", dir="/dev/shm")
    lab.closers.append(lambda: shutil.rmtree(place.state, ignore_errors=True))
    place.run("mkdir -p .vscode/sub/deep; echo text > .vscode/sub/deep/f; ln -s %s .vscode/link; mkfifo .vscode/pipe;"
              "ln %s .vscode/hard; ln -s %s .zshrc; chmod 0 .vscode/sub/deep/f; echo b > .bashrc" % (secret, secret, secret))
    kept = place.kept()
    expect_eq(sorted(kept), [".bashrc", ".vscode", ".zshrc"])
    top = kept[".vscode"]["file"]
    expect_eq(open(top + "/sub/deep/f").read(), "text\n")
    expect_eq(os.readlink(top + "/link"), secret)
    expect(not os.path.lexists(top + "/pipe"), "no pipe is kept")
    expect_eq(lab.read(secret), "secret")
    for path in kept:
        expect(not place.here(path), path)


@case
def the_place_for_quarantine_is_planted(lab):
    place = Place(lab, filesystem={"allowWrite": ["~"]})
    place.state = lab.home + "/.local/state"
    os.makedirs(place.state)
    r = place.run("mkdir -p ~/.local/state/srt; echo > ~/.local/state/srt/x; echo > ~/.zlogin")
    expect(not os.path.exists(place.state + "/srt/x"), "the planted directory is gone")
    expect(not os.path.exists(lab.home + "/.zlogin"), "and the rest as well")
    at = re.search(r"was moved to (/var/tmp/srt-quarantine-[A-Za-z0-9]+)/", r.err)
    expect(at, "it says where: %r" % r.err)
    shutil.rmtree(at.group(1))


@case
def what_is_too_deep_is_said(lab):
    place = Place(lab)
    r = place.run("i=0; while [ $i -lt 300 ]; do mkdir -p 1234567890123456789 && cd 1234567890123456789 || exit 9;"
                  " i=$((i + 1)); done; echo > .bashrc")
    expect_eq(r.status, 0)
    expect_in("cannot be searched (File name too long): protected names may have been made in it", r.err)


@case
def off_means_off(lab):
    place = Place(lab, filesystem={"protectMissing": "off"})
    r = place.run("echo > .bashrc")
    nothing_found(place, r)
    expect(place.here(".bashrc"), "it stays")


@case
def exact_is_more_than_checked(lab):
    place = Place(lab, filesystem={"protectMissing": "exact"})
    r = place.run("echo ran")
    expect_eq((r.status, r.out), (125, ""))
    expect_in('filesystem.protectMissing says "exact", and it is only checked: judged by name', r.err)


@case
def the_status_stays_the_commands(lab):
    place = Place(lab)
    expect_eq(place.run("echo > .bashrc; exit 7").status, 7)
    expect_eq(sorted(place.kept()), [".bashrc"])


if __name__ == "__main__":
    main()
