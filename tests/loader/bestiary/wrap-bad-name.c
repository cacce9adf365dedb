/* SPDX-License-Identifier: Apache-2.0 */
/* Sets a variable that cannot be. */
#include "beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    beast_host->launch_setenv(launch, "A=B", "c");
    return beast_wrap(state, launch);
}

BEAST("wrap-bad-name", .wrap = wrap)
