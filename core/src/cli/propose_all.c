/* SPDX-License-Identifier: Apache-2.0 */
/* Many refusals -> few entries. */
#include <stdlib.h>
#include <string.h>

#include "cli/propose.h"
#include "cli/propose_private.h"

#define NEIGHBOURS 3 /* that many in one place stand for the place */

typedef struct Merge {
    const SrtPolicy *policy;
    char *home; /* canonical, or NULL */
    GPtrArray *list;
} Merge;

static void free_proposal(gpointer proposal)
{
    srt_proposal_free(proposal);
}

static gboolean is_for(const SrtProposal *p, const char *key)
{
    return p->key && strcmp(p->key, key) == 0;
}

/* The path of an entry, as the policy names it. Caller frees. */
static char *path_of(const Merge *merge, const SrtProposal *p)
{
    if (p->value[0] == '~' && merge->home)
        return g_strconcat(merge->home, p->value + 1, NULL);
    return g_strdup(p->value);
}

/* The place above an entry that would do for it and its neighbours; NULL: none may. */
static char *place_above(const Merge *merge, const SrtProposal *p)
{
    if (is_for(p, "allowedDomains")) {
        const char *colon = strrchr(p->value, ':');
        g_autofree char *host = g_strndup(p->value, (gsize)(colon - p->value));
        g_autofree char *wild = host[0] == '*' ? NULL : srt_propose_wildcard(host);
        return wild ? g_strconcat(wild, colon, NULL) : NULL;
    }
    g_autofree char *path = path_of(merge, p);
    g_autofree char *up = g_path_get_dirname(path);
    if (!is_for(p, "allowWrite") || srt_propose_too_wide(up, merge->home) ||
        srt_propose_is_system(up) || srt_propose_secret(up, merge->home) ||
        srt_policy_is_protected(merge->policy, up))
        return NULL;
    if (merge->home && srt_propose_within(up, merge->home)) {
        /* Right in the home directory lies everything else of the user's. */
        return g_strconcat("~", up + strlen(merge->home), NULL);
    }
    return g_steal_pointer(&up);
}

/* Whether the entry wide already grants what p does. */
static gboolean covers(const SrtProposal *wide, const SrtProposal *p)
{
    if (wide == p || !is_for(p, wide->key ? wide->key : ""))
        return FALSE;
    if (!is_for(p, "allowedDomains"))
        return srt_propose_within(p->value, wide->value);
    const char *colon = strrchr(wide->value, ':');
    gsize n = strlen(wide->value + 1), m = strlen(p->value);
    if (strcmp(wide->value, p->value) == 0)
        return TRUE;
    return colon && wide->value[0] == '*' && p->value[0] != '*' && m > n &&
           strcmp(p->value + m - n, wide->value + 1) == 0;
}

static void drop_covered(Merge *merge)
{
    for (guint i = 0; i < merge->list->len; i++) {
        SrtProposal *wide = g_ptr_array_index(merge->list, i);
        for (guint j = merge->list->len; wide->value && j-- > 0;) {
            SrtProposal *p = g_ptr_array_index(merge->list, j);
            if (!p->value || !covers(wide, p))
                continue;
            wide->count += p->count;
            g_ptr_array_remove_index(merge->list, j);
            i -= j < i;
        }
    }
}

static void widen(Merge *merge)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < merge->list->len; i++) {
        const SrtProposal *p = g_ptr_array_index(merge->list, i);
        char *place = p->value ? place_above(merge, p) : NULL;
        if (!place)
            continue;
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(places, place)) + 1;
        g_hash_table_replace(places, place, GUINT_TO_POINTER(n));
    }
    for (guint i = 0; i < merge->list->len; i++) {
        SrtProposal *p = g_ptr_array_index(merge->list, i);
        g_autofree char *place = p->value ? place_above(merge, p) : NULL;
        if (!place || GPOINTER_TO_UINT(g_hash_table_lookup(places, place)) < NEIGHBOURS)
            continue;
        g_free(p->value);
        p->value = g_steal_pointer(&place);
    }
}

static gint with_entry_first(gconstpointer left, gconstpointer right)
{
    const SrtProposal *a = *(SrtProposal *const *)left, *b = *(SrtProposal *const *)right;
    if ((a->value != NULL) != (b->value != NULL))
        return a->value ? -1 : 1;
    int order = g_strcmp0(a->key, b->key);
    return order ? order
                 : g_strcmp0(a->value ? a->value : a->target, b->value ? b->value : b->target);
}

/* What has no entry is told once for each target. */
static void add(Merge *merge, GHashTable *told, SrtProposal *p)
{
    SrtProposal *same = p->value ? NULL : g_hash_table_lookup(told, p->target);
    if (same) {
        same->count += p->count;
        srt_proposal_free(p);
        return;
    }
    g_ptr_array_add(merge->list, p);
    if (!p->value)
        g_hash_table_insert(told, p->target, p);
}

GPtrArray *srt_propose_all(const SrtPolicy *policy, const GPtrArray *records)
{
    const char *home = srt_policy_view(policy)->home;
    char *real = home ? realpath(home, NULL) : NULL;
    Merge merge = {.policy = policy, .home = real ? real : g_strdup(home)};
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    merge.list = g_ptr_array_new_with_free_func(free_proposal);
    for (guint i = 0; i < records->len; i++)
        add(&merge, told, srt_propose(policy, g_ptr_array_index(records, i), TRUE));
    g_hash_table_remove_all(told);
    drop_covered(&merge);
    widen(&merge);
    drop_covered(&merge);
    g_ptr_array_sort(merge.list, with_entry_first);
    free(merge.home);
    return merge.list;
}
