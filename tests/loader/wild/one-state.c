/* SPDX-License-Identifier: Apache-2.0 */
/* Has room for one state. */
#include "../bestiary/beast.h"

static bool taken;

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    if (taken)
        return host->fail(host, EBUSY, "there is a state already");
    taken = true;
    return beast_prepare(host, policy, ret_state);
}

static void teardown(srt_backend_state *state)
{
    if (state)
        taken = false;
    beast_teardown(state);
}

BEAST("one-state", .prepare = prepare, .teardown = teardown)
