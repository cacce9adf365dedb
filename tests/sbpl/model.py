# SPDX-License-Identifier: Apache-2.0
"""model.py ASK [PROFILES [SEED]]: the evaluator against a second model, written on its
own and in another way: rules are data here, regular expressions are Python's, and an
operation's ancestors come from its name. Random profiles and questions; both have to
give the same verdict by the same rule. A failure prints the seed of its profile."""
import random
import re
import subprocess
import sys
import tempfile

NAMES = ["a", "b", "B", ".git", "x.y", "a+b"]
FILE_OPS = ["file*", "file-read*", "file-read-data", "file-read-metadata", "file-write*",
            "file-write-create", "file-write-unlink", "file-write-data", "file-link", "default"]
ASKED = ["file-read-data", "file-read-metadata", "file-write-create", "file-write-unlink",
         "file-write-data", "file-link", "file-clone", "file-ioctl"]
REGEXES = [r"^/a(/.*)?$", r"^/([^/]*/)*b$", r"\.git", r"^/[aB]/", r"^/(a|b)+$", r"x\.y$", r"^/[^a]",
           r"^/a?/?b", r"a\+b"]
TYPES = ["REGULAR-FILE", "DIRECTORY", "SYMLINK"]
MODELS = ["tree", "ordered", "linear"]
NET_OPS = ["network*", "network-outbound", "network-bind", "network-inbound", "default"]
NET_ASKED = ["network-outbound", "network-bind", "network-inbound"]
ADDRESSES = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "8.8.8.8", "2001:db8::1"]
PORTS = [80, 443, 8080]
TEXT_OPS = {"mach-lookup": "global-name", "sysctl-read": "sysctl-name", "ipc-posix-shm-read-data": "ipc-posix-name"}
TEXT_RULES = ["mach*", "mach-lookup", "sysctl*", "sysctl-read", "ipc*", "ipc-posix*", "ipc-posix-shm*",
              "ipc-posix-shm-read-data", "default"]
TEXTS = ["com.a", "com.a.b", "hw.", "hw.ncpu", "COM.A", "/mp-", "/mp-1"]


def random_path(r):
    return "/" + "/".join(r.choice(NAMES) for _ in range(r.randint(1, 3)))


def random_filter(r, depth=0):
    kind = r.choice(["literal", "subpath", "prefix", "regex", "vnode-type"] + (["all", "any", "not"] if depth < 2 else []))
    if kind == "all" or kind == "any":
        return (kind, [random_filter(r, depth + 1) for _ in range(r.randint(1, 3))])
    if kind == "not":
        return (kind, random_filter(r, depth + 1))
    if kind == "regex":
        return (kind, r.choice(REGEXES))
    if kind == "vnode-type":
        return (kind, r.choice(TYPES))
    return (kind, r.choice(["/", random_path(r)]) if kind == "subpath" else random_path(r))


def random_net(r):
    kind = r.choice(["remote", "local"])
    if r.random() < 0.3:
        return (kind, ("unix-socket", r.choice([None, ("subpath", random_path(r)), ("path-regex", r.choice(REGEXES))])))
    return (kind, (r.choice(["ip", "ip", "tcp", "udp"]), "%s:%s" % (r.choice(["*", "localhost"]), r.choice(["*"] + PORTS))))


def random_text(r):
    return (r.choice(sorted(TEXT_OPS.values())) + r.choice(["", "-prefix", "-regex"]), r.choice(TEXTS))


# What a profile is about: the operations of its rules, and its filters.
THEMES = {"files": (FILE_OPS, random_filter), "network": (NET_OPS, random_net), "names": (TEXT_RULES, random_text)}


def random_rule(r, theme):
    operations, make = THEMES[theme]
    filters = [make(r) for _ in range(r.choice([0, 1, 1, 1, 2, 3]))]
    return (r.choice(["allow", "deny"]), r.sample(operations, r.choice([1, 1, 2])), filters)


def random_question(r, theme):
    """(operation, facts)"""
    if theme == "files":
        return r.choice(ASKED), {"path": random_path(r), "vnode-type": r.choice(TYPES)}
    if theme == "names":
        operation = r.choice(sorted(TEXT_OPS))
        return operation, {TEXT_OPS[operation]: r.choice(TEXTS)}
    facts = {}
    for side in r.choice([["remote"], ["local"], ["remote", "local"]]):
        facts[side] = "unix:" + random_path(r) if r.random() < 0.3 else "%s:%s:%d" % (
            r.choice(["tcp", "udp"]), r.choice(ADDRESSES), r.choice(PORTS))
    return r.choice(NET_ASKED), facts


