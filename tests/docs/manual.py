# SPDX-License-Identifier: Apache-2.0
"""manual.py BIN: the manual pages say what the programs say, and are clean. Held to what a reader
sees, apart from how the pages are made: every option of --help and every key of the schema is in
its page, and every option and key of a page is in --help or the schema."""
import json
import os
import re
import shutil
import subprocess
import sys

import headers

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGES = os.path.join(TOP, "docs", "man")
WRONG = []


def run(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def shown(page):
    r = run("man", "-l", os.path.join(PAGES, page), env=dict(os.environ, MANWIDTH="200", LC_ALL="C.UTF-8", MAN_KEEP_FORMATTING="",
                                                            GROFF_NO_SGR="1"))
    return re.sub(r".\x08", "", r.stdout)


def same(what, page, program):
    for one in sorted(set(program) - set(page)):
        WRONG.append("%s: %s is missing from the page" % (what, one))
    for one in sorted(set(page) - set(program)):
        WRONG.append("%s: the page has %s, the program does not" % (what, one))


def of_help(text):
    """"-s --settings=FILE": the forms of each option."""
    return {" ".join(f for f in m if f) for m in re.findall(r"^  (?:(-.),|   ) (--[a-z-]+(?:=\S+)?)", text, re.M)}


def of_page(text):
    return {" ".join(f for f in m if f) for m in re.findall(r"^       (?:(-.), )?(--[a-z-]+(?:=\S+)?)(?: +[A-Z].*)?$", text, re.M)}


def section(text, name):
    return re.search(r"^%s\n(.*?)(?=^\S|\Z)" % re.escape(name), text, re.M | re.S).group(1)


def programs(binaries):
    srt, srtctl = os.path.join(binaries, "srt"), os.path.join(binaries, "srtctl")
    page = shown("srt.1")
    same("srt(1)", of_page(section(page, "OPTIONS")), of_help(run(srt, "--help").stdout))
    for status in ("125", "126", "127", "128+N"):
        if not re.search(r"^       %s\b" % re.escape(status), section(page, "EXIT STATUS"), re.M):
            WRONG.append("srt(1): exit status %s is missing" % status)
    for variable in re.search(r"^Environment: (.*)\.$", run(srt, "--help").stdout, re.M).group(1).split(", "):
        if not re.search(r"^       %s\n" % variable, section(page, "ENVIRONMENT"), re.M):
            WRONG.append("srt(1): the variable %s is missing" % variable)
    page = shown("srtctl.1")
    parts = re.split(r"^   srtctl ([a-z-]+).*\n", section(page, "COMMANDS"), flags=re.M)
    commands = dict(zip(parts[1::2], parts[2::2]))
    same("srtctl(1)", commands, re.findall(r"^  ([a-z-]+) ", run(srtctl, "--help").stdout, re.M))
    common = of_page(section(page, "OPTIONS"))
    for name, text in commands.items():
        same("srtctl(1), %s" % name, of_page(text) | common, of_help(run(srtctl, name, "--help").stdout))


def keys(node, prefix=""):
    for key, value in node.get("properties", {}).items():
        yield prefix + key
        yield from keys(value, prefix + key + ".")
        if isinstance(value.get("items"), dict):
            yield from keys(value["items"], prefix + key + "[].")


def settings():
    with open(os.path.join(TOP, "docs", "srt-settings.schema.json"), encoding="utf-8") as f:
        schema = json.load(f)
    page = section(shown("srt-settings.5"), "KEYS")
    same("srt-settings(5)", re.findall(r"^       ([A-Za-z$.\[\]0-9]+) \([a-z]+\)$", page, re.M), list(keys(schema)))


def library():
    """Every function, type and constant of <srt/srt.h>, and no other."""
    page = re.sub(r"\s+", " ", re.sub("\u2010\\s*", "", shown("libsrt.3")))  # a word that was broken is one
    source = headers.text(library=True)
    functions, known = headers.functions(source), headers.types(source) | {"srt_operation"}
    same("libsrt(3), functions", set(re.findall(r"\b(srt_\w+)\(", page)) - set(re.findall(r"\(\*(srt_\w+)\)", page)), functions)
    same("libsrt(3), types", {w for w in re.findall(r"\bsrt_\w+", page)} - functions, known)
    constants = {c for c in headers.constants(source) if c != "SRT_API"}
    others = headers.constants(headers.text()) | {"SRT_VERSION", "SRT_PROGRAM"}
    words = set(re.findall(r"\bSRT_\w*[A-Z0-9]\b", page))
    same("libsrt(3), constants", words - others, constants - others)
    if len(functions) < 50 or len(constants) < 10:
        WRONG.append("too little was found: %d functions, %d constants" % (len(functions), len(constants)))


def clean(page):
    path = os.path.join(PAGES, page)
    for words in (["mandoc", "-Tlint", path], ["groff", "-man", "-ww", "-Tutf8", path], ["man", "--warnings", "-l", path]):
        r = run(*words, env=dict(os.environ, LC_ALL="C.UTF-8"))
        said, status = r.stderr, r.returncode
        if words[0] == "mandoc":
            # Pages of srt need not be installed where they are looked at.
            said = "".join(line for line in (r.stdout + r.stderr).splitlines(True)
                           if not re.search("referenced manual not found: Xr srt", line))
            status = status if said or status > 1 else 0
        if status != 0 or said:
            WRONG.append("%s: status %d: %s" % (" ".join(words[:2]), r.returncode, said))


def main():
    missing = [p for p in ("man", "mandoc", "groff") if not shutil.which(p)]
    if missing:
        print("skip  %s is not installed" % ", ".join(missing))
        return 1 if os.environ.get("SRT_TEST_STRICT") == "1" else 77
    r = run(sys.executable, os.path.join(PAGES, "make.py"), sys.argv[1])
    if r.returncode != 0:
        WRONG.append(r.stdout + r.stderr)
    programs(sys.argv[1])
    settings()
    library()
    pages = sorted(n for n in os.listdir(PAGES) if re.search(r"\.[1-8]$", n))
    for page in pages:
        clean(page)
    print("\n".join(WRONG))
    print("%d pages, %d failed" % (len(pages), len(WRONG)))
    return 1 if WRONG or len(pages) < 4 else 0


sys.exit(main())
