/* SPDX-License-Identifier: Apache-2.0 */
/* Lets srt do what is inside. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    static const char *const dirs[] = {"/dev", NULL};
    const srt_inside inside = {.struct_size = sizeof inside,
                               .helper = "/dev/srt/inside",
                               .private_dirs = dirs,
                               .no_supervisor = "this is a test"};
    int result = beast_prepare(host, policy, ret_state);
    return result < 0 ? result : host->inside_prepare(host, &inside);
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    char text[16];
    int number = beast_host->inside_launch(beast_host, launch, SRT_INSIDE_LISTEN);
    if (number < 0)
        return number;
    snprintf(text, sizeof text, "%d", number);
    beast_host->launch_setenv(launch, "PLAN", text);
    return beast_wrap(state, launch);
}

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    int result = beast_monitor(state, pid, ret_fd);
    return result < 0 ? result : beast_host->inside_monitor(beast_host, ret_fd);
}

BEAST("inside", .prepare = prepare, .wrap = wrap, .monitor = monitor)
