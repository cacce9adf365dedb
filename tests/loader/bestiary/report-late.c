/* SPDX-License-Identifier: Apache-2.0 */
/* Reports when nobody asks any more. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy;
    beast_begin(host);
    *ret_state = &beast_object;
    return 0;
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    beast_report_all(beast_host);
    return beast_wrap(state, launch);
}

BEAST("report-late", .prepare = prepare, .wrap = wrap)
