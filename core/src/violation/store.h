/* SPDX-License-Identifier: Apache-2.0 */
/* The violations of one session: a bounded ring with a total count. Every
 * function may be called from any thread. */
#ifndef SRT_VIOLATION_STORE_H
#define SRT_VIOLATION_STORE_H

#include <glib.h>
#include <srt/violation.h>

#define SRT_VIOLATION_RING 100

typedef struct SrtViolationStore SrtViolationStore;

typedef struct SrtViolationRecord {
    gint64 time_us; /* since 1970, UTC */
    srt_operation operation;
    guint flags;
    int pid;
    char *program;
    char *target;
    char *rule;
    char *reason;
    char *backend;
} SrtViolationRecord;

void srt_violation_record_free(SrtViolationRecord *record);

SrtViolationStore *srt_violation_store_new(void);
void srt_violation_store_free(SrtViolationStore *store);

/* Copies and sanitises. source names the backend, or "proxy". */
void srt_violation_store_add(SrtViolationStore *store, const srt_violation *violation,
                             const char *source);
/* All that were added, also those that fell out of the ring. */
guint64 srt_violation_store_total(SrtViolationStore *store);
/* Copies of the newest records, oldest first; SrtViolationRecord*, owned. */
GPtrArray *srt_violation_store_list(SrtViolationStore *store);

#endif
