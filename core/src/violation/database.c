/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: safely, with the schema that is wanted. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "violation/database_private.h"
#include "base/state.h"
#include "violation/schema.h"

#define RETRY_US 20000

gboolean srt_database_fail(const SrtViolationDatabase *database, const char *what, GError **error)
{
    g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED, "%s: %s: %s", database->path, what,
                database->handle ? srt_sqlite.errmsg(database->handle) : "out of memory");
    return FALSE;
}

gboolean srt_database_run(const SrtViolationDatabase *database, const char *sql, GError **error)
{
    return srt_sqlite.exec(database->handle, sql, NULL, NULL, NULL) == SQLITE_OK ||
           srt_database_fail(database, "cannot be changed", error);
}

gint64 srt_database_number(const SrtViolationDatabase *database, const char *sql, gint64 fallback)
{
    sqlite3_stmt *statement = NULL;
    gint64 number = fallback;
    if (srt_sqlite.prepare_v2(database->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
        srt_sqlite.step(statement) == SQLITE_ROW)
        number = srt_sqlite.column_int64(statement, 0);
    srt_sqlite.finalize(statement);
    return number;
}

sqlite3_stmt *srt_database_bind(const SrtViolationDatabase *database, GError **error,
                                const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement = NULL;
    int result = srt_sqlite.prepare_v2(database->handle, sql, -1, &statement, NULL);
    va_list values;
    va_start(values, types);
    for (int i = 0; types[i] && result == SQLITE_OK; i++)
        result = types[i] == 'i'
                     ? srt_sqlite.bind_int64(statement, i + 1, va_arg(values, gint64))
                     : srt_sqlite.bind_text(statement, i + 1, va_arg(values, const char *), -1,
                                            SQLITE_TRANSIENT);
    va_end(values);
    if (result == SQLITE_OK)
        return statement;
    srt_database_fail(database, "is not as expected", error);
    srt_sqlite.finalize(statement);
    return NULL;
}

void srt_violation_database_close(SrtViolationDatabase *database)
{
    if (!database)
        return;
    srt_sqlite.close(database->handle);
    g_hash_table_destroy(database->rows);
    g_free(database->session);
    g_free(database->path);
    g_free(database);
}

static void free_record(gpointer record)
{
    srt_violation_record_free(record);
}

/* The real path of what was opened, so that no link is left in it. */
static char *path_of(int directory, const char *name)
{
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", directory);
    char *real = realpath(link, NULL);
    char *path = real ? g_build_filename(real, SRT_DATABASE_NAME, NULL)
                      : g_build_filename(name, SRT_DATABASE_NAME, NULL);
    free(real);
    return path;
}

/* immutable: of a place where nothing can be written, not even what readers share. */
static SrtViolationDatabase *new_handle(int directory, const char *name, gboolean immutable,
                                        GError **error)
{
    if (!srt_sqlite_load(error))
        return NULL;
    int flags = immutable ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE;
    g_autoptr(SrtViolationDatabase) database = g_new0(SrtViolationDatabase, 1);
    database->path = path_of(directory, name);
    database->rows = g_hash_table_new_full(srt_violation_record_hash, srt_violation_record_equal,
                                           free_record, g_free);
    g_autofree char *escaped = g_uri_escape_string(database->path, "/", FALSE);
    g_autofree char *uri = g_strdup_printf("file:%s?immutable=1", escaped);
    if (srt_sqlite.open_v2(immutable ? uri : database->path, &database->handle,
                           flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        srt_database_fail(database, "cannot be opened", error);
        return NULL;
    }
    sqlite3 *handle = database->handle;
    srt_sqlite.db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    srt_sqlite.db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    srt_sqlite.db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
    srt_sqlite.db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)NULL);
    srt_sqlite.limit(handle, SQLITE_LIMIT_LENGTH, 1024 * 1024);
    srt_sqlite.busy_timeout(handle, SRT_DATABASE_WAIT_MS);
    return g_steal_pointer(&database);
}

/* SQLite does not wait by itself when several processes do this at once. */
static gboolean use_wal(const SrtViolationDatabase *database, GError **error)
{
    gint64 until = g_get_monotonic_time() + SRT_DATABASE_WAIT_MS * 1000;
    for (;;) {
        int result = srt_sqlite.exec(database->handle,
                                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                                     "PRAGMA cell_size_check=ON;",
                                     NULL, NULL, NULL);
        if (result == SQLITE_OK)
            return TRUE;
        if ((result != SQLITE_BUSY && result != SQLITE_LOCKED) || g_get_monotonic_time() > until)
            return srt_database_fail(database, "cannot be used", error);
        g_usleep(RETRY_US);
    }
}

static gint64 schema_of(const SrtViolationDatabase *database)
{
    return srt_database_number(database, "PRAGMA user_version", -1);
}

static gboolean upgrade(const SrtViolationDatabase *database, GError **error)
{
    for (gint64 version = schema_of(database); version < SRT_DATABASE_SCHEMA; version++) {
        g_autofree char *mark = g_strdup_printf("PRAGMA user_version=%d", (int)version + 1);
        if (version < 0)
            return srt_database_fail(database, "cannot be read", error);
        if (!srt_database_run(database, srt_database_steps[version], error) ||
            !srt_database_run(database, mark, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_schema(const SrtViolationDatabase *database, GError **error)
{
    gint64 version = schema_of(database);
    if (version == SRT_DATABASE_SCHEMA)
        return TRUE;
    if (version < 0)
        return srt_database_fail(database, "cannot be read", error);
    if (version > SRT_DATABASE_SCHEMA) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED,
                    "%s has the schema %d of a newer srt, this one knows %d: move the file away, "
                    "or use that srt",
                    database->path, (int)version, SRT_DATABASE_SCHEMA);
        return FALSE;
    }
    /* Another process may be at the same: who comes second finds it done. */
    if (!srt_database_run(database, "BEGIN IMMEDIATE", error))
        return FALSE;
    if (upgrade(database, error) && srt_database_run(database, "COMMIT", error))
        return TRUE;
    srt_sqlite.exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
}

SrtViolationDatabase *srt_violation_database_open(const char *directory, GError **error)
{
    srt_autofd int place = srt_state_open(directory, TRUE, NULL, error);
    if (place < 0)
        return NULL;
    int file = srt_state_open_file(place, SRT_DATABASE_NAME, TRUE, NULL, error);
    if (file < 0)
        return NULL;
    close(file); /* before SQLite locks it: this would take the locks away */
    g_autoptr(SrtViolationDatabase) database = new_handle(place, directory, FALSE, error);
    if (!database || !use_wal(database, error) || !check_schema(database, error))
        return NULL;
    return g_steal_pointer(&database);
}

SrtViolationDatabase *srt_violation_database_open_to_read(const char *directory, GError **error)
{
    gboolean missing = FALSE;
    g_autoptr(GError) why = NULL;
    srt_autofd int place = srt_state_open(directory, FALSE, &missing, &why);
    int file =
        place < 0 ? -1 : srt_state_open_file(place, SRT_DATABASE_NAME, FALSE, &missing, &why);
    if (file < 0) {
        if (!missing)
            g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    close(file);
    g_autoptr(SrtViolationDatabase) database = new_handle(place, directory, FALSE, NULL);
    if (!database || schema_of(database) < 0) {
        srt_violation_database_close(database);
        database = new_handle(place, directory, TRUE, error);
    }
    if (!database)
        return NULL;
    if (schema_of(database) == 0) /* made, and not filled yet */
        return NULL;
    if (!check_schema(database, error))
        return NULL;
    return g_steal_pointer(&database);
}
