/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on their way to a socket whose reader may be slow, or gone: whoever has something to say
 * never waits for it. A thread of its own writes, once it is started; before that what fits into
 * the socket is written at once. Any thread, except where it says otherwise. */
#ifndef SRT_RUN_OUTBOX_H
#define SRT_RUN_OUTBOX_H

#include <glib.h>

typedef struct SrtOutbox SrtOutbox;

typedef enum {
    SRT_OUTBOX_TAKEN,
    SRT_OUTBOX_FULL, /* so much waits that this line has no room */
    SRT_OUTBOX_GONE, /* nobody reads any more */
} SrtOutboxResult;

/* fd: a connected stream socket; borrowed. */
SrtOutbox *srt_outbox_new(int fd);
/* The thread. From the main thread, after the last process was started. */
void srt_outbox_start(SrtOutbox *out);

/* Takes a line with its end (freed in any case; NULL is FULL). Never waits. */
SrtOutboxResult srt_outbox_put(SrtOutbox *out, char *line);
/* The same for one of many: waits at most wait_ms until little waits before it. */
SrtOutboxResult srt_outbox_put_slowly(SrtOutbox *out, char *line, int wait_ms);
/* The last line, for which there always is room: behind it the socket is closed for writing. */
void srt_outbox_put_last(SrtOutbox *out, char *line);

/* Nobody reads any more: what waits is dropped. */
void srt_outbox_set_gone(SrtOutbox *out);

/* Gives the reader at most grace_ms for what waits, ends the thread, frees. Accepts NULL. From the
 * main thread. */
void srt_outbox_stop(SrtOutbox *out, int grace_ms);

#endif
