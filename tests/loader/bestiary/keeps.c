/* SPDX-License-Identifier: Apache-2.0 */
/* Holds a descriptor as long as it may, and gives another one away. */
#include "beast.h"

static int kept = -1;

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return kept < 0 ? -errno : beast_prepare(host, policy, ret_state);
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    int given = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (given < 0 || beast_host->launch_take_fd(launch, given) < 3)
        return -EBADF;
    return beast_wrap(state, launch);
}

static void teardown(srt_backend_state *state)
{
    close(kept);
    kept = -1;
    beast_teardown(state);
}

BEAST("keeps", .prepare = prepare, .wrap = wrap, .teardown = teardown)
