/* SPDX-License-Identifier: Apache-2.0 */
/* Needs no state. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy, (void)ret_state;
    beast_begin(host);
    beast_report_all(host);
    return 0;
}

BEAST("null-state", .prepare = prepare)
