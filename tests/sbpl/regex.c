/* SPDX-License-Identifier: Apache-2.0 */
/* The dialect as far as it is known to work: . [] [^] * + ? | () ^ $ and a backslash
 * before punctuation. A set of states is carried through the text, so that no
 * pattern takes more than linear time. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "inner.h"

#define NODES_MAX 8192
#define DEPTH_MAX 100

typedef enum { EMPTY, SET, BEGIN, END, CAT, ALT, STAR, PLUS, OPT } node_kind;

typedef struct node {
    node_kind kind;
    int left, right;
    unsigned char set[32];
    bool negated; /* everything but the set; case is folded before that */
} node;

typedef enum { OP_SET, OP_SPLIT, OP_JUMP, OP_BEGIN, OP_END, OP_MATCH } opcode;

typedef struct op {
    opcode code;
    int x, y; /* where to; of OP_SET: the node with the set */
} op;

struct sbpl_regex {
    node *nodes;
    int n_nodes;
    op *ops;
    int n_ops;
};

typedef struct parser {
    sbpl_regex *regex;
    const char *p, *end;
    const char *why;
    int depth;
} parser;

static int new_node(parser *s, node_kind kind, int left, int right)
{
    if (s->regex->n_nodes == NODES_MAX) {
        s->why = "regular expression too large";
        return 0;
    }
    node *n = &s->regex->nodes[s->regex->n_nodes];
    memset(n, 0, sizeof *n);
    n->kind = kind;
    n->left = left;
    n->right = right;
    return s->regex->n_nodes++;
}

static void put(node *n, unsigned char c)
{
    n->set[c / 8] |= (unsigned char)(1u << (c % 8));
}

static bool has(const node *n, unsigned char c)
{
    return (n->set[c / 8] >> (c % 8)) & 1;
}

static int parse_set(parser *s)
{
    int at = new_node(s, SET, 0, 0);
    node *n = &s->regex->nodes[at];
    bool negated = s->p < s->end && *s->p == '^';
    s->p += negated;
    for (bool first = true;; first = false) {
        if (s->p >= s->end) {
            s->why = "regular expression: unclosed [";
            return at;
        }
        unsigned char low = (unsigned char)*s->p++, high = low;
        if (low == ']' && !first)
            break;
        if (s->end - s->p >= 2 && s->p[0] == '-' && s->p[1] != ']') {
            high = (unsigned char)s->p[1];
            s->p += 2;
        }
        if (high < low)
            s->why = "regular expression: range with its end before its start";
        for (unsigned c = low; c <= high; c++)
            put(n, (unsigned char)c);
    }
    n->negated = negated;
    return at;
}

static int parse_alternatives(parser *s);

static int parse_group(parser *s)
{
    if (s->p < s->end && *s->p == '?') {
        s->why = "regular expression: (? is not in this dialect";
        return 0;
    }
    if (++s->depth > DEPTH_MAX) {
        s->why = "regular expression: nested too deeply";
        return 0;
    }
    int inner = parse_alternatives(s);
    s->depth--;
    if (s->p >= s->end || *s->p != ')')
        s->why = "regular expression: unclosed (";
    else
        s->p++;
    return inner;
}

static int parse_one(parser *s)
{
    unsigned char c = (unsigned char)*s->p++;
    int at;
    switch (c) {
    case '(':
        return parse_group(s);
    case '[':
        return parse_set(s);
    case '^':
        return new_node(s, BEGIN, 0, 0);
    case '$':
        return new_node(s, END, 0, 0);
    case '.':
        at = new_node(s, SET, 0, 0);
        for (unsigned b = 1; b < 256; b++)
            if (b != '\n')
                put(&s->regex->nodes[at], (unsigned char)b);
        return at;
    case '*':
    case '+':
    case '?':
        s->why = "regular expression: nothing to repeat";
        return 0;
    case '{':
    case '}':
        s->why = "regular expression: { is not in this dialect";
        return 0;
    case '\\':
        if (s->p >= s->end || isalnum((unsigned char)*s->p)) {
            s->why = "regular expression: backslash before what is no punctuation";
            return 0;
        }
        c = (unsigned char)*s->p++;
        break;
    default:
        break;
    }
    at = new_node(s, SET, 0, 0);
    put(&s->regex->nodes[at], c);
    return at;
}

static int parse_sequence(parser *s)
{
    int sequence = new_node(s, EMPTY, 0, 0);
    while (!s->why && s->p < s->end && *s->p != '|' && *s->p != ')') {
        int one = parse_one(s);
        while (!s->why && s->p < s->end && strchr("*+?", *s->p)) {
            node_kind kind = *s->p == '*' ? STAR : *s->p == '+' ? PLUS : OPT;
            s->p++;
            one = new_node(s, kind, one, 0);
        }
        sequence = new_node(s, CAT, sequence, one);
    }
    return sequence;
}

static int parse_alternatives(parser *s)
{
    int left = parse_sequence(s);
    while (!s->why && s->p < s->end && *s->p == '|') {
        s->p++;
        left = new_node(s, ALT, left, parse_sequence(s));
    }
    return left;
}

static int emit_op(sbpl_regex *r, opcode code, int x, int y)
{
    r->ops[r->n_ops] = (op){code, x, y};
    return r->n_ops++;
}

