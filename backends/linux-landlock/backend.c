/* SPDX-License-Identifier: Apache-2.0 */
/* Isolation without namespaces and mounts: Landlock rules, a system call filter, and a
 * supervisor that does what rules cannot say. */
#include "backend.h"

#define CLASS(name) (UINT64_C(1) << SRT_RULE_##name)

#define PRIORITY 50

SRT_BACKEND_NOTE(PRIORITY);

static const srt_backend backend = {
    .struct_size = sizeof(srt_backend),
    .abi = SRT_BACKEND_ABI,
    .name = "landlock",
    .version = "0.1.0",
    .summary = "experimental: Landlock, system call filter and supervisor, where there are no "
               "user namespaces",
    .platform = "linux",
    .priority = PRIORITY,
    .classes = CLASS(READ_DENY) | CLASS(READ_ALLOW) | CLASS(WRITE_ALLOW) | CLASS(WRITE_DENY) |
               CLASS(WRITE_DENY_MISSING) | CLASS(GLOB_LATER) | CLASS(NET_ISOLATE) |
               CLASS(NET_PROXY) | CLASS(UNIX_DENY) | CLASS(UNIX_PATH) | CLASS(PROCESS) |
               CLASS(IPC) | CLASS(SYSCALL) | CLASS(TERMINAL),
    .prepare = ll_prepare,
    .wrap = ll_wrap,
    .monitor = ll_monitor,
    .teardown = ll_teardown,
};

const srt_backend *srt_backend_entry(void)
{
    return &backend;
}
