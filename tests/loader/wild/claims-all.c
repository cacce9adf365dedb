/* SPDX-License-Identifier: Apache-2.0 */
/* Says that it holds everything, and holds nothing: the command runs as it is. */
#include "../bestiary/beast.h"

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    static const char *const before[] = {"/usr/bin/env", NULL};
    const char *const *argv = beast_host->launch_argv(launch);
    const char *words[64] = {before[0]};
    int n = 0;
    (void)state;
    for (; argv[n] && n < 62; n++)
        words[n + 1] = argv[n];
    words[n + 1] = NULL;
    beast_host->launch_set_argv(launch, words);
    return 0;
}

BEAST("claims-all", .priority = -1, .wrap = wrap)
