/* SPDX-License-Identifier: Apache-2.0 */
/* The file part of a profile: what may appear, as paths and as patterns. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

bool sb_parse(sb_maker *m, const char *text)
{
    if (m->plan->error)
        return false;
    if (sb_pattern_parse(&m->pattern, text))
        return true;
    sb_plan_fail(m->plan, E2BIG, "a pattern cannot be held in a Seatbelt profile: \"%.200s\"",
                 text);
    return false;
}

size_t sb_fold_from(const sb_pattern *pattern)
{
    size_t at = pattern->literal;
    while (at > 0 &&
           (pattern->elements[at - 1].kind != SB_BYTE || pattern->elements[at - 1].byte != '/'))
        at--;
    return at;
}

/* Case is ignored on the usual file system; whether a regular expression ignores it
 * there is not known. A denial is made to hold either way. */
static const char *regex_of(sb_maker *m, size_t last, const char *tail)
{
    sb_text text = {0};
    size_t fold = sb_fold_from(&m->pattern);
    fold = fold < last ? fold : last;
    sb_text_putc(&text, '^');
    sb_pattern_regex(&text, &m->pattern, 0, fold, false);
    sb_pattern_regex(&text, &m->pattern, fold, last, true);
    sb_text_puts(&text, tail);
    if (text.failed)
        sb_plan_fail(m->plan, ENOMEM, "out of memory");
    const char *own = text.failed ? "" : sb_plan_own(m->plan, text.bytes, text.length);
    sb_text_clear(&text);
    return own;
}

void sb_plan_unix_path(sb_plan *plan, const char *around, const char *path)
{
    sb_text text = {0};
    sb_pattern *pattern = malloc(sizeof *pattern);
    if (!pattern || !sb_pattern_parse(pattern, path)) {
        sb_plan_fail(plan, pattern ? E2BIG : ENOMEM,
                     "a unix socket cannot be held in a Seatbelt profile: \"%.200s\"", path);
    } else if (pattern->literal == pattern->count) {
        for (size_t i = 0; i < pattern->count; i++)
            sb_text_putc(&text, (char)pattern->elements[i].byte);
        sb_rule_filter_around(plan, around, "subpath",
                              sb_plan_own(plan, text.bytes ? text.bytes : "", text.length));
    } else {
        sb_text_putc(&text, '^');
        sb_pattern_regex(&text, pattern, 0, pattern->count, false);
        sb_text_puts(&text, SB_REGEX_BELOW);
        sb_rule_filter_around(plan, around, "path-regex",
                              sb_plan_own(plan, text.bytes ? text.bytes : "", text.length));
    }
    sb_text_clear(&text);
    free(pattern);
}

static void later_paths(sb_maker *m, sb_family family, srt_access access, const char *ops)
{
    sb_rule_begin(m->plan, family, false, ops);
    for (size_t i = 0; i < m->policy->n_pending; i++) {
        const srt_pending_rule *rule = m->policy->pending[i];
        if (rule->access == access && !(rule->flags & SRT_PATH_GLOB))
            sb_rule_filter(m->plan, "subpath", rule->path);
    }
    sb_rule_end(m->plan);
}

/* A pattern that hides, but for what the policy shows although it matches. */
static void hide_pattern(sb_maker *m, const char *path)
{
    if (!sb_parse(m, path))
        return;
    const char *regex = regex_of(m, m->pattern.count, SB_REGEX_BELOW);
    sb_rule_begin(m->plan, SB_LATER_HIDDEN, false, READ_OPS " file-write*");
    sb_rule_filter(m->plan, "regex", regex);
    sb_rule_end(m->plan);
    for (size_t i = 1; i < m->policy->n_regions; i++)
        if (sb_can_read(m, i) && sb_pattern_covers(&m->pattern, m->policy->regions[i]->path, true))
            sb_rule_except(m->plan, m->policy->regions[i]->path);
}

/* A repository that the command makes itself has to work: names in a ".git" that
 * does not exist yet are looked at afterwards by the host (SRT_CHECKED). Those of
 * the repositories that exist are regions or paths. */
static bool is_skipped(const sb_maker *m, const srt_pending_rule *rule)
{
    return (rule->flags & SRT_PATH_MANDATORY) && strstr(rule->path, "/.git/") &&
           m->policy->protect_missing != SRT_PROTECT_EXACT;
}

static bool is_glob(const srt_pending_rule *rule, srt_access access)
{
    return rule->access == access && (rule->flags & SRT_PATH_GLOB);
}

/* Patterns of the form BASE/ ** /NAME that follow each other and have the same base
 * become one expression, up to its limit. */
typedef struct group {
    const char *base;
    size_t length;
    sb_text text;
} group;

static void flush(sb_maker *m, group *g)
{
    if (g->text.length > 0) {
        sb_text_puts(&g->text, ")" SB_REGEX_BELOW);
        if (g->text.failed)
            sb_plan_fail(m->plan, ENOMEM, "out of memory");
        else
            sb_rule_filter(m->plan, "regex", sb_plan_own(m->plan, g->text.bytes, g->text.length));
    }
    sb_text_clear(&g->text);
}

