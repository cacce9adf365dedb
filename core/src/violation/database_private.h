/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files about the database. Private to this room. */
#ifndef SRT_VIOLATION_DATABASE_PRIVATE_H
#define SRT_VIOLATION_DATABASE_PRIVATE_H

#include "violation/database.h"
#include "violation/sqlite.h"

struct SrtViolationDatabase {
    sqlite3 *handle;
    char *path;
    GHashTable
        *rows;     /* record -> gint64 *: rows of the running session that repeats may count up */
    char *session; /* whose rows these are */
};

/* Sets *error to what SQLite says. Returns FALSE. */
gboolean srt_database_fail(const SrtViolationDatabase *database, const char *what, GError **error);
gboolean srt_database_run(const SrtViolationDatabase *database, const char *sql, GError **error);
/* The first number of the first row, or fallback. */
gint64 srt_database_number(const SrtViolationDatabase *database, const char *sql, gint64 fallback);
/* A statement with its values bound; to be finalised. NULL with *error. types: one
 * letter a value, 's' const char * (may be NULL), 'i' gint64. */
sqlite3_stmt *srt_database_bind(const SrtViolationDatabase *database, GError **error,
                                const char *sql, const char *types, ...);

#endif
