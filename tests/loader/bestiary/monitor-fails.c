/* SPDX-License-Identifier: Apache-2.0 */
/* Cannot observe. */
#include "beast.h"

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    (void)state, (void)pid, (void)ret_fd;
    beast_note(ret_fd ? "monitor" : "drain");
    return beast_host->fail(beast_host, EPERM, "nothing to be seen");
}

BEAST("monitor-fails", .monitor = monitor)
