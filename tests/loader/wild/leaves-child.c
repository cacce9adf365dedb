/* SPDX-License-Identifier: Apache-2.0 */
/* Starts a process and forgets it. */
#include "../bestiary/beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    return beast_prepare(host, policy, ret_state);
}

BEAST("leaves-child", .prepare = prepare)
