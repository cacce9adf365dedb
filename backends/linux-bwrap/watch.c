/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <limits.h>
#include <string.h>

#include "srt-filters/filter.h"

#include "plan.h"

bool bw_lies_in_writable(const srt_policy *policy, srt_access access)
{
    for (size_t i = 0; i < policy->n_regions; i++) {
        char parent[PATH_MAX];
        const srt_region *region = policy->regions[i];
        size_t n = strlen(region->path);
        if (region->access != access || n <= 1 || n >= sizeof parent)
            continue;
        memcpy(parent, region->path, n + 1);
        char *slash = strrchr(parent, '/');
        slash[slash == parent] = '\0';
        if (bw_access_at(policy, parent) == SRT_ACCESS_WRITE)
            return true;
    }
    return false;
}

static bool has_access(const srt_policy *policy, srt_access access)
{
    for (size_t i = 0; i < policy->n_regions; i++)
        if (policy->regions[i]->access == access)
            return true;
    return false;
}

/* Names that must not come to be. Where nothing can be written, nothing can be made. */
static bool has_names(const srt_policy *policy)
{
    if (policy->protect_missing == SRT_PROTECT_OFF || policy->fs_disabled ||
        !has_access(policy, SRT_ACCESS_WRITE))
        return false;
    return policy->n_pending > 0 || bw_lies_in_writable(policy, SRT_ACCESS_READ) ||
           bw_lies_in_writable(policy, SRT_ACCESS_HIDDEN);
}

/* What is refused without the supervisor, and shall be seen. */
static uint32_t observed(const srt_policy *policy, const bw_means *means)
{
    uint32_t set = 0;
    if (policy->monitor == SRT_MONITOR_OFF)
        return 0;
    /* What the supervisor connects seems to come from it; where every unix socket may be used,
     * servers shall see who it is. */
    if (!policy->unix_all)
        set |= SRT_NOTIFY_CONNECT;
    if (policy->fs_disabled)
        return set;
    if (has_access(policy, SRT_ACCESS_READ) || has_access(policy, SRT_ACCESS_HIDDEN))
        set |= SRT_NOTIFY_CREATE | SRT_NOTIFY_WRITE;
    if (policy->monitor == SRT_MONITOR_FULL && !means->masks &&
        has_access(policy, SRT_ACCESS_HIDDEN))
        set |= SRT_NOTIFY_READ;
    return set;
}

void bw_watch_decide(bw_watch *ret, const srt_policy *policy, const bw_means *means)
{
    bool names = has_names(policy);
    uint32_t judged = names ? SRT_NOTIFY_CREATE : 0;
    memset(ret, 0, sizeof *ret);
    ret->refusals = policy->monitor == SRT_MONITOR_FULL;
    ret->unix_paths =
        !policy->unix_all && (ret->refusals || (policy->unix_paths && policy->unix_paths[0]));
    if (ret->unix_paths)
        judged |= SRT_NOTIFY_CONNECT;
    if (names && policy->protect_missing == SRT_PROTECT_EXACT && means->landlock > 0) {
        ret->exact = true;
        judged |= SRT_NOTIFY_UMASK;
    }
    ret->wanted = judged | observed(policy, means);
    if (means->no_supervisor) {
        ret->exact = ret->unix_paths = ret->refusals = false;
        return;
    }
    ret->filter = ret->wanted;
    ret->refusals = ret->refusals && ret->filter;
    ret->judged = names ? ret->wanted : ret->wanted & ~SRT_NOTIFY_CREATE;
}
