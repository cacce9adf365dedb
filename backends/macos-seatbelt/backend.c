/* SPDX-License-Identifier: Apache-2.0 */
/* Isolation by a profile of the system's own sandbox, which sandbox-exec applies. */
#include "backend.h"

#define CLASS(name) (UINT64_C(1) << SRT_RULE_##name)

/* Elsewhere it can only be asked for its plan, so it is never chosen there. */
#ifdef __APPLE__
#define PLATFORM "macos"
#define PRIORITY 100
#else
#define PLATFORM "any"
#define PRIORITY (-1)
#endif

#ifndef SB_NAME
#define SB_NAME "seatbelt"
#endif

SRT_BACKEND_NOTE(PRIORITY);

static const srt_backend backend = {
    .struct_size = sizeof(srt_backend),
    .abi = SRT_BACKEND_ABI,
    .name = SB_NAME,
    .version = "0.1.0",
    .summary = "macOS Seatbelt profile, applied by sandbox-exec; elsewhere its plan can be seen",
    .platform = PLATFORM,
    .priority = PRIORITY,
    .classes = CLASS(READ_DENY) | CLASS(READ_ALLOW) | CLASS(WRITE_ALLOW) | CLASS(WRITE_DENY) |
               CLASS(WRITE_DENY_MISSING) | CLASS(GLOB_LATER) | CLASS(NET_ISOLATE) |
               CLASS(NET_PROXY) | CLASS(UNIX_DENY) | CLASS(UNIX_PATH) | CLASS(PROCESS) |
               CLASS(IPC) | CLASS(SYSCALL) | CLASS(TERMINAL),
    .prepare = sb_prepare,
    .wrap = sb_wrap,
    .monitor = sb_monitor,
    .teardown = sb_teardown,
};

const srt_backend *srt_backend_entry(void)
{
    return &backend;
}
