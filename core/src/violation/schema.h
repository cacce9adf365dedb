/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of the database, version by version. Private to this room. */
#ifndef SRT_VIOLATION_SCHEMA_H
#define SRT_VIOLATION_SCHEMA_H

#include "violation/database.h"

/* What leads from version N to N + 1, by N. */
static const char *const srt_database_steps[SRT_DATABASE_SCHEMA] = {
    /* 1: one row a refusal */
    "CREATE TABLE violations ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " session TEXT NOT NULL,"
    " time_us INTEGER NOT NULL,"
    " count INTEGER NOT NULL DEFAULT 1,"
    " operation TEXT NOT NULL,"
    " flags INTEGER NOT NULL DEFAULT 0,"
    " pid INTEGER NOT NULL DEFAULT 0,"
    " program TEXT, target TEXT NOT NULL, rule TEXT, reason TEXT, backend TEXT,"
    " command_id TEXT, command TEXT);"
    "CREATE INDEX violations_time ON violations (time_us);",
    /* 2: when the last repeat was; what is known of a run */
    "ALTER TABLE violations ADD COLUMN last_us INTEGER NOT NULL DEFAULT 0;"
    "UPDATE violations SET last_us = time_us;"
    "DROP INDEX violations_time;"
    "CREATE INDEX violations_last ON violations (last_us);"
    "CREATE INDEX violations_session ON violations (session);"
    "CREATE TABLE sessions ("
    " id TEXT PRIMARY KEY NOT NULL,"
    " started_us INTEGER NOT NULL,"
    " pid INTEGER NOT NULL DEFAULT 0,"
    " cwd TEXT, settings TEXT,"
    " lost INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "INSERT INTO sessions (id, started_us)"
    " SELECT session, min(time_us) FROM violations GROUP BY session;",
};

#endif
