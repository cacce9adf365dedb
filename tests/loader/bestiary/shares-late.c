/* SPDX-License-Identifier: Apache-2.0 */
#include "beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    beast_host->share_loopback(beast_host);
    return beast_wrap(state, launch);
}

BEAST("shares-late", .wrap = wrap)
