/* SPDX-License-Identifier: Apache-2.0 */
/* Does not say what it enforces. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy;
    beast_begin(host);
    *ret_state = &beast_object;
    return 0;
}

BEAST("report-nothing", .priority = 70, .prepare = prepare)
