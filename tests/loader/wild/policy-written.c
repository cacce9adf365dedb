/* SPDX-License-Identifier: Apache-2.0 */
/* Writes into the policy. */
#include "../bestiary/beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    ((srt_policy *)(uintptr_t)policy)->weaker_nested = true;
    return beast_prepare(host, policy, ret_state);
}

BEAST("policy-written", .prepare = prepare)
