/* SPDX-License-Identifier: Apache-2.0 */
/* Signal dispositions and descriptors of what is executed next. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "inside.h"
#include "sys.h"

#define LAST_SIGNAL 64

#ifdef SRT_HOSTED

static void set_disposition(int signal_number, bool ignored)
{
    signal(signal_number, ignored ? SIG_IGN : SIG_DFL);
}

#else

/* The kernel's own sigaction on the machines that sys.h knows. */
struct kernel_sigaction {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint64_t mask;
};

static void set_disposition(int signal_number, bool ignored)
{
    struct kernel_sigaction action;
    memset(&action, 0, sizeof action);
    action.handler = ignored ? (uintptr_t)SIG_IGN : (uintptr_t)SIG_DFL;
    /* KILL and STOP refuse; that is right. */
    sys4(SYS_rt_sigaction, signal_number, &action, NULL, 8);
}

#endif

void signal_default(int number)
{
    set_disposition(number, false);
}

void signals_for_tools(void)
{
    static const unsigned char numbers[] = {SIGINT,  SIGQUIT, SIGTERM, SIGHUP,
                                            SIGTSTP, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof numbers; i++)
        set_disposition(numbers[i], true);
}

void signals_for_command(uint64_t ignored)
{
    const uint64_t none = 0;
    for (int n = 1; n <= LAST_SIGNAL; n++)
        set_disposition(n, n < LAST_SIGNAL && ((ignored >> n) & 1) != 0);
    sys4(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
}

void signals_for_keeper(void)
{
    const uint64_t all = ~(uint64_t)0;
    sys4(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8);
    set_disposition(SIGCHLD, false);
}

/* Kernels before 5.9: one by one, up to the highest that the limit allows. */
static long close_one_by_one(unsigned first, unsigned last)
{
    struct {
        uint64_t now, most;
    } limit = {0, 0};
    long r = sys4(SYS_prlimit64, 0, 7 /* RLIMIT_NOFILE */, NULL, &limit);
    if (r < 0)
        return r;
    if (limit.most - 1 < last)
        last = (unsigned)limit.most - 1;
    for (unsigned fd = first; fd <= last; fd++)
        sys1(SYS_close, fd);
    return 0;
}

long close_between(unsigned first, unsigned last)
{
    if (first > last)
        return 0;
    long r = sys3(SYS_close_range, first, last, 0);
    return r == -ENOSYS ? close_one_by_one(first, last) : r;
}

long close_all_but(int one, int other)
{
    const unsigned low = (unsigned)(one < other ? one : other);
    const unsigned high = (unsigned)(one < other ? other : one);
    long r = close_between(3, low - 1);
    if (r >= 0)
        r = close_between(low + 1, high - 1);
    return r < 0 ? r : close_between(high + 1, ~0u);
}

long put_null(int number, int *handoff)
{
    if (number == *handoff) {
        long moved = sys3(SYS_fcntl, number, F_DUPFD_CLOEXEC, 3);
        if (moved < 0)
            return moved;
        *handoff = (int)moved;
        sys1(SYS_close, number);
    }
    long fd = sys4(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0);
    if (fd < 0 || fd == number)
        return fd;
    long r = sys3(SYS_dup3, fd, number, 0);
    sys1(SYS_close, fd);
    return r;
}
