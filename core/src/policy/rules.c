/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rules.h"

#include <stdarg.h>
#include <string.h>

static void pattern_free(gpointer data)
{
    SrtPattern *pattern = data;
    srt_glob_free(pattern->glob);
    g_free(pattern);
}

SrtRules *srt_rules_new(void)
{
    SrtRules *rules = g_new0(SrtRules, 1);
    rules->names = g_ptr_array_new();
    rules->strings = g_string_chunk_new(16384);
    rules->origins = g_ptr_array_new_with_free_func(g_free);
    rules->list = g_ptr_array_new_with_free_func(g_free);
    rules->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    rules->patterns = g_ptr_array_new_with_free_func(pattern_free);
    rules->candidates = g_array_new(FALSE, FALSE, sizeof(SrtCandidate));
    rules->links = g_array_new(FALSE, FALSE, sizeof(SrtLink));
    rules->notes = g_ptr_array_new_with_free_func(g_free);
    rules->problems = g_string_new(NULL);
    return rules;
}

void srt_rules_free(SrtRules *rules)
{
    if (!rules)
        return;
    g_hash_table_destroy(rules->nodes);
    g_ptr_array_unref(rules->list);
    g_ptr_array_unref(rules->patterns);
    g_ptr_array_unref(rules->origins);
    g_ptr_array_unref(rules->notes);
    g_array_unref(rules->candidates);
    g_array_unref(rules->links);
    g_string_free(rules->problems, TRUE);
    g_ptr_array_unref(rules->names);
    g_string_chunk_free(rules->strings);
    g_free(rules);
}

const char *srt_rules_text(SrtRules *rules, const char *text)
{
    return g_string_chunk_insert(rules->strings, text);
}

static const srt_origin *origin_new(SrtRules *rules, const char *file, guint line,
                                    const char *pointer, const char *text)
{
    srt_origin *origin = g_new(srt_origin, 1);
    *origin = (srt_origin){
        .struct_size = sizeof *origin,
        .line = line,
        .file = file,
        .pointer = pointer,
        .text = text,
    };
    g_ptr_array_add(rules->origins, origin);
    return origin;
}

const srt_origin *srt_rules_origin(SrtRules *rules, const SrtConfigItem *item)
{
    return origin_new(rules,
                      g_string_chunk_insert_const(rules->strings, item->file ? item->file : ""),
                      item->line, srt_rules_text(rules, item->pointer ? item->pointer : ""),
                      srt_rules_text(rules, item->text ? item->text : ""));
}

const srt_origin *srt_rules_built_in(SrtRules *rules, const char *pointer, const char *text)
{
    return origin_new(rules, "built-in", 0, pointer, text);
}

static SrtNode *node_at(SrtRules *rules, const char *path)
{
    SrtNode *node = g_hash_table_lookup(rules->nodes, path);
    if (node)
        return node;
    node = g_new0(SrtNode, 1);
    node->path = srt_rules_text(rules, path);
    g_hash_table_insert(rules->nodes, (gpointer)(gsize)node->path, node);
    return node;
}

gboolean srt_rules_add(SrtRules *rules, SrtKind kind, const char *path, guint32 flags,
                       const srt_origin *origin)
{
    SrtNode *node = node_at(rules, path);
    node->flags |= flags & SRT_PATH_DIR;
    if (node->rules[kind])
        return FALSE;
    SrtPathRule *rule = g_new0(SrtPathRule, 1);
    rule->path = node->path;
    rule->kind = kind;
    rule->flags = flags;
    rule->origin = origin;
    g_ptr_array_add(rules->list, rule);
    node->rules[kind] = rule;
    return TRUE;
}

void srt_rules_add_candidate(SrtRules *rules, const char *path, const char *nearest,
                             srt_access access, guint32 flags, gboolean asked,
                             const srt_origin *origin)
{
    SrtCandidate candidate = {
        .path = srt_rules_text(rules, path),
        .nearest = srt_rules_text(rules, nearest),
        .access = access,
        .flags = flags,
        .asked = asked,
        .origin = origin,
    };
    g_array_append_val(rules->candidates, candidate);
}

