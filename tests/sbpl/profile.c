/* SPDX-License-Identifier: Apache-2.0 */
/* From what is written to rules. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inner.h"

typedef struct loader {
    sbpl *profile;
    const char *const *params; /* "NAME=VALUE", or NULL */
    char *why;
    size_t size;
    bool failed;
} loader;

__attribute__((format(printf, 3, 4))) static void fail(loader *l, int line, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!l->failed)
        snprintf(l->why, l->size, "line %d: %s", line, text);
    l->failed = true;
}

static bool is_word(const sbpl_node *node, const char *word)
{
    return node && node->kind == SBPL_SYMBOL && strcmp(node->text, word) == 0;
}

static sbpl_filter *new_filter(loader *l, sbpl_match match, int line)
{
    sbpl_filter *f = sbpl_take(&l->profile->arena, sizeof *f);
    f->match = match;
    f->line = line;
    return f;
}

static sbpl_filter *load_filter(loader *l, const sbpl_node *node);

static sbpl_filter *join(loader *l, sbpl_match match, const sbpl_node *first, int line)
{
    sbpl_filter *all = new_filter(l, match, line), **tail = &all->first;
    for (const sbpl_node *n = first; n && !l->failed; n = n->next) {
        *tail = load_filter(l, n);
        if (*tail)
            tail = &(*tail)->next;
    }
    if (!all->first)
        fail(l, line, "a filter without arguments");
    return all;
}

static const char *param(loader *l, const sbpl_node *name)
{
    for (const char *const *p = l->params; p && *p && name->kind == SBPL_STRING; p++)
        if (strncmp(*p, name->text, name->length) == 0 && (*p)[name->length] == '=')
            return *p + name->length + 1;
    fail(l, name->line, "no such parameter: %s", name->text ? name->text : "(");
    return "";
}

/* A string, also one that is put together: of the Scheme around profiles, what such
 * profiles use to be told their paths. NULL for anything else. */
static const sbpl_node *string_of(loader *l, const sbpl_node *node)
{
    char text[SBPL_STRING_MAX + 1];
    size_t n = 0;
    if (node->kind != SBPL_LIST || !node->first || !node->first->next)
        return node->kind == SBPL_STRING ? node : NULL;
    bool one = is_word(node->first, "param"), all = is_word(node->first, "string-append");
    if ((!one && !all) || (one && node->first->next->next))
        return NULL;
    for (const sbpl_node *part = node->first->next; part && !l->failed; part = part->next) {
        const sbpl_node *string = all ? string_of(l, part) : NULL;
        const char *value = one ? param(l, part) : string ? string->text : NULL;
        if (!value)
            return NULL;
        size_t length = strlen(value);
        if (length >= sizeof text - n) {
            fail(l, node->line, "string of more than %d bytes", SBPL_STRING_MAX);
            return NULL;
        }
        memcpy(text + n, value, length);
        n += length;
    }
    text[n] = '\0';
    char *copy = sbpl_take(&l->profile->arena, n + 1);
    memcpy(copy, text, n + 1);
    sbpl_node *made = sbpl_take(&l->profile->arena, sizeof *made);
    *made = (sbpl_node){.kind = SBPL_STRING, .line = node->line, .text = copy, .length = n};
    return made;
}

static sbpl_filter *load_text(loader *l, const sbpl_node *name, const sbpl_node *node,
                              const sbpl_filter *like)
{
    sbpl_filter *f = new_filter(l, like->match, node->line);
    f->fact = like->fact;
    f->category = like->category;
    f->is_path = strcmp(like->fact, "path") == 0;
    node = string_of(l, node);
    if (!node) {
        fail(l, f->line, "%s: a string is expected", name->text);
        return f;
    }
    f->text = node->text;
    if (node->length > l->profile->longest)
        l->profile->longest = node->length;
    if (f->match == SBPL_REGEX) {
        const char *why = NULL;
        f->regex = sbpl_regex_new(node->text, node->length, &why);
        if (!f->regex)
            fail(l, node->line, "%s in \"%.100s\"", why, node->text);
        f->with_regex = l->profile->regexes;
        l->profile->regexes = f;
    }
    return f;
}

