/* SPDX-License-Identifier: Apache-2.0 */
/* Reports violations: one whole, one of an older version, two that mean nothing. */
#include "beast.h"

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    srt_violation whole = {.struct_size = sizeof whole,
                           .operation = SRT_OP_WRITE,
                           .pid = 42,
                           .program = "/bin/sh",
                           .target = "/etc/passwd"};
    srt_violation old = {.struct_size = offsetof(srt_violation, rule),
                         .operation = SRT_OP_READ,
                         .target = "/etc/shadow",
                         .rule = (const char *)1};
    srt_violation empty = {.struct_size = sizeof empty};
    srt_violation odd = {.struct_size = sizeof odd, .operation = (srt_operation)99, .target = "x"};
    if (ret_fd)
        return beast_monitor(state, pid, ret_fd);
    beast_host->violation(beast_host, &whole);
    beast_host->violation(beast_host, &old);
    beast_host->violation(beast_host, &empty);
    beast_host->violation(beast_host, &odd);
    return 0;
}

BEAST("violations", .monitor = monitor)
