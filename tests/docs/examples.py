# SPDX-License-Identifier: Apache-2.0
"""examples.py SRTCTL: what README.md and docs/ show works. Every JSON block is a good
settings file, and every line of README.md that begins with srtctl runs."""
import os
import re
import shlex
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def blocks(page, language):
    with open(os.path.join(TOP, page), encoding="utf-8") as f:
        return re.findall(r"^```%s\n(.*?)^```" % language, f.read(), re.M | re.S)


def run(words, place):
    env = dict(os.environ, HOME=place)
    return subprocess.run(words, cwd=place, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main():
    srtctl, tried, wrong = os.path.abspath(sys.argv[1]), 0, []
    pages = ["README.md"] + sorted("docs/" + n for n in os.listdir(os.path.join(TOP, "docs")) if n.endswith(".md"))
    with tempfile.TemporaryDirectory(prefix="srt-docs-", dir="/var/tmp") as place:
        settings = os.path.join(place, "settings.json")
        for page in reversed(pages):  # the file of README.md stays
            for text in blocks(page, "json"):
                with open(settings, "w", encoding="utf-8") as f:
                    f.write(text)
                r = run([srtctl, "check", "settings.json"], place)
                tried += 1
                if r.returncode != 0:
                    wrong.append("%s: %s" % (page, r.stdout))
        for text in blocks("README.md", "sh"):
            for line in text.splitlines():
                words = shlex.split(line, comments=True)
                if not words or words[0] != "srtctl":
                    continue
                # 1 is an answer as well: denied, or no backend works here.
                r = run([srtctl] + words[1:], place)
                tried += 1
                if r.returncode not in (0, 1) or "srt: " in r.stdout:
                    wrong.append("%s: status %d: %s" % (line, r.returncode, r.stdout))
    for text in wrong:
        print(text)
    print("%d passed, %d failed" % (tried - len(wrong), len(wrong)))
    return 1 if wrong or tried < 8 else 0


sys.exit(main())
