/* SPDX-License-Identifier: Apache-2.0 */
/* The keepers: the command's end arrives, and nothing outlives it, whoever dies
 * first. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside_run.h"
#include "inside.h"
#include "support/unit.h"

#define KEEPER (SRT_PLAN_FLAG_COMMAND | SRT_PLAN_FLAG_KEEPER)
#define PATH "PATH=/usr/local/bin:/usr/bin:/bin"
#define LONG_MS 20000 /* only ever waited for in full when something is wrong */

/* Leaves one that ignores what can be ignored, one in a session of its own that has
 * lost its parent, and one below it; says their numbers. */
#define LEAVE_BEHIND                                                                               \
    "trap '' HUP TERM INT; sleep 1000 & echo $!; "                                                 \
    "(setsid sh -c 'sleep 1001 & echo $! $$; exec sleep 1002' & ); "

static srt_plan_writer shell(const char *script)
{
    srt_plan_writer w = PLAN_FOR(KEEPER, "sh", "-c", script);
    srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
    return w;
}

static void run_script(Run *r, const char *script)
{
    srt_plan_writer w = shell(script);
    run_start(r, &w);
    run_finish(r);
    run_clear(r);
}

static void test_status_arrives(void)
{
    Run r;
    run_script(&r, "exit 9");
    CU_ASSERT_EQUAL(r.status, 9);
    SRT_ASSERT_STR(r.kinds, "C");
    run_script(&r, "kill -TERM $$");
    CU_ASSERT_EQUAL(r.status, 143);
    run_script(&r, "kill -KILL $$");
    CU_ASSERT_EQUAL(r.status, 137);
    run_script(&r, "echo out; echo err >&2");
    SRT_ASSERT_STR(r.output, "out\nerr\n");
    CU_ASSERT_EQUAL(r.status, 0);
}

static void test_no_command(void)
{
    Run r;
    srt_plan_writer w = PLAN_FOR(KEEPER, "nosuch");
    run_start(&r, &w);
    run_finish(&r);
    run_clear(&r);
    SRT_ASSERT_STR(r.kinds, "CE");
    CU_ASSERT_EQUAL(r.status, 127);
    CU_ASSERT_EQUAL(r.told_status, 127);
}

/* Without a wait for children there is no status. */
static void test_ignored_children_of_the_caller(void)
{
    Run r;
    srt_plan_writer w = shell("exit 9");
    signal(SIGCHLD, SIG_IGN);
    run_start(&r, &w);
    signal(SIGCHLD, SIG_DFL);
    run_finish(&r);
    run_clear(&r);
    CU_ASSERT_EQUAL(r.status, 9);
}

static int pid_of(int pidfd)
{
    char path[64], line[256];
    int pid = -1;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Pid: %d", &pid) == 1)
            break;
    if (f)
        fclose(f);
    return pid;
}

static int parent_of(int pid)
{
    char path[64], line[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "re");
    if (f && !fgets(line, sizeof line, f))
        line[0] = 0;
    if (f)
        fclose(f);
    const char *end = strrchr(line, ')');
    return end ? atoi(end + 4) : -1;
}

static void test_the_command_is_a_job_of_the_caller(void)
{
    Run r;
    char expected[128];
    srt_plan_writer w = shell("echo $$; cut -d' ' -f5,6 /proc/$$/stat; "
                              "grep -E 'Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd | wc -l");
    run_start(&r, &w);
    run_finish(&r);
    CU_ASSERT_EQUAL_FATAL(r.n_fds, 1);
    snprintf(expected, sizeof expected,
             "\n%d %d\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n4\n", getpgrp(),
             getsid(0));
    const char *rest = strchr(r.output, '\n');
    SRT_ASSERT_STR(rest, expected);
    CU_ASSERT_NOT_EQUAL(atoi(r.output), r.pid);
    run_clear(&r);
}

static void test_what_is_announced_is_the_command(void)
{
    Run r;
    srt_plan_writer w = PLAN_FOR(KEEPER, "sleep", "1000");
    run_start(&r, &w);
    run_receive(&r);
    CU_ASSERT_EQUAL_FATAL(r.n_fds, 1);
    const int command = pid_of(r.fds[0]);
    const int second = parent_of(command);
    CU_ASSERT(command > 0 && command != r.pid);
    CU_ASSERT_EQUAL(parent_of(second), r.pid);
    if (geteuid() != 0) { /* the command's user cannot get at it */
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/environ", second);
        CU_ASSERT_NOT_EQUAL(access(path, R_OK), 0);
        snprintf(path, sizeof path, "/proc/%d/environ", command);
        CU_ASSERT_EQUAL(access(path, R_OK), 0);
    }
    CU_ASSERT_EQUAL(syscall(SYS_pidfd_send_signal, r.fds[0], SIGTERM, NULL, 0), 0);
    run_finish(&r);
    CU_ASSERT_EQUAL(r.status, 143);
    run_clear(&r);
}

