/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/pending.h"

#include <string.h>

#include "policy/regions.h"

typedef struct Pending {
    SrtRules *rules;
    const GPtrArray *regions;
    GPtrArray *list;
    GHashTable *seen[SRT_ACCESS_WRITE]; /* path, by access */
    const char *nearest;                /* of the last candidate, */
    srt_access nearest_access;          /* and what is allowed there */
} Pending;

static gboolean append(Pending *pending, const char *path, srt_access access, guint32 flags,
                       const srt_origin *origin)
{
    const char *text = srt_rules_text(pending->rules, path);
    if (!g_hash_table_add(pending->seen[access], (gpointer)(gsize)text))
        return FALSE;
    srt_pending_rule *rule = g_new0(srt_pending_rule, 1);
    rule->struct_size = sizeof *rule;
    rule->flags = flags & (SRT_PATH_MANDATORY | SRT_PATH_GLOB);
    rule->access = access;
    rule->path = text;
    rule->origin = origin;
    g_ptr_array_add(pending->list, rule);
    return TRUE;
}

static srt_access access_at(const Pending *pending, const char *path)
{
    SrtAccessState state;
    srt_access_state_at(pending->rules, path, &state);
    return srt_access_state_get(&state);
}

/* Whether a region at or below directory is writable (or, for reads, not hidden). */
static gboolean can_matter(const Pending *pending, const char *directory, srt_access access)
{
    srt_access needed = access == SRT_ACCESS_HIDDEN ? SRT_ACCESS_READ : SRT_ACCESS_WRITE;
    if (access_at(pending, directory) >= needed)
        return TRUE;
    for (guint i = 0; i < pending->regions->len; i++) {
        const srt_region *region = g_ptr_array_index(pending->regions, i);
        if (region->access >= needed && srt_path_within(region->path, directory))
            return TRUE;
    }
    return FALSE;
}

/* Candidates of one directory follow each other. */
static srt_access access_near(Pending *pending, const char *nearest)
{
    if (!pending->nearest || strcmp(nearest, pending->nearest) != 0)
        pending->nearest_access = access_at(pending, nearest);
    pending->nearest = nearest;
    return pending->nearest_access;
}

static void add_candidates(Pending *pending, guint64 *requested)
{
    for (guint i = 0; i < pending->rules->candidates->len; i++) {
        const SrtCandidate *candidate = &g_array_index(pending->rules->candidates, SrtCandidate, i);
        srt_access now = access_near(pending, candidate->nearest);
        gboolean matters = candidate->access == SRT_ACCESS_HIDDEN ? now != SRT_ACCESS_HIDDEN
                                                                  : now == SRT_ACCESS_WRITE;
        if (!matters || !append(pending, candidate->path, candidate->access, candidate->flags,
                                candidate->origin))
            continue;
        if (candidate->asked && (candidate->flags & SRT_PATH_GLOB))
            *requested |= G_GUINT64_CONSTANT(1) << SRT_RULE_GLOB_LATER;
    }
}

static void add_pattern(Pending *pending, const SrtPattern *pattern, const char *base,
                        guint64 *requested)
{
    srt_access access = pattern->kind == SRT_KIND_DENY_READ ? SRT_ACCESS_HIDDEN : SRT_ACCESS_READ;
    if (!can_matter(pending, base, access))
        return;
    g_autofree char *escaped = srt_glob_escape(base[1] ? base : "");
    g_autofree char *text = g_strconcat(escaped, "/", pattern->tail, NULL);
    append(pending, text, access, SRT_PATH_GLOB, pattern->origin);
    *requested |= G_GUINT64_CONSTANT(1) << SRT_RULE_GLOB_LATER;
}

/* The writable directories that lie in no other. */
static GPtrArray *writable_roots(const GPtrArray *regions)
{
    GPtrArray *roots = g_ptr_array_new();
    const char *last = NULL;
    for (guint i = 0; i < regions->len; i++) {
        const srt_region *region = g_ptr_array_index(regions, i);
        if (region->access != SRT_ACCESS_WRITE || !(region->flags & SRT_PATH_DIR) ||
            (last && srt_path_within(region->path, last)))
            continue;
        last = region->path;
        g_ptr_array_add(roots, (gpointer)(gsize)last);
    }
    return roots;
}

