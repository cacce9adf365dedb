/* SPDX-License-Identifier: Apache-2.0 */
/* Answers with values that mean nothing. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    beast_silent = BEAST_BIT(SRT_RULE_PROCESS) | BEAST_BIT(SRT_RULE_IPC);
    int (*report_all)(const srt_host *, const srt_policy *, srt_backend_state **) = beast_prepare;
    report_all(host, policy, ret_state);
    host->report(host, SRT_RULE_PROCESS, (srt_enforcement)7, "seven");
    host->report(host, (srt_rule_class)63, SRT_ENFORCED, NULL);
    host->report(host, (srt_rule_class)-1, SRT_ENFORCED, NULL);
    host->report(host, SRT_RULE_IPC, SRT_UNSUPPORTED, NULL);
    return 0;
}

BEAST("report-nonsense", .prepare = prepare)
