/* SPDX-License-Identifier: Apache-2.0 */
/* Answers twice for one class. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    int result = beast_prepare(host, policy, ret_state);
    host->report(host, SRT_RULE_IPC, SRT_UNSUPPORTED, "on second thoughts");
    return result;
}

BEAST("report-twice", .prepare = prepare)
