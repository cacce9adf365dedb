# SPDX-License-Identifier: Apache-2.0
"""make.py BIN [--write]: the manual pages from their one source each. The options come from
`srt --help` and `srtctl COMMAND --help` of the programs in the directory BIN, the keys from
`srtctl schema`, the functions of the library from <srt/srt.h>, everything else from Markdown: srt.1.md,
srtctl.1.md and libsrt.3.md here, docs/settings.md and SECURITY.md. Without --write the pages are only compared."""
import json
import os
import re
import subprocess
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
DATE = "2026-11-27"
SPECIAL = {"…": "...", "–": r"\(en", "—": r"\(em", "×": r"\(mu", "µ": r"\(mc", "→": r"\(->", "≥": r"\(>="}
PAGES = {"settings.md": "srt-settings(5)", "SECURITY.md": "srt-security(7)"}
# Pages whose whole source is a document for other readers: what comes before and after it.
SETTINGS = "# srt-settings(5): settings of srt\n\n"
SETTINGS_END = """
## Files

`~/.srt-settings.json`
: the settings when `--settings` names none

`/etc/srt/backend`
: names of backends, one a line: the first that works is taken when neither the command line, nor `SRT_BACKEND`, nor the settings choose one; below the prefix where srt is not installed in `/usr`; `srtctl backends --select` writes it

## Examples

Hosts of one project, and nothing to be read of the keys:

```json
{
  "network": { "allowedDomains": ["github.com", "*.github.com"] },
  "filesystem": { "denyRead": ["~/.ssh", "~/.aws", ".env"], "allowWrite": [".", "~/.npm"] }
}
```

## See also

srt(1), srtctl(1), srt-security(7)
"""
SECURITY = "# srt-security(7): what srt promises, and what it does not\n\n## Description\n\n"
SECURITY_END = "\n## See also\n\nsrt(1), srtctl(1), srt-settings(5)\n"


def run(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True).stdout


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as f:
        return f.read()


