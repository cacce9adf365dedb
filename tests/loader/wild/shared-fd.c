/* SPDX-License-Identifier: Apache-2.0 */
/* Gives a descriptor of one launch to the next as well. */
#include "../bestiary/beast.h"

static int kept = -1;

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    if (kept < 0)
        kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
    beast_host->launch_take_fd(launch, kept);
    return beast_wrap(state, launch);
}

BEAST("shared-fd", .wrap = wrap)
