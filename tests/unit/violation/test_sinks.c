/* SPDX-License-Identifier: Apache-2.0 */
/* The queue and what lies behind it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/unit.h"
#include "violation/queue.h"
#include "violation/sink_syslog.h"
#include "violation/sinks.h"

static void put(SrtViolationQueue *queue, const char *target)
{
    srt_violation violation = {.struct_size = sizeof violation, .target = target};
    SrtViolationRecord *record = srt_violation_record_new(&violation, "x");
    srt_violation_queue_push(queue, record);
    srt_violation_record_free(record);
}

typedef struct Got {
    guint batches;
    guint64 records, refusals, lost;
} Got;

static void take(void *data, const GPtrArray *batch, guint64 lost)
{
    Got *got = data;
    got->batches++;
    got->records += batch->len;
    got->lost += lost;
    for (guint i = 0; i < batch->len; i++)
        got->refusals += ((const SrtViolationRecord *)batch->pdata[i])->count;
}

static void held_until_the_stop(void)
{
    Got got = {0};
    SrtViolationQueue *queue = srt_violation_queue_new(
        &(SrtQueueOptions){.records = 10, .hold = TRUE, .write = take, .data = &got});
    for (guint i = 0; i < 30; i++) {
        g_autofree char *target = g_strdup_printf("/%u", i % 15);
        put(queue, target);
    }
    CU_ASSERT_EQUAL(got.batches, 0);
    srt_violation_queue_stop(queue);
    CU_ASSERT_EQUAL(got.batches, 1);
    CU_ASSERT_EQUAL(got.records, 10);
    CU_ASSERT_EQUAL(got.refusals, 20);
    CU_ASSERT_EQUAL(got.lost, 10);
}

static void bounded_in_bytes(void)
{
    Got got = {0};
    SrtViolationQueue *queue = srt_violation_queue_new(
        &(SrtQueueOptions){.bytes = 20000, .hold = TRUE, .write = take, .data = &got});
    for (guint i = 0; i < 100; i++) {
        g_autofree char *target = g_strdup_printf("/%01000u", i);
        put(queue, target);
    }
    srt_violation_queue_stop(queue);
    CU_ASSERT_TRUE(got.records > 5 && got.records < 20);
    CU_ASSERT_EQUAL(got.refusals + got.lost, 100);
}

#define PUSHERS 4
#define EACH 20000

static void *push_many(void *queue)
{
    for (guint i = 0; i < EACH; i++) {
        char target[32];
        snprintf(target, sizeof target, "/%u", i % 7000);
        put(queue, target);
    }
    return NULL;
}

static void every_refusal_is_written_or_counted(void)
{
    Got got = {0};
    pthread_t threads[PUSHERS];
    SrtViolationQueue *queue =
        srt_violation_queue_new(&(SrtQueueOptions){.write = take, .data = &got});
    for (guint i = 0; i < PUSHERS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, push_many, queue), 0);
    for (guint i = 0; i < PUSHERS; i++)
        pthread_join(threads[i], NULL);
    srt_violation_queue_stop(queue);
    CU_ASSERT_EQUAL(got.refusals + got.lost, PUSHERS * EACH);
    srt_violation_queue_stop(NULL);
}

/* What a backend counts together, and what it could not keep, which is recorded with the run, also
 * with one that has nothing else. */
static void counts_and_losses_of_others(void)
{
    char directory[] = "/tmp/srt-sinks-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    for (guint run = 0; run < 2; run++) {
        SrtViolationStore *store = srt_violation_store_new();
        const SrtViolationSinkOptions options = {.session = {.id = run ? "b" : "a", .cwd = "/"},
                                                 .directory = directory,
                                                 .report_fd = -1};
        SrtViolationSinks *sinks = srt_violation_sinks_new(store, &options);
        const srt_violation violation = {
            .struct_size = sizeof violation, .target = "/x", .count = 20};
        if (run == 0) {
            srt_violation_store_add(store, &violation, "x");
            srt_violation_store_add(store, &violation, "x");
        }
        srt_violation_store_lose(store, 5);
        srt_violation_store_lose(store, 2);
        CU_ASSERT_EQUAL(srt_violation_store_total(store), run == 0 ? 47 : 7);
        srt_violation_sinks_stop(sinks);
        srt_violation_store_free(store);
    }
    guint64 lost = 0;
    const SrtViolationQuery query = {.last_session = TRUE};
    g_autoptr(SrtViolationDatabase) database = srt_violation_database_open_to_read(directory, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(database);
    g_autoptr(GPtrArray) list = srt_violation_database_query(database, &query, &lost, NULL);
    CU_ASSERT_EQUAL_FATAL(list->len, 1);
    CU_ASSERT_EQUAL(((const SrtViolationRecord *)list->pdata[0])->count, 40);
    CU_ASSERT_EQUAL(lost, 7);
    static const char *const names[] = {"", "-wal", "-shm"};
    g_clear_pointer(&database, srt_violation_database_close);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat(directory, "/" SRT_DATABASE_NAME, names[i], NULL);
        unlink(path);
    }
    rmdir(directory);
}

static void system_log(void)
{
    g_autofree char *top = g_strdup("/tmp/srt-log-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(g_mkdtemp(top));
    g_autofree char *path = g_build_filename(top, "log", NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int log = socket(AF_UNIX, SOCK_DGRAM, 0);
    CU_ASSERT_EQUAL_FATAL(bind(log, (struct sockaddr *)&address, sizeof address), 0);
    SrtViolationStore *store = srt_violation_store_new();
    SrtViolationSinkOptions options = {
        .session = {.id = "0123"}, .report_fd = -1, .syslog = TRUE, .syslog_path = path};
    SrtViolationSinks *sinks = srt_violation_sinks_new(store, &options);
    srt_violation violation = {.struct_size = sizeof violation,
                               .operation = SRT_OP_WRITE,
                               .target = "/a\n<13>Jan  1 00:00:00 sudo: \"quoted\" \\ \x1b[2J"};
    srt_violation_store_add(store, &violation, "bwrap");
    srt_violation_sinks_stop(sinks);
    char line[4096] = "";
    ssize_t n = recv(log, line, sizeof line - 1, MSG_DONTWAIT);
    CU_ASSERT_TRUE_FATAL(n > 0);
    CU_ASSERT_PTR_NULL(strchr(line, '\n'));
    CU_ASSERT_PTR_NULL(strchr(line, '\x1b'));
    CU_ASSERT_EQUAL(strncmp(line, "<13>", 4), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "refused operation=write count=1 pid=0 target=\"/a 13Jan"));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "\\\"quoted\\\" \\\\"));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "session=\"0123\""));
    srt_violation_store_free(store);
    close(log);
    unlink(path);
    rmdir(top);
}

static const srt_unit_case cases[] = {
    {"held_until_the_stop", held_until_the_stop},
    {"bounded_in_bytes", bounded_in_bytes},
    {"every_refusal_is_written_or_counted", every_refusal_is_written_or_counted},
    {"counts_and_losses_of_others", counts_and_losses_of_others},
    {"system_log", system_log},
};

SRT_UNIT_MAIN("violation.sinks", cases)