static void add_to_group(sb_maker *m, group *g, const char *path, size_t base)
{
    sb_text name = {0};
    size_t first = m->pattern.literal + 1;
    sb_pattern_regex(&name, &m->pattern, first, m->pattern.count, true);
    bool same = g->text.length > 0 && g->length == base && memcmp(g->base, path, base) == 0;
    if (!same || g->text.length + name.length + sizeof ")" SB_REGEX_BELOW > SB_REGEX_MAX) {
        flush(m, g);
        g->base = path;
        g->length = base;
        sb_text_putc(&g->text, '^');
        sb_pattern_regex(&g->text, &m->pattern, 0, first, false);
        sb_text_putc(&g->text, '(');
    } else {
        sb_text_putc(&g->text, '|');
    }
    sb_text_add(&g->text, name.bytes ? name.bytes : "", name.length);
    g->text.failed = g->text.failed || name.failed;
    sb_text_clear(&name);
}

static void later_read_patterns(sb_maker *m)
{
    group g = {.text = {0}};
    sb_rule_begin(m->plan, SB_LATER_READ, false, "file-write*");
    for (size_t i = 0; i < m->policy->n_pending; i++) {
        const srt_pending_rule *rule = m->policy->pending[i];
        if (!is_glob(rule, SRT_ACCESS_READ) || is_skipped(m, rule) || !sb_parse(m, rule->path))
            continue;
        const char *stars = strstr(rule->path, "/**/");
        if (m->pattern.literal < m->pattern.count &&
            m->pattern.elements[m->pattern.literal].kind == SB_DIRECTORIES && stars) {
            add_to_group(m, &g, rule->path, (size_t)(stars - rule->path));
        } else {
            flush(m, &g);
            sb_rule_filter(m->plan, "regex", regex_of(m, m->pattern.count, SB_REGEX_BELOW));
        }
    }
    flush(m, &g);
    sb_rule_end(m->plan);
}

void sb_plan_later(sb_maker *m)
{
    later_paths(m, SB_LATER_HIDDEN, SRT_ACCESS_HIDDEN, READ_OPS " file-write*");
    for (size_t i = 0; i < m->policy->n_pending; i++)
        if (is_glob(m->policy->pending[i], SRT_ACCESS_HIDDEN))
            hide_pattern(m, m->policy->pending[i]->path);
    if (m->policy->protect_missing == SRT_PROTECT_OFF)
        return;
    later_paths(m, SB_LATER_READ, SRT_ACCESS_READ, "file-write*");
    later_read_patterns(m);
}

/* The directories that a name which does not exist yet would lie in: made somewhere
 * else with that name inside, and moved to here, they would bring it along. */
static void refuse_above(sb_maker *m, const srt_pending_rule *rule)
{
    size_t region = sb_region_at(m->policy, rule->path);
    size_t root = strlen(m->policy->regions[region]->path);
    if (!(rule->flags & SRT_PATH_GLOB)) {
        for (size_t n = strlen(rule->path); n-- > root && sb_can_write(m, region);)
            if (rule->path[n] == '/' && n > root)
                sb_rule_filter(m->plan, "literal", sb_plan_own(m->plan, rule->path, n));
        return;
    }
    if (!sb_parse(m, rule->path))
        return;
    for (size_t i = sb_fold_from(&m->pattern); i < m->pattern.count; i++)
        if (m->pattern.elements[i].kind == SB_BYTE && m->pattern.elements[i].byte == '/')
            sb_rule_filter(m->plan, "regex", regex_of(m, i, "$"));
}

/* Of a pattern that was parsed, what follows its last "**": as a pattern for wherever it
 * is. False when nothing does, and what it matches is a whole tree. */
static bool keep_tail(sb_pattern *pattern)
{
    size_t last = pattern->count;
    while (last > 1 && pattern->elements[last - 1].kind != SB_DIRECTORIES &&
           pattern->elements[last - 1].kind != SB_ALL)
        last--;
    if (last <= 1 || last == pattern->count)
        return false;
    size_t n = pattern->count - last;
    pattern->elements[1] = pattern->elements[last - 1];
    pattern->elements[0] = (sb_element){.kind = SB_BYTE, .byte = '/'};
    memmove(&pattern->elements[2], &pattern->elements[last], n * sizeof *pattern->elements);
    pattern->count = n + 2;
    pattern->literal = 1;
    return true;
}

/* A directory of any name can be moved to below a "**", with all that is in it. So what
 * the pattern protects there is made in no other writable place either, the temporary
 * directory among them. */
static void refuse_names(sb_maker *m)
{
    size_t first = m->plan->n_filters;
    sb_rule_begin(m->plan, SB_CREATE, false, "file-write*");
    for (size_t i = 0; i < m->policy->n_pending; i++) {
        const srt_pending_rule *rule = m->policy->pending[i];
        if (!is_glob(rule, SRT_ACCESS_READ) || !sb_parse(m, rule->path) || !keep_tail(&m->pattern))
            continue;
        const char *regex = regex_of(m, m->pattern.count, SB_REGEX_BELOW);
        bool known = false;
        for (size_t k = first; k < m->plan->n_filters && !known; k++)
            known = strcmp(m->plan->filters[k].text, regex) == 0;
        if (!known)
            sb_rule_filter(m->plan, "regex", regex);
    }
    sb_rule_end(m->plan);
}

void sb_plan_names(sb_maker *m)
{
    if (m->policy->protect_missing == SRT_PROTECT_EXACT)
        refuse_names(m);
}

void sb_plan_creations(sb_maker *m)
{
    if (m->policy->protect_missing != SRT_PROTECT_EXACT)
        return;
    sb_rule_begin(m->plan, SB_CREATE, false, "file-write-create");
    for (size_t i = 0; i < m->policy->n_pending; i++)
        if (m->policy->pending[i]->access == SRT_ACCESS_READ)
            refuse_above(m, m->policy->pending[i]);
    sb_rule_end(m->plan);
}
