/* SPDX-License-Identifier: Apache-2.0 */
/* The access function: the one meaning of the path rules, for every backend.
 *
 * All rules stand at existing canonical paths. P is a canonical path; "above P"
 * means at P or at a directory above it.
 *
 * Read: the longest path above P at which a denyRead, an allowRead or an
 * allowWrite stands decides; at one path, allowRead beats denyRead beats
 * allowWrite. Without any, P is readable. So a re-allowed directory inside a
 * denied one is readable, a deny inside that denies again, and a denied file is
 * lifted only by an allowRead of exactly that file.
 *
 * Write: P is writable when it is readable, no denyWrite stands above P, and an
 * allowWrite stands above P that was not taken back: a denyRead that decides at
 * its path takes back every allowWrite of a shorter path. What allowRead opens
 * inside a denied directory is therefore read-only, unless an allowWrite at or
 * below the denied directory says otherwise.
 *
 * HIDDEN is not readable; WRITE is writable; READ is the rest. */
#include "policy/regions.h"

#include <string.h>

void srt_access_state_apply(SrtAccessState *state, const SrtNode *node)
{
    if (!node)
        return;
    const SrtPathRule *const *rules = node->rules;
    if (rules[SRT_KIND_ALLOW_READ]) {
        state->read = rules[SRT_KIND_ALLOW_READ];
    } else if (rules[SRT_KIND_DENY_READ]) {
        state->read = rules[SRT_KIND_DENY_READ];
        state->grant = NULL;
    } else if (rules[SRT_KIND_ALLOW_WRITE]) {
        state->read = rules[SRT_KIND_ALLOW_WRITE];
    }
    if (rules[SRT_KIND_ALLOW_WRITE])
        state->grant = rules[SRT_KIND_ALLOW_WRITE];
    if (!state->deny)
        state->deny = rules[SRT_KIND_DENY_WRITE];
}

srt_access srt_access_state_get(const SrtAccessState *state)
{
    if (state->read && state->read->kind == SRT_KIND_DENY_READ)
        return SRT_ACCESS_HIDDEN;
    return state->grant && !state->deny ? SRT_ACCESS_WRITE : SRT_ACCESS_READ;
}

const SrtPathRule *srt_access_state_rule(const SrtAccessState *state)
{
    switch (srt_access_state_get(state)) {
    case SRT_ACCESS_HIDDEN:
        return state->read;
    case SRT_ACCESS_WRITE:
        return state->grant;
    case SRT_ACCESS_READ:
        break;
    }
    if (state->deny && (state->grant || !state->read))
        return state->deny;
    return state->read;
}

void srt_access_state_at(const SrtRules *rules, const char *path, SrtAccessState *ret_state)
{
    *ret_state = (SrtAccessState){0};
    srt_access_state_apply(ret_state, srt_rules_at(rules, "/"));
    if (path[1] == '\0')
        return;
    g_autofree char *prefix = g_strdup(path);
    for (char *slash = strchr(prefix + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        srt_access_state_apply(ret_state, srt_rules_at(rules, prefix));
        *slash = '/';
    }
    srt_access_state_apply(ret_state, srt_rules_at(rules, path));
}

static int compare_nodes(gconstpointer a, gconstpointer b)
{
    const SrtNode *const *left = a, *const *right = b;
    return srt_path_compare((*left)->path, (*right)->path);
}

/* A directory with rules on the way down to the current node. */
typedef struct Frame {
    const char *path;
    SrtAccessState state;
    srt_access shown; /* access of the innermost region made so far */
} Frame;

static srt_region *region_new(const char *path, guint32 dir_flag, const SrtAccessState *state)
{
    const SrtPathRule *rule = srt_access_state_rule(state);
    srt_region *region = g_new0(srt_region, 1);
    region->struct_size = sizeof *region;
    region->path = path;
    region->access = srt_access_state_get(state);
    region->origin = rule ? rule->origin : NULL;
    region->flags = dir_flag | (rule ? rule->flags & ~SRT_PATH_DIR : 0);
    return region;
}

/* A rule for just this path takes it out of a pattern that hides it. A backend that
 * holds the pattern itself must know. */
static gboolean is_exception(const SrtNode *node, srt_access access)
{
    const SrtPathRule *denied = node->rules[SRT_KIND_DENY_READ];
    return access != SRT_ACCESS_HIDDEN && denied && (denied->flags & SRT_PATH_GLOB);
}

GPtrArray *srt_regions_new(const SrtRules *rules)
{
    GPtrArray *regions = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    GHashTableIter iter;
    gpointer node;
    g_hash_table_iter_init(&iter, rules->nodes);
    while (g_hash_table_iter_next(&iter, NULL, &node))
        g_ptr_array_add(nodes, node);
    g_ptr_array_sort(nodes, compare_nodes);

    Frame root = {.path = "/"};
    srt_access_state_apply(&root.state, srt_rules_at(rules, "/"));
    root.shown = srt_access_state_get(&root.state);
    g_ptr_array_add(regions, region_new("/", SRT_PATH_DIR, &root.state));
    g_array_append_val(frames, root);
    for (guint i = 0; i < nodes->len; i++) {
        const SrtNode *at = g_ptr_array_index(nodes, i);
        if (at->path[1] == '\0')
            continue;
        while (!srt_path_within(at->path, g_array_index(frames, Frame, frames->len - 1).path))
            g_array_set_size(frames, frames->len - 1);
        Frame frame = g_array_index(frames, Frame, frames->len - 1);
        frame.path = at->path;
        srt_access_state_apply(&frame.state, at);
        srt_access access = srt_access_state_get(&frame.state);
        if (access != frame.shown)
            g_ptr_array_add(regions, region_new(at->path, at->flags, &frame.state));
        else if (is_exception(at, access))
            g_ptr_array_add(regions,
                            region_new(at->path, at->flags | SRT_PATH_EXCEPTION, &frame.state));
        frame.shown = access;
        g_array_append_val(frames, frame);
    }
    return regions;
}
