# SPDX-License-Identifier: Apache-2.0
"""run.py [--backend=NAME] user|root CASES.json BUILD [CASE…]: runs the shared black-box cases
against an installed copy of the build and compares with the reference's results, except for the
cases in differences.json, which carry our own expectation, the words of the document that
justify it ("by") and how ("why"). differences-NAME.json has what differs with that backend
besides; an entry there takes the place of the one in differences.json, and its expectation can be
"reference" for what the reference does after all; with "skip" the case makes no sense there.

The lab (network, users, servers) is the one that comes with the cases. It needs root:
as an ordinary user this is a skip, because root's run covers both identities. The cases
run in two labs at a time, which share the certificates of the TLS server; the first lab
to start makes them. So one lab is started alone before."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# The macOS backend on its double (tests/sbpl/simulate).
DOUBLE = "seatbelt-double"
# Backends without a network of the sandbox's own.
SHARED_NETWORK = ("landlock", DOUBLE)


def merged(cases, differences):
    """Our expectation for each case: the reference's, or our own."""
    for c in cases:
        own = differences.get(c["id"])
        if own and own.get("skip"):
            c["e78"] = None
        elif own and own["expect"] != "reference":
            c["e78"] = own["expect"]
        for key in ("cmd", "argv", "shell", "cfg", "t"):
            if own and key in own:
                c[key] = own[key]
        c.pop("e2", None)
    return [c for c in cases if c.get("e78") is not None and not c.get("js")]


def read_json(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def read_differences(backend):
    """By the case: what differs in general, and with the backend."""
    differences = read_json(os.path.join(HERE, "differences.json"))
    own = os.path.join(HERE, "differences-%s.json" % backend)
    if backend and os.path.exists(own):
        differences.update(read_json(own))
    return differences


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--backend", default="")
    parser.add_argument("who", choices=("user", "root"))
    parser.add_argument("cases")
    parser.add_argument("build")
    parser.add_argument("only", nargs="*")
    return parser.parse_args()


def main():
    args = parse()
    if os.getuid() != 0:
        print("needs root for its network of test hosts")
        return 77
    differences = read_differences(args.backend)
    cases = read_json(args.cases)
    unknown = set(differences) - {c["id"] for c in cases}
    if unknown:
        print("differences name cases that do not exist: %s" % sorted(unknown))
        return 1
    unfounded = without_ground(differences, os.path.join(os.path.dirname(args.cases), "..", "design"))
    if unfounded:
        print("the documents do not say what the differences quote:\n  " + "\n  ".join(unfounded))
        return 1
    lab = tempfile.mkdtemp(prefix="srt-lab-", dir="/var/tmp")
    os.chmod(lab, 0o755)
    try:
        return run(args, cases, differences, lab)
    finally:
        shutil.rmtree(lab, ignore_errors=True)


def without_ground(differences, documents):
    """Entries whose "by" ("document: words of it") quotes what is not there. No
    documents beside the cases: nothing to compare with."""
    if not os.path.isdir(documents):
        return []
    texts = {}
    bad = []
    for name, own in sorted(differences.items()):
        document, _, words = own["by"].partition(": ")
        if document not in texts:
            try:
                with open(os.path.join(documents, os.path.basename(document)), encoding="utf-8") as f:
                    texts[document] = " ".join(f.read().split())
            except OSError:
                texts[document] = ""
        if not words or not own["why"] or words not in texts[document]:
            bad.append("%s: %s" % (name, own["by"]))
    return bad


def lab_works(runner, env):
    """Starts a lab, which makes the certificates, and tries its TLS server."""
    p = subprocess.run([os.path.join(runner, "lab.sh"), "curl", "-sS", "-o", "/dev/null", "--retry", "5",
                        "--retry-connrefused", "--cacert", "/media/lab/upca.crt", "https://ok.example/"],
                       env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if p.returncode != 0:
        print("the network of test hosts does not work:\n" + p.stdout)
    return p.returncode == 0


def make_runner(args, expected, lab):
    """A copy of the cases' runner, with our expectations."""
    runner = os.path.join(lab, "runner")
    shutil.copytree(os.path.join(os.path.dirname(args.cases), "runner"), runner)
    subprocess.run(["chmod", "-R", "u+rwX,a+rX", runner], check=True)
    with open(os.path.join(runner, "cases.json"), "w") as f:
        json.dump(expected, f)
    if args.backend in SHARED_NETWORK:
        probe = os.path.join(runner, "probe.py")
        with open(os.path.join(HERE, "probe_ports.py")) as f, open(probe) as g:
            text = f.read() + g.read()
        with open(probe, "w") as f:
            f.write(text)
    return runner


def put_double(args, tree):
    """The double beside srt, and what has srt take it."""
    tools = os.path.join(tree, "tools")
    os.mkdir(tools)
    for name in ("sandbox-exec", "log", DOUBLE + ".so"):
        shutil.copy(os.path.join(args.build, "tests", "seatbelt", name), tools)
    with open(os.path.join(tools, "records"), "w"):
        pass
    os.chmod(os.path.join(tools, "records"), 0o666)
    return {"SRT_TEST_SEATBELT_TOOLS": "/media/impl/tools", "SRT_BACKEND": "/media/impl/tools/%s.so" % DOUBLE}


def run(args, cases, differences, lab):
    tree = os.path.join(lab, "tree")
    subprocess.run(["cmake", "--install", args.build, "--prefix", tree], check=True, stdout=subprocess.DEVNULL)
    expected = merged(cases, differences)
    runner = make_runner(args, expected, lab)
    identity = "u" if args.who == "user" else "r"
    # A proxy of the caller's would be the parent of srt's, and is not in the lab.
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and k != "SRT_BACKEND"}
    env.update(IMPLDIR=tree, IMPL="/media/impl/bin/srt", LABWORK=runner,
               PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if args.backend:
        env["SRT_BACKEND"] = args.backend
    if args.backend == DOUBLE:
        env.update(put_double(args, tree))
    if not lab_works(runner, env):
        return 1
    out = subprocess.run([os.path.join(runner, "runall.sh"), identity, "2"] + args.only, env=env,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace").stdout
    m = re.search(r"^as expected: (\d+)$", out, re.M)
    good = int(m.group(1)) if m else 0
    bad = len(re.findall(r"^\S+ \S+ c BAD ", out, re.M))
    wanted = [c for c in expected if not c.get("ident") or identity in c["ident"]]
    if args.only:
        wanted = [c for c in wanted if any(re.match(o + "$", c["id"]) for o in args.only)]
    if bad or good != len(wanted):
        print(out)
    ours = sum(1 for c in wanted if differences.get(c["id"], {}).get("expect", "reference") != "reference")
    print("%d cases as %s with %s: %d with our own expectation"
          % (len(wanted), args.who, args.backend or "the backend that is chosen by itself", ours))
    print("%d passed, %d failed, 0 skipped" % (good, len(wanted) - good))
    return 0 if good == len(wanted) and not bad else 1


sys.exit(main())
