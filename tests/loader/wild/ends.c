/* SPDX-License-Identifier: Apache-2.0 */
/* Ends the process when something is not to its liking. */
#include "../bestiary/beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    (void)state, (void)launch;
    _exit(3);
}

BEAST("ends", .wrap = wrap)
