# SPDX-License-Identifier: Apache-2.0
"""Holds the manual pages against the headers, both ways, and has them looked at by groff and
mandoc."""
import os
import re
import shutil
import subprocess
import sys

import headers

PAGES = [os.path.join(headers.TOP, "docs", "man", "srt-backend." + section) for section in "37"]
# Marked up as names of the interface, and no part of the headers.
OTHERS = {"Dv": {"NULL"}, "Vt": set(), "Va": {"errno", "n", "launch_"}, "Fn": set()}
CHECKS = [["mandoc", "-Tlint", "-W", "warning"], ["groff", "-ww", "-mandoc", "-Tutf8", "-z"]]


def marked(page, macro):
    """The names that a page gives with a macro of mdoc, wherever in a line it stands."""
    names = set()
    for line in page.splitlines():
        if not re.match(r"\.(%s|It|Pq|Bq|Ft|Fo|Fa)\b" % macro, line):
            continue
        for part in re.findall(r"\b%s ([^\"\n]*)" % macro, line):
            words = re.split(r" (?:[A-Z][a-z])(?= |$)", part)[0].split()
            names |= set(words[:1] if macro == "Fn" else [w for w in words if re.fullmatch(r"\w+", w)])
    return {n.strip("(*)") for n in names}


def main():
    source = headers.text()
    with open(os.path.join(headers.DIRECTORY, "version.h.in"), encoding="utf-8") as f:
        source += f.read()
    pages = ""
    for path in PAGES:
        with open(path, encoding="utf-8") as f:
            pages += f.read()
    structures = headers.structures(source)
    members = {m for names in structures.values() for m in names}
    constants, types = headers.constants(source), headers.types(source)
    functions = {"srt_backend_entry"}
    wrong = []
    shown = {macro: marked(pages, macro) for macro in OTHERS}
    words = set(re.findall(r"\w+", pages))
    for name in sorted(members - shown["Va"] - shown["Fn"]):
        wrong.append("the pages do not name the member %s" % name)
    for name in sorted((constants | types | functions) - words):
        wrong.append("the pages do not name %s" % name)
    for macro, known in (("Dv", constants), ("Vt", types), ("Va", members), ("Fn", members | functions)):
        for name in sorted(shown[macro] - known - OTHERS[macro]):
            wrong.append("the pages name %s, which the headers do not have" % name)
    for name in sorted(w for w in words if re.match(r"SRT_[A-Z]", w) and w not in constants):
        wrong.append("the pages name %s, which the headers do not have" % name)
    if len(members) < 60 or len(constants) < 60 or len(types) < 15 or len(shown["Fn"]) < 20:
        wrong.append("too little was found: %d members, %d constants, %d types, %d calls" % (
            len(members), len(constants), len(types), len(shown["Fn"])))
    skipped = [c[0] for c in CHECKS if not shutil.which(c[0])]
    for check in CHECKS:
        for path in PAGES if check[0] not in skipped else []:
            run = subprocess.run(check + [path], capture_output=True, text=True)
            if run.returncode or run.stdout.strip() or run.stderr.strip():
                wrong.append("%s %s: %s%s" % (check[0], path, run.stdout, run.stderr))
    print("\n".join(wrong))
    print("%d members, %d constants, %d types; %d wrong%s" % (
        len(members), len(constants), len(types), len(wrong),
        "; not installed: " + ", ".join(skipped) if skipped else ""))
    return 1 if wrong else 77 if skipped else 0


sys.exit(main())