/* A sequence leans to the left, as deep as it is long. */
static void emit(sbpl_regex *r, int at)
{
    const node *n = &r->nodes[at];
    int split, jump;
    switch (n->kind) {
    case EMPTY:
        break;
    case SET:
        emit_op(r, OP_SET, at, 0);
        break;
    case BEGIN:
        emit_op(r, OP_BEGIN, 0, 0);
        break;
    case END:
        emit_op(r, OP_END, 0, 0);
        break;
    case CAT:
        emit(r, n->left);
        emit(r, n->right);
        break;
    case ALT:
        split = emit_op(r, OP_SPLIT, r->n_ops + 1, 0);
        emit(r, n->left);
        jump = emit_op(r, OP_JUMP, 0, 0);
        r->ops[split].y = r->n_ops;
        emit(r, n->right);
        r->ops[jump].x = r->n_ops;
        break;
    case STAR:
        split = emit_op(r, OP_SPLIT, r->n_ops + 1, 0);
        emit(r, n->left);
        emit_op(r, OP_JUMP, split, 0);
        r->ops[split].y = r->n_ops;
        break;
    case PLUS:
        jump = r->n_ops;
        emit(r, n->left);
        split = emit_op(r, OP_SPLIT, jump, 0);
        r->ops[split].y = r->n_ops;
        break;
    case OPT:
        split = emit_op(r, OP_SPLIT, r->n_ops + 1, 0);
        emit(r, n->left);
        r->ops[split].y = r->n_ops;
        break;
    }
}

sbpl_regex *sbpl_regex_new(const char *pattern, size_t length, const char **why)
{
    sbpl_regex *regex = calloc(1, sizeof *regex);
    if (!regex)
        abort();
    regex->nodes = calloc(NODES_MAX, sizeof *regex->nodes);
    regex->ops = calloc(3 * NODES_MAX, sizeof *regex->ops);
    if (!regex->nodes || !regex->ops)
        abort();
    parser s = {.regex = regex, .p = pattern, .end = pattern + length};
    int top = parse_alternatives(&s);
    if (!s.why && s.p < s.end)
        s.why = "regular expression: unopened )";
    if (!s.why && memchr(pattern, 0, length))
        s.why = "regular expression: NUL";
    *why = s.why;
    if (s.why) {
        sbpl_regex_free(regex);
        return NULL;
    }
    emit(regex, top);
    emit_op(regex, OP_MATCH, 0, 0);
    return regex;
}

typedef struct threads {
    int *list; /* operations */
    int count;
    unsigned *seen; /* by operation: the step in which it was added */
    unsigned step;
} threads;

static void add_thread(const sbpl_regex *r, threads *t, int *stack, int at, bool begin, bool end)
{
    int depth = 0;
    stack[depth++] = at;
    while (depth > 0) {
        int i = stack[--depth];
        if (t->seen[i] == t->step)
            continue;
        t->seen[i] = t->step;
        const op *o = &r->ops[i];
        if (o->code == OP_JUMP) {
            stack[depth++] = o->x;
        } else if (o->code == OP_SPLIT) {
            stack[depth++] = o->y;
            stack[depth++] = o->x;
        } else if ((o->code == OP_BEGIN && begin) || (o->code == OP_END && end)) {
            stack[depth++] = i + 1;
        } else if (o->code == OP_SET || o->code == OP_MATCH) {
            t->list[t->count++] = i;
        }
    }
}

static bool takes(const node *n, unsigned char c, bool fold)
{
    bool in = has(n, c) || (fold && c < 128 && isalpha(c) && has(n, c ^ 0x20));
    return in != n->negated;
}

bool sbpl_regex_match(const sbpl_regex *r, const char *text, bool fold)
{
    size_t n = (size_t)r->n_ops;
    int *memory = calloc(4 * n + 2, sizeof *memory);
    unsigned *seen = calloc(n, sizeof *seen);
    bool found = false;
    if (!memory || !seen)
        abort();
    int *list = memory, *other = memory + n, *stack = memory + 2 * n;
    threads now = {list, 0, seen, 0};
    for (size_t i = 0; !found; i++) {
        unsigned char c = (unsigned char)text[i];
        int count = now.count;
        int *old = now.list;
        now = (threads){old == list ? other : list, 0, seen, now.step + 1};
        bool begin = i == 0, end = c == '\0';
        /* What the byte before led to, and a new try from here. */
        for (int k = 0; i > 0 && k < count; k++)
            if (takes(&r->nodes[r->ops[old[k]].x], (unsigned char)text[i - 1], fold))
                add_thread(r, &now, stack, old[k] + 1, begin, end);
        add_thread(r, &now, stack, 0, begin, end);
        int kept = 0;
        for (int k = 0; k < now.count; k++) {
            found = found || r->ops[now.list[k]].code == OP_MATCH;
            if (r->ops[now.list[k]].code == OP_SET)
                now.list[kept++] = now.list[k];
        }
        now.count = kept;
        if (end)
            break;
    }
    free(memory);
    free(seen);
    return found;
}

void sbpl_regex_free(sbpl_regex *regex)
{
    if (!regex)
        return;
    free(regex->nodes);
    free(regex->ops);
    free(regex);
}
