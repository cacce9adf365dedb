/* SPDX-License-Identifier: Apache-2.0 */
/* Isolation by namespaces and mounts, which bubblewrap makes, by a system call
 * filter, and by a supervisor for what neither can judge. */
#include "backend.h"

#define CLASS(name) (UINT64_C(1) << SRT_RULE_##name)

#define PRIORITY 100

SRT_BACKEND_NOTE(PRIORITY);

static const srt_backend backend = {
    .struct_size = sizeof(srt_backend),
    .abi = SRT_BACKEND_ABI,
    .name = "bwrap",
    .version = "0.1.0",
    .summary = "Linux namespaces, mounts and system call filter, set up by bubblewrap",
    .platform = "linux",
    .priority = PRIORITY,
    .classes = CLASS(READ_DENY) | CLASS(READ_ALLOW) | CLASS(WRITE_ALLOW) | CLASS(WRITE_DENY) |
               CLASS(WRITE_DENY_MISSING) | CLASS(GLOB_LATER) | CLASS(NET_ISOLATE) |
               CLASS(NET_PROXY) | CLASS(UNIX_DENY) | CLASS(UNIX_PATH) | CLASS(PROCESS) |
               CLASS(IPC) | CLASS(SYSCALL) | CLASS(TERMINAL),
    .prepare = bw_prepare,
    .wrap = bw_wrap,
    .monitor = bw_monitor,
    .teardown = bw_teardown,
};

const srt_backend *srt_backend_entry(void)
{
    return &backend;
}