static sbpl_filter *load_value(loader *l, const sbpl_node *node, const sbpl_filter *like)
{
    sbpl_filter *f = new_filter(l, SBPL_VALUE, node->line);
    f->fact = like->fact;
    f->category = like->category;
    f->text = node->text;
    if (node->kind == SBPL_LIST || node->kind == SBPL_STRING ||
        !sbpl_value_known(like->fact, node->text))
        fail(l, node->line, "unbound variable: %s", node->text ? node->text : "(");
    return f;
}

static void load_address(loader *l, sbpl_filter *f, const sbpl_node *node)
{
    const char *colon = strrchr(node->text, ':');
    char *end;
    size_t n = colon ? (size_t)(colon - node->text) : 0;
    f->localhost = n == 9 && strncmp(node->text, "localhost", n) == 0;
    if (!colon || (!f->localhost && !(n == 1 && node->text[0] == '*'))) {
        fail(l, node->line, "host must be * or localhost in network address");
        return;
    }
    f->port = -1;
    if (strcmp(colon + 1, "*") == 0)
        return;
    long port = strtol(colon + 1, &end, 10);
    if (!colon[1] || *end || port < 0 || port > 65535)
        fail(l, node->line, "no port: %s", node->text);
    f->port = (int)port;
}

static sbpl_filter *load_net(loader *l, const sbpl_node *name)
{
    static const char *const protos[] = {"ip", "tcp", "udp", "unix-socket"};
    const sbpl_node *proto = name->next, *what = proto ? proto->next : NULL;
    sbpl_filter *f = new_filter(l, SBPL_NET, name->line);
    f->category = "network";
    f->local = is_word(name, "local");
    f->port = -1;
    for (size_t i = 0; i < sizeof protos / sizeof *protos; i++)
        if (is_word(proto, protos[i]))
            f->proto = protos[i];
    if (!f->proto) {
        fail(l, name->line, "%s: no protocol", name->text);
        return f;
    }
    bool is_unix = strcmp(f->proto, "unix-socket") == 0;
    if (what && what->next)
        fail(l, name->line, "%s: too many arguments", name->text);
    else if (is_unix && what)
        f->first = load_filter(l, what);
    else if (!is_unix && what && what->kind == SBPL_STRING)
        load_address(l, f, what);
    else if (what)
        fail(l, name->line, "%s: wrong argument", name->text);
    return f;
}

static sbpl_filter *load_named(loader *l, const sbpl_node *name)
{
    sbpl_filter like = {.line = name->line};
    if (!sbpl_filter_name(name->text, &like.match, &like.fact, &like.category)) {
        fail(l, name->line, "unbound variable: %s", name->text);
        return NULL;
    }
    sbpl_filter *any = new_filter(l, SBPL_ANY, name->line), **tail = &any->first;
    for (const sbpl_node *n = name->next; n && !l->failed; n = n->next) {
        *tail = like.match == SBPL_VALUE ? load_value(l, n, &like) : load_text(l, name, n, &like);
        tail = &(*tail)->next;
    }
    if (!any->first)
        fail(l, name->line, "%s: no argument", name->text);
    return any;
}

static sbpl_filter *load_filter(loader *l, const sbpl_node *node)
{
    const sbpl_node *name = node->first;
    if (node->kind != SBPL_LIST || !name || name->kind != SBPL_SYMBOL) {
        fail(l, node->line, "neither operation, filter nor modifier");
        return NULL;
    }
    if (is_word(name, "require-all"))
        return join(l, SBPL_ALL, name->next, node->line);
    if (is_word(name, "require-any"))
        return join(l, SBPL_ANY, name->next, node->line);
    if (is_word(name, "require-not")) {
        if (!name->next || name->next->next)
            fail(l, node->line, "require-not takes one filter");
        return join(l, SBPL_NOT, name->next, node->line);
    }
    if (is_word(name, "local") || is_word(name, "remote"))
        return load_net(l, name);
    return load_named(l, name);
}

static void load_modifier(loader *l, sbpl_rule *rule, const sbpl_node *node)
{
    const sbpl_node *name = node->first->next, *value = name ? name->next : NULL;
    if (!name || name->kind != SBPL_SYMBOL || !sbpl_modifier_known(name->text)) {
        fail(l, node->line, "unbound variable: %s", name && name->text ? name->text : "?");
        return;
    }
    if (!is_word(name, "message"))
        return;
    if (!value || value->kind != SBPL_STRING || value->next)
        fail(l, node->line, "message: a string is expected");
    else
        rule->message = value->text;
}

