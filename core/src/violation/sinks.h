/* SPDX-License-Identifier: Apache-2.0 */
/* Where records go beyond the store, each behind a queue and a thread of its own: the
 * database, JSON lines to a descriptor, the system log. */
#ifndef SRT_VIOLATION_SINKS_H
#define SRT_VIOLATION_SINKS_H

#include "violation/database.h"
#include "violation/store.h"

typedef struct SrtViolationSinks SrtViolationSinks;

typedef struct SrtViolationSinkOptions {
    SrtViolationSession session; /* texts are copied */
    const char *directory;       /* of the database, NULL: none */
    gboolean hold;               /* write the database only at the stop */
    guint days;
    guint64 rows;
    int report_fd; /* JSON lines; -1: none; borrowed */
    gboolean syslog;
    const char *syslog_path; /* NULL: /dev/log */
} SrtViolationSinkOptions;

/* To be called before the store's first record. Nothing is opened or started before there
 * is one. */
SrtViolationSinks *srt_violation_sinks_new(SrtViolationStore *store,
                                           const SrtViolationSinkOptions *options);
/* Writes what waits and frees. No record may come any more. Accepts NULL. Takes as long
 * as the database is locked by others, at most SRT_DATABASE_WAIT_MS for each of a few
 * batches, and about a second for a descriptor that nobody reads. */
void srt_violation_sinks_stop(SrtViolationSinks *sinks);

#endif
