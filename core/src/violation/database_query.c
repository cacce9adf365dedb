/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "violation/database_private.h"
#include "violation/text.h"

#define LAST_SESSION "(SELECT session FROM violations WHERE id = (SELECT max(id) FROM violations))"

/* Sanitised again: whoever could write the file may have put anything there. */
static char *text_at(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = srt_sqlite.column_text(statement, column);
    return text ? srt_violation_clean((const char *)text) : NULL;
}

static char *command_at(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = srt_sqlite.column_text(statement, column);
    return text ? srt_violation_clean_command((const char *)text) : NULL;
}

static char *path_at(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = srt_sqlite.column_text(statement, column);
    return text ? g_strdup((const char *)text) : NULL;
}

/* Columns in the order of the query. */
static SrtViolationRecord *row_of(sqlite3_stmt *s)
{
    SrtViolationRecord *r = g_new0(SrtViolationRecord, 1);
    g_autofree char *operation = path_at(s, 5);
    int known = operation ? srt_operation_by_name(operation) : -1;
    r->id = srt_sqlite.column_int64(s, 0);
    r->session = text_at(s, 1);
    r->time_us = srt_sqlite.column_int64(s, 2);
    r->last_us = srt_sqlite.column_int64(s, 3);
    r->count = (guint64)MAX(srt_sqlite.column_int64(s, 4), 1);
    r->operation = known < 0 ? SRT_OP_SYSCALL : (srt_operation)known;
    r->flags = (guint)srt_sqlite.column_int64(s, 6);
    r->pid = srt_sqlite.column_int(s, 7);
    r->program = text_at(s, 8);
    r->target = text_at(s, 9);
    if (!r->target)
        r->target = g_strdup("");
    r->rule = text_at(s, 10);
    r->reason = text_at(s, 11);
    r->backend = text_at(s, 12);
    r->command_id = command_at(s, 13);
    r->command = command_at(s, 14);
    r->cwd = path_at(s, 15);
    r->settings = path_at(s, 16);
    return r;
}

/* "operation IN (…)" from the names of a constant table. */
static char *operations_of(guint bits)
{
    GString *list = g_string_new("v.operation IN (''");
    for (int i = 0; i < SRT_OPERATION_COUNT; i++)
        if (bits & (1u << i))
            g_string_append_printf(list, ",'%s'", srt_operation_name((srt_operation)i));
    g_string_append_c(list, ')');
    return g_string_free(list, FALSE);
}

static sqlite3_stmt *prepare(const SrtViolationDatabase *database, const SrtViolationQuery *query,
                             GError **error)
{
    g_autofree char *operations =
        query->operations ? operations_of(query->operations) : g_strdup("1");
    g_autofree char *sql = g_strdup_printf(
        "SELECT v.id, v.session, v.time_us, v.last_us, v.count, v.operation, v.flags, v.pid,"
        " v.program, v.target, v.rule, v.reason, v.backend, v.command_id, v.command, s.cwd,"
        " s.settings FROM violations v LEFT JOIN sessions s ON s.id = v.session"
        " WHERE v.id > ?1 AND v.last_us >= ?2 AND (?3 IS NULL OR instr(v.command, ?3) > 0)"
        " AND (?4 IS NULL OR v.session = ?4) AND %s AND %s ORDER BY v.id DESC LIMIT ?5",
        operations, query->last_session ? "v.session = " LAST_SESSION : "1");
    return srt_database_bind(database, error, sql, "iissi", query->after_id, query->since_us,
                             query->command, query->session,
                             query->limit ? (gint64)query->limit : (gint64)-1);
}

static void reverse(GPtrArray *list)
{
    for (guint i = 0; i < list->len / 2; i++) {
        gpointer one = list->pdata[i];
        list->pdata[i] = list->pdata[list->len - 1 - i];
        list->pdata[list->len - 1 - i] = one;
    }
}

GPtrArray *srt_violation_database_query(SrtViolationDatabase *database,
                                        const SrtViolationQuery *query, guint64 *ret_lost,
                                        GError **error)
{
    g_autoptr(GPtrArray) list = srt_violation_records_new();
    sqlite3_stmt *statement = prepare(database, query, error);
    if (!statement)
        return NULL;
    int result;
    while ((result = srt_sqlite.step(statement)) == SQLITE_ROW)
        g_ptr_array_add(list, row_of(statement));
    if (result != SQLITE_DONE)
        srt_database_fail(database, "cannot be read", error);
    srt_sqlite.finalize(statement);
    if (result != SQLITE_DONE)
        return NULL;
    reverse(list);
    if (ret_lost)
        *ret_lost = (guint64)MAX(
            srt_database_number(database, "SELECT lost FROM sessions WHERE id = " LAST_SESSION, 0),
            0);
    return g_steal_pointer(&list);
}
