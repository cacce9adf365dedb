/* SPDX-License-Identifier: Apache-2.0 */
/* Gives a descriptor that cannot be one. */
#include "beast.h"

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    (void)state, (void)pid;
    if (ret_fd)
        *ret_fd = -77;
    return 0;
}

BEAST("monitor-wild", .monitor = monitor)
