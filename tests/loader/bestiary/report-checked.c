/* SPDX-License-Identifier: Apache-2.0 */
/* Says "checked" where nobody looks afterwards. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    beast_silent = BEAST_BIT(SRT_RULE_GLOB_LATER) | BEAST_BIT(SRT_RULE_NET_PROXY);
    int result = beast_prepare(host, policy, ret_state);
    host->report(host, SRT_RULE_GLOB_LATER, SRT_CHECKED, "judged by name");
    host->report(host, SRT_RULE_NET_PROXY, SRT_CHECKED, "judged by name");
    return result;
}

BEAST("report-checked", .prepare = prepare)
