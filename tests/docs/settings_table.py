# SPDX-License-Identifier: Apache-2.0
"""settings_table.py SRTCTL [--write]: the table of keys in docs/settings.md is made from
`srtctl schema`; without --write it is only compared."""
import json
import os
import subprocess
import sys

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "settings.md")
START, END = "<!-- keys: begin (made from the schema) -->\n", "<!-- keys: end -->\n"


def rows(node, prefix=""):
    for key, value in node.get("properties", {}).items():
        if key == "$schema":
            continue
        text = value.get("description", "").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
        yield "| `%s` | %s | %s |" % (prefix + key, value.get("type", "any"), text)
        yield from rows(value, prefix + key + ".")


def main():
    schema = json.loads(subprocess.run([sys.argv[1], "schema"], stdout=subprocess.PIPE, check=True).stdout)
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    head, rest = page.split(START)
    tail = rest.split(END)[1]
    made = head + START + "| key | type | meaning |\n|---|---|---|\n" + "\n".join(rows(schema)) + "\n" + END + tail
    if "--write" in sys.argv:
        with open(PAGE, "w", encoding="utf-8") as f:
            f.write(made)
    elif made != page:
        print("docs/settings.md does not match the schema; run %s SRTCTL --write" % sys.argv[0])
        return 1
    print("1 passed, 0 failed")
    return 0


sys.exit(main())
