# SPDX-License-Identifier: Apache-2.0
"""srtctl backend-test: passes for the backends that are good, and for every module of the
bestiary says what is wrong with it.

    backend_test.py BUILD good | bestiary"""
import glob
import json
import os
import subprocess
import sys

BUILD = sys.argv[1]
STRICT = os.environ.get("SRT_TEST_STRICT") == "1"
# Module -> words that its report has to hold. Those without a fault of their own become
# /bin/true whatever the command was, which is found when commands are run.
TRUE = 'found status 0 and "", expected 7'
SAYS = {
    "abi-two": "backend interface 2, and this srt speaks 1",
    "abi-zero": "backend interface 0, and this srt speaks 1",
    "claims-all": "says that it holds this, and it was done all the same",
    "ends": 'wrap of "/bin/true" ended the process (status 3)',
    "entry-null": "returned NULL",
    "exports-more": "exports more than srt_backend_entry: helper_of_mine",
    "frozen-abi1": TRUE,
    "good": TRUE,
    "half-leaks": "prepare with 1 free descriptors, then teardown: the module left descriptor",
    "high": TRUE,
    "inside": TRUE,
    "inside-late": "out of turn",
    "keeps": "after teardown: the module left descriptor",
    "leaks": "after teardown: the module left descriptor",
    "leaves-child": "left a child process",
    "leaves-thread": "left a thread running",
    "long-struct": TRUE,
    "low": TRUE,
    "monitor-fails": "nothing to be seen",
    "monitor-wild": "monitor: gave -77 as a descriptor",
    "moves": "changed the working directory",
    "name-bad": '"Name Bad" is not 1 to 32',
    "name-null": "it has no name",
    "name-other": 'calls itself "good"',
    "negative": TRUE,
    "no-entry": "does not export srt_backend_entry",
    "no-monitor": '"monitor" is missing',
    "no-prepare": '"prepare" is missing',
    "no-teardown": '"teardown" is missing',
    "no-wrap": '"wrap" is missing',
    "noted-broken": "srt_log_debug_on",
    "noted-high": TRUE,
    "noted-low": TRUE,
    "noted-wrong": "says priority 1000",
    "null-state": TRUE,
    "old-root": "says that it holds this, and it was done all the same",
    "older": TRUE,
    "one-state": "there is a state already",
    "platform-other": 'it is for "macos"',
    "platform-unknown": '"beos"',
    "policy-written": "changed the policy",
    "prepare-cannot": "the moon is not full; wait 7 days",
    "prepare-fails": "the disk said no",
    "prepare-positive": "returned 1, which is neither 0 nor a negative errno",
    "prepare-silent": "failed without giving a reason",
    "prepare-wild": "returned -100000",
    "report-checked": "reported rule class 7 as checked, which nobody looks after",
    "report-late": "reported outside prepare",
    "report-nonsense": "reported 7 for a rule class",
    "report-nothing": "says nothing about writeAllow, which the policy asks for",
    "report-twice": "reported rule class 11 more than once",
    "report-unlisted": "reported rule class 11, which its descriptor does not list",
    "reports": 'left "printf" to be executed, which is no absolute path',
    "runs-open": 'left "printf" to be executed, which is no absolute path',
    "shared-fd": "two launches share descriptor",
    "shares": TRUE,
    "shares-late": "called share_loopback outside prepare",
    "short-struct": "are needed up to the last operation",
    "stdout": "wrote to standard output",
    "stdout-closed": "changed one of the descriptors 0 to 2",
    "summary-escape": "summary",
    "summary-newline": "summary",
    "summary-null": "summary",
    "teardown-null": "died in teardown(NULL): Segmentation fault",
    "undefined-symbol": "srt_log_debug_on",
    "version-null": "version",
    "violations": "reported a violation without target or with operation 99",
    "wrap-bad-fd": "gave 987 into the launch",
    "wrap-bad-name": 'variable named "A=B"',
    "wrap-empty": "set an empty argument vector",
    "wrap-fails": "no room for anything",
    "wrap-forks": "started a process; it only edits the launch",
    "wrap-relative": 'left "true" to be executed',
}
# In a build with sanitizers these end otherwise, or not at all.
UNSANITIZED = {"teardown-null", "undefined-symbol", "noted-broken"}
# Every class that is claimed is tried for some backend.
FULL = ("bwrap", "landlock")


