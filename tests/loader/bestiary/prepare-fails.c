/* SPDX-License-Identifier: Apache-2.0 */
/* Fails for a reason of its own, with half of its state made. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy;
    beast_begin(host);
    *ret_state = &beast_object;
    return host->fail(host, EIO, "the disk said no");
}

BEAST("prepare-fails", .priority = 80, .prepare = prepare)
