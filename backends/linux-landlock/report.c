/* SPDX-License-Identifier: Apache-2.0 */
/* What is held, as data: on what it depends, and what does not hold without. */
#include <stdio.h>

#include "backend.h"

typedef struct answer {
    srt_rule_class rule;
    srt_enforcement how;
    int abi;           /* of Landlock, at least */
    bool supervised;   /* a supervisor is needed */
    const char *why;   /* what to know when it is held, or NULL */
    const char *old;   /* what does not hold with an older Landlock */
    const char *alone; /* what does not hold without a supervisor */
} answer;

#define METADATA                                                                                   \
    "modes, owners, times and attributes of other files of the user could be changed, which "      \
    "Landlock does not see"
#define EMPTIED "files outside could be emptied, since the kernel does not mediate truncation"

static const answer answers[] = {
    {SRT_RULE_READ_DENY, SRT_ENFORCED, 1, true, NULL, NULL,
     "the supervisor of the srt outside opens files in the command's place, by its own rules only"},
    {SRT_RULE_READ_ALLOW, SRT_ENFORCED, 1, false, NULL, NULL, NULL},
    {SRT_RULE_WRITE_ALLOW, SRT_ENFORCED, 3, true, NULL, EMPTIED, METADATA},
    {SRT_RULE_WRITE_DENY, SRT_ENFORCED, 3, true, NULL, EMPTIED, METADATA},
    {SRT_RULE_WRITE_DENY_MISSING, SRT_ENFORCED, 1, true, NULL, NULL,
     "Landlock knows no names that do not exist yet"},
    {SRT_RULE_GLOB_LATER, SRT_ENFORCED, 1, true, NULL, NULL,
     "Landlock knows no patterns: they hold for what exists when the command starts"},
    {SRT_RULE_NET_ISOLATE, SRT_ENFORCED, 1, true, NULL, NULL,
     "Landlock looks at ports and not at addresses"},
    {SRT_RULE_NET_PROXY, SRT_ENFORCED, 1, false, NULL, NULL, NULL},
    {SRT_RULE_UNIX_DENY, SRT_ENFORCED, 1, false, NULL, NULL, NULL},
    {SRT_RULE_UNIX_PATH, SRT_ENFORCED, 1, true, NULL, NULL,
     "unix sockets cannot be opened one by one; they all stay closed"},
    {SRT_RULE_PROCESS, SRT_ENFORCED, 6, false,
     "weaker: the processes outside can be listed with their command lines (not their memory, "
     "environment or files)",
     "other processes of the user can be sent signals", NULL},
    {SRT_RULE_IPC, SRT_ENFORCED, 1, false, NULL, NULL, NULL},
    {SRT_RULE_SYSCALL, SRT_ENFORCED, 1, false, NULL, NULL, NULL},
    {SRT_RULE_TERMINAL, SRT_ENFORCED, 1, false, NULL, NULL, NULL},
};

#define NO_SUPERVISOR                                                                              \
    "no supervisor can be had here (srt within srt, or a kernel without seccomp notification)"

/* Patterns that hide cannot hold for what others make meanwhile. */
static bool hides_later(const srt_policy *policy)
{
    for (size_t i = 0; i < policy->n_pending; i++)
        if (policy->pending[i]->access == SRT_ACCESS_HIDDEN)
            return true;
    return false;
}

/* Every kind of connection is refused by Landlock itself, when there is none to be let through. */
static bool holds_alone(const answer *a, const srt_policy *policy, const ll_facts *facts)
{
    return a->rule == SRT_RULE_NET_ISOLATE && policy->net_mode == SRT_NET_NONE && facts->abi >= 4;
}

static void report(const srt_host *host, const srt_policy *policy, const ll_facts *facts,
                   const answer *a)
{
    char text[400];
    if (a->supervised && !facts->supervised && !holds_alone(a, policy, facts)) {
        snprintf(text, sizeof text, "%s: %s", NO_SUPERVISOR, a->alone);
        host->report(host, a->rule, SRT_UNSUPPORTED, text);
    } else if (facts->abi < a->abi) {
        snprintf(text, sizeof text, "this kernel's Landlock is too old (ABI %d; %d is needed): %s",
                 facts->abi, a->abi, a->old);
        host->report(host, a->rule, SRT_UNSUPPORTED, text);
    } else if (a->rule == SRT_RULE_GLOB_LATER && hides_later(policy)) {
        host->report(host, a->rule, SRT_SNAPSHOT,
                     "patterns under denyRead hold for what exists when the command starts; the "
                     "command cannot make more of them, but can read what others make");
    } else {
        host->report(host, a->rule, a->how, a->why);
    }
}

void ll_report(const srt_host *host, const srt_policy *policy, const ll_facts *facts)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        report(host, policy, facts, &answers[i]);
}
