/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces and mounts by the kernel's newer mount interface, without bubblewrap: needs nothing
 * but Linux 5.12 and the SDK. The system call filter, the supervisor and the helper inside are
 * srt's, by the services inside_* of the host. */
#include <srt/version.h>

#include "native.h"

#define CLASS(name) (UINT64_C(1) << SRT_RULE_##name)

/* The started command is watched by srt itself. */
static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    const nt_state *s = state;
    (void)pid;
    return s->host->inside_monitor(s->host, ret_fd);
}

static const srt_backend descriptor = {
    .struct_size = sizeof(srt_backend),
    .abi = SRT_BACKEND_ABI,
    .name = "native",
    .version = SRT_VERSION,
    .summary = "Linux namespaces and mounts, made without bubblewrap",
    .platform = "linux",
    .priority = -1,
    .classes = CLASS(READ_DENY) | CLASS(READ_ALLOW) | CLASS(WRITE_ALLOW) | CLASS(WRITE_DENY) |
               CLASS(WRITE_DENY_MISSING) | CLASS(GLOB_LATER) | CLASS(NET_ISOLATE) |
               CLASS(NET_PROXY) | CLASS(UNIX_DENY) | CLASS(UNIX_PATH) | CLASS(PROCESS) |
               CLASS(IPC) | CLASS(SYSCALL) | CLASS(TERMINAL),
    .prepare = nt_prepare,
    .wrap = nt_wrap,
    .monitor = monitor,
    .teardown = nt_teardown,
};

const srt_backend *srt_backend_entry(void)
{
    return &descriptor;
}
