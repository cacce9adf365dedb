/* SPDX-License-Identifier: Apache-2.0 */
/* Doing the plan. Everything before the exec only ever takes something away; a
 * step that fails ends the process, there is no way back. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "inside.h"
#include "sys.h"

static void enter_namespaces(const inside_plan *plan, int handoff)
{
    const char *step;
    if (plan->namespaces) {
        long r = net_unshare(plan->namespaces, &step);
        if (r < 0)
            fail_errno(handoff, step, r);
        if (plan->namespaces & CLONE_NEWNET)
            net_do_not_pace();
    }
    if (plan->flags & SRT_PLAN_FLAG_DIE_WITH_PARENT) {
        /* After the namespaces: a change of credentials clears it. */
        long r = sys5(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (r < 0)
            fail_errno(handoff, "tie the sandbox to srt's life", r);
        /* The parent may have died before: then nobody holds the other end. */
        if (handoff_is_dead(handoff))
            inside_exit(INSIDE_FAILED);
    }
    if (plan->flags & SRT_PLAN_FLAG_LOOPBACK_UP) {
        long r = net_loopback_up();
        if (r < 0)
            fail_errno(handoff,
                       "bring up the sandbox's loopback interface (does the system restrict "
                       "unprivileged user namespaces?)",
                       r);
    }
}

static void hand_out_listeners(const inside_plan *plan, int handoff)
{
    for (size_t i = 0; i < plan->n_listeners; i++) {
        const struct srt_plan_listen *l = &plan->listeners[i];
        long fd = net_listen(l);
        if (fd < 0 && l->family == 6 && (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL))
            continue; /* a kernel without IPv6 */
        if (fd < 0)
            fail_errno(handoff, "make a listening socket in the sandbox", fd);
        int r = handoff_listener(handoff, l->role, (int)fd);
        if (r < 0)
            inside_exit(INSIDE_FAILED);
        sys1(SYS_close, fd);
    }
}

static void say_command(int handoff)
{
    long pidfd = sys2(SYS_pidfd_open, sys0(SYS_getpid), 0);
    if (pidfd < 0)
        fail_errno(handoff, "get a descriptor of the command's process", pidfd);
    if (handoff_command(handoff, (int)pidfd) < 0)
        inside_exit(INSIDE_FAILED);
    sys1(SYS_close, pidfd);
}

static void enter_directory(const char *cwd, int handoff)
{
    long r = sys1(SYS_chdir, cwd);
    if (r >= 0)
        return;
    inside_text text = {.length = 0};
    text_add(&text, "cannot enter the working directory ");
    text_add(&text, cwd);
    text_add_errno(&text, (int)-r);
    fail_with(handoff, INSIDE_FAILED, &text);
}

/* What only the last stage does: the process, or a child of it, becomes the
 * command. The filter comes before that child, so that no process that the
 * command could get into its hands is ever without it. */
__attribute__((noreturn)) static void become_command(const inside_plan *plan, int handoff)
{
    inside_text text = {.length = 0};
    if (plan->flags & SRT_PLAN_FLAG_KEEPER)
        keeper_start(handoff);
    if (plan->has_umask)
        sys1(SYS_umask, plan->umask);
    if (plan->cwd)
        enter_directory(plan->cwd, handoff);
    restrict_stdio(plan, handoff);
    const int channel = plan->has_channel ? (int)plan->channel : handoff;
    long r = sys3(SYS_fcntl, handoff, F_SETFD, FD_CLOEXEC);
    if (r >= 0)
        r = sys3(SYS_fcntl, channel, F_SETFD, FD_CLOEXEC);
    if (r >= 0)
        r = close_all_but(handoff, channel);
    if (r < 0)
        fail_errno(handoff, "close descriptors", r);
    restrict_privileges(plan, handoff);
    restrict_calls(plan, handoff);
    r = plan->has_null ? put_null((int)plan->null_fd, &handoff) : 0;
    if (r < 0)
        fail_errno(handoff, "open /dev/null for the command", r);
    if (plan->flags & SRT_PLAN_FLAG_INIT)
        init_stay_behind(handoff);
    signals_for_command(plan->ignored);
    say_command(handoff);
    int status = exec_command(plan, &text);
    fail_with(handoff, status, &text);
}

/* The outer stage: on to the program that builds the rest of the sandbox. */
__attribute__((noreturn)) static void become_tool(const inside_plan *plan, int handoff,
                                                  const char *const *envp)
{
    inside_text text = {.length = 0};
    if (plan->flags & SRT_PLAN_FLAG_IGNORE_TTY_SIGNALS)
        signals_for_tools();
    long r = close_between(1024, ~0u);
    if (r < 0)
        fail_errno(handoff, "close descriptors", r);
    const char *const *tool_env = plan->envc ? (const char *const *)plan->envp : envp;
    int status = exec_program(plan, tool_env, &text);
    fail_with(handoff, status, &text);
}

void inside_run(int plan_fd, int handoff, const char *const *envp)
{
    inside_plan plan;
    const char *why = NULL;
    int loaded = plan_load(plan_fd, &plan, &why);
    if (loaded == 0 && ((plan.has_channel && (int)plan.channel == handoff) ||
                        (plan.masks && (int)plan.masks_channel == handoff))) {
        why = "its channel is the hand-off";
        loaded = -1;
    }
    if (loaded != 0) {
        inside_text text = {.length = 0};
        text_add(&text, "the plan for the sandbox is not usable: ");
        text_add(&text, why ? why : "it does not make sense");
        fail_with(handoff, INSIDE_FAILED, &text);
    }
    enter_namespaces(&plan, handoff);
    if (plan.masks)
        masks_mount(&plan, handoff);
    hand_out_listeners(&plan, handoff);
    if (plan.flags & SRT_PLAN_FLAG_COMMAND)
        become_command(&plan, handoff);
    become_tool(&plan, handoff, envp);
}
