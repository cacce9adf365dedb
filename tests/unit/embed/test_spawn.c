/* SPDX-License-Identifier: Apache-2.0 */
/* What the embedding program sees of the programs that the library starts: nothing. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

static volatile sig_atomic_t children;

static void on_child(int signal_number)
{
    (void)signal_number;
    children++;
}

/* Whether this process has a child that an ordinary wait would meet. */
static int meets_child(void)
{
    return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

/* Children of all threads, of every kind. */
static int all_children(void)
{
    int n = 0;
    GDir *tasks = g_dir_open("/proc/self/task", 0, NULL);
    const char *task;
    while (tasks && (task = g_dir_read_name(tasks))) {
        g_autofree char *path = g_strdup_printf("/proc/self/task/%s/children", task);
        g_autofree char *list = NULL;
        if (g_file_get_contents(path, &list, NULL, NULL))
            n += *g_strstrip(list) != '\0';
    }
    if (tasks)
        g_dir_close(tasks);
    return n;
}

static void is_not_met(void)
{
    struct sigaction action = {.sa_handler = on_child}, before;
    sigaction(SIGCHLD, &action, &before);
    children = 0;
    srt_session *session = lab_session(NULL, NULL);
    int descriptors = lab_descriptors();
    for (int i = 0; i < 20; i++) {
        srt_process *process = lab_spawn(session, NULL, "hello start end=7");
        CU_ASSERT_FALSE(meets_child());
        CU_ASSERT_EQUAL(lab_status(process), 7);
        CU_ASSERT_FALSE(meets_child());
    }
    CU_ASSERT_EQUAL(children, 0);
    CU_ASSERT_EQUAL(all_children(), 0);
    srt_session_free(session);
    /* The two of the session's wake. */
    CU_ASSERT(lab_descriptors() <= descriptors);
    /* Children of one's own are met as ever. */
    pid_t own = fork();
    if (own == 0)
        _exit(5);
    int status = 0;
    CU_ASSERT_EQUAL(waitpid(-1, &status, 0), own);
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 5);
    CU_ASSERT_EQUAL(children, 1);
    sigaction(SIGCHLD, &before, NULL);
}

/* Where children are not to become zombies there would be no status of an ordinary child. */
static void works_where_children_are_ignored(void)
{
    signal(SIGCHLD, SIG_IGN);
    srt_session *session = lab_session(NULL, NULL);
    srt_process *process = lab_spawn(session, NULL, "hello start stop=9");
    CU_ASSERT_EQUAL(srt_process_wait(process, -1, NULL, NULL), 1);
    LAB_HAS(srt_process_failure(process), "killed by signal 9");
    CU_ASSERT_EQUAL(lab_status(process), 137);
    srt_session_free(session);
    signal(SIGCHLD, SIG_DFL);
}

static void gets_what_it_shall(void)
{
    const char *env[] = {"A=1", "FAKE_X=2", NULL};
    const char *argv[] = {"hello", "start", "env=A", "env=HOME", "cwd", "fds", "end=0", NULL};
    int status, extra = open("/dev/null", O_RDONLY), high = fcntl(extra, F_DUPFD_CLOEXEC, 100);
    close(extra);
    for (int fd = 3; fd < 256; fd++) /* what this test was given */
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    srt_session *session = lab_session(NULL, NULL);
    g_autofree char *out =
        lab_output(session, (srt_command){.argv = argv, .env = env, .cwd = "/usr/share"}, &status);
    CU_ASSERT_EQUAL(status, 0);
    SRT_ASSERT_STR(out, "A=1\nHOME=(none)\ncwd /usr/share\n");
    close(high);
    srt_session_free(session);
}

static void moves_descriptors(void)
{
    /* Standard output is the caller's descriptor 0 and the other way round. */
    pid_t child = fork();
    if (child == 0) {
        int ends[2];
        if (pipe(ends) < 0)
            _exit(1);
        dup2(ends[1], 0);
        close(ends[1]);
        srt_session *session = lab_session(NULL, NULL);
        const char *argv[] = {"hello", "start", "cwd", "end=0", NULL};
        srt_command command = {.struct_size = sizeof command,
                               .argv = argv,
                               .cwd = "/",
                               .stdin_plus_1 = 2,
                               .stdout_plus_1 = 1};
        int status = lab_status(srt_session_spawn(session, &command, NULL));
        char text[64] = "";
        ssize_t n = read(ends[0], text, sizeof text - 1);
        srt_session_free(session);
        _exit(status == 0 && n == 6 && strcmp(text, "cwd /\n") == 0 ? 0 : 2);
    }
    int status;
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT_EQUAL(status, 0);
}

