/* SPDX-License-Identifier: Apache-2.0 */
/* Calls the services for what is inside without having asked for them. */
#include "beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    const srt_inside inside = {.struct_size = sizeof inside, .helper = "/h"};
    (void)state;
    beast_host->inside_prepare(beast_host, &inside);
    return beast_host->inside_launch(beast_host, launch, 0);
}

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    (void)state, (void)pid;
    return beast_host->inside_monitor(beast_host, ret_fd);
}

BEAST("inside-late", .wrap = wrap, .monitor = monitor)
