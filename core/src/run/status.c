/* SPDX-License-Identifier: Apache-2.0 */
#include "run/status.h"

#include <sys/wait.h>

#include "base/error.h"

int srt_status_of_ending(const SrtEnding *ending)
{
    if (ending->stopped_by)
        return 128 + ending->stopped_by;
    if (ending->told_status)
        return ending->told_status;
    if (!ending->command_ran)
        return SRT_STATUS_FAILED;
    int status = ending->wait_status; /* the macros of some systems want to write */
    if (WIFSIGNALED(status))
        return 128 + WTERMSIG(status);
    return WEXITSTATUS(status);
}

gboolean srt_status_is_own(const SrtEnding *ending)
{
    return !ending->stopped_by && (ending->told_status || !ending->command_ran);
}

int srt_status_of_error(const GError *error)
{
    if (g_error_matches(error, SRT_ERROR, SRT_ERROR_NOT_EXECUTABLE))
        return SRT_STATUS_NOT_EXECUTABLE;
    if (g_error_matches(error, SRT_ERROR, SRT_ERROR_NOT_FOUND))
        return SRT_STATUS_NOT_FOUND;
    return SRT_STATUS_FAILED;
}

char *srt_status_describe(int wait_status)
{
    if (WIFSIGNALED(wait_status))
        return g_strdup_printf("was killed by signal %d", WTERMSIG(wait_status));
    return g_strdup_printf("ended with status %d", WEXITSTATUS(wait_status));
}
