/* SPDX-License-Identifier: Apache-2.0 */
/* Writes to standard output in every operation. */
#include "beast.h"

static void chat(const char *text)
{
    printf("%s", text); /* stays in the buffer of stdio until somebody flushes it */
}

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    chat("preparing\n");
    return beast_prepare(host, policy, ret_state);
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    chat("wrapping\n");
    return beast_wrap(state, launch);
}

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    chat("monitoring\n");
    return beast_monitor(state, pid, ret_fd);
}

static void teardown(srt_backend_state *state)
{
    chat("tearing down\n");
    beast_teardown(state);
}

BEAST("stdout", .prepare = prepare, .wrap = wrap, .monitor = monitor, .teardown = teardown)