def report(module, *options):
    ctl = os.path.join(BUILD, "bin", "srtctl")
    run = subprocess.run([ctl, "backend-test", "--json", module, *options], capture_output=True, text=True,
                         errors="replace", timeout=900)
    try:
        return run.returncode, json.loads(run.stdout), run.stderr
    except ValueError:
        sys.exit("%s: no JSON: %r %r" % (module, run.stdout, run.stderr))


def show(data):
    return "\n".join("  %(verdict)s %(group)s: %(name)s: %(text)s" % line for line in data["lines"]
                     if line["verdict"] != "good") + "\n  cannot: %s" % data["cannot"]


def test_good():
    failed = 0
    for kind, name in [("lib/srt/backends", n) for n in FULL] + [("plugins", n) for n in ("null", "example", "template", "native")]:
        module = glob.glob(os.path.join(BUILD, kind.replace("lib/", "lib*/", 1), name + ".so"))
        module = module or glob.glob(os.path.join(BUILD, "lib", "*", "srt", "backends", name + ".so"))
        status, data, err = report(module[0])
        if data["cannot"] and not STRICT:
            print("%s cannot run here: %s" % (name, data["cannot"]))
            continue
        tried = [line for line in data["lines"] if line["group"] == "rules" and line["verdict"] == "good"]
        wanted = {"bwrap": 24, "landlock": 18, "null": 0, "example": 4, "template": 5, "native": 24}[name]
        if status != 0 or not data["passed"] or len(tried) < wanted:
            failed += 1
            print("FAIL %s: status %d, %d rules tried\n%s\n%s" % (name, status, len(tried), show(data), err))
        else:
            print("%s: %d lines, %d rules tried" % (name, len(data["lines"]), len(tried)))
    return failed


def test_bestiary():
    failed = 0
    modules = sorted(glob.glob(os.path.join(BUILD, "tests", "bestiary", "*.so")) +
                     glob.glob(os.path.join(BUILD, "tests", "wild", "*.so")))
    names = {os.path.basename(m)[:-3] for m in modules}
    for name in names ^ set(SAYS):
        failed += 1
        print("FAIL %s: is not both in the bestiary and in this table" % name)
    sanitized = subprocess.run(["grep", "-q", "^SRT_SANITIZE:[A-Z]*=.", os.path.join(BUILD, "CMakeCache.txt")]).returncode == 0
    for module in modules:
        name = os.path.basename(module)[:-3]
        if name not in SAYS or (sanitized and name in UNSANITIZED) or (name == "old-root" and not has_namespaces()):
            continue
        status, data, err = report(module)
        bad = [line["text"] or "" for line in data["lines"] if line["verdict"] == "bad"] + [data["cannot"] or ""]
        if status != 1 or data["passed"] or not any(SAYS[name] in text for text in bad):
            failed += 1
            print("FAIL %s: status %d, expected %r\n%s\n%s" % (name, status, SAYS[name], show(data), err))
        if name == "claims-all":
            failed += judge_claims(data)
        if name == "old-root":
            failed += judge_old_root(data)
    print("%d modules" % len(modules))
    return failed


def judge_claims(data):
    """Of what holds nothing, only what grants something is good; the rest is seen to have been done."""
    rules = [line for line in data["lines"] if line["group"] == "rules"]
    good = {line["name"] for line in rules if line["verdict"] == "good"}
    bad = [line for line in rules if line["verdict"] == "bad"]
    grants = {"readAllow: a readable file inside a hidden directory is read", "writeAllow: what is writable is written",
              "unixPath: the unix socket that is allowed is opened"}
    if good <= grants and len(bad) >= 20:
        return 0
    print("FAIL claims-all: good: %s; %d bad" % (sorted(good), len(bad)))
    return 1


def has_namespaces():
    return subprocess.run(["unshare", "-Urm", "true"], stderr=subprocess.DEVNULL).returncode == 0


def judge_old_root(data):
    """The straight way is closed, and what is to work works: the way past the root is what was found."""
    verdicts = {line["name"]: line["verdict"] for line in data["lines"]}
    if (verdicts.get("writeAllow: nothing outside is changed"), verdicts.get("writeAllow: what is writable is written")) == ("bad", "good"):
        return 0
    print("FAIL old-root:\n" + show(data))
    return 1


sys.exit(1 if {"good": test_good, "bestiary": test_bestiary}[sys.argv[2]]() else 0)
