/* SPDX-License-Identifier: Apache-2.0 */
/* Cannot turn a command into a launch. */
#include "beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    (void)state, (void)launch;
    beast_note("wrap");
    return beast_host->fail(beast_host, ENOMEM, "no room for %s", "anything");
}

BEAST("wrap-fails", .wrap = wrap)
