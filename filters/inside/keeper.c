/* SPDX-License-Identifier: Apache-2.0 */
/* Where there is no pid namespace to take everything down with it, two processes
 * stay between srt and the command:
 *
 *   srt -> first keeper -> second keeper -> command -> …
 *
 * Both are subreapers, so whatever loses its parent becomes a child of the second
 * and, when that is gone, of the first. Each ends when its parent or its child is
 * gone, but ends first what came from it. So one of them may be killed, by srt in
 * the first place, and the other sees to the rest; srt waits for the second, the
 * command's parent. Only whoever kills both at once leaves something behind: the
 * command cannot when a Landlock domain scopes its signals.
 *
 * They take no restriction of the command on themselves, since they must be able to
 * signal it, so it must not get at them: they are not dumpable, which closes ptrace
 * and their memory. They are in the command's process group and session, for the
 * terminal's sake, with all signals blocked. */
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "inside.h"
#include "sys.h"

#define CLOSE_ON_EXEC 02000000
#define NO_WAIT 04000

static long fork_process(void)
{
#ifdef SRT_HOSTED
    const pid_t pid = fork();
    return pid < 0 ? -errno : pid;
#else
    return sys5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

/* Waits until the parent behind the pidfd or the child is gone; what else lost
 * its parent and ended is waited for. The child's status, or -1. */
static int watch(int parent, int signals, long child)
{
    struct pollfd p[2] = {{.fd = parent, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    char info[128];
    for (;;) {
        int status = 0, ended = -1;
        long pid;
        long r = sys5(SYS_ppoll, p, 2, NULL, NULL, 8);
        if (p[0].revents != 0 || (r < 0 && r != -EINTR))
            return -1;
        while (sys3(SYS_read, signals, info, sizeof info) > 0)
            ;
        while ((pid = sys4(SYS_wait4, -1, &status, WNOHANG | __WALL, NULL)) > 0)
            if (pid == child)
                ended = status;
        if (ended >= 0)
            return ended;
    }
}

__attribute__((noreturn)) static void keep(int parent, int signals, long child)
{
    /* Not even 0 to 2: who reads what the command wrote waits for their end. */
    const int low = parent < signals ? parent : signals;
    const int high = parent < signals ? signals : parent;
    close_between(0, (unsigned)low - 1);
    close_between((unsigned)low + 1, (unsigned)high - 1);
    close_between((unsigned)high + 1, ~0u);
    const int status = watch(parent, signals, child);
    descendants_end();
    if (status < 0)
        inside_exit(128 + SIGKILL);
    inside_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/* Makes this process a keeper, all but its loop. */
static long become_keeper(int handoff)
{
    const uint64_t child_ended = (uint64_t)1 << (SIGCHLD - 1);
    signals_for_keeper();
    long r = sys5(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (r >= 0)
        r = sys5(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (r >= 0)
        r = sys5(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0);
    if (r >= 0)
        r = sys4(SYS_signalfd4, -1, &child_ended, 8, CLOSE_ON_EXEC | NO_WAIT);
    if (r < 0)
        fail_errno(handoff, "keep watch over the command", r);
    return r;
}

static long open_process(long pid, int handoff)
{
    long fd = sys2(SYS_pidfd_open, pid, 0);
    if (fd < 0)
        fail_errno(handoff, "keep watch over the command's parents", fd);
    return fd;
}

static long fork_or_fail(int handoff)
{
    long child = fork_process();
    if (child < 0)
        fail_errno(handoff, "make the command's process", child);
    return child;
}

void keeper_start(int handoff)
{
    const long parent = open_process(sys0(SYS_getppid), handoff);
    /* The parent may have died before: then nobody holds the other end. */
    if (handoff_is_dead(handoff))
        inside_exit(INSIDE_FAILED);
    long signals = become_keeper(handoff);
    const long first = open_process(sys0(SYS_getpid), handoff);
    long child = fork_or_fail(handoff);
    if (child > 0)
        keep((int)parent, (int)signals, child);

    sys1(SYS_close, signals);
    signals = become_keeper(handoff);
    child = fork_or_fail(handoff);
    if (child > 0)
        keep((int)first, (int)signals, child);

    long r = sys5(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    if (r >= 0)
        r = sys5(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (r < 0)
        fail_errno(handoff, "tie the command to its keeper", r);
}
