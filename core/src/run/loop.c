/* SPDX-License-Identifier: Apache-2.0 */
#include "run/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "run/handoff.h"
#include "run/life.h"
#include "run/signals.h"

/* For the tools to end after the hand-off failed. */
#define TOOLS_GRACE (G_USEC_PER_SEC)
/* For the command to end after the control descriptor failed, or with its session. */
#define CONTROL_GRACE (2 * G_USEC_PER_SEC)

static void kill_sandbox(SrtLoop *loop)
{
    loop->killed = TRUE;
    if (!loop->child_gone)
        kill(loop->child, SIGKILL);
    if (loop->command >= 0)
        srt_pidfd_send(loop->command, SIGKILL);
}

/* Ends what is being set up, without killing a tool half-way: what it has made
 * by then might stay behind, waiting for it for ever. What is inside finds nobody
 * at the other end of the hand-off and leaves, and the tools follow. */
static void give_up(SrtLoop *loop)
{
    if (loop->handoff < 0 || loop->ending.command_ran) {
        kill_sandbox(loop);
        return;
    }
    loop->given_up = TRUE;
    shutdown(loop->handoff, SHUT_RDWR);
    srt_signal_limit(&loop->state, g_get_monotonic_time() + TOOLS_GRACE);
}

static void send_to_command(SrtLoop *loop, int number)
{
    srt_log_debug("signal %d goes to the command", number);
    if (loop->command >= 0)
        srt_pidfd_send(loop->command, number);
    else if (loop->handoff < 0 && !loop->child_gone)
        kill(loop->child, number);
}

/* Without a command the tools end by themselves, and their status is worth
 * knowing; but nothing may run on that nobody announced. */
static void end_of_handoff(SrtLoop *loop)
{
    loop->handoff = -1;
    if (!loop->ending.command_ran || loop->ending.told_status)
        srt_signal_limit(&loop->state, g_get_monotonic_time() + TOOLS_GRACE);
}

static void break_off(SrtLoop *loop, const char *why)
{
    srt_log_error("the sandbox's hand-off went wrong, the command was ended: %s", why);
    if (!loop->ending.told_status)
        loop->ending.told_status = SRT_STATUS_FAILED;
    kill_sandbox(loop);
    end_of_handoff(loop);
}

static void take_listener(SrtLoop *loop, const SrtHanded *handed)
{
    if (!loop->proxy || loop->ending.command_ran || ++loop->listeners > SRT_HANDOFF_LISTENERS_MAX) {
        close(handed->fd);
        break_off(loop, "a listener that nobody asked for");
        return;
    }
    g_autoptr(GError) error = NULL;
    SrtProxyKind kind = handed->role == SRT_LISTENER_SOCKS ? SRT_PROXY_SOCKS : SRT_PROXY_HTTP;
    if (!srt_proxy_add_listener(loop->proxy, handed->fd, kind, &error))
        break_off(loop, error->message);
}

static void take_command(SrtLoop *loop, const SrtHanded *handed)
{
    if (loop->command >= 0) {
        close(handed->fd);
        break_off(loop, "the command was announced twice");
        return;
    }
    loop->command = handed->fd;
    loop->command_pid = srt_pidfd_pid(handed->fd);
    loop->keeper = srt_life_keeper(loop->command_pid, loop->child);
    loop->ending.command_ran = TRUE;
    loop->state.running = TRUE;
    if (loop->manager)
        srt_manager_started(loop->manager, loop->command_pid);
    if (loop->given_up) /* it was announced before */
        kill_sandbox(loop);
    for (int n = 1; n < 64; n++)
        if ((loop->state.held >> n) & 1)
            send_to_command(loop, n);
}

static void drain_handoff(SrtLoop *loop)
{
    while (loop->handoff >= 0) {
        SrtHanded handed;
        srt_handoff_receive(loop->handoff, &handed);
        switch (handed.kind) {
        case SRT_HANDED_NOTHING:
            return;
        case SRT_HANDED_LISTENER:
            take_listener(loop, &handed);
            break;
        case SRT_HANDED_COMMAND:
            take_command(loop, &handed);
            break;
        case SRT_HANDED_FAILED:
            loop->ending.told_status = handed.status;
            srt_log_error("%s", handed.text);
            end_of_handoff(loop);
            break;
        case SRT_HANDED_END:
            end_of_handoff(loop);
            break;
        case SRT_HANDED_BAD:
            break_off(loop, handed.text);
            break;
        }
    }
}

static void reap(SrtLoop *loop)
{
    int status;
    pid_t pid;
    do
        pid = waitpid(loop->child, &status, WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid != loop->child)
        return;
    loop->child_gone = TRUE;
    loop->ending.wait_status = status;
}

static gboolean same_group(const SrtLoop *loop)
{
    return loop->command_pid > 0 && getpgid(loop->command_pid) == getpgrp();
}

