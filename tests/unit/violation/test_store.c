/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "support/unit.h"
#include "violation/store.h"

static void add_number(SrtViolationStore *store, guint number)
{
    g_autofree char *target = g_strdup_printf("/file/%u", number);
    srt_violation violation = {.struct_size = sizeof violation, .target = target};
    srt_violation_store_add(store, &violation, "bwrap");
}

static void every_field(void)
{
    SrtViolationStore *store = srt_violation_store_new();
    gint64 before = g_get_real_time();
    char target[] = "example.com:443\n";
    srt_violation violation = {
        .struct_size = sizeof violation,
        .flags = SRT_VIOLATION_ATTEMPT,
        .operation = SRT_OP_CONNECT,
        .pid = 4711,
        .program = "/usr/bin/cu\xe2\x80\xaerl",
        .target = target,
        .rule = "network.deniedDomains[0]",
        .reason = "host is on the <deny> list",
    };
    srt_violation_store_add(store, &violation, "proxy\x07");
    memset(target, 'x', sizeof target - 1); /* nothing may be borrowed */
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    CU_ASSERT_EQUAL_FATAL(list->len, 1);
    const SrtViolationRecord *record = g_ptr_array_index(list, 0);
    CU_ASSERT_TRUE(record->time_us >= before && record->time_us <= g_get_real_time());
    CU_ASSERT_EQUAL(record->flags, SRT_VIOLATION_ATTEMPT);
    CU_ASSERT_EQUAL(record->operation, SRT_OP_CONNECT);
    CU_ASSERT_EQUAL(record->pid, 4711);
    SRT_ASSERT_STR(record->program, "/usr/bin/cu rl");
    SRT_ASSERT_STR(record->target, "example.com:443");
    SRT_ASSERT_STR(record->rule, "network.deniedDomains[0]");
    SRT_ASSERT_STR(record->reason, "host is on the deny list");
    SRT_ASSERT_STR(record->backend, "proxy");
    srt_violation_store_free(store);
    SRT_ASSERT_STR(record->target, "example.com:443"); /* the list owns copies */
}

static void absent_fields(void)
{
    SrtViolationStore *store = srt_violation_store_new();
    srt_violation violation = {.struct_size = sizeof violation};
    srt_violation_store_add(store, &violation, NULL);
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    const SrtViolationRecord *record = g_ptr_array_index(list, 0);
    CU_ASSERT_PTR_NULL(record->program);
    CU_ASSERT_PTR_NULL(record->rule);
    CU_ASSERT_PTR_NULL(record->reason);
    CU_ASSERT_PTR_NULL(record->backend);
    SRT_ASSERT_STR(record->target, "");
    srt_violation_store_free(store);
}

static void other_struct_sizes(void)
{
    /* An older caller's structure ends after target, a newer one goes on. */
    SrtViolationStore *store = srt_violation_store_new();
    struct {
        srt_violation violation;
        char more[64];
    } newer = {.violation = {.struct_size = sizeof newer, .target = "/new", .rule = "r"}};
    srt_violation older = {.struct_size = offsetof(srt_violation, rule),
                           .target = "/old",
                           .rule = "beyond the end",
                           .reason = "beyond the end"};
    srt_violation_store_add(store, &newer.violation, "x");
    srt_violation_store_add(store, &older, "x");
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    const SrtViolationRecord *first = g_ptr_array_index(list, 0);
    const SrtViolationRecord *second = g_ptr_array_index(list, 1);
    SRT_ASSERT_STR(first->target, "/new");
    SRT_ASSERT_STR(first->rule, "r");
    SRT_ASSERT_STR(second->target, "/old");
    CU_ASSERT_PTR_NULL(second->rule);
    CU_ASSERT_PTR_NULL(second->reason);
    srt_violation_store_free(store);
}

static void check_newest(SrtViolationStore *store, guint total)
{
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    guint kept = MIN(total, SRT_VIOLATION_RING);
    CU_ASSERT_EQUAL(srt_violation_store_total(store), total);
    CU_ASSERT_EQUAL_FATAL(list->len, kept);
    for (guint i = 0; i < kept; i++) {
        const SrtViolationRecord *record = g_ptr_array_index(list, i);
        g_autofree char *expected = g_strdup_printf("/file/%u", total - kept + i);
        SRT_ASSERT_STR(record->target, expected);
    }
}

static void keeps_the_newest(void)
{
    SrtViolationStore *store = srt_violation_store_new();
    check_newest(store, 0);
    for (guint i = 0; i < 3 * SRT_VIOLATION_RING; i++) {
        add_number(store, i);
        if (i % 33 == 0 || (i >= SRT_VIOLATION_RING - 2 && i <= SRT_VIOLATION_RING + 1))
            check_newest(store, i + 1);
    }
    check_newest(store, 3 * SRT_VIOLATION_RING);
    srt_violation_store_free(store);
}

#define THREADS 4
#define PER_THREAD 500

static void *add_many(void *store)
{
    for (guint i = 0; i < PER_THREAD; i++)
        add_number(store, i);
    return NULL;
}

static void many_threads(void)
{
    SrtViolationStore *store = srt_violation_store_new();
    GThread *threads[THREADS];
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("adder", add_many, store);
    guint64 seen = 0;
    while (seen < THREADS * PER_THREAD) {
        g_autoptr(GPtrArray) list = srt_violation_store_list(store);
        guint64 now = srt_violation_store_total(store);
        CU_ASSERT_TRUE(now >= seen && list->len <= SRT_VIOLATION_RING);
        seen = now;
        g_thread_yield();
    }
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    CU_ASSERT_EQUAL(srt_violation_store_total(store), THREADS * PER_THREAD);
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    CU_ASSERT_EQUAL(list->len, SRT_VIOLATION_RING);
    srt_violation_store_free(store);
}

static void nothing_to_free(void)
{
    srt_violation_store_free(NULL);
    srt_violation_record_free(NULL);
    SrtViolationStore *store = srt_violation_store_new();
    CU_ASSERT_EQUAL(srt_violation_store_total(store), 0);
    srt_violation_store_free(store);
}

static const srt_unit_case cases[] = {
    {"every_field", every_field},
    {"absent_fields", absent_fields},
    {"other_struct_sizes", other_struct_sizes},
    {"keeps_the_newest", keeps_the_newest},
    {"many_threads", many_threads},
    {"nothing_to_free", nothing_to_free},
};

SRT_UNIT_MAIN("violation.store", cases)
