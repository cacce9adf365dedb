/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "base/error.h"
#include "run/status.h"
#include "support/unit.h"

/* As waitpid gives them on every system that we know. */
#define EXITED(n) ((n) << 8)
#define KILLED(n) (n)

static void test_endings(void)
{
    static const struct {
        const char *what;
        SrtEnding ending;
        int status;
    } table[] = {
        {"exit 0", {.command_ran = TRUE, .wait_status = EXITED(0)}, 0},
        {"exit 3", {.command_ran = TRUE, .wait_status = EXITED(3)}, 3},
        {"exit 255", {.command_ran = TRUE, .wait_status = EXITED(255)}, 255},
        {"signal told by the tools", {.command_ran = TRUE, .wait_status = EXITED(143)}, 143},
        {"tools killed", {.command_ran = TRUE, .wait_status = KILLED(SIGKILL)}, 137},
        {"command is the child, core dumped",
         {.command_ran = TRUE, .wait_status = KILLED(SIGSEGV) | 0x80},
         139},
        {"not found", {.command_ran = TRUE, .told_status = 127, .wait_status = EXITED(127)}, 127},
        {"not executable",
         {.command_ran = TRUE, .told_status = 126, .wait_status = EXITED(1)},
         126},
        {"set-up failed, told", {.told_status = 125, .wait_status = EXITED(1)}, 125},
        {"set-up died", {.wait_status = EXITED(1)}, 125},
        {"set-up died with 0", {.wait_status = EXITED(0)}, 125},
        {"set-up killed", {.wait_status = KILLED(SIGKILL)}, 125},
        {"interrupted before", {.stopped_by = SIGINT, .wait_status = KILLED(SIGKILL)}, 130},
        {"terminated before", {.stopped_by = SIGTERM, .wait_status = KILLED(SIGKILL)}, 143},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        int status = srt_status_of_ending(&table[i].ending);
        if (status != table[i].status)
            g_printerr("%s: %d\n", table[i].what, status);
        CU_ASSERT_EQUAL(status, table[i].status);
    }
}

static void test_errors(void)
{
    static const int table[][2] = {
        {SRT_ERROR_FAILED, 125},  {SRT_ERROR_SETTINGS, 125},       {SRT_ERROR_UNENFORCED, 125},
        {SRT_ERROR_LAUNCH, 125},  {SRT_ERROR_NOT_EXECUTABLE, 126}, {SRT_ERROR_NOT_FOUND, 127},
        {SRT_ERROR_NETWORK, 125}, {SRT_ERROR_USAGE, 125},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(GError) error = g_error_new_literal(SRT_ERROR, table[i][0], "x");
        CU_ASSERT_EQUAL(srt_status_of_error(error), table[i][1]);
    }
}

static void test_description(void)
{
    g_autofree char *exited = srt_status_describe(EXITED(1));
    g_autofree char *killed = srt_status_describe(KILLED(SIGKILL));
    SRT_ASSERT_STR(exited, "ended with status 1");
    SRT_ASSERT_STR(killed, "was killed by signal 9");
}

static const srt_unit_case cases[] = {
    {"endings", test_endings},
    {"errors", test_errors},
    {"description", test_description},
};
SRT_UNIT_MAIN("run.status", cases)
