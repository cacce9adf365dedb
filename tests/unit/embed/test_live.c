/* SPDX-License-Identifier: Apache-2.0 */
/* The library with srt itself, in real sandboxes. */
#include <fcntl.h>
#include <glib.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

static char *home;

static srt_session *open_session(const srt_settings *settings, srt_session_options o)
{
    o.struct_size = sizeof o;
    o.program = REAL_SRT;
    return lab_session(settings, &o);
}

static srt_process *spawn(srt_session *session, srt_command command)
{
    srt_error *error = NULL;
    command.struct_size = sizeof command;
    command.cwd = home;
    srt_process *process = srt_session_spawn(session, &command, &error);
    if (!process)
        fprintf(stderr, "%s\n", lab_error(error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(process);
    return process;
}

static int run_shell(const char *text)
{
    int status = system(text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Skips the case where nothing can be sandboxed. */
static bool cannot(void)
{
    static int result = 1;
    static char *why;
    if (result > 0) {
        srt_error *error = NULL;
        srt_session *session = open_session(NULL, (srt_session_options){0});
        result = srt_session_check(session, NULL, &error);
        why = g_strdup(lab_error(error));
        srt_session_free(session);
    }
    if (result < 0)
        srt_unit_skip_namespaces(why);
    return result < 0;
}

static void is_checked(void)
{
    if (cannot())
        return;
    srt_error *e = NULL;
    char *warnings = NULL;
    srt_session *session = open_session(NULL, (srt_session_options){0});
    CU_ASSERT_EQUAL(srt_session_check(session, &warnings, &e), 0);
    SRT_ASSERT_STR(lab_error(e), "(none)");
    srt_free(warnings);
    srt_session_free(session);
    e = NULL;
    session = open_session(NULL, (srt_session_options){.backend = "nothing-like-it"});
    CU_ASSERT_EQUAL(srt_session_check(session, NULL, &e), -1);
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_UNSUPPORTED);
    LAB_HAS(lab_error(e), "nothing-like-it");
    srt_session_free(session);
}

static void is_planned(void)
{
    if (cannot())
        return;
    srt_error *e = NULL;
    srt_settings *settings = srt_settings_new();
    srt_settings_append(settings, "filesystem.denyRead", "/srv", NULL);
    srt_session *session = open_session(settings, (srt_session_options){0});
    char *plan = srt_session_plan(session, home, &e);
    SRT_ASSERT_STR(lab_error(e), "(none)");
    LAB_HAS(plan, "\"/srv\"");
    LAB_HAS(plan, "\"file\":\"settings\"");
    CU_ASSERT_PTR_NULL(strstr(plan, "/dev/fd"));
    LAB_HAS(plan, home);
    srt_free(plan);
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_session_plan(session, "/nonexistent", &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_NOT_FOUND);
    lab_error(e);
    srt_settings_free(settings);
    srt_session_free(session);
}

static void runs_and_records(void)
{
    if (cannot())
        return;
    srt_session *session = open_session(NULL, (srt_session_options){0});
    srt_process *process =
        spawn(session, (srt_command){.shell = "echo x >in; echo x 2>/dev/null >/srv/out; exit 5",
                                     .id = "both"});
    CU_ASSERT_EQUAL(lab_status(process), 5);
    g_autofree char *in = g_build_filename(home, "in", NULL);
    CU_ASSERT_EQUAL(access(in, F_OK), 0);
    CU_ASSERT_NOT_EQUAL(access("/srv/out", F_OK), 0);
    srt_records *records = srt_session_records(session, "both");
    CU_ASSERT_EQUAL_FATAL(srt_records_count(records), 1);
    const srt_record *record = srt_records_get(records, 0);
    SRT_ASSERT_STR(record->target, "/srv/out");
    CU_ASSERT_PTR_NOT_NULL(record->session);
    /* The database has the same one. */
    srt_error *e = NULL;
    srt_query query = {
        .struct_size = sizeof query, .session = record->session, .command = "echo x"};
    srt_records *found = srt_records_query(&query, &e);
    SRT_ASSERT_STR(lab_error(e), "(none)");
    CU_ASSERT_EQUAL_FATAL(srt_records_count(found), 1);
    SRT_ASSERT_STR(srt_records_get(found, 0)->target, "/srv/out");
    SRT_ASSERT_STR(srt_records_get(found, 0)->command_id, "both");
    srt_records_free(found);
    query.operations = 1u << SRT_OP_CONNECT;
    found = srt_records_query(&query, NULL);
    CU_ASSERT_EQUAL(srt_records_count(found), 0);
    srt_records_free(found);
    srt_records_free(records);
    CU_ASSERT_EQUAL(lab_status(spawn(session, (srt_command){.shell = "no-such-program"})), 127);
    CU_ASSERT_EQUAL(lab_status(spawn(session, (srt_command){.shell = "kill -9 $$"})), 137);
    const char *lost[] = {"/nonexistent/program", NULL};
    process = spawn(session, (srt_command){.argv = lost});
    CU_ASSERT_EQUAL(srt_process_wait(process, -1, NULL, NULL), 1);
    LAB_HAS(srt_process_failure(process), "/nonexistent/program");
    CU_ASSERT_EQUAL(lab_status(process), 127);
    srt_session_free(session);
}

static void says_what_srt_refuses(void)
{
    if (cannot())
        return;
    g_autofree char *base = g_build_filename(home, "base.json", NULL);
    g_autofree char *text = g_strdup_printf("{\"extends\": [\"%s\"]}", base);
    CU_ASSERT_TRUE(g_file_set_contents(base, "{}", -1, NULL));
    srt_settings *settings = srt_settings_from_text(text, strlen(text), "mine", "/", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
    srt_session *session = open_session(settings, (srt_session_options){0});
    CU_ASSERT_EQUAL(lab_status(spawn(session, (srt_command){.shell = "exit 3"})), 3);
    unlink(base);
    srt_process *process = spawn(session, (srt_command){.shell = "exit 3"});
    CU_ASSERT_EQUAL(srt_process_wait(process, -1, NULL, NULL), 1);
    LAB_HAS(srt_process_failure(process), "base.json");
    CU_ASSERT_EQUAL(lab_status(process), 125);
    srt_settings_free(settings);
    srt_session_free(session);
}

/* Only the listing's own descriptor comes beside the standard ones. */
static void gets_three_descriptors(void)
{
    if (cannot())
        return;
    const char *argv[] = {"ls", "/proc/self/fd", NULL};
    int status, null = open("/dev/null", O_RDWR | O_CLOEXEC);
    srt_session *session = open_session(NULL, (srt_session_options){0});
    g_autofree char *out =
        lab_output(session, (srt_command){.argv = argv, .stdin_plus_1 = null + 1}, &status);
    CU_ASSERT_EQUAL(status, 0);
    SRT_ASSERT_STR(out, "0\n1\n2\n3\n");
    close(null);
    srt_session_free(session);
}

/* Answers everything, until the socket is shut down. */
static void *serve(void *data)
{
    static const char page[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    int fd, listener = *(int *)data;
    char request[4096];
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        if (read(fd, request, sizeof request) <= 0 || write(fd, page, sizeof page - 1) < 0)
            perror("serve");
        close(fd);
    }
    return NULL;
}

static int listen_here(int *ret_port)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof place;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(fd >= 0 && bind(fd, (struct sockaddr *)&place, size) == 0 &&
                    listen(fd, 8) == 0 && getsockname(fd, (struct sockaddr *)&place, &size) == 0);
    *ret_port = ntohs(place.sin_port);
    return fd;
}

static void wait_for_file(srt_process *process, const char *name)
{
    while (access(name, F_OK) != 0 && srt_process_wait(process, 0, NULL, NULL) == 0)
        g_usleep(1000);
    CU_ASSERT_EQUAL(access(name, F_OK), 0);
}

static srt_process *run_fetcher(srt_session *session, const char *name, int port,
                                const srt_settings *settings)
{
    g_autofree char *text = g_strdup_printf(
        "code() { curl -s -o /dev/null -w '%%{http_code}' --noproxy '' http://localhost:%d/; }; "
        "[ \"$(code)\" = 403 ] || exit 9; echo up >$1; while [ ! -e $1.go ]; do sleep 0.05; done; "
        "if [ $1 = own ]; then [ \"$(code)\" = 403 ]; exit; fi; "
        "until [ \"$(code)\" = 200 ]; do sleep 0.05; done; exit 5",
        port);
    const char *argv[] = {"sh", name, NULL};
    srt_process *process =
        spawn(session, (srt_command){.shell = text, .argv = argv, .settings = settings});
    wait_for_file(process, name);
    return process;
}

/* Also commands that began where no host may be reached; not lists of their own. */
static void update_reaches_what_runs(void)
{
    if (cannot())
        return;
    g_autofree char *curl = g_find_program_in_path("curl");
    if (!curl) {
        srt_unit_skip("curl is not installed");
        return;
    }
    int port, listener = listen_here(&port);
    pthread_t server;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&server, NULL, serve, &listener), 0);
    srt_settings *other = srt_settings_new(), *local = srt_settings_new();
    srt_settings_append(other, "network.allowedDomains", "example.com", NULL);
    srt_settings_append(local, "network.allowedDomains", "localhost", NULL);
    srt_session *session = open_session(NULL, (srt_session_options){0});
    srt_process *bare = run_fetcher(session, "bare", port, NULL);
    srt_process *own = run_fetcher(session, "own", port, other);
    CU_ASSERT_EQUAL(srt_session_update(session, local, NULL), 0);
    CU_ASSERT_TRUE(g_file_set_contents("bare.go", "", 0, NULL));
    CU_ASSERT_EQUAL(lab_status(bare), 5);
    CU_ASSERT_TRUE(g_file_set_contents("own.go", "", 0, NULL));
    CU_ASSERT_EQUAL(lab_status(own), 0);
    srt_session_free(session);
    srt_settings_free(other);
    srt_settings_free(local);
    shutdown(listener, SHUT_RDWR);
    pthread_join(server, NULL);
    close(listener);
}

static void is_wrapped_as_text(void)
{
    if (cannot())
        return;
    srt_error *e = NULL;
    srt_settings *over = srt_settings_new();
    srt_settings_append(over, "filesystem.allowWrite", home, NULL);
    srt_session *session = open_session(NULL, (srt_session_options){0});
    srt_command command = {.struct_size = sizeof command,
                           .shell = "echo \"$1\" >\"$HOME/$1\"; echo x >/srv/it",
                           .argv = (const char *[]){"sh", "it's", NULL},
                           .id = "text",
                           .settings = over};
    char *text = srt_session_wrap_shell(session, &command, &e);
    SRT_ASSERT_STR(lab_error(e), "(none)");
    g_autofree char *line = g_strdup_printf("cd / && { %s; } 2>/dev/null", text);
    CU_ASSERT_EQUAL(run_shell(line), 1);
    CU_ASSERT_EQUAL(run_shell(line), 1);
    g_autofree char *made = g_build_filename(home, "it's", NULL);
    CU_ASSERT_EQUAL(access(made, F_OK), 0);
    srt_records *records = srt_session_records(session, "text");
    for (int i = 0; i < 10000 && srt_session_record_total(session) < 2; i++)
        g_usleep(1000);
    srt_records_free(records);
    CU_ASSERT_EQUAL(srt_session_record_total(session), 2);
    srt_session_free(session);
    CU_ASSERT_EQUAL(run_shell(line), 125);
    srt_free(text);
    srt_settings_free(over);
}

static void ends_with_the_session(void)
{
    if (cannot())
        return;
    srt_session *session = open_session(NULL, (srt_session_options){0});
    const char *shell = "trap 'exit 9' TERM; echo up >up; while :; do sleep 0.05; done";
    g_autofree char *up = g_build_filename(home, "up", NULL);
    srt_process *ends = spawn(session, (srt_command){.shell = shell});
    srt_process *kept =
        spawn(session, (srt_command){.shell = "sleep 600", .flags = SRT_COMMAND_KEEP});
    while (access(up, F_OK) != 0)
        g_usleep(1000);
    srt_session_free(session);
    CU_ASSERT_EQUAL(srt_process_wait(ends, 0, NULL, NULL), 1);
    CU_ASSERT_EQUAL(lab_status(ends), 9);
    CU_ASSERT_EQUAL(srt_process_wait(kept, 0, NULL, NULL), 0);
    srt_process_signal(kept, SIGTERM, NULL);
    CU_ASSERT_EQUAL(lab_status(kept), 128 + SIGTERM);
}

static const srt_unit_case cases[] = {
    {"is_checked", is_checked},
    {"is_planned", is_planned},
    {"runs_and_records", runs_and_records},
    {"says_what_srt_refuses", says_what_srt_refuses},
    {"gets_three_descriptors", gets_three_descriptors},
    {"update_reaches_what_runs", update_reaches_what_runs},
    {"is_wrapped_as_text", is_wrapped_as_text},
    {"ends_with_the_session", ends_with_the_session},
};

int main(int argc, char **argv)
{
    home = g_strdup("/var/tmp/srt-case-XXXXXX");
    if (!g_mkdtemp(home) || chdir(home) < 0)
        return 1;
    setenv("HOME", home, 1);
    unsetenv("XDG_STATE_HOME");
    int status = srt_unit_main(argc, argv, "embed.live", cases, sizeof cases / sizeof *cases);
    g_autofree char *clean = g_strdup_printf("rm -rf '%s'", home);
    if (system(clean) != 0)
        status = 1;
    g_free(home);
    return status;
}
