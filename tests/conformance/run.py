# SPDX-License-Identifier: Apache-2.0
"""run.py user|root[-seatbelt] CASES.json BUILD [CASE...]: runs the shared black-box cases against an
installed copy of the build and compares with the reference's results, except for the
cases in differences.json, which carry our own expectation, the words of the document that
justify it ("by") and how ("why").

The lab (network, users, servers) is the one that comes with the cases. It needs root:
as an ordinary user this is a skip, because root's run covers both identities. The cases
run in two labs at a time, which share the certificates of the TLS server; the first lab
to start makes them. So one lab is started alone before.

With "-seatbelt" the commands run in the macOS backend on its double (tests/sbpl/simulate):
the cases of seatbelt.json that make sense there, which says of the others why not."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def merged(cases, differences):
    """Our expectation for each case: the reference's, or our own."""
    for c in cases:
        own = differences.get(c["id"])
        if own and "skip" in own:
            c["e78"] = None
        elif own:
            c["e78"] = own["expect"]
            for key in ("cmd", "argv", "shell", "cfg", "t"):
                if key in own:
                    c[key] = own[key]
        c.pop("e2", None)
    return [c for c in cases if c.get("e78") is not None and not c.get("js")]


def main():
    who, path, build = sys.argv[1:4]
    who, _, double = who.partition("-")
    only = sys.argv[4:]
    if os.getuid() != 0:
        print("needs root for its network of test hosts")
        return 77
    with open(os.path.join(HERE, "differences.json")) as f:
        differences = json.load(f)
    with open(path) as f:
        cases = json.load(f)
    unknown = set(differences) - {c["id"] for c in cases}
    if unknown:
        print("differences.json names cases that do not exist: %s" % sorted(unknown))
        return 1
    unfounded = without_ground(differences, os.path.join(os.path.dirname(path), "..", "design"))
    if unfounded:
        print("the documents do not say what differences.json quotes:\n  " + "\n  ".join(unfounded))
        return 1
    if double:
        if not os.path.exists(os.path.join(build, "tests", "seatbelt", "seatbelt-double.so")):
            print("the double is only built on Linux, x86-64")
            return 77
        with open(os.path.join(HERE, "seatbelt.json")) as f:
            there = json.load(f)
        unknown = set(there) - {c["id"] for c in cases} | {i for i in there if not there[i]["why"]}
        if unknown:
            print("seatbelt.json names cases that do not exist, or gives no reason: %s" % sorted(unknown))
            return 1
        differences.update(there)
    lab = tempfile.mkdtemp(prefix="srt-lab-", dir="/var/tmp")
    os.chmod(lab, 0o755)
    try:
        return run(who, cases, differences, path, build, lab, only, bool(double))
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


def put_double(tree, build):
    """srt of the tree runs its commands in the double, whatever calls it."""
    tools = os.path.join(tree, "tools")
    os.mkdir(tools)
    for name in ("sandbox-exec", "log", "seatbelt-double.so"):
        shutil.copy(os.path.join(build, "tests", "seatbelt", name), tools)
    with open(os.path.join(tools, "records"), "w"):
        pass
    os.chmod(os.path.join(tools, "records"), 0o666)
    os.rename(os.path.join(tree, "bin", "srt"), os.path.join(tree, "bin", "srt-real"))
    with open(os.path.join(tree, "bin", "srt"), "w") as f:
        f.write("#!/bin/bash\nexport SRT_TEST_SEATBELT_TOOLS=/media/impl/tools SRT_BACKEND=/media/impl/tools/seatbelt-double.so\n"
                "exec /media/impl/bin/srt-real \"$@\"\n")
    os.chmod(os.path.join(tree, "bin", "srt"), 0o755)


# The proxies are on free ports of the host's loopback interface there; what speaks to
# the usual ones is sent on, and asked for the token where the case does not bring one.
PORTS = """
import os as _os, socket as _socket, urllib.parse as _parse
_connect = _socket.create_connection
def _moved(address, *more, **named):
    name = {3128: 'HTTP_PROXY', 1080: 'ALL_PROXY'}.get(address[1]) if address[0] == '127.0.0.1' else None
    port = _parse.urlsplit(_os.environ.get(name, '')).port if name else None
    return _connect((address[0], port or address[1]), *more, **named)
_socket.create_connection = _moved
"""


def move_ports(probe):
    with open(probe) as f:
        text = f.read()
    with open(probe, "w") as f:
        f.write(PORTS + text)


def run(who, cases, differences, path, build, lab, only, double):
    tree = os.path.join(lab, "tree")
    subprocess.run(["cmake", "--install", build, "--prefix", tree], check=True, stdout=subprocess.DEVNULL)
    if double:
        put_double(tree, build)
    runner = os.path.join(lab, "runner")
    shutil.copytree(os.path.join(os.path.dirname(path), "runner"), runner)
    subprocess.run(["chmod", "-R", "u+rwX,a+rX", runner], check=True)
    if double:
        move_ports(os.path.join(runner, "probe.py"))
    expected = merged(cases, differences)
    with open(os.path.join(runner, "cases.json"), "w") as f:
        json.dump(expected, f)
    identity = "u" if who == "user" else "r"
    # A proxy of the caller's would be the parent of srt's, and is not in the lab.
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    env.update(IMPLDIR=tree, IMPL="/media/impl/bin/srt", LABWORK=runner,
               PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if not lab_works(runner, env):
        return 1
    out = subprocess.run([os.path.join(runner, "runall.sh"), identity, "2"] + only, env=env,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace").stdout
    m = re.search(r"^as expected: (\d+)$", out, re.M)
    good = int(m.group(1)) if m else 0
    bad = len(re.findall(r"^\S+ \S+ c BAD ", out, re.M))
    wanted = [c for c in expected if not c.get("ident") or identity in c["ident"]]
    if only:
        wanted = [c for c in wanted if any(re.match(o + "$", c["id"]) for o in only)]
    if bad or good != len(wanted):
        print(out)
    ours = sum(1 for c in wanted if c["id"] in differences)
    print("%d cases as %s: %d with our own expectation (differences.json)" % (len(wanted), who, ours))
    print("%d passed, %d failed, 0 skipped" % (good, len(wanted) - good))
    return 0 if good == len(wanted) and not bad else 1


sys.exit(main())