void srt_rules_add_link(SrtRules *rules, const char *link, const char *target,
                        const srt_origin *origin)
{
    SrtLink entry = {srt_rules_text(rules, link), srt_rules_text(rules, target), origin};
    g_array_append_val(rules->links, entry);
}

void srt_rules_add_pattern(SrtRules *rules, SrtKind kind, SrtGlob *glob, const char *base,
                           const char *tail, gboolean everywhere, const srt_origin *origin)
{
    SrtPattern *pattern = g_new0(SrtPattern, 1);
    pattern->kind = kind;
    pattern->glob = glob;
    pattern->base = srt_rules_text(rules, base);
    pattern->tail = srt_rules_text(rules, tail);
    pattern->everywhere = everywhere;
    pattern->origin = origin;
    g_ptr_array_add(rules->patterns, pattern);
}

const SrtNode *srt_rules_at(const SrtRules *rules, const char *path)
{
    return g_hash_table_lookup(rules->nodes, path);
}

static gboolean matches(const SrtPattern *pattern, const char *path)
{
    gsize base = pattern->base[1] ? strlen(pattern->base) : 0;
    return strcmp(path, pattern->base) != 0 && srt_path_within(path, pattern->base) &&
           srt_glob_match(pattern->glob, path + base + 1);
}

/* At exactly this path. */
static const srt_origin *denial_at(const SrtRules *rules, const SrtNode *node, const char *path,
                                   const srt_origin *by)
{
    const SrtPathRule *rule = node ? node->rules[SRT_KIND_DENY_READ] : NULL;
    if (rule && (!by || rule->origin == by))
        return rule->origin;
    for (guint i = 0; i < rules->patterns->len; i++) {
        const SrtPattern *pattern = g_ptr_array_index(rules->patterns, i);
        if (pattern->kind == SRT_KIND_DENY_READ && (!by || pattern->origin == by) &&
            matches(pattern, path))
            return pattern->origin;
    }
    return NULL;
}

const srt_origin *srt_rules_read_denial(const SrtRules *rules, const char *path,
                                        const srt_origin *by)
{
    const srt_origin *found = NULL;
    g_autofree char *prefix = g_strdup(path);
    for (char *end = prefix + strlen(prefix); end > prefix && !found; *end = '\0') {
        const SrtNode *node = srt_rules_at(rules, prefix);
        if (!by && node && node->rules[SRT_KIND_ALLOW_READ])
            return NULL;
        found = denial_at(rules, node, prefix, by);
        while (--end > prefix && *end != '/')
            ;
    }
    return found;
}

static char *format_line(const srt_origin *origin, const char *format, va_list args)
    G_GNUC_PRINTF(2, 0);
static char *format_line(const srt_origin *origin, const char *format, va_list args)
{
    g_autofree char *what = g_strdup_vprintf(format, args);
    if (!origin)
        return g_steal_pointer(&what);
    if (origin->line == 0)
        return g_strdup_printf("%s: %s: \"%s\" %s", origin->file, origin->pointer, origin->text,
                               what);
    return g_strdup_printf("%s:%u: %s: \"%s\" %s", origin->file, origin->line, origin->pointer,
                           origin->text, what);
}

void srt_rules_note(SrtRules *rules, const srt_origin *origin, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(rules->notes, format_line(origin, format, args));
    va_end(args);
}

void srt_rules_problem(SrtRules *rules, const srt_origin *origin, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *line = format_line(origin, format, args);
    va_end(args);
    if (rules->problems->len > 0)
        g_string_append_c(rules->problems, '\n');
    g_string_append(rules->problems, line);
}

const char *srt_kind_name(SrtKind kind)
{
    static const char *const names[SRT_KIND_COUNT] = {"denyRead", "allowRead", "allowWrite",
                                                      "denyWrite"};
    return names[kind];
}

gboolean srt_path_within(const char *path, const char *dir)
{
    gsize length = strlen(dir);
    if (length == 1)
        return TRUE;
    return strncmp(path, dir, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

int srt_path_compare(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    /* '/' is the smallest byte, so that "a/x" stands before "a-b". */
    int left = *a == '/' ? 1 : *a ? (guchar)*a + 1 : 0;
    int right = *b == '/' ? 1 : *b ? (guchar)*b + 1 : 0;
    return left - right;
}
