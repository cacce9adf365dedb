/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves a descriptor open. */
#include "beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : beast_wrap(state, launch);
}

BEAST("leaks", .wrap = wrap)
