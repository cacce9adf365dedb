# SPDX-License-Identifier: Apache-2.0
"""others.py ASK: profiles of other projects through the evaluator. They were written without
us in mind and run on real Macs: each has to be read whole, and what its author says of it in
its comments has to come out, in every way to weigh rules. They come out of published packages
(checked by sum, kept in the user's cache, never a part of this source); what cannot be had is
a skip."""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME", "/nonexistent"), ".cache"),
                     "srt-test", "profiles")
MODELS = ["tree", "ordered", "linear"]
PARAMS = ["TARGET_DIR=/Users/me/proj", "TMP_DIR=/private/var/folders/x/T", "CACHE_DIR=/private/var/folders/x/C",
          "HOME_DIR=/Users/me"]
OUT = "network-outbound remote=tcp:1.1.1.1:443 local=tcp:0.0.0.0:0"
PROXY = "network-outbound remote=tcp:127.0.0.1:8877 local=tcp:0.0.0.0:0"
DEBUGGER = "network-inbound local=tcp:127.0.0.1:9229"

# Of every profile of the first package, whatever else it says.
FILES = """
allow file-read-data path=/Users/me/.ssh/id
allow process-exec path=/bin/ls
allow process-fork
allow file-write-create path=/Users/me/proj/a
allow file-write-unlink path=/Users/me/proj/a
allow file-write-data path=/private/var/folders/x/T/a
allow file-write-data path=/Users/me/.npm/x/y
allow file-write-data path=/Users/me/.gitconfig
allow file-write-data path=/dev/null vnode-type=CHARACTER-DEVICE
deny file-write-create path=/Users/me/projx
deny file-write-data path=/Users/me/.zshrc
deny file-write-unlink path=/Users/me/proj2/a
deny file-write-mode path=/etc/hosts
"""
CLOSED = "deny mach-lookup global-name=com.apple.pasteboard.1\ndeny sysctl-read sysctl-name=kern.boottime\n" \
         "allow sysctl-read sysctl-name=hw.perflevel0.x\nallow mach-lookup global-name=com.apple.sysmond\n" \
         "deny signal target=others\nallow signal target=self\n"
OPEN = "allow mach-lookup global-name=com.apple.pasteboard.1\nallow sysctl-read sysctl-name=kern.boottime\n"


def network(out, proxy, inbound="deny"):
    return "%s %s\n%s %s\nallow %s\n%s network-inbound local=tcp:127.0.0.1:80\n" % (
        out, OUT, proxy, PROXY, DEBUGGER, inbound)


PACKAGES = [
    ("@google/gemini-cli@0.1.9", "google-gemini-cli-0.1.9.tgz",
     "0f995b6ecacb8a1059e8f4cca7c89008c8e17563ff67acd523bfe1cfbe8dfb83", {
         "permissive-open": FILES + OPEN + network("allow", "allow", "allow"),  # says nothing of the network
         "permissive-closed": FILES + OPEN + network("deny", "deny"),
         "permissive-proxied": FILES + OPEN + network("deny", "allow"),
         "restrictive-open": FILES + CLOSED + network("allow", "allow"),
         "restrictive-closed": FILES + CLOSED + network("deny", "deny"),
         "restrictive-proxied": FILES + CLOSED + network("deny", "allow"),
     }),
    ("@openai/codex@0.1.2505172129", "openai-codex-0.1.2505172129.tgz",
     "854213e2de7ac64a2611217a7ab5c7e349d35fe0a10062ea689796ba84309fbb", {
         "in the program": """
allow file-read-data path=/Users/me/.ssh/id
allow process-exec path=/bin/ls
allow file-write-data path=/dev/null vnode-type=CHARACTER-DEVICE
deny file-write-data path=/dev/null
deny file-write-create path=/Users/me/proj/a
allow sysctl-read sysctl-name=hw.perflevel1.y
deny sysctl-read sysctl-name=kern.boottime
deny mach-lookup global-name=com.apple.logd
deny %s
deny %s
deny signal target=others
""" % (OUT, PROXY)}),
]


def skip(why):
    print("SKIP: " + why)
    sys.exit(77)


def fetch(package, name, wanted):
    path = os.path.join(CACHE, name)
    if not os.path.exists(path):
        if not shutil.which("npm"):
            skip("npm is needed to fetch %s" % package)
        try:
            os.makedirs(CACHE, exist_ok=True)
            room = tempfile.mkdtemp(dir=CACHE)
        except OSError as e:
            skip("cannot write to %s: %s" % (CACHE, e))
        try:
            r = subprocess.run(["npm", "pack", "--silent", package], cwd=room, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=300)
            if r.returncode != 0 or not os.path.exists(os.path.join(room, name)):
                skip("cannot fetch %s" % package)
            os.replace(os.path.join(room, name), path)
        finally:
            shutil.rmtree(room, ignore_errors=True)
    with open(path, "rb") as f:
        if hashlib.sha256(f.read()).hexdigest() != wanted:
            os.unlink(path)
            raise SystemExit("%s has another sum" % name)
    return path


def profiles(path):
    """(name, text) of the files *.sb, and of what stands in programs."""
    with tarfile.open(path) as archive:
        for member in archive:
            base = os.path.basename(member.name)
            if member.isfile() and base.endswith(".sb"):
                yield base.replace("sandbox-macos-", "")[:-3], archive.extractfile(member).read().decode()
            elif member.isfile() and base == "cli.js":
                text = archive.extractfile(member).read().decode(errors="replace")
                for m in re.finditer(r"`\s*(\(version 1\)[^`$]*)`", text):
                    yield "in the program", m.group(1)


def check(ask, where, text, table):
    wrong = 0
    rows = [line.split(" ", 1) for line in table.strip().splitlines()]
    with tempfile.NamedTemporaryFile("w", suffix=".sb") as f:
        f.write(text)
        f.flush()
        for model in MODELS:
            r = subprocess.run([ask, model, "exact", f.name] + PARAMS, input="".join(q + "\n" for _, q in rows),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            answers = [line.split(" ")[0] for line in r.stdout.splitlines()]
            if r.returncode != 0 or len(answers) != len(rows):
                print("%s: %s" % (where, r.stdout))
                return 1
            for (wanted, question), answer in zip(rows, answers):
                if answer != wanted:
                    wrong += 1
                    print("%s, %s: %s: %s" % (where, model, question, answer))
    return wrong


def main():
    wrong = asked = 0
    for package, name, wanted, tables in PACKAGES:
        found = dict(profiles(fetch(package, name, wanted)))
        if set(found) != set(tables):
            print("%s holds %s" % (package, sorted(found)))
            return 1
        for profile, text in sorted(found.items()):
            wrong += check(sys.argv[1], "%s, %s" % (package, profile), text, tables[profile])
            asked += 1
    print("%d profiles of other projects, %d wrong answers" % (asked, wrong))
    return 1 if wrong else 0


sys.exit(main())
