# SPDX-License-Identifier: Apache-2.0
"""What the public headers declare, as names: for the tests that hold something against them."""
import os
import re

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DIRECTORY = os.path.join(TOP, "core", "include", "srt")


LIBRARY = "srt.h"  # for programs that embed srt; all others are for backends


def text(library=False):
    """Of the headers for backends, or of the library's own, without comments."""
    whole = ""
    for name in sorted(n for n in os.listdir(DIRECTORY) if (n == LIBRARY) == library):
        with open(os.path.join(DIRECTORY, name), encoding="utf-8") as f:
            whole += f.read()
    return re.sub(r"/\*.*?\*/", " ", whole, flags=re.S)


def structures(source):
    """Structure -> its members in order."""
    found = {}
    for m in re.finditer(r"struct (srt_\w+) \{(.*?)\n\}", source, re.S):
        members = []
        for declaration in m.group(2).split(";"):
            flat = " ".join(declaration.split())
            member = re.search(r"\(\*(\w+)\)\(", flat) or re.search(r"(\w+)$", flat)
            if member:
                members.append(member.group(1))
        found[m.group(1)] = members
    return found


def constants(source):
    names = set(re.findall(r"^#define (SRT_\w+)", source, re.M))
    for body in re.findall(r"typedef enum srt_\w+ \{(.*?)\}", source, re.S):
        names |= set(re.findall(r"\bSRT_\w+", body))
    return {n for n in names if not re.fullmatch(r"SRT_\w+_H", n)}


def functions(source):
    """Of the library's header."""
    return set(re.findall(r"\bSRT_API [^;(]*?(srt_\w+)\(", source))


def types(source):
    names = set(re.findall(r"^typedef (?:struct|enum) (srt_\w+)", source, re.M))
    names |= set(re.findall(r"^typedef void (srt_\w+);", source, re.M))
    return names | set(re.findall(r"^typedef [^;]*\(\*(srt_\w+)\)", source, re.M))
