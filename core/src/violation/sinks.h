/* SPDX-License-Identifier: Apache-2.0 */
/* Where records go beyond the store, each behind a queue and a thread of its own: the
 * database, JSON lines to a descriptor, whoever embeds srt, the system log. */
#ifndef SRT_VIOLATION_SINKS_H
#define SRT_VIOLATION_SINKS_H

#include "violation/database.h"
#include "violation/store.h"

typedef struct SrtViolationSinks SrtViolationSinks;

typedef enum {
    SRT_SENT,         /* or nobody is there who would want it */
    SRT_SENT_NOT_YET, /* no room within the time: try again */
    SRT_SENT_NEVER,   /* it cannot be sent, and so is lost */
} SrtSent;

/* Sends one record, as the line that report_fd would get; record NULL: so many were lost. May wait
 * for wait_ms. Runs on a thread of the sinks, or in srt_violation_sinks_stop. */
typedef SrtSent (*SrtViolationSend)(void *data, const char *record, guint64 lost, int wait_ms);

typedef struct SrtViolationSinkOptions {
    SrtViolationSession session; /* texts are copied */
    const char *directory;       /* of the database, NULL: none */
    gboolean hold;               /* write the database only at the stop */
    guint days;
    guint64 rows;
    int report_fd;         /* JSON lines; -1: none; borrowed */
    SrtViolationSend send; /* NULL: none */
    void *send_data;
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
