/* SPDX-License-Identifier: Apache-2.0 */
/* minimal: runs one command in a sandbox and says what was refused to it.
 *
 *     cc minimal.c $(pkg-config --cflags --libs srt) -o minimal
 *     ./minimal sh -c 'echo inside; echo no >~/.profile' */
#include <stdio.h>
#include <sys/stat.h>

#include <srt/srt.h>

static int fail(srt_error *error)
{
    fprintf(stderr, "%s\n", srt_error_message(error));
    srt_error_free(error);
    return 125;
}

static void print_records(srt_session *session)
{
    srt_records *records = srt_session_records(session, NULL);
    for (size_t i = 0; i < srt_records_count(records); i++)
        fprintf(stderr, "%s\n", srt_records_get(records, i)->line);
    srt_records_free(records);
}

int main(int argc, char **argv)
{
    srt_error *error = NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: minimal command [argument ...]\n");
        return 125;
    }

    /* What the command may do. Everything that is not allowed here is refused: it may write nowhere
     * but in ./out, which must be there when the command starts, and reach no host. */
    mkdir("out", 0755);
    srt_settings *settings = srt_settings_new();
    if (srt_settings_append(settings, "filesystem.allowWrite", "./out", &error) < 0)
        return fail(error);
    srt_session *session = srt_session_new(settings, NULL, &error);
    srt_settings_free(settings);
    if (!session)
        return fail(error);

    srt_command command = {.struct_size = sizeof command, .argv = (const char *const *)argv + 1};
    srt_process *process = srt_session_spawn(session, &command, &error);
    if (!process)
        return fail(error);
    int status;
    if (srt_process_wait(process, -1, &status, &error) < 0)
        return fail(error);
    if (srt_process_failure(process))
        fprintf(stderr, "%s\n", srt_process_failure(process));
    srt_process_free(process);

    print_records(session);
    srt_session_free(session);
    return status;
}
