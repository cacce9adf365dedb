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


def random_rule(r):
    filters = [random_filter(r) for _ in range(r.choice([0, 1, 1, 1, 2, 3]))]
    return (r.choice(["allow", "deny"]), r.sample(FILE_OPS, r.choice([1, 1, 2])), filters)


def write_filter(f):
    kind, value = f
    if kind in ("all", "any"):
        return "(require-%s %s)" % (kind, " ".join(map(write_filter, value)))
    if kind == "not":
        return "(require-not %s)" % write_filter(value)
    if kind == "vnode-type":
        return "(vnode-type %s)" % value
    if kind == "regex" and '"' not in value:
        return '(regex #"%s")' % value
    return '(%s "%s")' % (kind, value)


def write_profile(rules):
    lines = ["(version 1)"]
    for verdict, operations, filters in rules:
        lines.append("(%s %s)" % (verdict, " ".join(operations + list(map(write_filter, filters)))))
    return "\n".join(lines) + "\n"


def folded(text, fold):
    return text.lower() if fold else text


def matches(f, path, kind_of, fold):
    kind, value = f
    if kind == "all":
        return all(matches(g, path, kind_of, fold) for g in value)
    if kind == "any":
        return any(matches(g, path, kind_of, fold) for g in value)
    if kind == "not":
        return not matches(value, path, kind_of, fold)
    if kind == "vnode-type":
        return value == kind_of
    if kind == "regex":
        return re.search(value.replace("$", r"\Z"), path, re.I if fold else 0) is not None
    p, v = folded(path, fold), folded(value, fold)
    if kind == "literal":
        return p == v
    if kind == "prefix":
        return p.startswith(v)
    return v == "/" or p == v or p.startswith(v + "/")


def chain(operation):
    if operation in ("file-link", "file-clone"):
        return [operation, "file-write*", "file*", "default"]
    middle = [m for m in ("file-read*", "file-write*") if operation.startswith(m[:-1] + "-")]
    return [operation] + middle + ["file*", "default"]


def fits(rule, path, kind, fold):
    return not rule[2] or any(matches(f, path, kind, fold) for f in rule[2])


def decide(rules, model, operation, path, kind, fold):
    levels = chain(operation)
    if model == "linear":
        hits = [i for i, r in enumerate(rules) if set(r[1]) & set(levels) and fits(r, path, kind, fold)]
        return (rules[hits[-1]][0], hits[-1]) if hits else ("deny", -1)
    for level in levels:
        own = [i for i, r in enumerate(rules) if level in r[1]]
        hits = [i for i in own if fits(rules[i], path, kind, fold)]
        if model == "tree":
            hits = [i for i in hits if rules[i][2]] or [i for i in own if not rules[i][2]]
        if hits:
            return (rules[hits[-1]][0], hits[-1])
    return ("deny", -1)


def compare(ask, seed):
    r = random.Random(seed)
    rules = [random_rule(r) for _ in range(r.randint(1, 12))]
    questions = [(r.choice(ASKED), random_path(r), r.choice(TYPES)) for _ in range(40)]
    wrong = 0
    with tempfile.NamedTemporaryFile("w", suffix=".sb") as f:
        f.write(write_profile(rules))
        f.flush()
        model, fold = r.choice(MODELS), r.random() < 0.5
        text = "".join("%s path=%s vnode-type=%s\n" % q for q in questions)
        words = [ask, model] + (["fold"] if fold else ["exact"]) + [f.name]
        out = subprocess.run(words, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout
    for (operation, path, kind), line in zip(questions, out.splitlines()):
        expected = "%s %d" % decide(rules, model, operation, path, kind, fold)
        if line != expected:
            wrong += 1
            print("seed %d, %s, fold %s: %s %s %s: evaluator %s, model %s\n%s" %
                  (seed, model, fold, operation, path, kind, line, expected, write_profile(rules)))
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
