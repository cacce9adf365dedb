/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the kernel takes a listener here. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify.h"
#include "srt-filters/filter.h"
#include "srt-filters/supervise.h"

/* The child tries what the helper inside will do, with a filter that allows everything. */
static int try_it(void)
{
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = 1, .filter = &allow};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return 1;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SUP_FILTER_NEW_LISTENER, &program) < 0;
}

/* What connecting in a caller's place needs; some containers close it. */
static int try_taking(void)
{
    long pidfd = syscall(SYS_pidfd_open, getpid(), 0);
    if (pidfd < 0)
        return -errno;
    long fd = syscall(SYS_pidfd_getfd, pidfd, (int)pidfd, 0);
    int failed = fd < 0 ? -errno : 0;
    if (fd >= 0)
        close((int)fd);
    close((int)pidfd);
    return failed;
}

int srt_supervisor_check(uint32_t notify)
{
    if (!srt_supervisor_possible())
        return -EBUSY;
    return notify & SRT_NOTIFY_CONNECT ? try_taking() : 0;
}

bool srt_supervisor_possible(void)
{
    struct {
        uint16_t notif, response, data;
    } sizes;
    int status = 0;
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
        return false;
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0)
        return true; /* no filter at all */
    /* Only system calls until _exit: other threads may hold locks. */
    pid_t child = fork();
    if (child == 0)
        _exit(try_it());
    if (child < 0)
        return false;
    pid_t ended;
    do
        ended = waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
