/* SPDX-License-Identifier: Apache-2.0 */
/* Fails and does not say why. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy, (void)ret_state;
    beast_begin(host);
    return -EACCES;
}

BEAST("prepare-silent", .prepare = prepare)
