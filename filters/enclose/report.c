/* SPDX-License-Identifier: Apache-2.0 */
/* What is held beside the mounts. */
#include <stdio.h>

#include "enclose.h"

static void report(const srt_host *host, srt_rule_class rule, srt_enforcement how, const char *what,
                   const char *reason)
{
    char why[512];
    snprintf(why, sizeof why, "%s%s", what, reason ? reason : "");
    host->report(host, rule, how, why);
}

/* How a name that does not exist yet is kept from coming to be. */
static void report_names(const srt_host *host, const srt_policy *policy, const srt_means *means,
                         srt_rule_class rule)
{
    if (policy->protect_missing == SRT_PROTECT_OFF)
        report(host, rule, SRT_UNSUPPORTED, "filesystem.protectMissing is \"off\"", NULL);
    else if (means->no_supervisor)
        report(
            host, rule, SRT_UNSUPPORTED,
            "mounts protect what exists only, and there is no supervisor: ", means->no_supervisor);
    else if (policy->protect_missing == SRT_PROTECT_CHECK)
        report(host, rule, SRT_CHECKED,
               "names are judged at every try; what wins a race against that is found when the "
               "command has ended",
               NULL);
    else if (means->landlock == 0)
        report(host, rule, SRT_CHECKED,
               "this kernel has no Landlock, or it is turned off: what wins a race is found "
               "when the command has ended",
               NULL);
    else
        host->report(host, rule, SRT_ENFORCED, NULL);
}

static bool has_read_globs(const srt_policy *policy)
{
    for (size_t i = 0; i < policy->n_pending; i++)
        if ((policy->pending[i]->flags & SRT_PATH_GLOB) &&
            policy->pending[i]->access == SRT_ACCESS_HIDDEN)
            return true;
    return false;
}

static void report_globs(const srt_host *host, const srt_policy *policy, const srt_means *means)
{
    const srt_rule_class rule = SRT_RULE_GLOB_LATER;
    if (has_read_globs(policy))
        report(host, rule, SRT_SNAPSHOT,
               "what other programs make while the command runs can be read, whatever its name",
               NULL);
    else if (policy->protect_missing == SRT_PROTECT_OFF)
        report(host, rule, SRT_SNAPSHOT,
               "patterns hold for what exists when the command starts, since "
               "filesystem.protectMissing is \"off\"",
               NULL);
    else if (means->no_supervisor)
        report(host, rule, SRT_SNAPSHOT,
               "patterns hold for what exists when the command starts, not for what appears "
               "later, since there is no supervisor: ",
               means->no_supervisor);
    else
        report_names(host, policy, means, rule);
}

void srt_enclosure_report(const srt_host *host, const srt_policy *policy, const srt_means *means)
{
    host->report(host, SRT_RULE_UNIX_DENY, SRT_ENFORCED, NULL);
    host->report(host, SRT_RULE_SYSCALL, SRT_ENFORCED, NULL);
    host->report(host, SRT_RULE_TERMINAL, SRT_ENFORCED, NULL);
    report_names(host, policy, means, SRT_RULE_WRITE_DENY_MISSING);
    report_globs(host, policy, means);
    if (means->no_supervisor)
        report(host, SRT_RULE_UNIX_PATH, SRT_UNSUPPORTED,
               "unix sockets cannot be opened one by one without a supervisor; they all stay "
               "closed: ",
               means->no_supervisor);
    else
        host->report(host, SRT_RULE_UNIX_PATH, SRT_ENFORCED, NULL);
}
