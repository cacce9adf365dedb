/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles the rules of a policy, and the table of last components. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names_impl.h"

/* What git runs by name from a hooks directory. Listed so that only these, and not every name,
 * must be resolved where such a directory could be made inside. */
static const char *const git_hooks[] = {
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "push-to-checkout",
    "reference-transaction",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "fsmonitor-watchman",
    "p4-changelist",
    "p4-prepare-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
    "post-index-change",
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static uint32_t hash_folded(const char *text, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)lower(text[i])) * 16777619u;
    return hash;
}

static bool same_folded(const char *folded, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (folded[i] != lower(text[i]))
            return false;
    return folded[length] == '\0';
}

static sup_name *find_name(const sup_names *names, const char *text, size_t length, uint32_t hash)
{
    size_t at = hash & (names->table_size - 1);
    for (;; at = (at + 1) & (names->table_size - 1)) {
        sup_name *name = &names->table[at];
        if (!name->text || (name->hash == hash && same_folded(name->text, text, length)))
            return name;
    }
}

static int grow_table(sup_names *names)
{
    sup_names bigger = *names;
    bigger.table_size = names->table_size ? names->table_size * 2 : 256;
    bigger.table = calloc(bigger.table_size, sizeof *bigger.table);
    if (!bigger.table)
        return -ENOMEM;
    for (size_t i = 0; i < names->table_size; i++) {
        const sup_name *old = &names->table[i];
        if (old->text)
            *find_name(&bigger, old->text, strlen(old->text), old->hash) = *old;
    }
    free(names->table);
    *names = bigger;
    return 0;
}

static int add_name(sup_names *names, const char *text, size_t length, uint8_t bits)
{
    uint32_t hash = hash_folded(text, length);
    if (2 * (names->n_names + 1) > names->table_size && grow_table(names) < 0)
        return -ENOMEM;
    sup_name *name = find_name(names, text, length, hash);
    if (!name->text) {
        char *copy = malloc(length + 1);
        if (!copy)
            return -ENOMEM;
        for (size_t i = 0; i < length; i++)
            copy[i] = lower(text[i]);
        copy[length] = '\0';
        *name = (sup_name){.text = copy, .hash = hash};
        names->n_names++;
    }
    name->bits |= bits;
    return 0;
}

static int add_wild(sup_names *names, const char *text, size_t length, bool fold, uint8_t bits)
{
    sup_wild *list = realloc(names->wild, (names->n_wild + 1) * sizeof *list);
    if (!list)
        return -ENOMEM;
    names->wild = list;
    sup_glob *glob = sup_glob_new(text, length, fold);
    if (!glob)
        return -errno;
    list[names->n_wild++] = (sup_wild){glob, bits};
    return 0;
}

/* One component of a rule, for the quick look. */
static int add_component(sup_names *names, const char *text, size_t length, bool glob, bool fold,
                         uint8_t bits)
{
    bool wild = false, spans = false;
    for (size_t i = 0; glob && i < length; i++) {
        wild = wild || strchr("*?[", text[i]);
        spans = spans || (text[i] == '*' && i + 1 < length && text[i + 1] == '*');
    }
    if (!wild)
        return add_name(names, text, length, bits);
    if (!spans)
        return add_wild(names, text, length, fold, bits);
    /* "**" before a slash leads anywhere and says nothing; elsewhere it may be any name. */
    if (length > 2 || (bits & SUP_NAME_LAST))
        names->any |= bits | SUP_NAME_LEAD;
    return 0;
}

static int add_components(sup_names *names, const char *path, bool glob, bool fold, bool nested)
{
    int failed = 0;
    for (const char *p = path; *p == '/' && !failed;) {
        size_t length = strcspn(p + 1, "/");
        /* Of a rule that we made ourselves: a plain '*' would make every rename suspect. */
        bool skipped = nested && length == 1 && p[1] == '*';
        if (length > 0 && !skipped)
            failed = add_component(names, p + 1, length, glob, fold,
                                   p[1 + length] ? SUP_NAME_LEAD : SUP_NAME_LAST);
        p += 1 + length;
    }
    return failed;
}

/* The literal components at the start of a pattern, unescaped and folded; *ret_tail is what
 * follows, from its slash on. */
static char *literal_part(const char *path, bool glob, bool fold, const char **ret_tail,
                          size_t *ret_length)
{
    char *out = malloc(strlen(path) + 1);
    size_t used = 0, kept = 0;
    const char *p = path;
    if (!out)
        return NULL;
    *ret_tail = path;
    for (;;) {
        if (*p == '/' || *p == '\0') {
            kept = used;
            *ret_tail = p;
        }
        if (*p == '\0')
            break;
        char c = *p;
        if (glob && c == '[' && p[1] != '\0' && strchr("*?[", p[1]) && p[2] == ']') {
            c = p[1];
            p += 3;
        } else if (glob && strchr("*?[", c)) {
            break;
        } else {
            p++;
        }
        out[used++] = fold ? lower(c) : c;
    }
    out[kept] = '\0';
    *ret_length = kept;
    return out;
}

