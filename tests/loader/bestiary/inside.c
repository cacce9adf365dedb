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
    static const srt_rule_class own[] = {
        SRT_RULE_READ_DENY,   SRT_RULE_READ_ALLOW, SRT_RULE_WRITE_ALLOW, SRT_RULE_WRITE_DENY,
        SRT_RULE_NET_ISOLATE, SRT_RULE_NET_PROXY,  SRT_RULE_PROCESS,     SRT_RULE_IPC,
    };
    (void)policy;
    beast_begin(host);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        host->report(host, own[i], SRT_ENFORCED, NULL);
    *ret_state = (void *)(uintptr_t)host; /* several states at a time */
    return host->inside_prepare(host, &inside);
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    const srt_host *host = state;
    char text[16];
    int number = host->inside_launch(host, launch, SRT_INSIDE_LISTEN);
    if (number < 0)
        return number;
    snprintf(text, sizeof text, "%d", number);
    host->launch_setenv(launch, "PLAN", text);
    return beast_wrap(state, launch);
}

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    const srt_host *host = state;
    int result = beast_monitor(state, pid, ret_fd);
    return result < 0 ? result : host->inside_monitor(host, ret_fd);
}

BEAST("inside", .prepare = prepare, .wrap = wrap, .monitor = monitor)
