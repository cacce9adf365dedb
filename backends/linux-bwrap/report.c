/* SPDX-License-Identifier: Apache-2.0 */
/* What mounts and namespaces hold, as data; the rest is the enclosure's. */
#include "srt-filters/enclose.h"

#include "backend.h"

static const struct {
    srt_rule_class rule;
    srt_enforcement how;
} answers[] = {
    {SRT_RULE_READ_DENY, SRT_ENFORCED},   {SRT_RULE_READ_ALLOW, SRT_ENFORCED},
    {SRT_RULE_WRITE_ALLOW, SRT_ENFORCED}, {SRT_RULE_WRITE_DENY, SRT_ENFORCED},
    {SRT_RULE_NET_ISOLATE, SRT_ENFORCED}, {SRT_RULE_NET_PROXY, SRT_ENFORCED},
    {SRT_RULE_PROCESS, SRT_ENFORCED},     {SRT_RULE_IPC, SRT_ENFORCED},
};

/* Mounts keep a path from being moved only as long as they stand in the mount
 * namespace of who tries. A command that may make its own drops them there: what
 * is covered stays covered, but can be put elsewhere, for this run and the next. */
#define MOVABLE                                                                                    \
    "with allowUserNamespaces the command can move a protected path out of a writable directory"

static bool is_movable(const srt_policy *policy, srt_rule_class rule)
{
    if (!policy->allow_user_namespaces || policy->fs_disabled)
        return false;
    return (rule == SRT_RULE_READ_DENY && srt_lies_in_writable(policy, SRT_ACCESS_HIDDEN)) ||
           (rule == SRT_RULE_WRITE_DENY && srt_lies_in_writable(policy, SRT_ACCESS_READ));
}

void bw_report(const srt_host *host, const srt_policy *policy, bool host_proc)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        srt_enforcement how = answers[i].how;
        const char *why = NULL;
        if (answers[i].rule == SRT_RULE_PROCESS && host_proc)
            why = "weaker: the processes outside can be listed with their command lines (not "
                  "their memory, environment or files), since /proc is the container's";
        if (is_movable(policy, answers[i].rule)) {
            how = SRT_UNSUPPORTED;
            why = MOVABLE;
        }
        host->report(host, answers[i].rule, how, why);
    }
}
