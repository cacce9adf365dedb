/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "run/spawn.h"
#include "support/unit.h"

static int wait_for(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* Runs shell text; returns what it wrote to descriptor 3. */
static char *run(const char *text, const char *const *env, guint64 ignored, int *ret_status)
{
    g_autoptr(GError) error = NULL;
    int ends[2];
    pid_t pid;
    CU_ASSERT_TRUE_FATAL(srt_fd_pipe(ends));
    const char *const argv[] = {"/bin/sh", "-c", text, NULL};
    SrtSpawn spawn = {.argv = argv, .env = env, .fds = &ends[1], .n_fds = 1, .ignored = ignored};
    CU_ASSERT_TRUE_FATAL(srt_spawn(&spawn, &pid, &error));
    close(ends[1]);
    GString *out = g_string_new(NULL);
    char buffer[4096];
    ssize_t n;
    while ((n = read(ends[0], buffer, sizeof buffer)) > 0)
        g_string_append_len(out, buffer, n);
    close(ends[0]);
    int status = wait_for(pid);
    if (ret_status)
        *ret_status = status;
    return g_string_free(out, FALSE);
}

static const char *const small_env[] = {"PATH=/usr/bin:/bin", "A=b c", NULL};

static void test_environment_and_status(void)
{
    int status;
    g_autofree char *out = run("echo \"$A|$HOME\" >&3; exit 9", small_env, 0, &status);
    SRT_ASSERT_STR(out, "b c|\n");
    CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 9);
}

static void test_only_the_descriptors_that_were_given(void)
{
    int high = fcntl(0, F_DUPFD, 200);
    g_autofree char *out =
        run("for f in /proc/self/fd/*; do echo ${f##*/}; done >&3", small_env, 0, NULL);
    /* The shell opens the directory itself meanwhile. */
    g_auto(GStrv) lines = g_strsplit(g_strchomp(out), "\n", -1);
    for (char **l = lines; *l; l++)
        CU_ASSERT_TRUE(strtol(*l, NULL, 10) <= 4 || strtol(*l, NULL, 10) == 10);
    close(high);
}

static void test_descriptors_are_put_in_order(void)
{
    g_autoptr(GError) error = NULL;
    pid_t pid;
    int ends[2], other[2];
    /* Two numbers that get in each other's way: each lies where the other goes. */
    int saved[2] = {fcntl(3, F_DUPFD_CLOEXEC, 100), fcntl(4, F_DUPFD_CLOEXEC, 100)};
    CU_ASSERT_TRUE_FATAL(srt_fd_pipe(ends) && srt_fd_pipe(other));
    int reader[2] = {fcntl(ends[0], F_DUPFD_CLOEXEC, 100), fcntl(other[0], F_DUPFD_CLOEXEC, 100)};
    int writer[2] = {fcntl(ends[1], F_DUPFD_CLOEXEC, 100), fcntl(other[1], F_DUPFD_CLOEXEC, 100)};
    close(ends[0]), close(ends[1]), close(other[0]), close(other[1]);
    dup2(writer[0], 4);
    dup2(writer[1], 3);
    const int fds[] = {4, 3};
    const char *const argv[] = {"/bin/sh", "-c", "echo first >&3; echo second >&4", NULL};
    SrtSpawn spawn = {.argv = argv, .env = small_env, .fds = fds, .n_fds = 2};
    gboolean started = srt_spawn(&spawn, &pid, &error);
    for (int i = 0; i < 2; i++) {
        close(3 + i);
        if (saved[i] >= 0)
            dup2(saved[i], 3 + i);
        srt_fd_clear(&saved[i]);
        srt_fd_clear(&writer[i]);
    }
    CU_ASSERT_TRUE_FATAL(started);
    wait_for(pid);
    char text[16] = "";
    CU_ASSERT_EQUAL(read(reader[0], text, sizeof text), 6);
    CU_ASSERT_NSTRING_EQUAL(text, "first\n", 6);
    CU_ASSERT_EQUAL(read(reader[1], text, sizeof text), 7);
    CU_ASSERT_NSTRING_EQUAL(text, "second\n", 7);
    srt_fd_clear(&reader[0]);
    srt_fd_clear(&reader[1]);
}

static void test_signals(void)
{
    sigset_t blocked, before;
    void (*pipe_before)(int) = signal(SIGPIPE, SIG_IGN);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    g_autofree char *out =
        run("grep -E 'Sig(Blk|Ign)' /proc/self/status >&3", small_env, (guint64)1 << SIGHUP, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGPIPE, pipe_before);
    SRT_ASSERT_STR(out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000001\n");
}

static void test_failures(void)
{
    static const struct {
        const char *program;
        gboolean is_command;
        int code;
    } table[] = {
        {"/nonexistent/x", TRUE, SRT_ERROR_NOT_FOUND},
        {"/nonexistent/x", FALSE, SRT_ERROR_LAUNCH},
        {"/etc/passwd", TRUE, SRT_ERROR_NOT_EXECUTABLE},
        {"/", TRUE, SRT_ERROR_NOT_EXECUTABLE},
        {"sh", TRUE, SRT_ERROR_LAUNCH},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(GError) error = NULL;
        pid_t pid = -7;
        const char *const argv[] = {table[i].program, NULL};
        SrtSpawn spawn = {.argv = argv, .env = small_env, .is_command = table[i].is_command};
        CU_ASSERT_FALSE(srt_spawn(&spawn, &pid, &error));
        CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, table[i].code));
        CU_ASSERT_EQUAL(pid, -7);
        CU_ASSERT_TRUE(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    }
}

static void test_dies_with_us(void)
{
    int ends[2];
    CU_ASSERT_TRUE_FATAL(srt_fd_pipe(ends));
    pid_t middle = fork();
    if (middle == 0) {
        g_autoptr(GError) error = NULL;
        pid_t pid;
        const char *const argv[] = {"/bin/sh", "-c", "echo up >&3; exec sleep 100", NULL};
        SrtSpawn spawn = {
            .argv = argv, .env = small_env, .fds = &ends[1], .n_fds = 1, .is_command = TRUE};
        if (srt_spawn(&spawn, &pid, &error))
            pause();
        _exit(1);
    }
    close(ends[1]);
    char text[8];
    CU_ASSERT_EQUAL(read(ends[0], text, sizeof text), 3);
    kill(middle, SIGKILL);
    wait_for(middle);
    /* It held the last writing end. */
    struct pollfd p = {.fd = ends[0], .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&p, 1, 5000), 1);
    CU_ASSERT_EQUAL(read(ends[0], text, sizeof text), 0);
    close(ends[0]);
}

static const srt_unit_case cases[] = {
    {"environment and status", test_environment_and_status},
    {"only the descriptors that were given", test_only_the_descriptors_that_were_given},
    {"descriptors are put in order", test_descriptors_are_put_in_order},
    {"signals", test_signals},
    {"failures", test_failures},
    {"dies with us", test_dies_with_us},
};
SRT_UNIT_MAIN("run.spawn", cases)
