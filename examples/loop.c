/* SPDX-License-Identifier: Apache-2.0 */
/* loop: what an agent does all day: one command after the other, each with rules of its own, and
 * what was refused goes back with the command's error text.
 *
 *     cc loop.c $(pkg-config --cflags --libs srt) -o loop
 *     ./loop [N]       N commands, 100 without */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <srt/srt.h>

static void give_up(srt_error *error)
{
    fprintf(stderr, "%s\n", srt_error_message(error));
    exit(125);
}

/* Reads a command's error text to its end. */
static char *read_all(int fd)
{
    size_t length = 0, room = 4096;
    char *text = malloc(room);
    ssize_t n;
    while (text && (n = read(fd, text + length, room - length - 1)) > 0) {
        length += (size_t)n;
        if (room - length < 2)
            text = realloc(text, room *= 2);
    }
    if (!text)
        abort();
    text[length] = '\0';
    close(fd);
    return text;
}

/* Runs shell text that may write in one directory alone. Returns its error text, annotated; to be
 * freed with srt_free. */
static char *run(srt_session *session, const char *id, const char *shell, const char *writable,
                 int *status)
{
    srt_error *error = NULL;
    int ends[2];
    srt_settings *rules = srt_settings_new();
    if (srt_settings_append(rules, "filesystem.allowWrite", writable, &error) < 0 || pipe(ends) < 0)
        give_up(error);
    srt_command command = {.struct_size = sizeof command,
                           .shell = shell,
                           .id = id,
                           .settings = rules,
                           .stderr_plus_1 = ends[1] + 1};
    srt_process *process = srt_session_spawn(session, &command, &error);
    if (!process)
        give_up(error);
    srt_settings_free(rules);
    close(ends[1]);
    char *text = read_all(ends[0]);
    if (srt_process_wait(process, -1, status, &error) < 0)
        give_up(error);
    if (srt_process_failure(process)) {
        fprintf(stderr, "%s: %s\n", id, srt_process_failure(process));
        exit(125);
    }
    srt_process_free(process);
    char *annotated = srt_session_annotate(session, id, text);
    free(text);
    return annotated;
}

int main(int argc, char **argv)
{
    srt_error *error = NULL;
    int commands = argc > 1 ? atoi(argv[1]) : 100, wrong = 0;
    srt_session *session = srt_session_new(NULL, NULL, &error);
    if (!session)
        give_up(error);
    for (int i = 0; i < commands; i++) {
        char id[32], shell[128], writable[32], refused[32];
        int status;
        snprintf(id, sizeof id, "step-%d", i);
        snprintf(writable, sizeof writable, "room-%d", i % 3);
        snprintf(refused, sizeof refused, "room-%d/no-%d", (i + 1) % 3, i);
        snprintf(shell, sizeof shell, "echo %d >room-%d/yes-%d && echo %d >%s", i, i % 3, i, i,
                 refused);
        char *text = run(session, id, shell, writable, &status);
        /* The first half of the text was allowed, the second was not, and of this command alone is
         * told what was. */
        char made[64];
        snprintf(made, sizeof made, "room-%d/yes-%d", i % 3, i);
        srt_records *records = srt_session_records(session, id);
        size_t n = srt_records_count(records);
        if (status == 0 || access(made, F_OK) != 0 || access(refused, F_OK) == 0 || n == 0 ||
            !strstr(srt_records_get(records, 0)->target, refused) ||
            !strstr(text, "<sandbox_violations>")) {
            printf("%s: status %d, %zu records\n%s\n", id, status, n, text);
            wrong++;
        }
        srt_records_free(records);
        srt_free(text);
    }
    printf("%d commands, %d wrong, %llu refusals\n", commands, wrong,
           (unsigned long long)srt_session_record_total(session));
    srt_session_free(session);
    return wrong ? 1 : 0;
}
