/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of one entry of a list that has wildcards. */
#include "policy/lists_private.h"

#include <string.h>

/* The base of a pattern is looked up; what is found there is kept. */
static void add_pattern_at(const SrtLists *lists, const SrtListEntry *entry, SrtGlob *take_glob,
                           const char *base, const char *tail, gboolean everywhere)
{
    g_autoptr(SrtGlob) glob = take_glob;
    g_auto(SrtResolved) at = {0};
    srt_resolve(lists->resolver, base, &at);
    if (at.found == SRT_FOUND_DIR && srt_path_is_kernel(at.path)) {
        srt_rules_note(lists->rules, entry->origin, "is ignored: patterns do not apply in %s",
                       at.path);
    } else if (at.found == SRT_FOUND_DIR) {
        if (srt_list_entry_denies(entry) || srt_list_entry_is_within(lists, entry, at.path))
            srt_rules_add_pattern(lists->rules, entry->kind, g_steal_pointer(&glob), at.path, tail,
                                  everywhere, entry->origin);
    } else if (at.found == SRT_FOUND_MISSING && srt_list_entry_denies(entry)) {
        g_autofree char *escaped = srt_glob_escape(at.path);
        g_autofree char *pattern = g_strconcat(escaped, "/", tail, NULL);
        gboolean reads = entry->kind == SRT_KIND_DENY_READ;
        srt_rules_add_candidate(lists->rules, pattern, at.nearest,
                                reads ? SRT_ACCESS_HIDDEN : SRT_ACCESS_READ, SRT_PATH_GLOB, TRUE,
                                entry->origin);
    } else if (at.found == SRT_FOUND_MISSING || at.found == SRT_FOUND_FILE) {
        srt_rules_note(lists->rules, entry->origin, "matches nothing: %s is no directory", base);
    } else if (at.found == SRT_FOUND_BLOCKED) {
        srt_list_entry_add_blocked(lists, entry, &at);
    } else {
        srt_rules_problem(lists->rules, entry->origin, "begins with a path that leads nowhere: %s",
                          base);
    }
}

/* The absolute path with wildcards, in components without "." and "". */
static GPtrArray *split_pattern(const char *path)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) all = g_strsplit(path, "/", -1);
    for (guint i = 0; all[i]; i++)
        if (*all[i] && strcmp(all[i], ".") != 0)
            g_ptr_array_add(parts, g_strdup(all[i]));
    return parts;
}

static char *join(const GPtrArray *parts, guint from, guint to, const char *lead)
{
    GString *text = g_string_new(NULL);
    for (guint i = from; i < to; i++)
        g_string_append_printf(text, "%s%s", i == from ? lead : "/",
                               (const char *)g_ptr_array_index(parts, i));
    if (text->len == 0)
        g_string_append(text, lead);
    return g_string_free(text, FALSE);
}

static guint next_wild(const GPtrArray *parts, guint from)
{
    while (from < parts->len && !srt_glob_has_wildcards(g_ptr_array_index(parts, from)))
        from++;
    return from;
}

/* Relative, and its first component is two stars. */
static gboolean is_everywhere(const SrtListEntry *entry, const GPtrArray *parts, guint wild,
                              guint given)
{
    const char *text = entry->origin->text;
    return srt_list_entry_denies(entry) && text[0] != '/' && text[0] != '~' && wild == given &&
           strcmp(g_ptr_array_index(parts, wild), "**") == 0;
}

void srt_list_entry_add_pattern(const SrtLists *lists, const SrtListEntry *entry, const char *path,
                                gsize own, gboolean exact)
{
    g_autoptr(GPtrArray) parts = split_pattern(path);
    g_autofree char *given = g_strndup(path, own);
    g_autoptr(GPtrArray) given_parts = split_pattern(given);
    guint wild = next_wild(parts, given_parts->len);
    gboolean everywhere = is_everywhere(entry, parts, wild, given_parts->len);
    for (guint i = wild; i < parts->len; i++)
        if (strcmp(g_ptr_array_index(parts, i), "..") == 0) {
            srt_rules_problem(lists->rules, entry->origin,
                              "has \"..\" after a wildcard: write it without");
            return;
        }
    while (wild < parts->len) {
        const char *why = NULL;
        g_autofree char *base = join(parts, 0, wild, "/");
        g_autofree char *tail = join(parts, wild, parts->len, "");
        SrtGlob *glob = srt_glob_new(tail, &why);
        if (glob)
            add_pattern_at(lists, entry, glob, base, tail, everywhere);
        else if (!exact)
            srt_rules_problem(lists->rules, entry->origin, "%s", why);
        g_autofree char *literal = join(parts, 0, wild + 1, "/");
        g_auto(SrtResolved) at = {0};
        srt_resolve(lists->resolver, literal, &at);
        if (at.found != SRT_FOUND_DIR)
            return;
        everywhere = FALSE;
        wild = next_wild(parts, wild + 1);
    }
}