static void add_patterns(Pending *pending, const GPtrArray *roots, guint64 *requested)
{
    for (guint i = 0; i < pending->rules->patterns->len; i++) {
        const SrtPattern *pattern = g_ptr_array_index(pending->rules->patterns, i);
        if (pattern->kind != SRT_KIND_DENY_READ && pattern->kind != SRT_KIND_DENY_WRITE)
            continue;
        add_pattern(pending, pattern, pattern->base, requested);
        for (guint r = 0; pattern->everywhere && r < roots->len; r++)
            if (!srt_path_within(g_ptr_array_index(roots, r), pattern->base))
                add_pattern(pending, pattern, g_ptr_array_index(roots, r), requested);
    }
}

static void add_mandatory(Pending *pending, const SrtMandatory *mandatory, const char *home,
                          const GPtrArray *roots)
{
    g_autoptr(GPtrArray) escaped_roots = g_ptr_array_new_with_free_func(g_free);
    for (guint r = 0; r < roots->len; r++) {
        const char *root = g_ptr_array_index(roots, r);
        g_ptr_array_add(escaped_roots, srt_glob_escape(root[1] ? root : ""));
    }
    for (gsize i = 0; i < srt_mandatory_count(mandatory); i++) {
        const SrtMandatoryName *name = srt_mandatory_get(mandatory, i);
        if (name->flags & SRT_MANDATORY_FILE_ONLY)
            continue;
        for (guint r = 0; name->scope == SRT_SCOPE_ANYWHERE && r < escaped_roots->len; r++) {
            g_autofree char *text =
                g_strconcat(g_ptr_array_index(escaped_roots, r), "/**/", name->name, NULL);
            append(pending, text, SRT_ACCESS_READ, SRT_PATH_MANDATORY | SRT_PATH_GLOB,
                   name->origin);
        }
        /* Plain names of the home directory are candidates. */
        if (name->scope == SRT_SCOPE_HOME && (name->flags & SRT_MANDATORY_WILD) && home &&
            can_matter(pending, home, SRT_ACCESS_READ)) {
            g_autofree char *escaped = srt_glob_escape(home[1] ? home : "");
            g_autofree char *text = g_strconcat(escaped, "/", name->name, NULL);
            append(pending, text, SRT_ACCESS_READ, SRT_PATH_MANDATORY | SRT_PATH_GLOB,
                   name->origin);
        }
    }
}

GPtrArray *srt_pending_new(SrtRules *rules, const SrtMandatory *mandatory, const char *home,
                           const GPtrArray *regions, guint64 *requested)
{
    Pending pending = {
        .rules = rules,
        .regions = regions,
        .list = g_ptr_array_new_with_free_func(g_free),
    };
    for (guint i = 0; i < G_N_ELEMENTS(pending.seen); i++)
        pending.seen[i] = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) roots = writable_roots(regions);
    add_candidates(&pending, requested);
    add_patterns(&pending, roots, requested);
    add_mandatory(&pending, mandatory, home, roots);
    for (guint i = 0; i < G_N_ELEMENTS(pending.seen); i++)
        g_hash_table_destroy(pending.seen[i]);
    return pending.list;
}

/* The path itself, or a directory above it, matches. */
static gboolean glob_matches(const char *pattern, const char *path)
{
    const char *why;
    g_autoptr(SrtGlob) glob = srt_glob_new(pattern, &why);
    SrtGlobState state;
    if (!glob)
        return FALSE;
    srt_glob_start(glob, &state);
    for (const char *p = path; *p;) {
        gsize length = strcspn(p + 1, "/") + 1;
        if (!srt_glob_step(glob, &state, p, length))
            return FALSE;
        if (srt_glob_accepts(glob, &state))
            return TRUE;
        p += length;
    }
    return FALSE;
}

static gboolean lies_within(const char *directory, const char *path)
{
    return srt_path_within(path, directory);
}

gboolean srt_pending_matches(const srt_pending_rule *rule, const char *path)
{
    gboolean (*matches)(const char *, const char *) =
        rule->flags & SRT_PATH_GLOB ? glob_matches : lies_within;
    if (!(rule->flags & SRT_PATH_MANDATORY))
        return matches(rule->path, path);
    g_autofree char *pattern = g_ascii_strdown(rule->path, -1);
    g_autofree char *lower = g_ascii_strdown(path, -1);
    return matches(pattern, lower);
}
