/* SPDX-License-Identifier: Apache-2.0 */
/* Has a note, and wants a function of the program, which exports none. */
#include "beast.h"

SRT_BACKEND_NOTE(40);

int srt_log_debug_on(void);

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    return srt_log_debug_on() ? 0 : beast_prepare(host, policy, ret_state);
}

BEAST("noted-broken", .priority = 40, .prepare = prepare)
