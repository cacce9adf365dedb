/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that others start, misuse, and much of everything at once. */
#include <fcntl.h>
#include <glib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

static int run_wrapped(const srt_wrapped *wrapped)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        fcntl(srt_wrapped_fd(wrapped), F_SETFD, 0);
        execve(srt_wrapped_argv(wrapped)[0], (char *const *)(gsize)srt_wrapped_argv(wrapped),
               (char *const *)(gsize)srt_wrapped_env(wrapped));
        _exit(126);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Records come on the session's thread, soon after the end. */
static size_t records_of(srt_session *session, const char *id, size_t wanted)
{
    size_t n = 0;
    for (int i = 0; i < 60000 && n < wanted; i++) {
        srt_records *records = srt_session_records(session, id);
        n = srt_records_count(records);
        srt_records_free(records);
        g_usleep(n < wanted ? 1000 : 0);
    }
    return n;
}

static void wraps(void)
{
    srt_session *session = lab_session(NULL, NULL);
    const char *env[] = {"A=1", NULL};
    const char *argv[] = {"hello", "start", "violation=/x", "end=9", NULL};
    srt_command command = {.struct_size = sizeof command, .argv = argv, .env = env, .id = "w"};
    srt_wrapped *wrapped = srt_session_wrap(session, &command, NULL);
    srt_wrapped *unused = srt_session_wrap(session, &command, NULL);
    CU_ASSERT_EQUAL(fcntl(srt_wrapped_fd(wrapped), F_GETFD), FD_CLOEXEC);
    SRT_ASSERT_STR(srt_wrapped_env(wrapped)[0], "A=1");
    SRT_ASSERT_STR(srt_wrapped_argv(wrapped)[0], FAKE_SRT);
    CU_ASSERT_EQUAL(run_wrapped(wrapped), 9);
    srt_wrapped_free(wrapped);
    CU_ASSERT_EQUAL(records_of(session, "w", 1), 1);
    srt_wrapped_free(unused);
    srt_error *e = NULL;
    command.flags = SRT_COMMAND_KEEP;
    CU_ASSERT_PTR_NULL(srt_session_wrap(session, &command, &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_USAGE);
    lab_error(e);
    srt_session_free(session);
}

static int run_shell(const char *text)
{
    int status = system(text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void wraps_as_shell_text(void)
{
    g_autofree char *home = g_dir_make_tmp("srt-case-XXXXXX", NULL);
    setenv("HOME", home, 1);
    unsetenv("XDG_STATE_HOME");
    srt_session *session = lab_session(NULL, NULL);
    const char *argv[] = {"hello", "start", "violation=/it's", "end=4", NULL};
    srt_command command = {.struct_size = sizeof command, .argv = argv, .id = "s"};
    char *text = srt_session_wrap_shell(session, &command, NULL);
    command.id = "other";
    char *other = srt_session_wrap_shell(session, &command, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(other);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(run_shell(text), 4);
    CU_ASSERT_EQUAL(records_of(session, "s", 1), 1);
    g_autofree char *both =
        g_strdup_printf("%s & %s; a=$?; wait $!; exit $((a + $?))", text, other);
    CU_ASSERT_EQUAL(run_shell(both), 8);
    CU_ASSERT_EQUAL(records_of(session, "other", 1), 1);
    /* A token that is not known, and one that was forgotten. */
    g_autofree char *wrong = g_strdup(text);
    char *token = strchr(wrong, '#') + 1;
    *token = *token == '0' ? '1' : '0';
    CU_ASSERT_EQUAL(run_shell(wrong), 96);
    srt_session_forget(session, "s");
    CU_ASSERT_EQUAL(run_shell(text), 96);
    CU_ASSERT_EQUAL(run_shell(other), 4);
    command.cwd = "/";
    CU_ASSERT_PTR_NULL(srt_session_wrap_shell(session, &command, NULL));
    g_autofree char *sockets = g_build_filename(home, ".local/state/srt/sessions", NULL);
    g_autofree char *look = g_strdup_printf("test -n \"$(ls '%s')\"", sockets);
    CU_ASSERT_EQUAL(run_shell(look), 0);
    srt_session_free(session);
    CU_ASSERT_EQUAL(run_shell(other), 92);
    CU_ASSERT_EQUAL(run_shell(look), 1);
    srt_free(text);
    srt_free(other);
    g_autofree char *clean = g_strdup_printf("rm -r '%s'", home);
    CU_ASSERT_EQUAL(run_shell(clean), 0);
}

/* What was prepared ends with the session only when that was asked for. */
static void ends_what_others_started(void)
{
    for (int all = 0; all < 2; all++) {
        srt_session_options o = {.struct_size = sizeof o, .flags = all ? SRT_SESSION_END_ALL : 0};
        srt_session *session = lab_session(NULL, &o);
        const char *argv[] = {"hello", "start", "show", "eof", "end=0", NULL};
        srt_command command = {.struct_size = sizeof command, .argv = argv};
        srt_wrapped *wrapped = srt_session_wrap(session, &command, NULL);
        int ends[2];
        CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
        pid_t pid = fork();
        if (pid == 0) {
            dup2(ends[1], 1);
            fcntl(srt_wrapped_fd(wrapped), F_SETFD, 0);
            execv(srt_wrapped_argv(wrapped)[0], (char *const *)(gsize)srt_wrapped_argv(wrapped));
            _exit(126);
        }
        close(ends[1]);
        srt_wrapped_free(wrapped);
        srt_session_free(session);
        char text[512] = "";
        int status;
        CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
        CU_ASSERT(read(ends[0], text, sizeof text - 1) > 0);
        LAB_HAS(text, all ? "|0101\n" : "|0001\n");
        close(ends[0]);
    }
}

static void expect_misuse(const void *result, srt_error **error, const char *part)
{
    srt_error *e = *error;
    *error = NULL;
    CU_ASSERT_PTR_NULL(result);
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_USAGE);
    LAB_HAS(lab_error(e), part);
}

static void refuses_misuse(void)
{
    srt_session *session = lab_session(NULL, NULL);
    const char *argv[] = {"x", NULL}, *nothing[] = {NULL}, *empty[] = {"", NULL};
    g_autofree char *long_id = g_strnfill(252, 'i');
    const struct {
        srt_command command;
        const char *part;
    } table[] = {
        {{.struct_size = 0, .argv = argv}, "struct_size"},
        {{.struct_size = 5000, .argv = argv}, "struct_size"},
        {{.argv = NULL}, "neither words nor"},
        {{.argv = nothing}, "neither words nor"},
        {{.argv = empty}, "empty"},
        {{.argv = argv, .shell_program = "/bin/sh"}, "without shell"},
        {{.shell = ":", .shell_program = "sh"}, "absolute"},
        {{.argv = argv, .cwd = "here"}, "absolute"},
        {{.argv = argv, .id = ""}, "id"},
        {{.argv = argv, .id = long_id}, "id"},
        {{.argv = argv, .id = "\xff"}, "UTF-8"},
        {{.argv = argv, .flags = 1u << 30}, "flag"},
        {{.argv = argv, .stdin_plus_1 = -1}, "plus 1"},
        {{.argv = argv, .stdout_plus_1 = 1000}, "stdout_plus_1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        srt_error *e = NULL;
        srt_command command = table[i].command;
        if (i > 1)
            command.struct_size = sizeof command;
        expect_misuse(srt_session_spawn(session, &command, &e), &e, table[i].part);
    }
    srt_error *e = NULL;
    expect_misuse(srt_session_spawn(session, NULL, &e), &e, "NULL");
    e = NULL;
    expect_misuse(srt_session_spawn(NULL, NULL, &e), &e, "NULL");
    e = NULL;
    srt_command lost = {.struct_size = sizeof lost, .argv = argv, .cwd = "/nonexistent"};
    CU_ASSERT_PTR_NULL(srt_session_spawn(session, &lost, &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_NOT_FOUND);
    LAB_HAS(lab_error(e), "/nonexistent");
    /* A structure of a newer header: what is set there is not lost without a word. */
    struct {
        srt_command command;
        uint64_t more;
    } newer = {.command = {.struct_size = sizeof newer, .argv = argv}};
    e = NULL;
    srt_process *fine = srt_session_spawn(session, &newer.command, &e);
    CU_ASSERT_PTR_NOT_NULL(fine);
    lab_status(fine);
    newer.more = 1;
    e = NULL;
    expect_misuse(srt_session_spawn(session, &newer.command, &e), &e, "newer libsrt");
    srt_session_free(session);
}

static void accepts_null(void)
{
    srt_session_free(NULL);
    srt_process_free(NULL);
    srt_wrapped_free(NULL);
    srt_records_free(NULL);
    srt_settings_free(NULL);
    srt_error_free(NULL);
    srt_free(NULL);
    srt_question_answer(NULL, true);
    srt_session_forget(NULL, NULL);
    srt_session_clear_records(NULL);
    srt_session_unsubscribe(NULL, 1);
    CU_ASSERT_EQUAL(srt_session_subscribe(NULL, NULL, NULL), 0);
    CU_ASSERT_EQUAL(srt_session_record_total(NULL), 0);
    CU_ASSERT_EQUAL(srt_records_count(NULL), 0);
    CU_ASSERT_EQUAL(srt_process_pid(NULL), 0);
    CU_ASSERT_EQUAL(srt_process_pollfd(NULL), -1);
    CU_ASSERT_EQUAL(srt_wrapped_fd(NULL), -1);
    CU_ASSERT_EQUAL(srt_process_wait(NULL, 0, NULL, NULL), -1);
    CU_ASSERT_EQUAL(srt_process_signal(NULL, 15, NULL), -1);
    CU_ASSERT_EQUAL(srt_session_update(NULL, NULL, NULL), -1);
    CU_ASSERT_EQUAL(srt_session_check(NULL, NULL, NULL), -1);
    CU_ASSERT_PTR_NULL(srt_session_plan(NULL, NULL, NULL));
    CU_ASSERT_PTR_NULL(srt_session_records(NULL, NULL));
    CU_ASSERT_PTR_NULL(srt_settings_copy(NULL));
    CU_ASSERT_PTR_NULL(srt_error_message(NULL));
    CU_ASSERT_EQUAL((int)srt_error_get_code(NULL), 0);
    SRT_ASSERT_STR(srt_version(), SRT_VERSION);
}

/* A child made by fork has the objects and no thread. */
static void leaves_children_alone(void)
{
    srt_session *session = lab_session(NULL, NULL);
    srt_process *process = lab_spawn(session, NULL, "hello start eof end=0");
    pid_t pid = fork();
    if (pid == 0) {
        srt_error *e = NULL;
        const char *argv[] = {"x", NULL};
        srt_command command = {.struct_size = sizeof command, .argv = argv};
        int right = !srt_session_spawn(session, &command, &e) &&
                    srt_error_get_code(e) == SRT_E_USAGE && !srt_session_records(session, NULL);
        srt_session_free(session);
        _exit(right ? 0 : 1);
    }
    int status;
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_EQUAL(srt_process_wait(process, 0, NULL, NULL), 0);
    /* One that lives on and holds copies of every descriptor does not keep the command alive. */
    int hold[2];
    CU_ASSERT_EQUAL_FATAL(pipe(hold), 0);
    pid = fork();
    if (pid == 0) {
        char byte;
        close(hold[1]);
        _exit(read(hold[0], &byte, 1) == 0 ? 0 : 1);
    }
    srt_session_free(session);
    CU_ASSERT_EQUAL(srt_process_wait(process, 0, NULL, NULL), 1);
    CU_ASSERT_EQUAL(lab_status(process), 0);
    close(hold[0]);
    close(hold[1]);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
}

#define SESSIONS 100
#define WORKERS 5
#define EACH 10 /* commands of a worker at once */

static void many_sessions(void)
{
    srt_session *sessions[SESSIONS];
    srt_process *processes[SESSIONS];
    int descriptors = lab_descriptors();
    for (int i = 0; i < SESSIONS; i++) {
        sessions[i] = lab_session(NULL, NULL);
        processes[i] = lab_spawn(sessions[i], "x", "hello start violation=/x eof end=1");
    }
    for (int i = 0; i < SESSIONS; i++) {
        srt_session_free(sessions[i]);
        CU_ASSERT_EQUAL(srt_process_wait(processes[i], 0, NULL, NULL), 1);
        CU_ASSERT_EQUAL(lab_status(processes[i]), 1);
    }
    CU_ASSERT_EQUAL(lab_descriptors(), descriptors);
}

static void *work(void *data)
{
    srt_session *session = data;
    srt_process *processes[EACH];
    gint wrong = 0;
    for (int i = 0; i < EACH; i++) {
        g_autofree char *id = g_strdup_printf("%p-%d", (void *)processes, i);
        g_autofree char *steps =
            g_strdup_printf("hello start violation=/%s notice=x end=%d", id, i);
        processes[i] = lab_spawn(session, id, steps);
    }
    for (int i = 0; i < EACH; i++) {
        g_autofree char *id = g_strdup(srt_process_command_id(processes[i]));
        wrong += lab_status(processes[i]) != i;
        srt_records *records = srt_session_records(session, id);
        wrong += srt_records_count(records) != 1 ||
                 strcmp(srt_records_get(records, 0)->target + 1, id) != 0;
        srt_records_free(records);
    }
    return GINT_TO_POINTER(wrong);
}

static void many_commands(void)
{
    srt_session *session = lab_session(NULL, NULL);
    pthread_t threads[WORKERS];
    for (int i = 0; i < WORKERS; i++)
        CU_ASSERT_EQUAL(pthread_create(&threads[i], NULL, work, session), 0);
    for (int i = 0; i < WORKERS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        CU_ASSERT_EQUAL(GPOINTER_TO_INT(wrong), 0);
    }
    CU_ASSERT_EQUAL(srt_session_record_total(session), 2 * WORKERS * EACH);
    srt_session_free(session);
}

static void checks_names_in_options(void)
{
    static const struct {
        const char *backend, *classes, *says;
    } wrong[] = {
        {NULL, "nothing", "allow_unenforced: found \"nothing\""},
        {NULL, "all, netproxy", ", or \"all\""},
        {NULL, "", "allow_unenforced: found \"\""},
        {NULL, "ipc,", "allow_unenforced: found \"\""},
        {"no name", NULL, "backend: found \"no name\""},
        {"", NULL, "backend: found \"\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        srt_error *e = NULL;
        srt_session_options o = {.struct_size = sizeof o,
                                 .program = FAKE_SRT,
                                 .backend = wrong[i].backend,
                                 .allow_unenforced = wrong[i].classes};
        CU_ASSERT_PTR_NULL(srt_session_new(NULL, &o, &e));
        CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_USAGE);
        LAB_HAS(lab_error(e), wrong[i].says);
    }
    srt_session_options o = {
        .struct_size = sizeof o, .backend = "./mine.so", .allow_unenforced = "netProxy, ipc,all"};
    srt_session_free(lab_session(NULL, &o));
}

static const srt_unit_case cases[] = {
    {"checks_names_in_options", checks_names_in_options},
    {"wraps", wraps},
    {"wraps_as_shell_text", wraps_as_shell_text},
    {"ends_what_others_started", ends_what_others_started},
    {"refuses_misuse", refuses_misuse},
    {"accepts_null", accepts_null},
    {"leaves_children_alone", leaves_children_alone},
    {"many_sessions", many_sessions},
    {"many_commands", many_commands},
};

SRT_UNIT_MAIN("embed.wrap", cases)
