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
    CU_ASSERT_EQUAL(record->flags, SRT_VIOLATION_ATTEMPT | SRT_RECORD_ALTERED);
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

static void add_target(SrtViolationStore *store, const char *target, srt_operation operation)
{
    srt_violation violation = {
        .struct_size = sizeof violation, .operation = operation, .target = target};
    srt_violation_store_add(store, &violation, "bwrap");
}

static void repeats_are_counted(void)
{
    SrtViolationStore *store = srt_violation_store_new();
    srt_violation_store_configure(store, 3, NULL);
    for (guint i = 0; i < 10; i++)
        add_target(store, "/same", SRT_OP_WRITE);
    add_target(store, "/same", SRT_OP_READ);
    add_target(store, "/b", SRT_OP_WRITE);
    add_target(store, "/same", SRT_OP_WRITE); /* is the newest again */
    add_target(store, "/c", SRT_OP_WRITE);
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    CU_ASSERT_EQUAL_FATAL(list->len, 3);
    CU_ASSERT_EQUAL(srt_violation_store_total(store), 14);
    const SrtViolationRecord *first = list->pdata[0], *second = list->pdata[1];
    SRT_ASSERT_STR(first->target, "/b");
    SRT_ASSERT_STR(second->target, "/same");
    CU_ASSERT_EQUAL(second->count, 11);
    CU_ASSERT_TRUE(second->last_us >= second->time_us);
    srt_violation_store_clear(store);
    g_autoptr(GPtrArray) none = srt_violation_store_list(store);
    CU_ASSERT_EQUAL(none->len, 0);
    CU_ASSERT_EQUAL(srt_violation_store_total(store), 14);
    srt_violation_store_free(store);
}

static void count_call(void *data, SrtViolationStore *store)
{
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    GArray *seen = data;
    g_array_append_val(seen, list->len);
}

static void subscribers_are_told(void)
{
    SrtViolationStore *store = srt_violation_store_new();
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(guint));
    guint number = srt_violation_store_subscribe(store, count_call, seen);
    add_number(store, 1);
    add_number(store, 2);
    srt_violation_store_clear(store);
    srt_violation_store_unsubscribe(store, number);
    add_number(store, 3);
    CU_ASSERT_EQUAL_FATAL(seen->len, 4);
    const guint wanted[] = {0, 1, 2, 0};
    for (guint i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(g_array_index(seen, guint, i), wanted[i]);
    srt_violation_store_free(store);
}

static void ignored_as_the_rules_say(void)
{
    static const char *everywhere[] = {"/proc/", "(host is not", NULL}, *npm[] = {"/cache", NULL};
    GHashTable *rules = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(rules, (void *)(uintptr_t) "*", everywhere);
    g_hash_table_insert(rules, (void *)(uintptr_t) "npm", npm);
    SrtViolationStore *store = srt_violation_store_new();
    srt_violation_store_configure(store, 100, rules);
    add_target(store, "/cache/x", SRT_OP_WRITE); /* of no known command */
    add_target(store, "/proc/1", SRT_OP_READ);
    srt_violation_store_set_command(store, NULL, "npm install");
    add_target(store, "/cache/x", SRT_OP_WRITE);
    add_target(store, "/b", SRT_OP_WRITE);
    srt_violation net = {.struct_size = sizeof net,
                         .operation = SRT_OP_CONNECT,
                         .target = "a.com:443",
                         .reason = "host is not on the allow list"};
    srt_violation_store_add(store, &net, "proxy"); /* its line holds the text */
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    CU_ASSERT_EQUAL(srt_violation_store_total(store), 2);
    CU_ASSERT_EQUAL_FATAL(list->len, 2);
    SRT_ASSERT_STR(((SrtViolationRecord *)list->pdata[0])->target, "/cache/x");
    SRT_ASSERT_STR(((SrtViolationRecord *)list->pdata[1])->target, "/b");
    srt_violation_store_free(store);
    g_hash_table_destroy(rules);
}

static void commands_and_ids(void)
{
    SrtViolationStore *store = srt_violation_store_new();
    srt_violation violation = {.struct_size = sizeof violation, .target = "/x"};
    g_autofree char *longest = g_strnfill(252, 'i'), *shown = g_strnfill(150, 'u');
    srt_violation_store_set_command(store, "id-1", "make\nall > log");
    add_number(store, 1);
    srt_violation_store_add_command(store, "id-2", "two");
    srt_violation_store_add_for(store, "id-2", &violation, "proxy");
    srt_violation_store_add_for(store, shown, &violation, "proxy");
    srt_violation_store_add_for(store, longest, &violation, "proxy");
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    CU_ASSERT_EQUAL_FATAL(list->len, 4);
    SrtViolationRecord **r = (SrtViolationRecord **)list->pdata;
    SRT_ASSERT_STR(r[0]->command_id, "id-1");
    SRT_ASSERT_STR(r[0]->command, "make all > log");
    SRT_ASSERT_STR(r[1]->command, "two");
    CU_ASSERT_EQUAL(strlen(r[2]->command), 100);
    CU_ASSERT_PTR_NULL(r[3]->command_id);
    CU_ASSERT_PTR_NULL(r[3]->command);
    g_autoptr(GPtrArray) of_two = srt_violation_store_list_for(store, "id-2");
    CU_ASSERT_EQUAL(of_two->len, 1);
    for (guint i = 0; i < 1024; i++) {
        g_autofree char *id = g_strdup_printf("other-%u", i);
        srt_violation_store_add_command(store, id, "t");
    }
    srt_violation_store_add_for(store, "id-2", &violation,
                                "late"); /* forgotten: its id is its text */
    g_autoptr(GPtrArray) late = srt_violation_store_list_for(store, "id-2");
    SRT_ASSERT_STR(((SrtViolationRecord *)late->pdata[1])->command, "id-2");
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
    {"repeats_are_counted", repeats_are_counted},
    {"subscribers_are_told", subscribers_are_told},
    {"ignored_as_the_rules_say", ignored_as_the_rules_say},
    {"commands_and_ids", commands_and_ids},
    {"nothing_to_free", nothing_to_free},
};

SRT_UNIT_MAIN("violation.store", cases)
