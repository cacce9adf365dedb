/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include <string.h>

const char *const srt_rule_class_names[SRT_RULE_CLASS_COUNT] = {
    [SRT_RULE_READ_DENY] = "readDeny",
    [SRT_RULE_READ_ALLOW] = "readAllow",
    [SRT_RULE_WRITE_ALLOW] = "writeAllow",
    [SRT_RULE_WRITE_DENY] = "writeDeny",
    [SRT_RULE_WRITE_DENY_MISSING] = "writeDenyMissing",
    [SRT_RULE_GLOB_LATER] = "globLater",
    [SRT_RULE_NET_ISOLATE] = "netIsolate",
    [SRT_RULE_NET_PROXY] = "netProxy",
    [SRT_RULE_UNIX_DENY] = "unixDeny",
    [SRT_RULE_UNIX_PATH] = "unixPath",
    [SRT_RULE_PROCESS] = "process",
    [SRT_RULE_IPC] = "ipc",
    [SRT_RULE_SYSCALL] = "syscall",
    [SRT_RULE_TERMINAL] = "terminal",
};

bool srt_policy_asks(const srt_policy *policy, srt_rule_class rule)
{
    if (!(policy->requested & (UINT64_C(1) << rule)))
        return false;
    if (rule != SRT_RULE_WRITE_DENY_MISSING || policy->protect_missing == SRT_PROTECT_EXACT)
        return true;
    bool only_built_in = false;
    for (size_t i = 0; i < policy->n_pending; i++) {
        const srt_pending_rule *pending = policy->pending[i];
        if (pending->access != SRT_ACCESS_READ)
            continue;
        if (!(pending->flags & (SRT_PATH_MANDATORY | SRT_PATH_GLOB)))
            return true;
        only_built_in = true;
    }
    return !only_built_in;
}

int srt_rule_class_by_name(const char *name)
{
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        if (strcmp(srt_rule_class_names[i], name) == 0)
            return i;
    return -1;
}
