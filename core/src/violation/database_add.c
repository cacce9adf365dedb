/* SPDX-License-Identifier: Apache-2.0 */
/* Adding and deleting rows. */
#include <string.h>

#include "violation/database_private.h"

#define REMEMBERED_MAX 1024 /* rows that repeats may count up */

static gboolean finish(const SrtViolationDatabase *database, sqlite3_stmt *statement,
                       GError **error)
{
    if (!statement)
        return FALSE;
    int result;
    do
        result = srt_sqlite.step(statement);
    while (result == SQLITE_ROW);
    gboolean ok = result == SQLITE_DONE || srt_database_fail(database, "cannot be changed", error);
    srt_sqlite.finalize(statement);
    return ok;
}

static gboolean add_session(SrtViolationDatabase *database, const SrtViolationSession *session,
                            guint64 lost, GError **error)
{
    return finish(
        database,
        srt_database_bind(database, error,
                          "INSERT INTO sessions (id, started_us, pid, cwd, settings, lost)"
                          " VALUES (?, ?, ?, ?, ?, ?)"
                          " ON CONFLICT (id) DO UPDATE SET lost = lost + excluded.lost",
                          "siissi", session->id, session->started_us, (gint64)session->pid,
                          session->cwd, session->settings, (gint64)lost),
        error);
}

static void remember(SrtViolationDatabase *database, const SrtViolationRecord *record)
{
    gint64 *row = g_new(gint64, 1);
    *row = srt_sqlite.last_insert_rowid(database->handle);
    if (g_hash_table_size(database->rows) >= REMEMBERED_MAX)
        g_hash_table_remove_all(database->rows);
    g_hash_table_replace(database->rows, srt_violation_record_copy(record), row);
}

static gboolean insert(SrtViolationDatabase *database, const char *session,
                       const SrtViolationRecord *r, GError **error)
{
    sqlite3_stmt *statement = srt_database_bind(
        database, error,
        "INSERT INTO violations (session, time_us, last_us, count, operation, flags, pid, program,"
        " target, rule, reason, backend, command_id, command)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "siiisiisssssss", session, r->time_us, r->last_us, (gint64)r->count,
        srt_operation_name(r->operation), (gint64)r->flags, (gint64)r->pid, r->program, r->target,
        r->rule, r->reason, r->backend, r->command_id, r->command);
    if (!finish(database, statement, error))
        return FALSE;
    remember(database, r);
    return TRUE;
}

static gboolean add_record(SrtViolationDatabase *database, const char *session,
                           const SrtViolationRecord *record, GError **error)
{
    const gint64 *row = g_hash_table_lookup(database->rows, record);
    if (!row)
        return insert(database, session, record, error);
    sqlite3_stmt *statement = srt_database_bind(
        database, error,
        "UPDATE violations SET count = count + ?, last_us = max(last_us, ?), pid = ? WHERE id = ?"
        " AND session = ?",
        "iiiis", (gint64)record->count, record->last_us, (gint64)record->pid, *row, session);
    if (!finish(database, statement, error))
        return FALSE;
    /* It may have been deleted in the meantime. */
    return srt_sqlite.changes(database->handle) > 0 || insert(database, session, record, error);
}

gboolean srt_violation_database_add(SrtViolationDatabase *database,
                                    const SrtViolationSession *session, const GPtrArray *records,
                                    guint64 lost, GError **error)
{
    if (g_strcmp0(database->session, session->id) != 0) {
        g_hash_table_remove_all(database->rows);
        g_free(database->session);
        database->session = g_strdup(session->id);
    }
    gboolean ok = srt_database_run(database, "BEGIN IMMEDIATE", error) &&
                  add_session(database, session, lost, error);
    for (guint i = 0; ok && i < records->len; i++)
        ok = add_record(database, session->id, g_ptr_array_index(records, i), error);
    if (ok && srt_database_run(database, "COMMIT", error))
        return TRUE;
    g_hash_table_remove_all(database->rows);
    srt_sqlite.exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
}

static gboolean delete_up_to(SrtViolationDatabase *database, const char *condition, gint64 value,
                             GError **error)
{
    g_autofree char *sql = g_strconcat("DELETE FROM violations WHERE ", condition, NULL);
    return finish(database, srt_database_bind(database, error, sql, "i", value), error);
}

static gint64 bytes_used(const SrtViolationDatabase *database)
{
    gint64 pages = srt_database_number(database, "PRAGMA page_count", 0) -
                   srt_database_number(database, "PRAGMA freelist_count", 0);
    return pages * srt_database_number(database, "PRAGMA page_size", 0);
}

gboolean srt_violation_database_prune(SrtViolationDatabase *database, guint days, guint64 rows,
                                      guint64 bytes, GError **error)
{
    gint64 newest = srt_database_number(database, "SELECT max(id) FROM violations", 0);
    gint64 oldest = srt_database_number(database, "SELECT min(id) FROM violations", 0);
    gint64 before = g_get_real_time() - (gint64)days * 24 * 3600 * G_USEC_PER_SEC;
    gint64 first = srt_database_number(database, "SELECT min(last_us) FROM violations", G_MAXINT64);
    gboolean old = days && newest && first < before;
    gboolean many = rows && newest - oldest >= (gint64)rows;
    gboolean big = bytes && bytes_used(database) > (gint64)bytes;
    if (!old && !many && !big)
        return TRUE;
    gboolean ok = srt_database_run(database, "BEGIN IMMEDIATE", error);
    if (ok && old)
        ok = delete_up_to(database, "last_us < ?", before, error);
    /* Numbers are given in order and never again: those up to one are the oldest. */
    if (ok && many)
        ok = delete_up_to(database, "id <= ?", newest - (gint64)rows, error);
    if (ok && big)
        ok = delete_up_to(database, "id <= ?", oldest + (newest - oldest) / 2, error);
    if (ok)
        ok = srt_database_run(database,
                              "DELETE FROM sessions WHERE lost = 0 AND"
                              " id NOT IN (SELECT session FROM violations)",
                              error) &&
             finish(database,
                    srt_database_bind(database, error,
                                      "DELETE FROM sessions WHERE started_us < ? AND"
                                      " id NOT IN (SELECT session FROM violations)",
                                      "i", before),
                    error);
    if (ok && srt_database_run(database, "COMMIT", error))
        return TRUE;
    srt_sqlite.exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
}
