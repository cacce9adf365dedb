/* SPDX-License-Identifier: Apache-2.0 */
/* What is held, as data. */
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

void bw_report(const srt_host *host, bool host_proc)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const char *why = answers[i].why;
        if (answers[i].rule == SRT_RULE_PROCESS && host_proc)
            why = "weaker: the processes outside can be listed with their command lines (not "
                  "their memory, environment or files), since /proc is the container's";
        host->report(host, answers[i].rule, answers[i].how, why);
    }
}
