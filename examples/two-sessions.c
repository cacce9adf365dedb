/* SPDX-License-Identifier: Apache-2.0 */
/* two-sessions: two policies in one program, at the same time, from two threads; and settings that
 * change while a command runs.
 *
 *     cc two-sessions.c $(pkg-config --cflags --libs srt) -pthread -o two-sessions */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <srt/srt.h>

#define COMMANDS 5 /* in each session, all at once */

typedef struct Worker {
    const char *name;
    const char *settings;
    const char *shell;
    int wanted; /* status */
    int wrong;
} Worker;

static void give_up(const char *name, srt_error *error)
{
    fprintf(stderr, "%s: %s\n", name, srt_error_message(error));
    exit(125);
}

/* Told on the session's own thread. */
static void on_record(void *data, const srt_record *record)
{
    const Worker *worker = data;
    printf("%s: %s: %s\n", worker->name, record->command_id, record->line);
}

static void *work(void *data)
{
    Worker *worker = data;
    srt_error *error = NULL;
    srt_settings *settings = srt_settings_from_text(worker->settings, strlen(worker->settings),
                                                    worker->name, NULL, &error);
    if (!settings)
        give_up(worker->name, error);
    srt_session_options options = {
        .struct_size = sizeof options, .record = on_record, .data = worker};
    srt_session *session = srt_session_new(settings, &options, &error);
    srt_settings_free(settings);
    if (!session)
        give_up(worker->name, error);

    srt_process *processes[COMMANDS];
    for (int i = 0; i < COMMANDS; i++) {
        char id[64];
        snprintf(id, sizeof id, "%s-%d", worker->name, i);
        srt_command command = {.struct_size = sizeof command, .shell = worker->shell, .id = id};
        processes[i] = srt_session_spawn(session, &command, &error);
        if (!processes[i])
            give_up(worker->name, error);
    }
    for (int i = 0; i < COMMANDS; i++) {
        int status;
        if (srt_process_wait(processes[i], -1, &status, &error) < 0)
            give_up(worker->name, error);
        srt_records *records = srt_session_records(session, srt_process_command_id(processes[i]));
        if (status != worker->wanted || srt_records_count(records) != (worker->wanted ? 1u : 0u)) {
            const char *failure = srt_process_failure(processes[i]);
            printf("%s-%d: status %d, %zu records %s\n", worker->name, i, status,
                   srt_records_count(records), failure ? failure : "");
            worker->wrong++;
        }
        srt_records_free(records);
        srt_process_free(processes[i]);
    }
    srt_session_free(session);
    return NULL;
}

int main(void)
{
    const char *shell = "echo text >shared/$$";
    Worker workers[2] = {
        {"writer", "{\"filesystem\": {\"allowWrite\": [\"shared\"]}}", shell, 0, 0},
        {"reader", "{\"filesystem\": {\"allowWrite\": []}}", shell, 1, 0},
    };
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            return 125;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%d wrong\n", workers[0].wrong + workers[1].wrong);
    return workers[0].wrong || workers[1].wrong;
}
