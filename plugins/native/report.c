/* SPDX-License-Identifier: Apache-2.0 */
/* What mounts and namespaces hold. For the other classes srt answers itself. */
#include "native.h"

static const srt_rule_class held[] = {
    SRT_RULE_READ_DENY,   SRT_RULE_READ_ALLOW, SRT_RULE_WRITE_ALLOW, SRT_RULE_WRITE_DENY,
    SRT_RULE_NET_ISOLATE, SRT_RULE_NET_PROXY,  SRT_RULE_PROCESS,     SRT_RULE_IPC,
};

/* A pin holds in the mount namespace that it was made in. A command that may make its own drops it
 * there: what is protected stays so, but can be put elsewhere. */
static bool is_movable(const srt_policy *policy, srt_rule_class rule)
{
    if (!policy->allow_user_namespaces || policy->fs_disabled)
        return false;
    return (rule == SRT_RULE_READ_DENY && nt_lies_in_writable(policy, SRT_ACCESS_HIDDEN)) ||
           (rule == SRT_RULE_WRITE_DENY && nt_lies_in_writable(policy, SRT_ACCESS_READ));
}

void nt_report(const srt_host *host, const srt_policy *policy, bool host_proc)
{
    for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
        if (is_movable(policy, held[i]))
            host->report(host, held[i], SRT_UNSUPPORTED,
                         "with allowUserNamespaces the command can move a protected path out of a "
                         "writable directory");
        else
            host->report(host, held[i], SRT_ENFORCED,
                         held[i] == SRT_RULE_PROCESS && host_proc
                             ? "weaker: the processes outside can be listed with their command "
                               "lines (not their memory, environment or files), since /proc is "
                               "the container's"
                             : NULL);
    }
}
