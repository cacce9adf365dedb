/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/scan_state.h"

#include <dirent.h>
#include <string.h>

#include "base/error.h"

#define MAX_LINKED 10000 /* trees reached through symbolic links */

const SrtPattern *srt_scan_pattern(const SrtScan *scan, guint index)
{
    return g_ptr_array_index(scan->rules->patterns, index);
}

void srt_scan_add_rule(SrtScan *scan, SrtKind kind, const char *path, guint32 flags,
                       const srt_origin *origin)
{
    srt_rules_add(scan->rules, kind, path, flags, origin);
    if (scan->rules->list->len <= SRT_POLICY_MAX_RULES || scan->error)
        return;
    g_set_error(&scan->error, SRT_ERROR, SRT_ERROR_POLICY,
                "the settings lead to more than %d path rules; the last came from %s \"%s\": "
                "name directories instead of the files in them",
                SRT_POLICY_MAX_RULES, origin->pointer, origin->text);
}

void srt_scan_deny(SrtScan *scan, SrtKind kind, const char *path, unsigned char type, guint32 flags,
                   const srt_origin *origin)
{
    if (type != DT_LNK) {
        srt_scan_add_rule(scan, kind, path, flags | (type == DT_DIR ? SRT_PATH_DIR : 0), origin);
        return;
    }
    g_auto(SrtResolved) at = {0};
    g_ptr_array_add(scan->rules->names, (gpointer)(gsize)srt_rules_text(scan->rules, path));
    srt_resolve(scan->resolver, path, &at);
    if (at.found == SRT_FOUND_DIR || at.found == SRT_FOUND_FILE)
        srt_scan_add_rule(scan, kind, at.path,
                          flags | (at.found == SRT_FOUND_DIR ? SRT_PATH_DIR : 0), origin);
    else if (at.found == SRT_FOUND_BLOCKED && at.nearest[1])
        srt_scan_add_rule(scan, kind, at.nearest, flags | SRT_PATH_DIR, origin);
    else if (at.found == SRT_FOUND_MISSING && (flags & SRT_PATH_MANDATORY))
        srt_rules_add_candidate(scan->rules, at.path, at.nearest, SRT_ACCESS_READ, flags, FALSE,
                                origin);
}

void srt_scan_alive_add(SrtScan *scan, SrtScanLevel *at, guint pattern, const SrtGlobState *state)
{
    for (guint i = 0; i < at->n_alive; i++)
        if (at->alive[i].pattern == pattern) {
            srt_glob_state_join(&at->alive[i].state, state);
            return;
        }
    if (!at->alive)
        at->alive = g_new(SrtScanAlive, scan->rules->patterns->len);
    at->alive[at->n_alive++] = (SrtScanAlive){.pattern = pattern, .state = *state};
}

/* rest: what lies between the base and the directory, with its slashes. */
static void begin_pattern(SrtScan *scan, SrtScanLevel *at, guint index, const char *rest)
{
    const SrtPattern *pattern = srt_scan_pattern(scan, index);
    SrtGlobState state;
    srt_glob_start(pattern->glob, &state);
    gsize length = strlen(rest);
    if (srt_glob_step(pattern->glob, &state, rest, length) &&
        (length == 0 || srt_glob_step(pattern->glob, &state, "/", 1)))
        srt_scan_alive_add(scan, at, index, &state);
}

void srt_scan_begin_patterns(SrtScan *scan, SrtScanLevel *at, const char *prefix, const char *rest)
{
    const SrtScanPoint *point = g_hash_table_lookup(scan->points, prefix);
    if (point && point->patterns)
        for (guint i = 0; i < point->patterns->len; i++)
            begin_pattern(scan, at, g_array_index(point->patterns, guint, i), rest);
    const SrtNode *node = srt_rules_at(scan->rules, prefix);
    if (node && node->rules[SRT_KIND_ALLOW_WRITE])
        for (guint i = 0; i < scan->everywhere->len; i++)
            begin_pattern(scan, at, g_array_index(scan->everywhere, guint, i), rest);
}

void srt_scan_step_patterns(SrtScan *scan, SrtScanLevel *at, const SrtScanLevel *parent,
                            const char *name, gsize length)
{
    for (guint i = 0; i < parent->n_alive; i++) {
        const SrtScanAlive *from = &parent->alive[i];
        const SrtGlob *glob = srt_scan_pattern(scan, from->pattern)->glob;
        SrtGlobState state = from->state;
        if (srt_glob_step(glob, &state, name, length) && srt_glob_step(glob, &state, "/", 1))
            srt_scan_alive_add(scan, at, from->pattern, &state);
    }
}

gboolean srt_scan_pattern_matters(const SrtScan *scan, const SrtScanLevel *at, guint index)
{
    srt_access access = srt_access_state_get(&at->access);
    switch (srt_scan_pattern(scan, index)->kind) {
    case SRT_KIND_DENY_READ:
        return access != SRT_ACCESS_HIDDEN;
    case SRT_KIND_DENY_WRITE:
        return access == SRT_ACCESS_WRITE;
    case SRT_KIND_ALLOW_READ:
        return access == SRT_ACCESS_HIDDEN;
    case SRT_KIND_ALLOW_WRITE:
    case SRT_KIND_COUNT:
        break;
    }
    return access == SRT_ACCESS_HIDDEN || (access == SRT_ACCESS_READ && !at->access.deny);
}

