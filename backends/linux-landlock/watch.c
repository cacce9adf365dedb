/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include "nodes.h"
#include "srt-filters/filter.h"

#define SIGNALS_ABI 6 /* before it nobody refuses signals */

/* Something is hidden that rules refuse: each opening is looked at then, which costs. */
static bool sees_reads(const srt_policy *policy)
{
    if (policy->monitor != SRT_MONITOR_FULL)
        return false;
    for (size_t i = 0; i < policy->n_regions; i++)
        if (policy->regions[i]->access == SRT_ACCESS_HIDDEN &&
            !ll_is_for_namespaces(policy->regions[i]))
            return true;
    return false;
}

uint32_t ll_watch(const srt_policy *policy, int abi)
{
    uint32_t set = SRT_NOTIFY_CONNECT;
    if (policy->monitor != SRT_MONITOR_OFF && abi >= SIGNALS_ABI)
        set |= SRT_NOTIFY_SIGNAL;
    if (policy->fs_disabled)
        return set;
    set |= SRT_NOTIFY_CREATE | SRT_NOTIFY_WRITE | SRT_NOTIFY_META_FD | SRT_NOTIFY_UMASK;
    return sees_reads(policy) ? set | SRT_NOTIFY_READ : set;
}
