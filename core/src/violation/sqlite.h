/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite, loaded when there is a record to write or a question to answer: srt is started for
 * every command, and nearly none of them needs it. Private to this room. */
#ifndef SRT_VIOLATION_SQLITE_H
#define SRT_VIOLATION_SQLITE_H

#include <glib.h>
#include <sqlite3.h>

#define SRT_SQLITE_CALLS(X)                                                                        \
    X(bind_int64)                                                                                  \
    X(bind_text)                                                                                   \
    X(busy_timeout)                                                                                \
    X(changes)                                                                                     \
    X(close)                                                                                       \
    X(column_int)                                                                                  \
    X(column_int64)                                                                                \
    X(column_text)                                                                                 \
    X(db_config)                                                                                   \
    X(errmsg)                                                                                      \
    X(exec)                                                                                        \
    X(finalize)                                                                                    \
    X(last_insert_rowid)                                                                           \
    X(libversion_number)                                                                           \
    X(limit)                                                                                       \
    X(open_v2)                                                                                     \
    X(prepare_v2)                                                                                  \
    X(step)

/* srt_sqlite.step is sqlite3_step, and so on; only after srt_sqlite_load. */
typedef struct SrtSqlite {
#define SRT_SQLITE_MEMBER(name) __typeof__(sqlite3_##name) *name;
    SRT_SQLITE_CALLS(SRT_SQLITE_MEMBER)
#undef SRT_SQLITE_MEMBER
} SrtSqlite;

extern SrtSqlite srt_sqlite;

/* Loads it once. Any thread. Errors: SRT_ERROR_FAILED. */
gboolean srt_sqlite_load(GError **error);

#endif
