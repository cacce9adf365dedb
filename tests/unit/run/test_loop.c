/* SPDX-License-Identifier: Apache-2.0 */
/* The loop with a child that plays the tools and the helper inside. */
#include <errno.h>
#include <signal.h>
#include <srt/launch.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/loop.h"
#include "run/signals.h"
#include "support/unit.h"

static void announce(int handoff)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.room = {0}};
    int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    char kind[1] = {SRT_HANDOFF_COMMAND};
    struct iovec part = {.iov_base = kind, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control.room};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &pidfd, sizeof pidfd);
    if (sendmsg(handoff, &message, 0) != 1)
        _exit(99);
}

static void tell(int handoff, const char *packet)
{
    if (write(handoff, packet, strlen(packet)) < 0)
        _exit(98);
}

static void child_exits(int handoff)
{
    announce(handoff);
    _exit(7);
}

static void child_is_not_found(int handoff)
{
    announce(handoff);
    tell(handoff, "E\177nosuch: command not found");
    _exit(127);
}

static void child_dies_in_set_up(int handoff)
{
    (void)handoff;
    _exit(1);
}

static void child_sends_rubbish(int handoff)
{
    tell(handoff, "Zebra");
    pause();
}

static void child_announces_twice(int handoff)
{
    announce(handoff);
    announce(handoff);
    pause();
}

static void child_is_killed(int handoff)
{
    announce(handoff);
    raise(SIGKILL);
}

static void child_waits_for_term(int handoff)
{
    announce(handoff);
    kill(getppid(), SIGTERM); /* comes back through the loop */
    pause();
}

static void child_ignores_term(int handoff)
{
    signal(SIGTERM, SIG_IGN);
    announce(handoff);
    kill(getppid(), SIGTERM);
    g_usleep(150000);
    kill(getppid(), SIGTERM);
    pause();
}

static void child_has_its_parent_interrupted_early(int handoff)
{
    (void)handoff;
    signal(SIGINT, SIG_IGN);
    kill(getppid(), SIGINT);
    pause();
}

static void child_ignores_hangup(int handoff)
{
    signal(SIGHUP, SIG_IGN);
    announce(handoff);
    kill(getppid(), SIGHUP);
    pause();
}

static void child_has_one_early_signal(int handoff)
{
    kill(getppid(), SIGUSR1);
    g_usleep(100000);
    announce(handoff);
    pause();
}

static void child_goes_on_unannounced(int handoff)
{
    close(handoff);
    pause();
}

static void child_goes_on_after_failing(int handoff)
{
    tell(handoff, "E\176x: Permission denied");
    close(handoff);
    pause();
}

static int run(void (*child)(int handoff), SrtLoop *ret_loop)
{
    g_autoptr(GError) error = NULL;
    int ends[2];
    CU_ASSERT_TRUE_FATAL(srt_fd_socketpair(SOCK_SEQPACKET, ends));
    int signals = srt_signals_open(0, &error);
    CU_ASSERT_FATAL(signals >= 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        for (const int *n = srt_signals_handled; *n; n++)
            signal(*n, SIG_DFL);
        child(ends[1]);
        _exit(97);
    }
    close(ends[1]);
    SrtLoop loop = {.child = pid,
                    .program = "tool",
                    .handoff = ends[0],
                    .signals = signals,
                    .monitor = -1,
                    .control_fd = -1};
    int status = srt_run_loop(&loop);
    close(ends[0]);
    srt_signals_close();
    CU_ASSERT_TRUE(waitpid(pid, NULL, WNOHANG) < 0 && errno == ECHILD);
    if (ret_loop)
        *ret_loop = loop;
    return status;
}

static void test_statuses(void)
{
    CU_ASSERT_EQUAL(run(child_exits, NULL), 7);
    CU_ASSERT_EQUAL(run(child_is_not_found, NULL), 127);
    CU_ASSERT_EQUAL(run(child_dies_in_set_up, NULL), 125);
    CU_ASSERT_EQUAL(run(child_is_killed, NULL), 137);
}

static void test_a_broken_hand_off_ends_the_sandbox(void)
{
    CU_ASSERT_EQUAL(run(child_sends_rubbish, NULL), 125);
    CU_ASSERT_EQUAL(run(child_announces_twice, NULL), 125);
    CU_ASSERT_EQUAL(run(child_goes_on_unannounced, NULL), 125);
    CU_ASSERT_EQUAL(run(child_goes_on_after_failing, NULL), 126);
}

static void test_signals(void)
{
    SrtLoop loop;
    CU_ASSERT_EQUAL(run(child_waits_for_term, &loop), 143);
    CU_ASSERT_FALSE(loop.killed);
    CU_ASSERT_EQUAL(run(child_ignores_term, &loop), 137);
    CU_ASSERT_TRUE(loop.killed);
    CU_ASSERT_EQUAL(run(child_has_its_parent_interrupted_early, NULL), 130);
    CU_ASSERT_EQUAL(run(child_has_one_early_signal, NULL), 128 + SIGUSR1);
}

static void test_hangup_kills_soon(void)
{
    gint64 begin = g_get_monotonic_time();
    CU_ASSERT_EQUAL(run(child_ignores_hangup, NULL), 137);
    gint64 took = g_get_monotonic_time() - begin;
    CU_ASSERT_TRUE(took >= SRT_HUP_GRACE);
}

static const srt_unit_case cases[] = {
    {"statuses", test_statuses},
    {"a broken hand-off ends the sandbox", test_a_broken_hand_off_ends_the_sandbox},
    {"signals", test_signals},
    {"hangup kills soon", test_hangup_kills_soon},
};
SRT_UNIT_MAIN("run.loop", cases)
