# SPDX-License-Identifier: Apache-2.0
"""What was refused becomes settings with which it passes, and nothing more than that."""
import http.server

from srttest import *
import srttest
from test_violations import CONNECT, CREATE, DELETE, READ, WRITE, Place

srttest.CASES.clear()  # those of the module above are its own


class Suggest(Place):
    def refused(self, text, reports, **more):
        """Runs text in the sandbox, where it fails. A backend that sees no files is helped out: reports is
        what it should have seen."""
        before = len(self.records())
        r = self.lab.sh(self.settings, text, **more)
        expect(r.status != 0, "refused at first: %r" % r)
        if reports and len(self.records()) == before:
            self.run(reports)
        return r

    def apply(self, status=0):
        """Writes what is suggested; the new settings as JSON."""
        before = self.lab.read(self.settings)
        shown = self.ctl("suggest", "--last", status=status)
        expect_eq(self.lab.read(self.settings), before, "without --write nothing changes")
        written = self.ctl("suggest", "--last", "--write", self.settings, status=status)
        expect_eq(written.out, shown.out)
        return json.loads(self.lab.read(self.settings))

    def passes(self, text, **more):
        r = self.lab.sh(self.settings, text, **more)
        expect_eq(r.status, 0, "with what was suggested: %r" % r)


