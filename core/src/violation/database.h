/* SPDX-License-Identifier: Apache-2.0 */
/* The violations of all runs: an SQLite database in srt's state directory, which any
 * number of processes write and read at once. A handle is for one thread at a time.
 * What lies in the file is not trusted: no trigger, view or function of it runs. */
#ifndef SRT_VIOLATION_DATABASE_H
#define SRT_VIOLATION_DATABASE_H

#include "violation/record.h"

#define SRT_DATABASE_NAME "violations.db"
#define SRT_DATABASE_SCHEMA 2
#define SRT_DATABASE_WAIT_MS 15000 /* for other processes */
#define SRT_DATABASE_BYTES (256u * 1024 * 1024)
#define SRT_DATABASE_DAYS 30
#define SRT_DATABASE_ROWS 100000

/* One run of srt. Everything is borrowed. */
typedef struct SrtViolationSession {
    const char *id; /* unique */
    gint64 started_us;
    int pid;
    const char *cwd;
    const char *settings; /* absolute, or NULL for the default place */
} SrtViolationSession;

typedef struct SrtViolationDatabase SrtViolationDatabase;

/* directory: of srt_state_directory. Makes what is missing and brings an older schema
 * up to date; a newer one is an error, the file stays as it is. */
SrtViolationDatabase *srt_violation_database_open(const char *directory, GError **error);
/* For queries. NULL without *error when there is no database yet. */
SrtViolationDatabase *srt_violation_database_open_to_read(const char *directory, GError **error);
void srt_violation_database_close(SrtViolationDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtViolationDatabase, srt_violation_database_close)

/* Adds records in one transaction: all or none. A repeat of one of the same session is counted
 * there. lost: how many refusals of the session were not kept. */
gboolean srt_violation_database_add(SrtViolationDatabase *database,
                                    const SrtViolationSession *session, const GPtrArray *records,
                                    guint64 lost, GError **error);

/* Deletes what is older than days, the oldest beyond rows, and, when the file has outgrown bytes,
 * the older half. 0: no such limit. */
gboolean srt_violation_database_prune(SrtViolationDatabase *database, guint days, guint64 rows,
                                      guint64 bytes, GError **error);

/* What to look for; zero is everything. */
typedef struct SrtViolationQuery {
    gboolean last_session; /* only of the last run that had something refused */
    const char *session;   /* only of this one */
    gint64 since_us;
    const char *command; /* part of the command's text */
    guint operations;    /* bits, 0: all */
    gint64 after_id;
    guint limit; /* the newest; 0: all */
} SrtViolationQuery;

/* SrtViolationRecord*, owned, oldest first. NULL with *error. *ret_lost (may be NULL):
 * refusals of the last session that were not kept. */
GPtrArray *srt_violation_database_query(SrtViolationDatabase *database,
                                        const SrtViolationQuery *query, guint64 *ret_lost,
                                        GError **error);

#endif
