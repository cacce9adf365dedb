/* SPDX-License-Identifier: Apache-2.0 */
/* ask: runs a command that may reach no host until somebody says so.
 *
 *     cc ask.c $(pkg-config --cflags --libs srt) -o ask
 *     ./ask curl -s https://example.com
 *
 * Questions come on the session's thread, which must not wait for people. Here they go through a
 * pipe to the program's own loop, which asks on standard error and reads y or n from standard
 * input. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <srt/srt.h>

static void give_up(srt_error *error)
{
    fprintf(stderr, "%s\n", srt_error_message(error));
    exit(125);
}

static void on_question(void *data, srt_question *question)
{
    const int *to_loop = data;
    if (write(*to_loop, &question, sizeof question) != (ssize_t)sizeof question)
        srt_question_answer(question, false);
}

static void answer(int from_session)
{
    srt_question *question;
    char line[16];
    if (read(from_session, &question, sizeof question) != (ssize_t)sizeof question)
        return;
    fprintf(stderr, "%s wants to reach %s:%u (%s). Let it? [y/n] ", srt_question_command(question),
            srt_question_host(question), (unsigned)srt_question_port(question),
            srt_question_protocol(question));
    srt_question_answer(question, fgets(line, sizeof line, stdin) && line[0] == 'y');
}

int main(int argc, char **argv)
{
    srt_error *error = NULL;
    int questions[2];
    if (argc < 2 || pipe(questions) < 0)
        return 125;
    srt_session_options options = {
        .struct_size = sizeof options, .ask = on_question, .data = &questions[1]};
    srt_session *session = srt_session_new(NULL, &options, &error);
    if (!session)
        give_up(error);
    srt_command command = {.struct_size = sizeof command, .argv = (const char *const *)argv + 1};
    srt_process *process = srt_session_spawn(session, &command, &error);
    if (!process)
        give_up(error);

    struct pollfd fds[2] = {{.fd = questions[0], .events = POLLIN},
                            {.fd = srt_process_pollfd(process), .events = POLLIN}};
    int status = 125;
    while (srt_process_wait(process, 0, &status, NULL) == 0) {
        poll(fds, 2, -1);
        if (fds[0].revents & POLLIN)
            answer(questions[0]);
    }
    if (srt_process_failure(process))
        fprintf(stderr, "%s\n", srt_process_failure(process));
    srt_process_free(process);
    srt_session_free(session);
    return status;
}
