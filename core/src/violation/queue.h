/* SPDX-License-Identifier: Apache-2.0 */
/* Records on their way to where they are written: a bounded queue with a thread of its
 * own, so that whoever reports a refusal never waits for a disk or a reader. Repeats
 * of a record that still waits are counted there and take no room. */
#ifndef SRT_VIOLATION_QUEUE_H
#define SRT_VIOLATION_QUEUE_H

#include "violation/record.h"

#define SRT_QUEUE_RECORDS 4096
#define SRT_QUEUE_BYTES (8u * 1024 * 1024)

typedef struct SrtViolationQueue SrtViolationQueue;

/* Writes a batch (SrtViolationRecord*, borrowed). lost: refusals that found no room since the
 * last call. Runs on the queue's thread, or in srt_violation_queue_stop. */
typedef void (*SrtQueueWrite)(void *data, const GPtrArray *batch, guint64 lost);

typedef struct SrtQueueOptions {
    guint records;   /* at most waiting; 0: SRT_QUEUE_RECORDS */
    gsize bytes;     /* 0: SRT_QUEUE_BYTES */
    guint gather_ms; /* how long more records are waited for after the first */
    gboolean hold;   /* write nothing before the stop, and use no thread */
    SrtQueueWrite write;
    void *data;
} SrtQueueOptions;

SrtViolationQueue *srt_violation_queue_new(const SrtQueueOptions *options);
/* Copies the record. Starts the thread with the first one. Never waits. Any thread. */
void srt_violation_queue_push(SrtViolationQueue *queue, const SrtViolationRecord *record);
/* Counts as lost what never became a record. As above. */
void srt_violation_queue_lose(SrtViolationQueue *queue, guint64 count);
/* Whether srt_violation_queue_stop was called: write should not take long any more.
 * For write. */
gboolean srt_violation_queue_is_ending(SrtViolationQueue *queue);
/* Writes what waits, ends the thread, frees. Accepts NULL. */
void srt_violation_queue_stop(SrtViolationQueue *queue);

#endif
