/* SPDX-License-Identifier: Apache-2.0 */
/* The helper where nothing is to be done inside but to connect: on macOS, where
 * sandbox-exec becomes the command. "srt-inside connect HOST PORT". */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "inside.h"

extern char **environ;

int main(int argc, char **argv)
{
    static const char usage[] = "srt-inside: only \"connect HOST PORT\" is known here\n";
    signal(SIGPIPE, SIG_IGN);
    if (argc == 4 && strcmp(argv[1], "connect") == 0)
        return inside_connect(argv[2], argv[3], (const char *const *)environ);
    if (write(2, usage, sizeof usage - 1) < 0)
        return INSIDE_FAILED;
    return INSIDE_FAILED;
}
