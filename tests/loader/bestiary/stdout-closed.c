/* SPDX-License-Identifier: Apache-2.0 */
/* Closes standard output. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    close(STDOUT_FILENO);
    return beast_prepare(host, policy, ret_state);
}

BEAST("stdout-closed", .prepare = prepare)