static void load_operation(loader *l, sbpl_rule *rule, const sbpl_node *node)
{
    int operation = sbpl_operation(node->text);
    if (operation < 0)
        fail(l, node->line, "unbound variable: %s", node->text);
    else if (rule->n_operations == sizeof rule->operations / sizeof *rule->operations)
        fail(l, node->line, "too many operations");
    else
        rule->operations[rule->n_operations++] = operation;
}

static sbpl_rule *new_rule(loader *l)
{
    sbpl *p = l->profile;
    if (p->n_rules == p->rules_size) {
        p->rules_size = p->rules_size ? p->rules_size * 2 : 64;
        p->rules = realloc(p->rules, p->rules_size * sizeof *p->rules);
        if (!p->rules)
            abort();
    }
    sbpl_rule *rule = &p->rules[p->n_rules++];
    memset(rule, 0, sizeof *rule);
    return rule;
}

/* As published: one for a word or a parenthesis, two for a string or number. */
static size_t atoms(const sbpl_node *node)
{
    size_t n = node->kind == SBPL_STRING || node->kind == SBPL_NUMBER ? 2 : 1;
    for (const sbpl_node *inner = node->first; inner; inner = inner->next)
        n += atoms(inner);
    return n;
}

static void load_rule(loader *l, const sbpl_node *form)
{
    sbpl_rule *rule = new_rule(l);
    sbpl_filter *any = new_filter(l, SBPL_ANY, form->line), **tail = &any->first;
    rule->allow = is_word(form->first, "allow");
    rule->line = form->line;
    rule->atoms = atoms(form);
    for (const sbpl_node *n = form->first->next; n && !l->failed; n = n->next) {
        if (n->kind == SBPL_SYMBOL) {
            load_operation(l, rule, n);
        } else if (n->kind == SBPL_LIST && is_word(n->first, "with")) {
            load_modifier(l, rule, n);
        } else {
            *tail = load_filter(l, n);
            if (*tail)
                tail = &(*tail)->next;
        }
    }
    rule->filter = any->first ? any : NULL;
    if (rule->n_operations == 0)
        fail(l, form->line, "a rule without operation");
}

static void load_form(loader *l, const sbpl_node *form)
{
    const sbpl_node *name = form->first;
    if (form->kind != SBPL_LIST || !name || name->kind != SBPL_SYMBOL) {
        fail(l, form->line, "a form is expected");
    } else if (is_word(name, "version")) {
        l->profile->version = name->next ? name->next->number : 0;
        if (l->profile->version != 1)
            fail(l, form->line, "only version 1 is known here");
    } else if (!l->profile->version) {
        fail(l, form->line, "no version specified");
    } else if (is_word(name, "allow") || is_word(name, "deny")) {
        load_rule(l, form);
    } else {
        fail(l, form->line, "unbound variable: %s", name->text);
    }
}

sbpl *sbpl_load(const char *text, size_t length, char *why, size_t size)
{
    return sbpl_load_with(text, length, NULL, why, size);
}

sbpl *sbpl_load_with(const char *text, size_t length, const char *const *params, char *why,
                     size_t size)
{
    sbpl *profile = calloc(1, sizeof *profile);
    if (!profile)
        abort();
    profile->bytes = length;
    loader l = {.profile = profile, .params = params, .why = why, .size = size};
    sbpl_node *forms = sbpl_read(&profile->arena, text, length, why, size);
    for (const sbpl_node *form = forms; form && !l.failed; form = form->next)
        load_form(&l, form);
    if (forms && !l.failed)
        return profile;
    sbpl_free(profile);
    return NULL;
}

void sbpl_free(sbpl *profile)
{
    if (!profile)
        return;
    for (sbpl_filter *f = profile->regexes; f; f = f->with_regex)
        sbpl_regex_free(f->regex);
    free(profile->rules);
    sbpl_arena_clear(&profile->arena);
    free(profile);
}

size_t sbpl_count(const sbpl *profile)
{
    return profile->n_rules;
}
