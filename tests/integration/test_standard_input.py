# SPDX-License-Identifier: Apache-2.0
"""srtctl with the text of settings on standard input, and what it says as JSON: for programs that embed srt."""
from srttest import *


def ctl(lab, *args, text=""):
    p = subprocess.run([SRTCTL] + list(args), input=text if isinstance(text, bytes) else text.encode(), cwd=lab.work,
                       env=lab.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return Result(p.returncode, p.stdout.decode(), p.stderr.decode(), 0)


def problems(lab, text):
    r = ctl(lab, "check", "--json", "-", text=text)
    said = json.loads(r.out)
    expect_eq((r.status, said["good"], r.err), (1 if said["problems"] else 0, not said["problems"], ""), repr(r))
    return said["problems"]


@case
def check_reads_a_text(lab):
    expect_eq(problems(lab, '{"network": {"allowedDomains": ["example.com"]}}'), [])
    found = problems(lab, '{"x": 1,\n "filesystem": {"denyRead": [3]}}')
    expect_eq(len(found), 2, found)
    expect(found[0].startswith("standard input:1:2: x: found an unknown key"), found)
    expect(found[1].startswith("standard input:2:30: filesystem.denyRead[0]: found 3"), found)
    r = ctl(lab, "check", "-", text="{}")
    expect_eq((r.status, r.out), (0, "standard input: good\n"), repr(r))
    r = ctl(lab, "check", "-", text="{")
    expect_eq((r.status, r.out), (1, ""), repr(r))
    expect_in("standard input", r.err)


@case
def a_text_that_is_none(lab):
    for text in ("", " ", "[]", "nonsense", b"{}\0", b'{"env": {"set": {"A": "\xff"}}}', '{}{}', b" " * (4 * 1024 * 1024 + 1)):
        found = problems(lab, text)
        expect(found and all(p.startswith("standard input") for p in found), "%r: %r" % (text[:20], found))


@case
def what_it_extends(lab):
    lab.write("base.json", '{"filesystem": {"allowWrite": ["."]}}')
    lab.write(os.path.join(lab.home, "own.json"), '{"filesystem": {"allowWrite": ["."]}}')
    for base in ("base.json", "~/own.json"):
        expect_eq(problems(lab, json.dumps({"extends": [base], "filesystem": {"allowWrite": ["./x"]}})), [])
        expect(problems(lab, json.dumps({"extends": [base], "filesystem": {"allowWrite": ["/"]}})), "may only tighten")
    expect(problems(lab, '{"extends": ["missing.json"]}'), "a file that is not there")


@case
def a_file_says_the_same_as_json(lab):
    good, bad = lab.settings(), lab.write("bad.json", '{"x": 1}')
    said = json.loads(ctl(lab, "check", "--json", good).out)
    expect_eq((said["good"], said["files"]), (True, [good]))
    said = json.loads(ctl(lab, "check", "--json", bad).out)
    expect(not said["good"] and said["problems"][0].startswith(bad + ":1:2: x:"), said)
    expect(json.loads(ctl(lab, "check", "--json").out)["good"], "the default place")


@case
def plan_and_explain_read_a_text(lab):
    lab.write("dir/a.key")
    text = json.dumps({"filesystem": {"denyRead": ["**/*.key"], "allowWrite": ["dir"]}})
    r = ctl(lab, "plan", "--json", "--settings=-", text=text)
    plan = json.loads(r.out)
    expect_eq((r.status, plan["refused"], plan["settings"]), (0, None, []), repr(r))
    rules = {x["path"]: x["rule"]["pointer"] for x in plan["files"]["regions"] if x["rule"]}
    expect_eq(rules[os.path.join(lab.work, "dir/a.key")], "filesystem.denyRead[0]")
    expect_eq(rules[os.path.join(lab.work, "dir")], "filesystem.allowWrite[0]")
    r = ctl(lab, "explain", "-s", "-", "--write", "other", text=text)
    expect_in("denied", r.out, repr(r))
    r = ctl(lab, "plan", "--json", "-s", "-", text='{"x": 1}')
    expect_eq((r.status, r.out), (125, ""), repr(r))
    expect_in("standard input:1:2: x:", r.err)


@case
def srt_itself_takes_no_text(lab):
    r = lab.srt("-", "true", stdin="{}")
    expect_eq(r.status, 125, repr(r))
    lab.write("-", "{}")
    expect_eq(ctl(lab, "check", "./-").out, os.path.join(lab.work, "./-") + ": good\n")


if __name__ == "__main__":
    main()
