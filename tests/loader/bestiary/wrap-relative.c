/* SPDX-License-Identifier: Apache-2.0 */
/* Wants a program that is looked up somewhere. */
#include "beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    const char *const words[] = {"true", NULL};
    (void)state;
    beast_host->launch_set_argv(launch, words);
    return 0;
}

BEAST("wrap-relative", .wrap = wrap)
