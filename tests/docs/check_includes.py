# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: holds the table of docs/architecture.md against the sources."""
import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ROOMS = {  # room of the core -> rooms whose headers it may include
    "base": [],
    "channel": ["base"],
    "config": ["base"],
    "policy": ["base", "config"],
    "violation": ["base"],
    "net": ["base", "policy", "violation"],
    "plugin": ["base", "config", "policy", "violation"],
    "run": ["base", "channel", "config", "policy", "violation", "net", "plugin"],
    "trial": ["base", "config", "policy", "plugin", "run"],
    "embed": ["base", "channel", "config", "violation"],
    "cli": ["base", "channel", "config", "policy", "violation", "plugin", "run", "trial"],
}
FOREIGN = {  # library header -> rooms of the core that may include it
    r"json-c/|json\.h": ["channel", "config", "cli", "embed"],
    r"uv\.h": ["net"],
    r"sqlite3\.h": ["violation"],
    r"gmodule\.h": ["plugin"],
    r"seccomp\.h": [],
    r"srt-filters/": ["plugin"],
}
LIBRARIES = re.compile(r"^(glib|gmodule|gio|json-c/|json\.h|uv\.h|seccomp\.h|sqlite)")


def sources(folder):
    for d, _, names in os.walk(os.path.join(TOP, folder)):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".h.in")):
                yield os.path.join(d, name)


def includes(path):
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            m = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            if m:
                yield number, m.group(1), m.group(2)


def main():
    wrong = []
    looked = 0

    def complain(path, number, text):
        wrong.append("%s:%d: %s" % (os.path.relpath(path, TOP), number, text))

    for room, allowed in ROOMS.items():
        for path in sources("core/src/" + room):
            looked += 1
            for number, kind, name in includes(path):
                first = name.split("/")[0]
                if kind == '"' and first in ROOMS and "/" in name and first != room and first not in allowed:
                    complain(path, number, "%s may not use %s" % (room, first))
                for pattern, rooms in FOREIGN.items():
                    if re.match(pattern, name) and room not in rooms:
                        complain(path, number, "%s may not use %s" % (room, name))
    for path in sources("core/include"):
        looked += 1
        for number, kind, name in includes(path):
            if not (name.startswith("srt/") or re.match(r"^(std(bool|def|int|arg)|inttypes)\.h$", name)):
                complain(path, number, "the interface may not use %s" % name)
    for folder, private in (("backends", True), ("filters", False), ("plugins", True)):
        for path in sources(folder):
            looked += 1
            for number, kind, name in includes(path):
                generator = "/filters/generate/" in path.replace("\\", "/")
                if LIBRARIES.match(name) and not (generator and name == "seccomp.h"):
                    complain(path, number, "%s may not use %s" % (folder, name))
                if kind == '"' and name.split("/")[0] in ROOMS and "/" in name:
                    complain(path, number, "%s may not use the core's %s" % (folder, name))
                if folder == "plugins" and name.startswith("srt-filters/"):
                    complain(path, number, "a plugin may use the SDK only")
    print("\n".join(wrong))
    print("%d files looked at, %d passed, %d failed" % (looked, looked - len(wrong), len(wrong)))
    return 1 if wrong or looked < 20 else 0


sys.exit(main())
