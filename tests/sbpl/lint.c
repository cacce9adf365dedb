/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile may hold and should not. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "inner.h"

typedef struct lint {
    sbpl_say say;
    void *data;
    size_t count;
} lint;

__attribute__((format(printf, 3, 4))) static void say(lint *l, int line, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    l->count++;
    if (l->say)
        l->say(l->data, line, text);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static void look_at_path(lint *l, const sbpl_filter *f)
{
    static const char *const links[] = {"/tmp", "/var", "/etc", "/home"};
    const char *p = f->text;
    size_t n = strlen(p);
    if (p[0] != '/')
        say(l, f->line, "never matches, since it is not absolute: \"%.200s\"", p);
    if (strstr(p, "//") || strstr(p, "/./") || strstr(p, "/../") || ends_with(p, "/.") ||
        ends_with(p, "/..") || (n > 1 && p[n - 1] == '/'))
        say(l, f->line, "never matches, since it is not resolved: \"%.200s\"", p);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        size_t k = strlen(links[i]);
        if (strncmp(p, links[i], k) == 0 && (p[k] == '/' || p[k] == '\0'))
            say(l, f->line, "lies below a symbolic link of the root: \"%.200s\"", p);
    }
}

static void look_at_regex(lint *l, const sbpl_filter *f)
{
    bool inside = false;
    if (f->is_path && f->text[0] != '^')
        say(l, f->line, "matches anywhere in a path: \"%.200s\"", f->text);
    for (const char *p = f->text; *p; p++) {
        if (!inside && *p == '\\' && p[1])
            p++;
        else if (!inside && *p == '[') {
            inside = true;
            p += p[1] == '^';
            p += p[1] == ']';
        } else if (inside && *p == ']')
            inside = false;
        else if (inside && *p == '\\')
            say(l, f->line, "a backslash within []: \"%.200s\"", f->text);
    }
    if (strlen(f->text) > 900)
        say(l, f->line, "a regular expression of %zu bytes", strlen(f->text));
}

static void look_at_filter(lint *l, const sbpl_rule *rule, const sbpl_filter *f)
{
    if (f->match == SBPL_ALL || f->match == SBPL_ANY || f->match == SBPL_NOT) {
        for (const sbpl_filter *inner = f->first; inner; inner = inner->next)
            look_at_filter(l, rule, inner);
        return;
    }
    for (size_t i = 0; i < rule->n_operations; i++)
        if (!sbpl_operation_takes(rule->operations[i], f->category))
            say(l, f->line, "a filter of kind %s says nothing about %s", f->category,
                sbpl_operation_name(rule->operations[i]));
    if (f->match == SBPL_NET && f->local && f->localhost && rule->allow)
        for (size_t i = 0; i < rule->n_operations; i++)
            if (strcmp(sbpl_operation_name(rule->operations[i]), "network-outbound") == 0)
                say(l, f->line, "lets every socket out that is not bound: use remote");
    if (f->match == SBPL_REGEX)
        look_at_regex(l, f);
    else if (f->is_path)
        look_at_path(l, f);
}

size_t sbpl_lint(const sbpl *profile, sbpl_say callback, void *data)
{
    lint l = {callback, data, 0};
    bool closed = false;
    for (size_t i = 0; i < profile->n_rules; i++) {
        const sbpl_rule *rule = &profile->rules[i];
        closed = closed || (!rule->allow && !rule->filter && rule->operations[0] == 0);
        if (rule->atoms > SBPL_ATOMS_MAX)
            say(&l, rule->line, "a form of %zu atoms", rule->atoms);
        if (rule->filter)
            look_at_filter(&l, rule, rule->filter);
    }
    if (!closed)
        say(&l, 0, "no (deny default)");
    return l.count;
}