static int add_rule(sup_names *names, const sup_rule *like, const char *path, bool glob)
{
    const char *tail;
    if (names->n_rules == names->rules_size) {
        size_t size = names->rules_size ? names->rules_size * 2 : 64;
        sup_rule *rules = realloc(names->rules, size * sizeof *rules);
        if (!rules)
            return -ENOMEM;
        names->rules = rules;
        names->rules_size = size;
    }
    sup_rule *rule = &names->rules[names->n_rules];
    *rule = *like;
    rule->literal = literal_part(path, glob, rule->fold, &tail, &rule->length);
    if (!rule->literal)
        return -ENOMEM;
    names->n_rules++;
    if (*tail) {
        rule->tail = sup_glob_new(tail, strlen(tail), rule->fold);
        if (!rule->tail)
            return -errno;
    }
    return add_components(names, path, glob, rule->fold, rule->nested);
}

/* ".git/X" is protected in the git directories inside a git directory as well. */
static int add_nested(sup_names *names, const sup_rule *like, const char *path)
{
    static const char mark[] = "/**/.git/";
    static const char *const inside[] = {"modules/**/", "worktrees/*/"};
    const char *at = strstr(path, mark);
    sup_rule rule = *like;
    if (!at)
        return 0;
    at += sizeof mark - 1;
    rule.nested = true;
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        char *text = NULL;
        if (asprintf(&text, "%.*s%s%s", (int)(at - path), path, inside[i], at) < 0)
            return -ENOMEM;
        int failed = add_rule(names, &rule, text, true);
        free(text);
        if (failed)
            return failed;
    }
    int failed = 0;
    for (size_t i = 0; strcmp(at, "hooks") == 0 && i < sizeof git_hooks / sizeof *git_hooks; i++)
        failed =
            failed ? failed : add_name(names, git_hooks[i], strlen(git_hooks[i]), SUP_NAME_LAST);
    return failed;
}

static int add_pending(sup_names *names)
{
    const srt_policy *policy = names->policy;
    const char *base = NULL;
    size_t base_length = 0;
    if (policy->protect_missing == SRT_PROTECT_OFF)
        return 0;
    for (size_t i = 0; i < policy->n_pending; i++) {
        const srt_pending_rule *pending = policy->pending[i];
        bool glob = pending->flags & SRT_PATH_GLOB, fold = pending->flags & SRT_PATH_MANDATORY;
        sup_rule like = {.origin = pending->origin, .fold = fold, .mandatory = fold};
        int failed = add_rule(names, &like, pending->path, glob);
        if (!failed && glob && fold)
            failed = add_nested(names, &like, pending->path);
        if (failed)
            return failed;
        const char *stars = glob ? strstr(pending->path, "/**/") : NULL;
        names->moves_matter |= glob && !fold;
        if (!stars)
            continue;
        names->moves_matter |= base && (base_length != (size_t)(stars - pending->path) ||
                                        strncmp(base, pending->path, base_length) != 0);
        base = pending->path;
        base_length = (size_t)(stars - pending->path);
    }
    return 0;
}

/* What exists and is denied keeps its name even where its path could be freed. */
static int add_denied(sup_names *names)
{
    const srt_policy *policy = names->policy;
    char parent[4096];
    for (size_t i = 1; i < policy->n_regions && !policy->fs_disabled; i++) {
        const srt_region *region = policy->regions[i];
        const char *slash = strrchr(region->path, '/');
        size_t length = slash > region->path ? (size_t)(slash - region->path) : 1;
        const srt_origin *origin;
        if (region->access == SRT_ACCESS_WRITE || length >= sizeof parent)
            continue;
        memcpy(parent, region->path, length);
        parent[length] = '\0';
        if (sup_names_access(names, parent, &origin) != SRT_ACCESS_WRITE)
            continue;
        sup_rule like = {
            .origin = region->origin, .fold = region->flags & SRT_PATH_MANDATORY, .itself = true};
        int failed = add_rule(names, &like, region->path, false);
        if (failed)
            return failed;
    }
    return 0;
}

sup_names *sup_names_new(const srt_policy *policy, int *ret_error)
{
    sup_names *names = calloc(1, sizeof *names);
    *ret_error = -ENOMEM;
    if (!names)
        return NULL;
    names->policy = policy;
    int failed = grow_table(names);
    failed = failed ? failed : sup_areas_new(names);
    failed = failed ? failed : add_pending(names);
    failed = failed ? failed : add_denied(names);
    *ret_error = failed;
    if (!failed)
        return names;
    sup_names_free(names);
    return NULL;
}

void sup_names_free(sup_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < names->n_rules; i++) {
        free(names->rules[i].literal);
        sup_glob_free(names->rules[i].tail);
    }
    for (size_t i = 0; i < names->table_size; i++)
        free(names->table[i].text);
    for (size_t i = 0; i < names->n_wild; i++)
        sup_glob_free(names->wild[i].glob);
    free(names->rules);
    free(names->table);
    free(names->wild);
    free(names->areas);
    free(names);
}

bool sup_names_suspect(const sup_names *names, const char *last, enum sup_new how)
{
    size_t length = strlen(last);
    bool deep = how == SUP_NEW_LINK || how == SUP_NEW_MOVED;
    uint8_t wanted = deep ? SUP_NAME_LAST | SUP_NAME_LEAD : SUP_NAME_LAST;
    const sup_name *name = find_name(names, last, length, hash_folded(last, length));
    if ((names->any | (name->text ? name->bits : 0)) & wanted)
        return true;
    for (size_t i = 0; i < names->n_wild; i++)
        if ((names->wild[i].bits & wanted) && sup_glob_match(names->wild[i].glob, last))
            return true;
    return false;
}

bool sup_names_moves_matter(const sup_names *names)
{
    return names->moves_matter;
}
