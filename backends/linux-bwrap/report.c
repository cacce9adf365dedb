/* SPDX-License-Identifier: Apache-2.0 */
/* What is held, as data. */
#include <limits.h>
#include <string.h>

#include "backend.h"

static const struct {
    srt_rule_class rule;
    srt_enforcement how;
    const char *why;
} answers[] = {
    {SRT_RULE_READ_DENY, SRT_ENFORCED, NULL},
    {SRT_RULE_READ_ALLOW, SRT_ENFORCED, NULL},
    {SRT_RULE_WRITE_ALLOW, SRT_ENFORCED, NULL},
    {SRT_RULE_WRITE_DENY, SRT_ENFORCED, NULL},
    {SRT_RULE_WRITE_DENY_MISSING, SRT_UNSUPPORTED,
     "names that do not exist yet are not protected by mounts"},
    {SRT_RULE_GLOB_LATER, SRT_SNAPSHOT,
     "patterns hold for what exists when the command starts, not for what appears later"},
    {SRT_RULE_NET_ISOLATE, SRT_ENFORCED, NULL},
    {SRT_RULE_NET_PROXY, SRT_ENFORCED, NULL},
    {SRT_RULE_UNIX_DENY, SRT_ENFORCED, NULL},
    {SRT_RULE_UNIX_PATH, SRT_UNSUPPORTED,
     "unix sockets cannot be opened one by one; they all stay closed"},
    {SRT_RULE_PROCESS, SRT_ENFORCED, NULL},
    {SRT_RULE_IPC, SRT_ENFORCED, NULL},
    {SRT_RULE_SYSCALL, SRT_ENFORCED, NULL},
    {SRT_RULE_TERMINAL, SRT_ENFORCED, NULL},
};

/* Mounts keep a path from being moved only as long as they stand in the mount
 * namespace of who tries. A command that may make its own drops them there: what
 * is covered stays covered, but can be put elsewhere, for this run and the next. */
#define MOVABLE                                                                                    \
    "with allowUserNamespaces the command can move a protected path out of a writable directory"

/* Whether a region of that access lies directly in a writable one. */
static bool lies_in_writable(const srt_policy *policy, srt_access access)
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

static bool is_movable(const srt_policy *policy, srt_rule_class rule)
{
    if (!policy->allow_user_namespaces || policy->fs_disabled)
        return false;
    return (rule == SRT_RULE_READ_DENY && lies_in_writable(policy, SRT_ACCESS_HIDDEN)) ||
           (rule == SRT_RULE_WRITE_DENY && lies_in_writable(policy, SRT_ACCESS_READ));
}

void bw_report(const srt_host *host, const srt_policy *policy, bool host_proc)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        srt_enforcement how = answers[i].how;
        const char *why = answers[i].why;
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
