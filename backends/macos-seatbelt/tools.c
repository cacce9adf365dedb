/* SPDX-License-Identifier: Apache-2.0 */
/* By absolute path: a directory of the caller's search path could hold another
 * program of that name. Only the build for tests looks elsewhere. */
#include <stdio.h>
#include <stdlib.h>

#include "backend.h"

#ifdef SB_TEST_TOOLS

static const char *in_test_directory(char *room, size_t size, const char *name)
{
    const char *directory = getenv("SRT_TEST_SEATBELT_TOOLS");
    snprintf(room, size, "%s/%s", directory ? directory : "/nonexistent", name);
    return room;
}

const char *sb_tool_sandbox_exec(void)
{
    static char room[4096];
    return in_test_directory(room, sizeof room, "sandbox-exec");
}

const char *sb_tool_log(void)
{
    static char room[4096];
    return in_test_directory(room, sizeof room, "log");
}

#else

const char *sb_tool_sandbox_exec(void)
{
    return "/usr/bin/sandbox-exec";
}

const char *sb_tool_log(void)
{
    return "/usr/bin/log";
}

#endif