static void take_signal(SrtLoop *loop, const SrtSignalEvent *event)
{
    if (event->number == SIGCHLD) {
        reap(loop);
        return;
    }
    gboolean from_group = event->from_terminal && same_group(loop);
    SrtSignalAction action =
        srt_signal_decide(&loop->state, event->number, from_group, g_get_monotonic_time());
    if (action.forward)
        send_to_command(loop, event->number);
    if (action.stopped_by)
        loop->ending.stopped_by = action.stopped_by;
    if (action.kill)
        give_up(loop);
    if (action.stop)
        srt_signals_stop();
}

static void stop_watching(const char *what, int *fd, GError *error)
{
    srt_log_warning("%s: %s", what, error->message);
    g_error_free(error);
    *fd = -1;
}

static void drain_monitor(SrtLoop *loop)
{
    GError *error = NULL;
    if (loop->monitor >= 0 && !srt_backend_drain(loop->backend, &error))
        stop_watching("violations are not observed any more", &loop->monitor, error);
}

static void end_command(SrtLoop *loop)
{
    if (!loop->state.running) {
        give_up(loop);
        return;
    }
    send_to_command(loop, SIGTERM);
    srt_signal_limit(&loop->state, g_get_monotonic_time() + CONTROL_GRACE);
}

static void drain_control(SrtLoop *loop)
{
    if (srt_control_read(loop->control))
        return;
    gboolean lost = srt_control_is_lost(loop->control);
    loop->control = NULL;
    if (!lost)
        return;
    loop->ending.told_status = SRT_STATUS_FAILED;
    end_command(loop);
}

static void drain_manager(SrtLoop *loop)
{
    if (srt_manager_read(loop->manager))
        return;
    gboolean end = srt_manager_start(loop->manager)->end_with_session;
    loop->manager = NULL;
    srt_log_debug("the session has ended%s", end ? ", and so does the command" : "");
    if (!end)
        return;
    if (!loop->state.running) {
        srt_log_error("the session has ended before the command ran");
        loop->ending.told_status = SRT_STATUS_FAILED;
    }
    end_command(loop);
}

/* One wait, and what it brought. */
static void step(SrtLoop *loop)
{
    struct pollfd p[] = {
        {.fd = loop->signals, .events = POLLIN},
        {.fd = loop->handoff, .events = POLLIN},
        {.fd = loop->monitor, .events = POLLIN},
        {.fd = loop->control ? loop->control_fd : -1, .events = POLLIN},
        {.fd = loop->manager ? srt_manager_fd(loop->manager) : -1, .events = POLLIN},
    };
    SrtSignalEvent event;
    int wait = srt_signal_wait_ms(&loop->state, g_get_monotonic_time());
    if (poll(p, G_N_ELEMENTS(p), wait) < 0 && errno != EINTR) {
        srt_log_error("cannot wait for the command: %s", g_strerror(errno));
        loop->ending.told_status = SRT_STATUS_FAILED;
        kill_sandbox(loop);
        waitpid(loop->child, &loop->ending.wait_status, 0);
        loop->child_gone = TRUE;
        return;
    }
    if (p[1].revents)
        drain_handoff(loop);
    if (p[2].revents)
        drain_monitor(loop);
    if (p[3].revents)
        drain_control(loop);
    if (p[4].revents)
        drain_manager(loop);
    while (srt_signals_next(&event))
        take_signal(loop, &event);
    if (srt_signal_expired(&loop->state, g_get_monotonic_time()))
        kill_sandbox(loop);
}

/* The child is gone; what it said last may still lie there. */
static int finish(SrtLoop *loop, gboolean handed_off)
{
    drain_handoff(loop);
    drain_monitor(loop);
    srt_life_wait_gone(loop->command, loop->keeper);
    srt_fd_clear(&loop->command);
    srt_fd_clear(&loop->keeper);
    const SrtEnding *e = &loop->ending;
    if (handed_off && !e->command_ran && !e->told_status && !e->stopped_by) {
        g_autofree char *how = srt_status_describe(e->wait_status);
        srt_log_error("the sandbox could not be set up: %s %s before the command ran",
                      loop->program, how);
    }
    return srt_status_of_ending(e);
}

int srt_run_loop(SrtLoop *loop)
{
    gboolean handed_off = loop->handoff >= 0;
    loop->command = -1;
    loop->command_pid = -1;
    loop->keeper = -1;
    if (!handed_off) {
        loop->command_pid = loop->child;
        loop->ending.command_ran = TRUE;
        loop->state.running = TRUE;
        if (loop->manager)
            srt_manager_started(loop->manager, loop->command_pid);
    }
    if (loop->manager) /* what came together with "start" */
        drain_manager(loop);
    while (!loop->child_gone)
        step(loop);
    return finish(loop, handed_off);
}