static void test_many_leftovers(void)
{
    Run r;
    int pid = 0;
    run_script(&r, "i=0; while [ $i -lt 200 ]; do (sleep 1000 & echo $!); i=$((i+1)); done; "
                   "f() { if [ $1 -gt 0 ]; then f $(($1-1)) & fi; sleep 1000; }; f 20 & exit 6");
    CU_ASSERT_EQUAL(r.status, 6);
    const char *at = r.output;
    unsigned n = 0;
    for (int length; sscanf(at, "%d%n", &pid, &length) == 1; at += length, n++)
        CU_ASSERT_TRUE(kill(pid, 0) != 0 && errno == ESRCH);
    CU_ASSERT_EQUAL(n, 200);
}

#define HOPPERS 16

/* Not a test: what the next one runs. Processes that are gone before anybody can look
 * at them, each leaving one like itself. */
static int hop(void)
{
    for (int n = 1; n < NSIG; n++)
        if (n != SIGCHLD)
            signal(n, SIG_IGN);
    for (int i = 0; i < HOPPERS; i++)
        if (fork() == 0) {
            for (;;)
                if (fork() > 0)
                    _exit(0);
        }
    return 4;
}

static void test_what_hops_away_is_caught(void)
{
    Run r;
    char self[4096];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    CU_ASSERT_FATAL(n > 0);
    self[n] = 0;
    srt_plan_writer w = PLAN_FOR(KEEPER, self, "hop");
    run_start(&r, &w);
    run_finish(&r); /* waits for all that hold the output */
    run_clear(&r);
    CU_ASSERT_EQUAL(r.status, 4);
}

/* Who dies first. The command and two that it left, as descriptors that tell of
 * their end. */
typedef struct Tree {
    Run run;
    int fds[4];
    int second; /* the command's parent */
} Tree;

static void read_line(int fd, char *line, size_t size)
{
    size_t n = 0;
    while (n + 1 < size && read(fd, line + n, 1) == 1 && line[n] != '\n')
        n++;
    line[n] = 0;
}

static void start_tree(Tree *t, const char *command_of_it)
{
    char line[64];
    int pids[3] = {0};
    srt_plan_writer w = shell(command_of_it);
    run_start(&t->run, &w);
    run_receive_some(&t->run, 1);
    CU_ASSERT_EQUAL_FATAL(t->run.n_fds, 1);
    const int command = pid_of(t->run.fds[0]);
    read_line(t->run.out, line, sizeof line);
    CU_ASSERT_EQUAL(sscanf(line, "%d", &pids[0]), 1);
    read_line(t->run.out, line, sizeof line);
    CU_ASSERT_EQUAL(sscanf(line, "%d %d", &pids[1], &pids[2]), 2);
    t->second = parent_of(command);
    t->fds[0] = t->run.fds[0];
    for (int i = 0; i < 3; i++)
        t->fds[i + 1] = (int)syscall(SYS_pidfd_open, pids[i], 0);
}

static void expect_all_gone(Tree *t)
{
    for (int i = 0; i < 4; i++) {
        struct pollfd p = {.fd = t->fds[i], .events = POLLIN};
        CU_ASSERT_TRUE(t->fds[i] >= 0);
        CU_ASSERT_EQUAL(poll(&p, 1, LONG_MS), 1);
        if (i > 0)
            close(t->fds[i]);
    }
}

static void test_leftovers_end_with_the_command(void)
{
    Tree t;
    start_tree(&t, "trap 'exit 5' USR1; " LEAVE_BEHIND "sleep 1003 & wait");
    CU_ASSERT_EQUAL(syscall(SYS_pidfd_send_signal, t.fds[0], SIGUSR1, NULL, 0), 0);
    run_finish(&t.run);
    CU_ASSERT_EQUAL(t.run.status, 5);
    /* Gone already, not soon. */
    for (int i = 0; i < 4; i++) {
        struct pollfd p = {.fd = t.fds[i], .events = POLLIN};
        CU_ASSERT_EQUAL(poll(&p, 1, 0), 1);
    }
    expect_all_gone(&t);
    run_clear(&t.run);
}

static void test_the_first_keeper_is_killed(void)
{
    Tree t;
    start_tree(&t, LEAVE_BEHIND "exec sleep 1003");
    CU_ASSERT_EQUAL(kill(t.run.pid, SIGKILL), 0);
    expect_all_gone(&t);
    run_finish(&t.run);
    CU_ASSERT_EQUAL(t.run.status, 137);
    run_clear(&t.run);
}