/* Whether the tree at target will be searched anyway, from a base above it, with
 * at least the same chances to match. */
static gboolean is_covered(const SrtScan *scan, const SrtScanAlive *alive, const char *target)
{
    const SrtPattern *pattern = srt_scan_pattern(scan, alive->pattern);
    SrtGlobState state;
    if (!srt_path_within(target, pattern->base))
        return FALSE;
    srt_glob_start(pattern->glob, &state);
    const char *rest = target + (pattern->base[1] ? strlen(pattern->base) : 0);
    rest += *rest == '/';
    gsize length = strlen(rest);
    if (length > 0 && !(srt_glob_step(pattern->glob, &state, rest, length) &&
                        srt_glob_step(pattern->glob, &state, "/", 1)))
        return FALSE;
    return srt_glob_state_covers(&state, &alive->state);
}

static void queue_linked(SrtScan *scan, const char *target, const SrtScanAlive *alive)
{
    g_autoptr(GString) key = g_string_new(NULL);
    g_string_printf(key, "%u", alive->pattern);
    for (guint i = 0; i < SRT_GLOB_WORDS; i++)
        g_string_append_printf(key, " %" G_GINT64_MODIFIER "x", alive->state.bits[i]);
    g_string_append_printf(key, " %s", target);
    if (!g_hash_table_add(scan->linked_seen, g_strdup(key->str)) || scan->error)
        return;
    if (g_hash_table_size(scan->linked_seen) > MAX_LINKED) {
        const SrtPattern *pattern = srt_scan_pattern(scan, alive->pattern);
        g_set_error(&scan->error, SRT_ERROR, SRT_ERROR_POLICY,
                    "%s \"%s\": more than %d symbolic links lead to other trees that it may match "
                    "in: give it a narrower directory to begin in",
                    pattern->origin->pointer, pattern->origin->text, MAX_LINKED);
        return;
    }
    SrtScanLinked *linked = g_new0(SrtScanLinked, 1);
    linked->path = g_strdup(target);
    linked->alive = *alive;
    g_queue_push_tail(&scan->linked, linked);
}

/* A deny pattern goes through a link to a directory: what it names is denied
 * where it really is. Not upwards, that would search the same tree again. */
static void follow_link(SrtScan *scan, const char *path, const SrtScanAlive *below)
{
    g_auto(SrtResolved) at = {0};
    srt_resolve(scan->resolver, path, &at);
    if (at.found != SRT_FOUND_DIR || srt_path_within(path, at.path) ||
        is_covered(scan, below, at.path))
        return;
    queue_linked(scan, at.path, below);
}

static void add_match(SrtScan *scan, const SrtPattern *pattern, const char *path, gsize length,
                      gsize name_at, unsigned char type)
{
    if (pattern->kind == SRT_KIND_DENY_READ || pattern->kind == SRT_KIND_DENY_WRITE) {
        srt_scan_deny(scan, pattern->kind, path, type, SRT_PATH_GLOB, pattern->origin);
        return;
    }
    if (type == DT_LNK)
        return;
    srt_scan_add_rule(scan, pattern->kind, path,
                      SRT_PATH_GLOB | (type == DT_DIR ? SRT_PATH_DIR : 0), pattern->origin);
    const SrtMandatoryName *name =
        pattern->kind == SRT_KIND_ALLOW_WRITE
            ? srt_mandatory_match(scan->mandatory, path, length, name_at, type == DT_DIR)
            : NULL;
    if (name)
        srt_scan_deny(scan, SRT_KIND_DENY_WRITE, path, type, SRT_PATH_MANDATORY, name->origin);
}

void srt_scan_try_patterns(SrtScan *scan, const SrtScanLevel *at, const char *path, gsize length,
                           gsize name_at, unsigned char type)
{
    for (guint i = 0; i < at->n_alive; i++) {
        const SrtPattern *pattern = srt_scan_pattern(scan, at->alive[i].pattern);
        SrtScanAlive below = at->alive[i];
        if (!srt_glob_step(pattern->glob, &below.state, path + name_at, length - name_at))
            continue;
        if (srt_glob_accepts(pattern->glob, &below.state))
            add_match(scan, pattern, path, length, name_at, type);
        if (type == DT_LNK &&
            (pattern->kind == SRT_KIND_DENY_READ || pattern->kind == SRT_KIND_DENY_WRITE) &&
            srt_glob_step(pattern->glob, &below.state, "/", 1))
            follow_link(scan, path, &below);
    }
}

void srt_scan_try_along(SrtScan *scan, const char *path, gboolean is_directory)
{
    SrtScanLevel here = {0}, next = {0};
    gsize length = 0;
    g_autofree char *prefix = g_strdup(path);
    srt_scan_begin_patterns(scan, &here, "/", "");
    while (path[1] && path[length]) {
        gsize name_at = length + 1;
        length = name_at + strcspn(path + name_at, "/");
        prefix[length] = '\0';
        unsigned char type = path[length] || is_directory ? DT_DIR : DT_REG;
        srt_scan_try_patterns(scan, &here, prefix, length, name_at, type);
        next.n_alive = 0;
        srt_scan_step_patterns(scan, &next, &here, prefix + name_at, length - name_at);
        srt_scan_begin_patterns(scan, &next, prefix, "");
        prefix[length] = path[length];
        SrtScanLevel done = here;
        here = next;
        next = done;
    }
    g_free(here.alive);
    g_free(next.alive);
}
