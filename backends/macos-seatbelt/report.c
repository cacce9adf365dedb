/* SPDX-License-Identifier: Apache-2.0 */
/* What is held, as data. docs/seatbelt.md says for each class by which rules. */
#include <string.h>

#include "backend.h"

static const struct {
    srt_rule_class rule;
    srt_enforcement how;
    const char *why;
} answers[] = {
    {SRT_RULE_READ_DENY, SRT_ENFORCED, NULL},   {SRT_RULE_READ_ALLOW, SRT_ENFORCED, NULL},
    {SRT_RULE_WRITE_ALLOW, SRT_ENFORCED, NULL}, {SRT_RULE_WRITE_DENY, SRT_ENFORCED, NULL},
    {SRT_RULE_NET_ISOLATE, SRT_ENFORCED, NULL}, {SRT_RULE_NET_PROXY, SRT_ENFORCED, NULL},
    {SRT_RULE_UNIX_DENY, SRT_ENFORCED, NULL},   {SRT_RULE_UNIX_PATH, SRT_ENFORCED, NULL},
    {SRT_RULE_PROCESS, SRT_ENFORCED, NULL},     {SRT_RULE_IPC, SRT_ENFORCED, NULL},
    {SRT_RULE_SYSCALL, SRT_ENFORCED, NULL},     {SRT_RULE_TERMINAL, SRT_ENFORCED, NULL},
};

/* "BASE/ ** /NAME": wherever in BASE it is moved together with a directory around it,
 * the pattern still matches it. */
static bool stays_matched(const srt_pending_rule *rule)
{
    const char *stars = strstr(rule->path, "/**/");
    return stars && !strchr(stars + 4, '/') &&
           strcspn(rule->path, "*?[") >= (size_t)(stars + 1 - rule->path);
}

static bool all_stay_matched(const srt_policy *policy)
{
    for (size_t i = 0; i < policy->n_pending; i++) {
        const srt_pending_rule *rule = policy->pending[i];
        bool glob = (rule->flags & SRT_PATH_GLOB) && !(rule->flags & SRT_PATH_MANDATORY);
        if (glob && !stays_matched(rule))
            return false;
    }
    return true;
}

void sb_report(const srt_host *host, const srt_policy *policy)
{
    bool exact = policy->protect_missing == SRT_PROTECT_EXACT;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        host->report(host, answers[i].rule, answers[i].how, answers[i].why);
    host->report(host, SRT_RULE_WRITE_DENY_MISSING, exact ? SRT_ENFORCED : SRT_CHECKED,
                 exact ? NULL
                       : "a directory that holds such a name can be made elsewhere and moved to "
                         "its place");
    if (all_stay_matched(policy))
        host->report(host, SRT_RULE_GLOB_LATER, SRT_CHECKED,
                     "a directory with what matches can be moved to where the pattern does not "
                     "reach");
    else
        host->report(host, SRT_RULE_GLOB_LATER, SRT_SNAPSHOT,
                     "what appears later is refused by its name, but a directory around it can be "
                     "moved to where the pattern does not reach");
}
