/* SPDX-License-Identifier: Apache-2.0 */
/* Cannot run here, and says why. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy, (void)ret_state;
    beast_begin(host);
    return host->fail(host, ENOTSUP, "the moon is not full; wait %d days", 7);
}

BEAST("prepare-cannot", .priority = 90, .prepare = prepare)
