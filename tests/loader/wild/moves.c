/* SPDX-License-Identifier: Apache-2.0 */
/* Goes to another directory, and stays there. */
#include "../bestiary/beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    return chdir("/") == 0 ? beast_prepare(host, policy, ret_state) : -errno;
}

BEAST("moves", .prepare = prepare)
