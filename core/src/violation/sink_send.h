/* SPDX-License-Identifier: Apache-2.0 */
/* Records to whoever embeds srt, who may be slow. Private to this room. */
#ifndef SRT_VIOLATION_SINK_SEND_H
#define SRT_VIOLATION_SINK_SEND_H

#include "violation/queue.h"
#include "violation/sinks.h"

/* How long a reader is waited for; zero. */
typedef struct SrtPatience {
    gint64 ends; /* 0: the run goes on */
} SrtPatience;

/* Milliseconds until the next look. While the run goes on the reader has all the time; then a
 * second altogether, and 0 behind it. */
int srt_patience_ms(SrtPatience *patience, SrtViolationQueue *queue);

typedef struct SrtSendSink {
    SrtViolationSend send;
    void *data;
    const char *session; /* id */
    SrtViolationQueue *queue;
    SrtPatience patience; /* for the queue's thread alone, as the next */
    guint64 lost;
} SrtSendSink;

/* SrtQueueWrite; data: SrtSendSink. */
void srt_send_sink_write(void *data, const GPtrArray *batch, guint64 lost);

#endif
