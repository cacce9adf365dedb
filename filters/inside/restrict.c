/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken away from the process that becomes the command. Order matters:
 * no_new_privs lets the rest be done without privilege, and the base filter
 * comes last, since it may refuse what the steps before it need. */
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "inside.h"
#include "sys.h"

/* Linux 5.19; headers of some systems are older. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static bool is_unix_datagram(int fd)
{
    int domain = 0, type = 0;
    uint32_t length = sizeof domain;
    if (sys5(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) < 0)
        return false; /* no socket, or not open */
    length = sizeof type;
    if (domain != AF_UNIX)
        return false;
    return sys5(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0 ||
           (type != SOCK_STREAM && type != SOCK_SEQPACKET);
}

void restrict_stdio(const inside_plan *plan, int handoff)
{
    static const char *const names[] = {"input", "output", "error output"};
    inside_text text = {.length = 0};
    for (int fd = 0; (plan->flags & SRT_PLAN_FLAG_NO_DATAGRAM_STDIO) != 0 && fd < 3; fd++) {
        if (!is_unix_datagram(fd))
            continue;
        text_add(&text, "the standard ");
        text_add(&text, names[fd]);
        text_add(&text, " is a unix datagram socket, through which the command could send to any "
                        "socket outside: give it a pipe or a file");
        fail_with(handoff, INSIDE_FAILED, &text);
    }
}

/* The bounding set takes a capability to reduce. Who lacks it gains nothing by
 * what is in it: under no_new_privs an exec only ever takes away. */
static long drop_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    long r = sys5(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (r < 0)
        return r;
    for (int capability = 0; r >= 0 && capability < 64; capability++)
        r = sys5(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (r < 0 && r != -EPERM && r != -EINVAL) /* EINVAL: the last is behind us */
        return r;
    return sys2(SYS_capset, &header, none);
}

void restrict_privileges(const inside_plan *plan, int handoff)
{
    long r = sys5(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (r < 0)
        fail_errno(handoff, "set no_new_privs", r);
    if (plan->n_rulesets > 0)
        landlock_apply(plan, handoff);
    if ((plan->flags & SRT_PLAN_FLAG_DROP_CAPABILITIES) == 0)
        return;
    r = drop_capabilities();
    if (r < 0)
        fail_errno(handoff, "give up capabilities", r);
}

static long load(const void *filter, size_t count, unsigned long flags)
{
    struct sock_fprog program = {.len = (unsigned short)count,
                                 .filter = (struct sock_filter *)(uintptr_t)filter};
    return sys3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static long load_notify(const inside_plan *plan)
{
    const unsigned long listener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    long r =
        load(plan->notify, plan->notify_count, listener | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
    return r == -EINVAL ? load(plan->notify, plan->notify_count, listener) : r;
}

/* It has to know the root of the sandbox before the command could change its mounts. */
static void wait_for_supervisor(int channel, int handoff)
{
    char word = 0;
    long n;
    do
        n = sys3(SYS_read, channel, &word, 1);
    while (n == -EINTR);
    if (n == 1 && word == SRT_CHANNEL_READY) {
        sys1(SYS_close, channel);
        return;
    }
    inside_text text = {.length = 0};
    text_add(&text, "the supervisor of the sandbox has gone or did not take the sandbox over");
    fail_with(handoff, INSIDE_FAILED, &text);
}

static void start_supervision(const inside_plan *plan, int handoff)
{
    const int channel = (int)plan->channel;
    long listener = load_notify(plan);
    if (listener == -EBUSY) {
        inside_text text = {.length = 0};
        text_add(&text, "another supervisor watches this process already, and the kernel has room "
                        "for one only: srt runs inside another sandbox that supervises");
        fail_with(handoff, INSIDE_FAILED, &text);
    }
    if (listener < 0)
        fail_errno(handoff, "load the filter of the supervisor", listener);
    int r = handoff_notify(channel, (int)listener);
    if (r < 0)
        fail_errno(handoff, "hand the supervisor its listener", r);
    sys1(SYS_close, listener);
}

/* The supervisor gets ready while the kernel translates the filter. */
void restrict_calls(const inside_plan *plan, int handoff)
{
    if (plan->notify)
        start_supervision(plan, handoff);
    long r = plan->filter ? load(plan->filter, plan->filter_count, 0) : 0;
    if (r < 0)
        fail_errno(handoff, "load the system call filter", r);
    if (plan->notify)
        wait_for_supervisor((int)plan->channel, handoff);
}
