/* SPDX-License-Identifier: Apache-2.0 */
/* No sandbox at all, but a backend that reports what the file named by
 * SRT_BEAST_REPORTS holds: one refusal a line, "OPERATION TIMES TARGET" with the number of an
 * operation; "\n" in a target stands for a line feed. */
#include "beast.h"

#include <stdlib.h>
#include <string.h>

static void unescape(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (text[0] == '\\' && text[1] == 'n') {
            *to++ = '\n';
            text++;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

static void report(char *line)
{
    char *times = strchr(line, ' '), *target = times ? strchr(times + 1, ' ') : NULL;
    if (!target)
        return;
    *target++ = '\0';
    unescape(target);
    srt_violation violation = {.struct_size = sizeof violation,
                               .flags = SRT_VIOLATION_ATTEMPT,
                               .operation = (srt_operation)atoi(line),
                               .pid = 4711,
                               .program = "/bin/program",
                               .target = target,
                               .reason = "writing here is not allowed"};
    for (long n = strtol(times, NULL, 10); n > 0; n--)
        beast_host->violation(beast_host, &violation);
}

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    const char *name = getenv("SRT_BEAST_REPORTS");
    FILE *file = name ? fopen(name, "r") : NULL;
    char *line = NULL;
    size_t size = 0;
    (void)state;
    (void)pid;
    if (!ret_fd)
        return 0;
    while (file && getline(&line, &size, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        report(line);
    }
    free(line);
    if (file)
        fclose(file);
    *ret_fd = -1;
    return 0;
}

/* The command runs as it is. */
static int wrap(srt_backend_state *state, srt_launch *launch)
{
    (void)state;
    (void)launch;
    return 0;
}

BEAST("reports", .priority = -1, .wrap = wrap, .monitor = monitor)
