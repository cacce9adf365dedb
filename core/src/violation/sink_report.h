/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to a descriptor whose reader may be slow, or gone. Private to this room. */
#ifndef SRT_VIOLATION_SINK_REPORT_H
#define SRT_VIOLATION_SINK_REPORT_H

#include <glib.h>

typedef struct SrtReportPipe {
    int fd;  /* as it was given; borrowed */
    int own; /* the same opened again without blocking, -1: not possible */
    gboolean socket;
    gboolean broken; /* an error, or the end came in the middle of a line */
} SrtReportPipe;

void srt_report_pipe_init(SrtReportPipe *pipe, int fd);
void srt_report_pipe_clear(SrtReportPipe *pipe);

/* Writes text as the reader takes it. patience says how many more milliseconds to wait
 * for the reader; it is asked again and again. FALSE when not all was written; after
 * a part of a line the pipe is broken. */
gboolean srt_report_pipe_write(SrtReportPipe *pipe, const char *text, gsize length,
                               int (*patience)(void *data), void *data);

#endif
