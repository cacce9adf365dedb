/* SPDX-License-Identifier: Apache-2.0 */
/* Returns a positive number. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    beast_prepare(host, policy, ret_state);
    return 1;
}

BEAST("prepare-positive", .prepare = prepare)
