/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "srt-filters/filter.h"

static void load(int variant)
{
    if (variant == LIVE_NO_FILTER)
        return;
    const srt_filter_program *p = srt_filter_native((uint32_t)variant);
    if (!p || srt_filter_verify(p->code, p->count, NULL) != 0)
        _exit(253);
    struct sock_fprog program = {.len = (unsigned short)p->count,
                                 .filter = (struct sock_filter *)(uintptr_t)p->code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        _exit(254);
}

int live_child(int variant, int (*fn)(const void *data), const void *data)
{
    int status = 0;
    const pid_t pid = fork();
    if (pid < 0)
        return LIVE_DIED;
    if (pid == 0) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler would make an exit of it */
        load(variant);
        _exit(fn(data));
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return LIVE_DIED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : LIVE_DIED;
}

struct call_list {
    const live_call *calls;
    size_t n;
    int *results;
};

static int make_calls(const void *data)
{
    const struct call_list *list = data;
    for (size_t i = 0; i < list->n; i++) {
        const live_call *c = &list->calls[i];
        const pid_t self = getpid();
        const long r =
            syscall(c->number, c->args[0], c->args[1], c->args[2], c->args[3], c->args[4]);
        if (getpid() != self) /* a clone that was let through */
            _exit(0);
        list->results[i] = r < 0 ? errno : 0;
    }
    return 0;
}

void live_calls(int variant, const live_call *calls, size_t n, int *ret_results)
{
    int *shared =
        mmap(NULL, n * sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const struct call_list list = {calls, n, shared};
    for (size_t i = 0; i < n; i++)
        ret_results[i] = LIVE_DIED;
    if (shared == MAP_FAILED)
        return;
    for (size_t i = 0; i < n; i++)
        shared[i] = LIVE_DIED;
    live_child(variant, make_calls, &list);
    for (size_t i = 0; i < n; i++)
        ret_results[i] = shared[i];
    munmap(shared, n * sizeof *shared);
}
