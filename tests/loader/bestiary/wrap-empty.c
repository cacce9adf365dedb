/* SPDX-License-Identifier: Apache-2.0 */
/* Wants nothing to be executed. */
#include "beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    const char *const words[] = {NULL};
    (void)state;
    beast_host->launch_set_argv(launch, words);
    return 0;
}

BEAST("wrap-empty", .wrap = wrap)