def write_filter(f):
    kind, value = f
    if kind in ("all", "any"):
        return "(require-%s %s)" % (kind, " ".join(map(write_filter, value)))
    if kind == "not":
        return "(require-not %s)" % write_filter(value)
    if kind == "vnode-type":
        return "(vnode-type %s)" % value
    if kind in ("remote", "local"):
        what, inner = value
        inner = " " + write_filter(inner) if isinstance(inner, tuple) else ' "%s"' % inner if inner else ""
        return "(%s %s%s)" % (kind, what, inner)
    if kind.endswith("regex"):
        return '(%s #"%s")' % (kind, value)
    return '(%s "%s")' % (kind, value)


def write_profile(rules):
    lines = ["(version 1)"]
    for verdict, operations, filters in rules:
        lines.append("(%s %s)" % (verdict, " ".join(operations + list(map(write_filter, filters)))))
    return "\n".join(lines) + "\n"


def folded(text, fold):
    return text.lower() if fold else text


def matches_path(kind, value, path, fold):
    p, v = folded(path, fold), folded(value, fold)
    if kind.endswith("regex"):
        return re.search(value.replace("$", r"\Z"), path, re.I if fold else 0) is not None
    if kind.endswith("prefix"):
        return p.startswith(v)
    if kind == "subpath":
        return v == "/" or p == v or p.startswith(v + "/")
    return p == v


def matches_address(side, what, inner, given, fold):
    if given is None:
        return False
    protocol, _, rest = given.partition(":")
    if protocol == "unix" or what == "unix-socket":
        return protocol == "unix" and what == "unix-socket" and (
            inner is None or matches_path(inner[0], inner[1], rest, fold))
    host, _, port = rest.rpartition(":")
    wanted_host, wanted_port = inner.split(":")
    near = host.startswith("127.") or host == "::1" or (side == "local" and host in ("0.0.0.0", "::"))
    return what in ("ip", protocol) and (wanted_host == "*" or near) and wanted_port in ("*", port)


def matches(f, facts, fold):
    kind, value = f
    if kind == "all":
        return all(matches(g, facts, fold) for g in value)
    if kind == "any":
        return any(matches(g, facts, fold) for g in value)
    if kind == "not":
        return not matches(value, facts, fold)
    if kind == "vnode-type":
        return value == facts.get("vnode-type")
    if kind in ("remote", "local"):
        return matches_address(kind, value[0], value[1], facts.get(kind), fold)
    if kind in ("literal", "subpath", "prefix", "regex"):
        return "path" in facts and matches_path(kind, value, facts["path"], fold)
    name = re.sub("-(prefix|regex)$", "", kind)
    return name in facts and matches_path(kind, value, facts[name], False)


def chain(operation):
    if operation in ("file-link", "file-clone"):
        return [operation, "file-write*", "file*", "default"]
    words = operation.split("-")
    return [operation] + ["-".join(words[:n]) + "*" for n in range(len(words) - 1, 0, -1)] + ["default"]


def fits(rule, facts, fold):
    return not rule[2] or any(matches(f, facts, fold) for f in rule[2])


def decide(rules, model, operation, facts, fold):
    levels = chain(operation)
    if model == "linear":
        hits = [i for i, r in enumerate(rules) if set(r[1]) & set(levels) and fits(r, facts, fold)]
        return (rules[hits[-1]][0], hits[-1]) if hits else ("deny", -1)
    for level in levels:
        own = [i for i, r in enumerate(rules) if level in r[1]]
        hits = [i for i in own if fits(rules[i], facts, fold)]
        if model == "tree":
            hits = [i for i in hits if rules[i][2]] or [i for i in own if not rules[i][2]]
        if hits:
            return (rules[hits[-1]][0], hits[-1])
    return ("deny", -1)


def compare(ask, seed):
    r = random.Random(seed)
    theme = r.choice(["files", "files", "network", "names"])
    rules = [random_rule(r, theme) for _ in range(r.randint(1, 12))]
    questions = [random_question(r, theme) for _ in range(40)]
    wrong = 0
    with tempfile.NamedTemporaryFile("w", suffix=".sb") as f:
        f.write(write_profile(rules))
        f.flush()
        model, fold = r.choice(MODELS), r.random() < 0.5
        lines = [" ".join([operation] + ["%s=%s" % fact for fact in facts.items()]) for operation, facts in questions]
        words = [ask, model] + (["fold"] if fold else ["exact"]) + [f.name]
        out = subprocess.run(words, input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True).stdout
    for (operation, facts), asked, line in zip(questions, lines, out.splitlines()):
        expected = "%s %d" % decide(rules, model, operation, facts, fold)
        if line != expected:
            wrong += 1
            print("seed %d, %s, fold %s: %s: evaluator %s, model %s\n%s" %
                  (seed, model, fold, asked, line, expected, write_profile(rules)))
    if len(out.splitlines()) != len(questions):
        raise SystemExit("seed %d: answers are missing" % seed)
    return wrong


def main():
    ask = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    wrong = sum(compare(ask, seed) for seed in range(first, first + count))
    print("%d profiles, 40 questions each, %d disagreements" % (count, wrong))
    return 1 if wrong else 0


sys.exit(main())
