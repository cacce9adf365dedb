/* SPDX-License-Identifier: Apache-2.0 */
/* How a run ended, as one number. Pure. */
#ifndef SRT_RUN_STATUS_H
#define SRT_RUN_STATUS_H

#include <glib.h>

#define SRT_STATUS_FAILED 125
#define SRT_STATUS_NOT_EXECUTABLE 126
#define SRT_STATUS_NOT_FOUND 127

typedef struct SrtEnding {
    gboolean command_ran; /* the command was there */
    int told_status;      /* 125..127 that the inside told; 0: none */
    int stopped_by;       /* signal that made us end it before the command ran; 0 */
    int wait_status;      /* of waitpid for the started process */
} SrtEnding;

int srt_status_of_ending(const SrtEnding *ending);
/* Whether the status is not the command's, but of a failure of srt. */
gboolean srt_status_is_own(const SrtEnding *ending);
int srt_status_of_error(const GError *error);
/* "ended with status 1", "was killed by signal 9"; free with g_free. */
char *srt_status_describe(int wait_status);

#endif
