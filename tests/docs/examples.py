# SPDX-License-Identifier: Apache-2.0
"""examples.py BIN [PAGE...]: what the pages show works. Each page has a home of its own, in which
its blocks are run in their order. Of the fenced blocks,

  ```sh     is run by bash -e, and has to succeed
  ```json   is a settings file, and has to be good
  ```yaml   has to parse, where there is a parser
  ```ini    is a unit of systemd
  ```python is a program, and has to succeed

A comment right before a block says what else there is to know:

  <!-- not run: REASON -->   only its syntax is checked
  <!-- not settings -->      JSON for something else
  <!-- file: NAME -->        the block is also put into that file, for those that come later
  <!-- before: SHELL TEXT -->  run first, in the same shell
  <!-- status: N -->         it ends with N
  <!-- may say no -->        each line is run by itself, and may end with 1 as well
  <!-- shows: TEXT -->       its output holds TEXT; may stand several times
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
LANGUAGES = ("sh", "json", "yaml", "ini", "dockerfile", "text", "c", "js", "python")


class Block:
    def __init__(self, page, number, language, text, comments):
        self.place, self.language, self.text = "%s:%d" % (page, number), language, text
        self.marks = {}
        for comment in comments:
            key, _, value = comment.partition(": ")
            self.marks.setdefault(key, []).append(value)

    def mark(self, key):
        return self.marks.get(key, [None])[0]


def blocks(page):
    comments, lines, begin = [], None, 0
    with open(os.path.join(TOP, page), encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if lines is None and line.startswith("```"):
                language, lines, begin = line[3:].strip(), [], number
            elif lines is not None and line.startswith("```"):
                yield Block(page, begin, language, "".join(lines), comments)
                comments, lines = [], None
            elif lines is not None:
                lines.append(line)
            else:
                comment = re.fullmatch(r"<!-- (.*) -->\n", line)
                comments = comments + [comment.group(1)] if comment else []


class Page:
    def __init__(self, name, binaries, top):
        self.name, self.home = name, os.path.join(top, name.replace("/", "_"))
        self.work = os.path.join(self.home, "project")
        build = os.path.dirname(binaries)
        os.makedirs(os.path.join(self.work, "build"))
        os.symlink(build, os.path.join(self.work, "build", "release"))
        headers = "%s:%s" % (os.path.join(TOP, "core", "include"), os.path.join(build, "include"))
        self.env = {k: v for k, v in os.environ.items()
                    if k not in ("SRT_BACKEND", "TMPDIR", "XDG_STATE_HOME") and not k.lower().endswith("_proxy")}
        self.env.update(HOME=self.home, PATH=binaries + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL="C.UTF-8",
                        CPATH=headers, SRT_SOURCE=TOP, GIT_CONFIG_NOSYSTEM="1", PYTHONDONTWRITEBYTECODE="1",
                        PYTHONPATH=os.path.join(build, "lib", "python3", "dist-packages"))

    def run(self, words, **more):
        return subprocess.run(words, cwd=self.work, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=300, **more)

    def check(self, block):
        """What is wrong with it, or None."""
        if block.mark("file"):
            path = os.path.join(self.work, os.path.expanduser(block.mark("file").replace("~", self.home)))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(block.text)
        return getattr(self, "check_" + block.language)(block)

    def check_sh(self, block):
        syntax = self.run(["bash", "-n", "-c", block.text])
        if syntax.returncode != 0:
            return syntax.stdout
        if block.mark("not run") is not None:
            return None if len(block.mark("not run")) > 5 else "no reason is given"
        before = "\n".join(block.marks.get("before", [])) + "\n"
        if block.mark("may say no") is not None:
            lines = [self.run(["bash", "-c", before + line]) for line in block.text.splitlines()]
            wrong = [r for r in lines if r.returncode not in (0, 1)]
            return "status %d: %s" % (wrong[0].returncode, wrong[0].stdout) if wrong else None
        return self.ends_well(block, before + block.text)

    def ends_well(self, block, text):
        r = self.run(["bash", "-ec", text])
        if r.returncode != int(block.mark("status") or 0):
            return "status %d: %s" % (r.returncode, r.stdout)
        missing = [t for t in block.marks.get("shows", []) if t not in r.stdout]
        return "%r is not in: %s" % (missing, r.stdout) if missing else None

    def check_python(self, block):
        compile(block.text, block.place, "exec")
        if block.mark("not run") is not None:
            return None if len(block.mark("not run")) > 5 else "no reason is given"
        with open(os.path.join(self.home, ".checked.py"), "w", encoding="utf-8") as f:
            f.write(block.text)
        return self.ends_well(block, "\n".join(block.marks.get("before", []) + ["/usr/bin/python3 ~/.checked.py"]))

    def check_json(self, block):
        if block.mark("not settings") is not None:
            json.loads(block.text)
            return None
        path = os.path.join(self.work, ".checked.json")
        with open(path, "w", encoding="utf-8") as f:
            f.write(block.text)
        r = self.run(["srtctl", "check", path])
        return r.stdout if r.returncode != 0 else None

    def check_yaml(self, block):
        r = self.run([sys.executable, "-c", "import sys\ntry:\n import yaml\nexcept ImportError:\n sys.exit(77)\n"
                      "list(yaml.safe_load_all(sys.argv[1]))", block.text])
        if r.returncode == 77 and os.environ.get("SRT_TEST_STRICT") == "1":
            return "python3-yaml is not installed"
        return r.stdout if r.returncode not in (0, 77) else None

    def check_ini(self, block):
        wrong = [l for l in block.text.splitlines() if not re.fullmatch(r"(\[[A-Za-z]+\]|[A-Za-z]+=.*|#.*|)", l)]
        if wrong or not shutil.which("systemd-analyze"):
            return "no line of a unit: %r" % wrong if wrong else None
        path = os.path.join(self.work, os.path.basename(block.mark("file") or "example.service"))
        # Programs that are installed there; here they are not.
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(r"^(ExecStart=)\S+", r"\1/bin/true", block.text, flags=re.M))
        r = self.run(["systemd-analyze", "verify", "--man=no", path])
        said = [l for l in r.stdout.splitlines() if os.path.basename(path) in l]
        return "\n".join(said) or None

    def check_dockerfile(self, block):
        known = re.compile(r"(#|FROM |RUN |COPY |USER |ENV |WORKDIR |ENTRYPOINT |CMD |\s|$)")
        wrong = [line for line in block.text.splitlines() if not known.match(line)]
        return "no instruction: %r" % wrong if wrong else None

    def check_js(self, block):
        """A module, in which 'srt-sandbox' is the one of bindings/node. Run by node, and has to succeed."""
        if not shutil.which("node"):
            return "node is not installed" if os.environ.get("SRT_TEST_STRICT") == "1" else None
        modules = os.path.join(self.work, "node_modules")
        os.makedirs(modules, exist_ok=True)
        if not os.path.exists(os.path.join(modules, "srt-sandbox")):
            os.symlink(os.path.join(TOP, "bindings", "node"), os.path.join(modules, "srt-sandbox"))
        with open(os.path.join(self.work, ".checked.mjs"), "w", encoding="utf-8") as f:
            f.write(block.text)
        check = " --check" if block.mark("not run") is not None else ""
        r = self.run(["bash", "-ec", "\n".join(block.marks.get("before", []) + ["node%s .checked.mjs" % check])])
        if r.returncode != int(block.mark("status") or 0):
            return "status %d: %s" % (r.returncode, r.stdout)
        missing = [t for t in block.marks.get("shows", []) if t not in r.stdout and not check]
        return "%r is not in: %s" % (missing, r.stdout) if missing else None

    def check_text(self, block):
        return None

    check_c = check_text


def main():
    binaries, tried, wrong = os.path.abspath(sys.argv[1]), {}, []
    pages = sys.argv[2:] or ["README.md", "CONTRIBUTING.md", "SECURITY.md", "bindings/python/README.md"] + sorted(
        os.path.join(d, n) for d in ("docs", "docs/man") for n in os.listdir(os.path.join(TOP, d)) if n.endswith(".md"))
    with tempfile.TemporaryDirectory(prefix="srt-docs-", dir="/var/tmp") as top:
        for name in pages:
            page = Page(name, binaries, top)
            for block in blocks(name):
                if block.language not in LANGUAGES:
                    wrong.append("%s: ```%s: expected one of %s" % (block.place, block.language, ", ".join(LANGUAGES)))
                    continue
                kind = block.language + (" not run" if block.mark("not run") is not None else "")
                tried[kind] = tried.get(kind, 0) + 1
                problem = page.check(block)
                if problem:
                    wrong.append("%s: %s\n%s" % (block.place, problem, block.text))
    for text in wrong:
        print(text)
    print("%s; %d failed" % (", ".join("%d %s" % (n, k) for k, n in sorted(tried.items())), len(wrong)))
    return 1 if wrong or not tried else 0


sys.exit(main())
