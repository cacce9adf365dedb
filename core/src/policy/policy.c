/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy says once it is made. */
#include "policy/policy.h"

#include <string.h>

#include "policy/paths.h"
#include "policy/pending.h"
#include "policy/policy_private.h"
#include "policy/regions.h"

void srt_policy_free(SrtPolicy *policy)
{
    if (!policy)
        return;
    if (policy->regions)
        g_ptr_array_unref(policy->regions);
    if (policy->pending)
        g_ptr_array_unref(policy->pending);
    if (policy->net)
        srt_net_policy_unref(policy->net);
    srt_mandatory_free(policy->mandatory);
    srt_listings_free(policy->listings);
    g_hash_table_destroy(policy->by_path);
    g_ptr_array_unref(policy->unix_paths);
    g_ptr_array_unref(policy->unix_denied);
    srt_rules_free(policy->rules);
    g_free(policy);
}

const srt_policy *srt_policy_view(const SrtPolicy *policy)
{
    return &policy->view;
}

SrtNetPolicy *srt_policy_net(const SrtPolicy *policy)
{
    return policy->net;
}

const srt_origin *srt_policy_write_denied(const SrtPolicy *policy, const char *path)
{
    g_autoptr(SrtResolver) resolver = srt_resolver_new();
    g_auto(SrtResolved) at = {0};
    SrtAccessState state;
    srt_resolve(resolver, path, &at);
    srt_access_state_at(policy->rules, at.path, &state);
    if (state.deny)
        return state.deny->origin;
    for (gsize i = 0; i < policy->view.n_pending; i++) {
        const srt_pending_rule *pending = policy->view.pending[i];
        if (at.found == SRT_FOUND_MISSING && srt_pending_matches(pending, at.path))
            return pending->origin;
    }
    return NULL;
}

bool srt_policy_is_protected(const SrtPolicy *policy, const char *path)
{
    if (!policy->mandatory)
        return false;
    gsize length = strlen(path);
    for (gsize at = 1; at < length;) {
        gsize end = at + strcspn(path + at, "/");
        g_autofree char *prefix = g_strndup(path, end);
        if (srt_mandatory_match(policy->mandatory, prefix, end, at, end < length))
            return true;
        at = end + 1;
    }
    return false;
}

const GPtrArray *srt_policy_notes(const SrtPolicy *policy)
{
    return policy->rules->notes;
}

/* The innermost region around a canonical path. */
static const srt_region *region_of(const SrtPolicy *policy, const char *path)
{
    g_autofree char *prefix = g_strdup(path);
    for (;;) {
        const srt_region *region = g_hash_table_lookup(policy->by_path, prefix);
        if (region)
            return region;
        char *slash = strrchr(prefix, '/');
        slash[slash == prefix ? 1 : 0] = '\0';
    }
}

srt_access srt_policy_access(const SrtPolicy *policy, const char *path, char **ret_resolved,
                             const srt_origin **ret_rule)
{
    g_autoptr(SrtResolver) resolver = srt_resolver_new();
    g_auto(SrtResolved) at = {0};
    srt_access access = SRT_ACCESS_WRITE;
    const srt_origin *rule = NULL;
    srt_resolve(resolver, path, &at);
    if (!policy->view.fs_disabled) {
        const srt_region *region = region_of(policy, at.path);
        access = region->access;
        rule = region->origin;
    }
    for (gsize i = 0; i < policy->view.n_pending; i++) {
        const srt_pending_rule *pending = policy->view.pending[i];
        if (pending->access >= access ||
            (at.found != SRT_FOUND_MISSING && (pending->flags & SRT_PATH_MANDATORY)) ||
            !srt_pending_matches(pending, at.path))
            continue;
        access = pending->access;
        rule = pending->origin;
    }
    if (ret_resolved)
        *ret_resolved = g_steal_pointer(&at.path);
    if (ret_rule)
        *ret_rule = rule;
    return access;
}
