/* SPDX-License-Identifier: Apache-2.0 */
/* The first process of a pid namespace. What has lost its parent becomes its
 * child, and when it ends, the kernel ends all the others. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "inside.h"
#include "sys.h"

static long new_process(void)
{
#ifdef SRT_HOSTED
    pid_t pid = fork();
    return pid < 0 ? -errno : pid;
#else
    return sys5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

__attribute__((noreturn)) static void reap_until_the_end(long command)
{
    for (;;) {
        int status = 0;
        long pid = sys4(SYS_wait4, -1, &status, __WALL, NULL);
        if (pid == command)
            inside_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
        if (pid < 0 && pid != -EINTR)
            inside_exit(INSIDE_FAILED);
    }
}

void init_stay_behind(int handoff)
{
    /* The command has the same user and no fewer rights: it could trace this
     * process, write to its memory, and stop it for ever. */
    long r = sys5(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (r < 0)
        fail_errno(handoff, "keep the command out of its init", r);
    signal_default(SIGCHLD); /* ignored, it would leave nothing to wait for */
    long pid = new_process();
    if (pid < 0)
        fail_errno(handoff, "make the command's process", pid);
    if (pid == 0)
        return;
    sys1(SYS_close, handoff); /* its end must be seen when the command runs */
    reap_until_the_end(pid);
}
