/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/unit.h"
#include "violation/database.h"

typedef struct Dir {
    char *top, *state, *file;
} Dir;

static void dir_new(Dir *d)
{
    d->top = g_strdup("/tmp/srt-db-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(g_mkdtemp(d->top));
    d->state = g_build_filename(d->top, "a", "srt", NULL);
    d->file = g_build_filename(d->state, SRT_DATABASE_NAME, NULL);
}

static void dir_free(Dir *d)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", d->top);
    CU_ASSERT_EQUAL(system(command), 0);
    g_free(d->top);
    g_free(d->state);
    g_free(d->file);
}

static void sql(const Dir *d, const char *text)
{
    sqlite3 *handle = NULL;
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(d->file, &handle), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(handle, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static const SrtViolationSession session = {.id = "0123", .started_us = 5, .pid = 7, .cwd = "/w"};

static SrtViolationRecord *record(const char *target)
{
    srt_violation violation = {
        .struct_size = sizeof violation, .operation = SRT_OP_WRITE, .target = target};
    return srt_violation_record_new(&violation, "bwrap");
}

static GPtrArray *batch(const char *format, guint n)
{
    GPtrArray *list = srt_violation_records_new();
    for (guint i = 0; i < n; i++) {
        g_autofree char *target = g_strdup_printf("%s%u", format, i);
        g_ptr_array_add(list, record(target));
    }
    return list;
}

static guint count(SrtViolationDatabase *database)
{
    const SrtViolationQuery all = {.limit = 0};
    g_autoptr(GPtrArray) list = srt_violation_database_query(database, &all, NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    return list->len;
}

static void copy_fixture(const Dir *d)
{
    g_autofree char *fixture =
        g_build_filename(g_getenv("SRT_SOURCE_DIR"), "tests/unit/violation/schema-1.db", NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(fixture, &bytes, &length, NULL));
    CU_ASSERT_EQUAL_FATAL(g_mkdir_with_parents(d->state, 0700), 0);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(d->file, bytes, (gssize)length, NULL));
}

static void older_schema(void)
{
    Dir d;
    dir_new(&d);
    copy_fixture(&d);
    g_autoptr(GError) error = NULL;
    SrtViolationDatabase *database = srt_violation_database_open(d.state, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(database);
    const SrtViolationQuery all = {.limit = 0}, last = {.last_session = TRUE};
    GPtrArray *list = srt_violation_database_query(database, &all, NULL, &error);
    CU_ASSERT_EQUAL_FATAL(list->len, 3);
    const SrtViolationRecord *third = list->pdata[2];
    SRT_ASSERT_STR(third->target, "/old/2");
    SRT_ASSERT_STR(third->command, "make");
    CU_ASSERT_EQUAL(third->count, 3);
    CU_ASSERT_EQUAL(third->last_us, third->time_us);
    g_ptr_array_unref(list);
    list = srt_violation_database_query(database, &last, NULL, &error);
    CU_ASSERT_EQUAL(list->len, 1);
    g_ptr_array_unref(list);
    g_autoptr(GPtrArray) more = batch("/new/", 2);
    CU_ASSERT_TRUE(srt_violation_database_add(database, &session, more, 0, &error));
    CU_ASSERT_EQUAL(count(database), 5);
    srt_violation_database_close(database);
    dir_free(&d);
}

static void older_schema_is_read(void)
{
    Dir d;
    dir_new(&d);
    copy_fixture(&d);
    g_autoptr(SrtViolationDatabase) database = srt_violation_database_open_to_read(d.state, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(database);
    CU_ASSERT_EQUAL(count(database), 3);
    dir_free(&d);
}

static void newer_schema_is_left_alone(void)
{
    Dir d;
    dir_new(&d);
    srt_violation_database_close(srt_violation_database_open(d.state, NULL));
    sql(&d, "PRAGMA user_version=99");
    g_autoptr(GError) error = NULL;
    CU_ASSERT_PTR_NULL(srt_violation_database_open(d.state, &error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(error);
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "schema 99 of a newer srt"));
    dir_free(&d);
}

/* What somebody planted must not run. */
static void nothing_in_the_file_runs(void)
{
    Dir d;
    dir_new(&d);
    srt_violation_database_close(srt_violation_database_open(d.state, NULL));
    sql(&d, "CREATE TABLE hit (x); CREATE TRIGGER evil AFTER INSERT ON violations BEGIN"
            " INSERT INTO hit VALUES (1); END;");
    g_autoptr(SrtViolationDatabase) database = srt_violation_database_open(d.state, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(database);
    g_autoptr(GPtrArray) list = batch("/x", 3);
    CU_ASSERT_TRUE(srt_violation_database_add(database, &session, list, 0, NULL));
    sql(&d, "CREATE TABLE proof AS SELECT 1 / (count(*) = 0) AS ok FROM hit;"
            "CREATE TABLE must (x NOT NULL); INSERT INTO must SELECT ok FROM proof;");
    sql(&d, "UPDATE violations SET target = 'a' || char(10) || 'b' || char(27) || '<x>',"
            " operation = 'nonsense', count = -5");
    const SrtViolationQuery all = {.limit = 1};
    g_autoptr(GPtrArray) found = srt_violation_database_query(database, &all, NULL, NULL);
    CU_ASSERT_EQUAL_FATAL(found->len, 1);
    SRT_ASSERT_STR(((SrtViolationRecord *)found->pdata[0])->target, "a b x");
    CU_ASSERT_EQUAL(((SrtViolationRecord *)found->pdata[0])->count, 1);
    dir_free(&d);
}

static void no_database(void)
{
    Dir d;
    dir_new(&d);
    g_autoptr(GError) error = NULL;
    CU_ASSERT_PTR_NULL(srt_violation_database_open_to_read(d.state, &error));
    CU_ASSERT_PTR_NULL(error);
    CU_ASSERT_EQUAL_FATAL(g_mkdir_with_parents(d.state, 0700), 0);
    CU_ASSERT_TRUE(g_file_set_contents(d.file, "this is no database, it is text\n", -1, NULL));
    CU_ASSERT_PTR_NULL(srt_violation_database_open(d.state, &error));
    CU_ASSERT_PTR_NOT_NULL(error);
    g_clear_error(&error);
    CU_ASSERT_PTR_NULL(srt_violation_database_open_to_read(d.state, &error));
    CU_ASSERT_PTR_NOT_NULL(error);
    dir_free(&d);
}

static void repeats_count_up(void)
{
    Dir d;
    dir_new(&d);
    g_autoptr(SrtViolationDatabase) database = srt_violation_database_open(d.state, NULL);
    const SrtViolationSession other = {.id = "other"};
    g_autoptr(GPtrArray) list = batch("/x", 2);
    CU_ASSERT_TRUE(srt_violation_database_add(database, &session, list, 3, NULL));
    CU_ASSERT_TRUE(srt_violation_database_add(database, &session, list, 4, NULL));
    CU_ASSERT_EQUAL(count(database), 2);
    sql(&d, "DELETE FROM violations WHERE target = '/x0'"); /* by another process */
    CU_ASSERT_TRUE(srt_violation_database_add(database, &session, list, 0, NULL));
    CU_ASSERT_EQUAL(count(database), 2);
    guint64 lost = 0;
    const SrtViolationQuery all = {.limit = 0};
    g_autoptr(GPtrArray) found = srt_violation_database_query(database, &all, &lost, NULL);
    CU_ASSERT_EQUAL(((SrtViolationRecord *)found->pdata[0])->count, 3);
    CU_ASSERT_EQUAL(((SrtViolationRecord *)found->pdata[1])->count, 1);
    CU_ASSERT_EQUAL(lost, 7);
    CU_ASSERT_TRUE(srt_violation_database_add(database, &other, list, 0, NULL));
    CU_ASSERT_EQUAL(count(database), 4);
    dir_free(&d);
}

static void bounds(void)
{
    Dir d;
    dir_new(&d);
    g_autoptr(SrtViolationDatabase) database = srt_violation_database_open(d.state, NULL);
    g_autoptr(GPtrArray) list = batch("/x", 1000);
    CU_ASSERT_TRUE(srt_violation_database_add(database, &session, list, 0, NULL));
    CU_ASSERT_TRUE(srt_violation_database_prune(database, 30, 1000, 0, NULL));
    CU_ASSERT_EQUAL(count(database), 1000);
    CU_ASSERT_TRUE(srt_violation_database_prune(database, 30, 400, 0, NULL));
    CU_ASSERT_EQUAL(count(database), 400);
    CU_ASSERT_TRUE(srt_violation_database_prune(database, 30, 400, 4096, NULL));
    CU_ASSERT_EQUAL(count(database), 200);
    sql(&d, "UPDATE violations SET last_us = 1 WHERE target < '/x9'");
    CU_ASSERT_TRUE(srt_violation_database_prune(database, 30, 400, 0, NULL));
    CU_ASSERT_EQUAL(count(database), 100);
    sql(&d, "UPDATE violations SET last_us = 1");
    CU_ASSERT_TRUE(srt_violation_database_prune(database, 30, 400, 0, NULL));
    CU_ASSERT_EQUAL(count(database), 0);
    dir_free(&d);
}

static const srt_unit_case cases[] = {
    {"older_schema", older_schema},
    {"older_schema_is_read", older_schema_is_read},
    {"newer_schema_is_left_alone", newer_schema_is_left_alone},
    {"nothing_in_the_file_runs", nothing_in_the_file_runs},
    {"no_database", no_database},
    {"repeats_count_up", repeats_count_up},
    {"bounds", bounds},
};

SRT_UNIT_MAIN("violation.database", cases)