def plain(text):
    """Text of a document as roff text."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return "".join(c if ord(c) < 127 else SPECIAL.get(c) or r"\[u%04X]" % ord(c) for c in text)


def inline(text):
    """Code and strong text bold, emphasised text and placeholders in italics, links as their text."""
    out, rest = "", re.split(r"(`[^`]+`|\*\*[^*]+\*\*|\*[^* ][^*]*\*|\b[a-z-]+\([1-8]\))", text)
    for part in rest:
        if re.fullmatch(r"`[^`]+`", part):
            out += r"\fB" + plain(part[1:-1]) + r"\fR"
        elif re.fullmatch(r"\*\*[^*]+\*\*", part):
            out += r"\fB" + plain(part[2:-2]) + r"\fR"
        elif re.fullmatch(r"\*[^* ][^*]*\*", part):
            out += r"\fI" + plain(part[1:-1]) + r"\fR"
        elif re.fullmatch(r"[a-z-]+\([1-8]\)", part):
            out += r"\fB%s\fR%s" % (plain(part[:-3]), part[-3:])
        else:
            out += plain(part)
    return out


def link(match):
    """A page where there is one, else the file."""
    text, target = match.groups()
    name = os.path.basename(target)
    if name in PAGES:
        return PAGES[name] if text in (name, target) else "%s (%s)" % (text, PAGES[name])
    if target.startswith("http"):
        return text
    return "docs/" + name if text in (name, target) else "%s (docs/%s)" % (text, name)


def fill(text):
    """Roff lines of a paragraph; none begins with a control character, none is long."""
    lines = []
    text = re.sub(r"\[([^]]*)\]\(([^)#]*)[^)]*\)", link, " ".join(text.split()))
    # A sentence a line; the text of one `…` stays together.
    for sentence in re.split(r"(?<=[.:;])\s+(?=[A-Z`*\[(])(?=(?:[^`]*`[^`]*`)*[^`]*$)", text):
        lines += textwrap.wrap(inline(sentence), 78, break_long_words=False, break_on_hyphens=False)
    return [r"\&" + line if line[:1] in ".'" else line for line in lines]


def quoted(text):
    return '"%s"' % inline(text).replace('"', r"\(dq")


def literal(text):
    lines = [plain(line) for line in text.rstrip("\n").split("\n")]
    return [".RS 4", ".nf"] + [r"\&" + l if l[:1] in ".'" else l for l in lines] + [".fi", ".RE"]


def paragraphs_of(comment):
    """The text of a C comment, a string for each paragraph; those that begin with blanks stay as they are."""
    text = re.sub(r"^/\*|\*/$", "", comment.strip())
    lines = [re.sub(r"^ ?\* ?", "", line.rstrip()) for line in text.strip().split("\n")]
    found = re.split(r"\n\s*\n", "\n".join(lines))
    return [p if p.startswith(" ") else " ".join(p.split()) for p in found]


def sections_of(header):
    """Name -> [(paragraphs, lines of the declaration)] of a header in which comments come first."""
    head, rest = header.split("#ifndef", 1)
    found = {"Head": [(paragraphs_of(head.split("*/", 1)[1].strip()), [])]}
    parts = re.split(r"^/\* ---- (.*) ---- \*/$", rest.split("#ifdef __cplusplus\n}")[0], flags=re.M)
    for name, text in zip(parts[1::2], parts[2::2]):
        found[name] = chunks_of(text)
    return found


def unmarked(line):
    """Without the word before a function, for which its other lines stand further right."""
    return line[len("SRT_API "):] if line.startswith("SRT_API ") else re.sub(r"^ {8}(?= {8})", "", line)


def chunks_of(text):
    """A comment in the first column, and the declarations up to the next one or a blank line."""
    chunks, comment, lines, inside, open_braces = [], [], [], False, 0

    def close():
        if comment or lines:
            chunks.append((paragraphs_of("\n".join(comment)) if comment else [], [unmarked(l) for l in lines]))
        comment.clear()
        lines.clear()
    for line in text.strip().split("\n") + [""]:
        if inside or (line.startswith("/*") and not open_braces):
            if not inside:
                close()
            comment.append(line)
            inside = not line.endswith("*/")
        elif line.strip() or open_braces:
            lines.append(line)
            open_braces += line.count("{") - line.count("}")
        else:
            close()
    return chunks


class Page:
    def __init__(self, commands):
        self.commands, self.used, self.out = commands, [], []

    def paragraphs(self, lines):
        """Blocks between blank lines; a fenced block is one."""
        block, fence = [], False
        for line in lines + [""]:
            fence = fence != line.startswith("```")
            if line.strip() or fence:
                block.append(line)
            elif block:
                yield block
                block = []

    def put(self, text):
        for block in self.paragraphs(text.split("\n")):
            self.block(block)

    def block(self, block):
        while len(block) > 1 and re.match(r"<!-- (?!options|header)", block[0]):  # for the test of the examples
            block = block[1:]
        first = block[0]
        command = re.fullmatch(r"<!-- command: (\S+) -->", first)
        if command:
            self.command(command.group(1))
        elif re.fullmatch(r"<!-- header: .* -->", first):
            self.header(first[len("<!-- header: "):-len(" -->")])
        elif re.fullmatch(r"<!-- options: srt -->", first):
            self.options("srt", {b.split(":", 1)[0]: b.split(":", 1)[1] for b in self.notes(block[1:])})
        elif first.startswith("<!--"):
            pass
        elif first.startswith("# "):
            title, about = first[2:].split(": ", 1)
            name, section = re.match(r"(.*)\((.)\)", title).groups()
            self.out += ['.TH %s %s %s "srt"' % (plain(name.upper()), section, DATE), ".SH NAME",
                         r"%s \- %s" % (plain(name), plain(about))]
        elif first.startswith("### "):
            self.out += [".SS " + quoted(first[4:])]
        elif first.startswith("## "):
            self.out += [".SH " + quoted(first[3:].upper())]
        elif first.startswith("```"):
            self.begin(literal("\n".join(block[1:-1])))
        elif len(block) > 1 and block[1].startswith(": "):
            self.out += [".TP", inline(first)] + fill(" ".join([block[1][2:]] + block[2:]))
        elif first.startswith("- "):
            for item in re.split(r"\n- ", "\n".join(block)[2:]):
                self.out += [r".IP \(bu 2"] + fill(item)
        elif re.match(r"\d+\. ", first):
            for number, item in enumerate(re.split(r"\n\d+\. ", re.sub(r"^\d+\. ", "", "\n".join(block))), 1):
                self.out += [".IP %d. 4" % number] + fill(item)
        elif first.startswith("|"):
            raise SystemExit("a table is no paragraph: %s" % first)
        else:
            self.begin(fill(" ".join(block)))

    def header(self, name):
        """A section of <srt/srt.h>: each declaration, and what the comment before it says."""
        self.used.append(name)
        for comment, declaration in SECTIONS[name]:
            if declaration:
                self.begin([".nf"] + [r"\fB" + plain(line) + r"\fR" for line in declaration] + [".fi"])
            self.out += [".RS 4"] * bool(declaration and comment)
            for number, paragraph in enumerate(comment):
                lines = literal(paragraph) if paragraph.startswith(" ") else fill(paragraph)
                self.begin(lines) if number or not declaration else self.out.extend(lines)
            self.out += [".RE"] * bool(declaration and comment)

    def begin(self, lines):
        """A paragraph; right after a heading it begins by itself."""
        self.out += ([] if self.out[-1].startswith((".SH", ".SS")) else [".PP"]) + lines

    @staticmethod
    def notes(lines):
        """"--name: text" with continuation lines."""
        found = []
        for line in lines:
            if line.startswith("--"):
                found.append(line)
            else:
                found[-1] += " " + line
        return found

    def options(self, command, notes=(), leave=()):
        notes = dict(notes)
        for letter, name, value, text in options_of(self.commands[command]["help"]):
            if name in leave:
                continue
            forms = ([r"\fB\-%s\fR" % letter] if letter else []) + [
                r"\fB\-\-%s\fR" % plain(name) + (r"=\fI%s\fR" % plain(value) if value else "")]
            self.out += [".TP", ", ".join(forms)] + fill(text[:1].upper() + text[1:] + ("" if text.endswith(".") else "."))
            self.out += fill(notes.pop("--" + name, ""))
        if notes:
            raise SystemExit("there is no option %s" % ", ".join(notes))

    def command(self, name):
        usage, text = self.commands[name]["help"].split("\n\n")[:2]
        self.used.append(name)
        self.out += [".SS " + quoted(usage.replace("Usage: ", "").replace("\n", " "))] + fill(text)
        self.options(name, leave=("help", "debug"))


def options_of(text):
    """letter, name, value, help of each line of the options in what --help prints."""
    found = []
    for line in text.split("Options:\n", 1)[1].split("\n\n", 1)[0].split("\n"):
        m = re.match(r"  (?:-(.),|   ) --([a-z-]+)(?:=(\S+))?(?: +(\S.*))?$", line)
        if m:
            found.append([m.group(1), m.group(2), m.group(3), m.group(4) or ""])
        elif line.strip():
            found[-1][3] = (found[-1][3] + " " + line.strip()).strip()
    return found


SECTIONS = sections_of(read("core", "include", "srt", "srt.h"))


def commands_of(binaries):
    srtctl = os.path.join(binaries, "srtctl")
    found = {"srt": {"help": run(os.path.join(binaries, "srt"), "--help")}}
    for name in re.findall(r"^  ([a-z-]+) ", run(srtctl, "--help"), re.M):
        found[name] = {"help": run(srtctl, name, "--help")}
    return found


def keys(node, prefix=""):
    for key, value in node.get("properties", {}).items():
        yield prefix + key, value
        yield from keys(value, prefix + key + ".")
        items = value.get("items")
        if isinstance(items, dict):
            yield from keys(items, prefix + key + "[].")


def key_list(schema):
    out = []
    for name, value in keys(schema):
        kind = value.get("type", "any")
        items = value.get("items") if isinstance(value.get("items"), dict) else {}
        choices = value.get("enum") or items.get("enum")
        out += [".TP", r"\fB%s\fR (%s)" % (plain(name), kind)] + fill(value.get("description") or "See above.")
        if choices:
            out += fill("One of %s." % ", ".join("`%s`" % c for c in choices))
    return out


def pages(binaries):
    commands = commands_of(binaries)
    schema = json.loads(run(os.path.join(binaries, "srtctl"), "schema"))
    for name in ("srt.1", "srtctl.1"):
        page = Page(commands)
        page.put(read("docs", "man", name + ".md"))
        missing = set(commands) - set(page.used) - {"srt"} if name == "srtctl.1" else ()
        if missing:
            raise SystemExit("%s.md does not have %s" % (name, ", ".join(sorted(missing))))
        yield name, page.out
    text = read("docs", "settings.md")
    head, rest = re.split(r"<!-- keys: begin.*-->\n", text)
    page = Page(commands)
    page.put(SETTINGS + re.sub(r"^# .*\n", "## Description\n", head))
    page.out += key_list(schema)
    page.put(rest.split("<!-- keys: end -->\n")[1] + SETTINGS_END)
    yield "srt-settings.5", page.out
    page = Page(commands)
    page.put(re.sub(r"^# .*\n", SECURITY, read("SECURITY.md")) + SECURITY_END)
    yield "srt-security.7", page.out
    page = Page(commands)
    page.put(read("docs", "man", "libsrt.3.md"))
    if set(page.used) != set(SECTIONS):
        raise SystemExit("libsrt.3.md does not have %s" % ", ".join(set(SECTIONS) - set(page.used)))
    yield "libsrt.3", page.out


def main():
    wrong = number = 0
    for name, lines in pages(sys.argv[1]):
        number += 1
        made = "\n".join([r'.\" Made by make.py; do not edit.'] + lines) + "\n"
        path = os.path.join(HERE, name)
        if "--write" in sys.argv:
            with open(path, "w", encoding="utf-8") as f:
                f.write(made)
        elif not os.path.exists(path) or read("docs", "man", name) != made:
            print("docs/man/%s does not match its source; run docs/man/make.py BIN --write" % name)
            wrong += 1
    print("%d passed, %d failed" % (number - wrong, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