static void test_the_second_keeper_is_killed(void)
{
    Tree t;
    start_tree(&t, LEAVE_BEHIND "exec sleep 1003");
    CU_ASSERT_EQUAL(kill(t.second, SIGKILL), 0);
    expect_all_gone(&t);
    run_finish(&t.run);
    CU_ASSERT_EQUAL(t.run.status, 137);
    run_clear(&t.run);
}

/* What the terminal sends to all of them is for the command alone. */
static void test_keepers_live_through_signals(void)
{
    Tree t;
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGUSR1};
    start_tree(&t, LEAVE_BEHIND "exec sleep 1003");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        kill(t.run.pid, numbers[i]);
        kill(t.second, numbers[i]);
    }
    CU_ASSERT_EQUAL(syscall(SYS_pidfd_send_signal, t.fds[0], SIGUSR2, NULL, 0), 0);
    expect_all_gone(&t);
    run_finish(&t.run);
    CU_ASSERT_EQUAL(t.run.status, 128 + SIGUSR2);
    run_clear(&t.run);
}

/* In srt's place: starts it, hands on the descriptors, and is killed. */
static void test_the_caller_is_killed(void)
{
    int ends[2];
    Tree t;
    char byte = 0;
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    const pid_t caller = fork();
    if (caller == 0) {
        srt_plan_writer w = shell(LEAVE_BEHIND "exec sleep 1003");
        char line[64], text[256];
        run_start(&t.run, &w);
        run_receive_some(&t.run, 1);
        int n = snprintf(text, sizeof text, "%d ", pid_of(t.run.fds[0]));
        for (int i = 0; i < 2; i++) {
            read_line(t.run.out, line, sizeof line);
            n += snprintf(text + n, sizeof text - (size_t)n, "%s ", line);
        }
        text[n - 1] = '\n';
        if (write(ends[1], text, (size_t)n) != n)
            _exit(1);
        for (;;)
            pause();
    }
    close(ends[1]);
    char line[256];
    int pids[4] = {0};
    read_line(ends[0], line, sizeof line);
    CU_ASSERT_EQUAL(sscanf(line, "%d %d %d %d", &pids[0], &pids[1], &pids[2], &pids[3]), 4);
    for (int i = 0; i < 4; i++)
        t.fds[i] = (int)syscall(SYS_pidfd_open, pids[i], 0);
    kill(caller, SIGKILL);
    expect_all_gone(&t);
    close(t.fds[0]);
    waitpid(caller, NULL, 0);
    CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

/* Both ways to find children, without the helper around them. */
static int kill_three(bool (*kill_them)(void))
{
    pid_t pids[3];
    int status;
    for (int i = 0; i < 3; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            for (;;)
                pause();
    }
    if (!kill_them())
        return 1;
    for (int i = 0; i < 3; i++)
        if (waitpid(pids[i], &status, 0) != pids[i] || !WIFSIGNALED(status) ||
            WTERMSIG(status) != SIGKILL)
            return 2;
    return kill_them() ? 0 : 3; /* with none there */
}

static void expect_kills(bool (*kill_them)(void))
{
    int status = -1;
    const pid_t pid = fork(); /* no other child may be there */
    if (pid == 0)
        _exit(kill_three(kill_them));
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
}

static void test_children_are_found_by_list(void)
{
    if (access("/proc/thread-self/children", R_OK) != 0) {
        srt_unit_skip("this kernel does not list children");
        return;
    }
    expect_kills(descendants_kill_listed);
}

static void test_children_are_found_by_search(void)
{
    expect_kills(descendants_kill_searched);
}

static const srt_unit_case cases[] = {
    {"status arrives", test_status_arrives},
    {"no command", test_no_command},
    {"ignored children of the caller", test_ignored_children_of_the_caller},
    {"the command is a job of the caller", test_the_command_is_a_job_of_the_caller},
    {"what is announced is the command", test_what_is_announced_is_the_command},
    {"leftovers end with the command", test_leftovers_end_with_the_command},
    {"many leftovers", test_many_leftovers},
    {"what hops away is caught", test_what_hops_away_is_caught},
    {"the first keeper is killed", test_the_first_keeper_is_killed},
    {"the second keeper is killed", test_the_second_keeper_is_killed},
    {"keepers live through signals", test_keepers_live_through_signals},
    {"the caller is killed", test_the_caller_is_killed},
    {"children are found by list", test_children_are_found_by_list},
    {"children are found by search", test_children_are_found_by_search},
};

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "hop") == 0)
        return hop();
    return srt_unit_main(argc, argv, "filters.inside.keeper", cases, sizeof cases / sizeof *cases);
}