static void says_why_it_cannot_start(void)
{
    srt_error *e = NULL;
    srt_session_options o = {.struct_size = sizeof o, .program = "/nonexistent/srt"};
    CU_ASSERT_PTR_NULL(srt_session_new(NULL, &o, &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_NOT_FOUND);
    LAB_HAS(lab_error(e), "/nonexistent/srt");
    o.program = "srt";
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_session_new(NULL, &o, &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_USAGE);
    lab_error(e);

    /* It goes after the session was made; and one that is no program. */
    g_autofree char *path = g_strdup("/var/tmp/srt-case-XXXXXX");
    int fd = g_mkstemp_full(path, O_RDWR, 0755);
    CU_ASSERT_EQUAL(write(fd, "\0\0\0\0", 4), 4);
    close(fd);
    o.program = path;
    srt_session *session = lab_session(NULL, &o);
    const char *argv[] = {"x", NULL};
    srt_command command = {.struct_size = sizeof command, .argv = argv};
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_session_spawn(session, &command, &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_SYSTEM);
    LAB_HAS(lab_error(e), "Exec format error");
    unlink(path);
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_session_spawn(session, &command, &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_NOT_FOUND);
    LAB_HAS(lab_error(e), path);
    CU_ASSERT_FALSE(meets_child());
    srt_session_free(session);
}

/* Blocked and ignored signals of the caller are not the command's. */
static void starts_with_fresh_signals(void)
{
    sigset_t all, before;
    sigfillset(&all);
    signal(SIGTERM, SIG_IGN);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    srt_session *session = lab_session(NULL, NULL);
    srt_process *process = lab_spawn(session, NULL, "hello start sleep");
    CU_ASSERT_EQUAL(srt_process_wait(process, 0, NULL, NULL), 0);
    CU_ASSERT_EQUAL(srt_process_signal(process, SIGTERM, NULL), 0);
    CU_ASSERT_EQUAL(srt_process_wait(process, -1, NULL, NULL), 1);
    CU_ASSERT_EQUAL(srt_process_signal(process, SIGTERM, NULL), 0);
    LAB_HAS(srt_process_failure(process), "signal 15");
    CU_ASSERT_EQUAL(lab_status(process), 128 + SIGTERM);
    process = lab_spawn(session, NULL, "hello start sleep");
    srt_error *e = NULL;
    CU_ASSERT_EQUAL(srt_process_signal(process, 0, &e), 0);
    /* None that would end or stop srt alone is sent. */
    const int wrong[] = {SIGALRM, SIGSTOP, SIGPIPE, 40, 1000, -1};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        e = NULL;
        CU_ASSERT_EQUAL(srt_process_signal(process, wrong[i], &e), -1);
        CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_USAGE);
        LAB_HAS(lab_error(e), "does not pass on");
    }
    CU_ASSERT_EQUAL(srt_process_wait(process, 0, NULL, NULL), 0);
    CU_ASSERT_EQUAL(srt_process_signal(process, SIGKILL, NULL), 0);
    CU_ASSERT_EQUAL(lab_status(process), 137);
    srt_session_free(session);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGTERM, SIG_DFL);
}

static void makes_a_group(void)
{
    srt_session *session = lab_session(NULL, NULL);
    const char *argv[] = {"hello", "start", "sleep", NULL};
    srt_command command = {.struct_size = sizeof command, .argv = argv};
    srt_process *same = srt_session_spawn(session, &command, NULL);
    command.flags = SRT_COMMAND_NEW_GROUP;
    srt_process *other = srt_session_spawn(session, &command, NULL);
    CU_ASSERT_EQUAL(getpgid(srt_process_pid(same)), getpgrp());
    CU_ASSERT_EQUAL(getpgid(srt_process_pid(other)), srt_process_pid(other));
    kill(-srt_process_pid(other), SIGKILL);
    CU_ASSERT_EQUAL(lab_status(other), 137);
    srt_session_free(session);
    /* It was killed with the session, which it did not heed. */
    CU_ASSERT_EQUAL(lab_status(same), 137);
}

/* Nothing that the library started outlives the program that is killed, but what is told to. */
static void dies_with_the_program(void)
{
    int ends[2];
    char byte;
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        dup2(ends[1], 2); /* the fake keeps it open as long as it lives */
        close(ends[1]);
        srt_session *session = lab_session(NULL, NULL);
        lab_spawn(session, NULL, "hello start eof exit=0");
        _exit(0);
    }
    close(ends[1]);
    CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
    CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 0); /* the last that had it open is gone */
    close(ends[0]);
}

static const srt_unit_case cases[] = {
    /* Before there are threads: a thread sanitizer lets none begin in a child of many. */
    {"moves_descriptors", moves_descriptors},
    {"dies_with_the_program", dies_with_the_program},
    {"is_not_met", is_not_met},
    {"works_where_children_are_ignored", works_where_children_are_ignored},
    {"gets_what_it_shall", gets_what_it_shall},
    {"says_why_it_cannot_start", says_why_it_cannot_start},
    {"starts_with_fresh_signals", starts_with_fresh_signals},
    {"makes_a_group", makes_a_group},
};

SRT_UNIT_MAIN("embed.spawn", cases)
