/* SPDX-License-Identifier: Apache-2.0 */
/* Starts a process in wrap, and waits for it. */
#include "../bestiary/beast.h"

#include <sys/wait.h>

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    return beast_wrap(state, launch);
}

BEAST("wrap-forks", .wrap = wrap)
