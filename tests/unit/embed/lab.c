/* SPDX-License-Identifier: Apache-2.0 */
#include "lab.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

srt_session *lab_session(const srt_settings *settings, const srt_session_options *options)
{
    srt_session_options o = {.struct_size = sizeof o};
    srt_error *error = NULL;
    if (options)
        o = *options;
    if (!o.program)
        o.program = FAKE_SRT;
    srt_session *session = srt_session_new(settings, &o, &error);
    if (!session)
        fprintf(stderr, "%s\n", lab_error(error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(session);
    return session;
}

srt_process *lab_spawn(srt_session *session, const char *id, const char *steps)
{
    g_auto(GStrv) words = g_strsplit(steps, " ", -1);
    srt_error *error = NULL;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    srt_command command = {.struct_size = sizeof command,
                           .argv = (const char *const *)words,
                           .id = id,
                           .stdout_plus_1 = null + 1};
    srt_process *process = srt_session_spawn(session, &command, &error);
    close(null);
    if (!process)
        fprintf(stderr, "%s\n", lab_error(error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(process);
    return process;
}

int lab_status(srt_process *process)
{
    int status = -1;
    srt_error *error = NULL;
    if (srt_process_wait(process, 60000, &status, &error) != 1)
        status = -1;
    if (error)
        fprintf(stderr, "%s\n", lab_error(error));
    srt_process_free(process);
    return status;
}

char *lab_output(srt_session *session, srt_command command, int *ret_status)
{
    int ends[2];
    char buffer[4096];
    ssize_t n;
    srt_error *error = NULL;
    GString *out = g_string_new(NULL);
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    command.struct_size = sizeof command;
    command.stdout_plus_1 = ends[1] + 1;
    srt_process *process = srt_session_spawn(session, &command, &error);
    if (!process)
        fprintf(stderr, "%s\n", lab_error(error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(process);
    close(ends[1]);
    while ((n = read(ends[0], buffer, sizeof buffer)) > 0)
        g_string_append_len(out, buffer, n);
    close(ends[0]);
    *ret_status = lab_status(process);
    return g_string_free(out, FALSE);
}

const char *lab_error(srt_error *error)
{
    static char text[8192];
    g_strlcpy(text, error ? srt_error_message(error) : "(none)", sizeof text);
    srt_error_free(error);
    return text;
}

void lab_has(const char *text, const char *part, const char *file, unsigned line)
{
    if (!text || !strstr(text, part))
        fprintf(stderr, "%s:%u: \"%s\" does not contain \"%s\"\n", file, line, text ? text : "NULL",
                part);
    CU_ASSERT(text && strstr(text, part) != NULL);
}

int lab_descriptors(void)
{
    int n = 0;
    DIR *list = opendir("/proc/self/fd");
    while (list && readdir(list))
        n++;
    if (list)
        closedir(list);
    return n;
}
