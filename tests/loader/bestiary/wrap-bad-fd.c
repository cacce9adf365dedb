/* SPDX-License-Identifier: Apache-2.0 */
/* Gives a descriptor that is not open. */
#include "beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    beast_host->launch_take_fd(launch, 987);
    return beast_wrap(state, launch);
}

BEAST("wrap-bad-fd", .wrap = wrap)