@case
def git_in_another_repository(lab):
    need("git")
    repository = lab.home + "/src/project"
    env = lab.env(GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b")
    subprocess.run(["git", "init", "-q", repository], check=True, env=env)
    place = Suggest(lab)
    text = "cd ~/src/project && echo x > f && git add f && git commit -qm m"
    place.refused(text, [(CREATE, 1, repository + "/f"), (CREATE, 1, repository + "/.git/index.lock")], env=env)
    expect_eq(place.apply()["filesystem"]["allowWrite"], [".", "~/src/project"])
    place.passes(text, env=env)
    r = lab.sh(place.settings, "echo x > ~/src/project/.git/hooks/pre-commit", env=env)
    expect(r.status != 0, "hooks stay protected")


@case
def python_writes_next_to_others(lab):
    for name in ("a", "b", "c", "d"):
        lab.write(lab.home + "/data/sets/%s/keep" % name, "x")
    place = Suggest(lab)
    text = "python3 -c \"import os; [open(os.path.expanduser('~/data/sets/%s/new' % n), 'w') for n in 'abcd']\""
    wide = lambda n: [(CREATE, 1, lab.home + "/data/sets/%s/new" % x) for x in "abcd"[:n]]
    place.run(wide(4))
    expect_eq(place.apply()["filesystem"]["allowWrite"], [".", "~/data/sets"])
    place.passes(text)


@case
def make_and_its_cache(lab):
    need("make")
    lab.write("Makefile", "all:\n\techo made > $(HOME)/out/result\n\techo c > $(HOME)/.cache/tool/deep/entry\n")
    os.makedirs(lab.home + "/out")
    os.makedirs(lab.home + "/.cache/tool/deep")
    place = Suggest(lab)
    place.refused("make", [(CREATE, 1, lab.home + "/out/result")])
    expect_eq(place.apply()["filesystem"]["allowWrite"], [".", "~/out"])
    place.refused("make", [(CREATE, 1, lab.home + "/.cache/tool/deep/entry")])
    expect_eq(place.apply()["filesystem"]["allowWrite"], [".", "~/out", "~/.cache/tool"])
    place.passes("make")


@case
def npm_installs_elsewhere(lab):
    """A package from a file, into a directory and with a cache that lie outside of what may be written."""
    need("npm", "node")
    for name, data in (("package.json", {"name": "leaf", "version": "1.0.0", "main": "i.js"}),):
        lab.write("package/" + name, json.dumps(data))
    lab.write("package/i.js", "module.exports = 42;\n")
    subprocess.run(["tar", "czf", "leaf.tgz", "package"], cwd=lab.work, check=True)
    lab.write(lab.home + "/app/package.json", json.dumps({"name": "app", "version": "1.0.0"}))
    os.makedirs(lab.home + "/.npm")
    env = lab.env(npm_config_update_notifier="false", npm_config_audit="false", npm_config_fund="false")
    place = Suggest(lab)
    text = "cd ~/app && npm install --offline --no-progress ~/work/leaf.tgz && node -e 'process.exit(require(\"leaf\") - 42)'"
    place.refused(text, [(CREATE, 1, lab.home + "/.npm/_cacache"), (CREATE, 1, lab.home + "/app/node_modules")], env=env)
    # What is refused first hides what would be refused next.
    for _ in range(4):
        if lab.sh(place.settings, text, env=env).status == 0:
            break
        place.apply()
    expect_eq(sorted(json.loads(lab.read(place.settings))["filesystem"]["allowWrite"]), [".", "~/.npm", "~/app"])
    place.passes(text, env=env)
    r = lab.sh(place.settings, "echo x > ~/elsewhere", env=env)
    expect(r.status != 0, "nothing else")


@case
def curl_through_the_proxy(lab):
    need("curl")

    class Parent(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"fetched " + self.path.encode())

        def log_message(self, *args):
            pass

    port = lab.http(Parent)
    parent = "http://127.0.0.1:%d" % port
    place = Suggest(lab, allow=["other.example.com"], network={"parentProxy": {"http": parent, "https": parent}})
    text = "curl -sf http://pkg.example.org/x"
    place.refused(text, None)
    expect_eq(place.apply()["network"]["allowedDomains"], ["other.example.com", "pkg.example.org:80"])
    r = lab.sh(place.settings, text)
    expect_eq((r.status, r.out), (0, "fetched http://pkg.example.org/x"))
    expect(lab.sh(place.settings, "curl -sf http://www.example.org/x").status != 0, "nothing else")


@case
def hosts_of_a_domain(lab):
    place = Suggest(lab)
    hosts = ["a.cdn.example.com", "b.cdn.example.com", "c.cdn.example.com", "one.github.io", "two.github.io", "three.github.io",
             "x.co.uk", "y.co.uk", "z.co.uk", "10.1.2.3", "localhost"]
    place.run([(CONNECT, 1, h + ":443") for h in hosts])
    found = place.apply()["network"]["allowedDomains"]
    expect_eq(sorted(found), sorted(["*.cdn.example.com:443"] + [h + ":443" for h in hosts[3:9]]))


@case
def secrets_and_homes_are_never_suggested(lab):
    names = [".ssh/id_ed25519", ".aws/credentials", ".config/google-chrome/Default/Cookies", ".bash_history", ".netrc",
             "work2/.env", "work2/server.key", ".mozilla/firefox/x/key4.db", ".bashrc", "new-file", ".config/new", "work2/.vscode/tasks.json",
             "repo/.git/hooks/pre-commit"]
    for name in names[:9] + names[11:]:
        lab.write(lab.home + "/" + name, "x")
    os.makedirs(lab.home + "/.config", exist_ok=True)
    place = Suggest(lab, filesystem={"denyRead": ["~/.ssh", "~/.aws", "~/work2/.env"], "allowWrite": [".", "/var/tmp/none"]})
    for operation in (WRITE, CREATE, DELETE):
        place.run([(operation, 1, lab.home + "/" + n) for n in names])
        r = place.ctl("suggest", status=1)
        expect_eq(r.out, "", "nothing for operation %d" % operation)
        expect_eq(r.err.count("not suggested: "), len(names))
    place.run([(READ, 1, lab.home + "/" + n) for n in (".ssh/id_ed25519", ".aws/credentials", "work2/.env")])
    expect_eq(place.ctl("suggest", status=1).out, "")
    place.run([(CREATE, 1, p) for p in ("/x", "/etc/x", "/usr/lib/x", "/root/x", "/home/x", "/dev/x", "/proc/1/x", lab.home)])
    expect_eq(place.ctl("suggest", status=1).out, "")


@case
def reading_is_opened_for_the_file_alone(lab):
    lab.write(lab.home + "/docs/a.txt", "text")
    lab.write(lab.home + "/docs/b.txt", "other")
    place = Suggest(lab, filesystem={"denyRead": ["~/docs"]})
    expect(lab.sh(place.settings, "cat ~/docs/a.txt").status != 0, "hidden")
    place.run([(READ, 1, lab.home + "/docs/a.txt")])
    expect_eq(place.apply()["filesystem"]["allowRead"], ["~/docs/a.txt"])
    place.passes("cat ~/docs/a.txt; ! cat ~/docs/b.txt")


@case
def what_is_denied_stays_denied(lab):
    os.makedirs(lab.home + "/keep")
    lab.write(lab.home + "/keep/f", "x")
    place = Suggest(lab, network={"deniedDomains": ["bad.example.com"]}, filesystem={"denyWrite": ["~/keep"]})
    place.run([(WRITE, 1, lab.home + "/keep/f"), (CONNECT, 1, "bad.example.com:443")])
    r = place.ctl("suggest", status=1)
    expect_in("filesystem.denyWrite[0]", r.err)
    expect_in("network.deniedDomains[0]", r.err)
    text = place.ctl("explain", "--last").out
    expect_in("%s:1, filesystem.denyWrite[0])" % place.settings, text)


STYLE = '''{
    "network" : { "allowedDomains": [ "a.com" ] },

\t"filesystem": {
        "denyRead":   [],
        "allowWrite": [
            ".",
            "/opt"
        ]  },
    "env": {"set": {"X": "\\u00e9\\/"}}
}'''


@case
def the_rest_of_the_file_stays(lab):
    os.makedirs(lab.home + "/out")
    place = Suggest(lab)
    lab.write(place.settings, STYLE)
    os.chmod(place.settings, 0o640)
    place.run([(CREATE, 1, lab.home + "/out/f"), (CONNECT, 1, "b.example.com:443")])
    shown = place.ctl("suggest").out
    expect_eq([x for x in shown.splitlines() if x[0] in "+-" and x[:3] not in ("+++", "---")],
              ['-    "network" : { "allowedDomains": [ "a.com" ] },',
               '+    "network" : { "allowedDomains": [ "a.com", "b.example.com:443" ] },',
               '-            "/opt"', '+            "/opt",', '+            "~/out"'])
    place.apply()
    wanted = STYLE.replace('[ "a.com" ]', '[ "a.com", "b.example.com:443" ]').replace('"/opt"\n', '"/opt",\n            "~/out"\n')
    expect_eq(lab.read(place.settings), wanted)
    expect_eq(stat.S_IMODE(os.stat(place.settings).st_mode), 0o640)
    expect_eq(sorted(os.listdir(os.path.dirname(place.settings))), sorted(["home", "outside", "settings.json", "reports-0"]))


@case
def a_file_that_is_not_there(lab):
    os.makedirs(lab.home + "/out")
    place = Suggest(lab)
    place.run([(CREATE, 1, lab.home + "/out/f")])
    target = lab.home + "/new.json"
    place.ctl("suggest", "--write", target)
    expect_eq(json.loads(lab.read(target)), {"filesystem": {"allowWrite": [".", "~/out"]}})
    expect_eq(stat.S_IMODE(os.stat(target).st_mode), 0o600)


@case
def allow(lab):
    os.makedirs(lab.home + "/out")
    lab.write(lab.home + "/.ssh/id_rsa", "x")
    settings = lab.home + "/.srt-settings.json"
    place = Suggest(lab)
    place.ctl("allow", lab.home + "/out")
    place.ctl("allow", "example.com:443")
    place.ctl("allow", "*.example.org")
    expect_eq(json.loads(lab.read(settings)), {"filesystem": {"allowWrite": [".", "~/out"]},
                                               "network": {"allowedDomains": ["example.com:443", "*.example.org"]}})
    expect_eq(lab.sh(None, "touch ~/out/f").status, 0)
    before = lab.read(settings)
    expect_in("allowed already", place.ctl("allow", "~/out/f").out)
    for wrong, why in (("~/.ssh/id_rsa", "protected name"), ("/", "would open all of"), ("~", "would open all of"),
                       ("*.", "*."), ("a b", "a b"), ("/no/such/place", "does not exist")):
        r = place.ctl("allow", wrong, status=None)
        expect_eq(r.status, 125, wrong)
        expect_in(why, r.err)
    expect_in("+", place.ctl("allow", "--dry-run", "c.example.com").out)
    expect_eq(lab.read(settings), before)
    r = place.ctl("allow", "--socket", "/var/run/docker.sock", status=None)
    if os.path.exists("/var/run/docker.sock"):
        expect_eq(r.status, 125)


if __name__ == "__main__":
    main()
