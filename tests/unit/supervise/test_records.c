/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"
#include "support/unit.h"

static void put(sup_records *records, int32_t pid, const char *target)
{
    srt_violation v = {.struct_size = sizeof v, .pid = pid, .program = "/bin/x", .target = target};
    sup_records_put(records, &v);
}

static bool readable(const sup_records *records)
{
    struct pollfd p = {.fd = sup_records_fd(records), .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

typedef struct seen {
    unsigned count;
    uint64_t times;
    int32_t pid; /* of the last one */
    char first[32], last[32];
} seen;

static void see(void *data, const srt_violation *violation)
{
    seen *s = data;
    if (s->count++ == 0)
        snprintf(s->first, sizeof s->first, "%s", violation->target);
    snprintf(s->last, sizeof s->last, "%s", violation->target);
    s->times += violation->count;
    s->pid = violation->pid;
    CU_ASSERT_STRING_EQUAL(violation->program, "/bin/x");
}

static void test_order(void)
{
    sup_records *records = sup_records_new();
    seen s = {0};
    uint64_t lost = 9;
    CU_ASSERT_FALSE(readable(records));
    put(records, 1, "a");
    put(records, 1, "a"); /* the same again */
    put(records, 2, "a");
    put(records, 1, "b");
    CU_ASSERT(readable(records));
    sup_records_drain(records, see, &s, &lost);
    CU_ASSERT_EQUAL(s.count, 2);
    CU_ASSERT_EQUAL(s.times, 4);
    CU_ASSERT_EQUAL(s.pid, 1);
    CU_ASSERT_STRING_EQUAL(s.first, "a");
    CU_ASSERT_STRING_EQUAL(s.last, "b");
    CU_ASSERT_EQUAL(lost, 0);
    CU_ASSERT_FALSE(readable(records));
    put(records, 1, "b");
    CU_ASSERT(readable(records));
    sup_records_free(records);
}

static void test_bounds(void)
{
    sup_records *records = sup_records_new();
    seen s = {0};
    uint64_t lost = 0;
    char text[32];
    for (int i = 0; i < SUP_RECORDS_MAX + 100; i++) {
        snprintf(text, sizeof text, "%d", i);
        put(records, 1, text);
    }
    sup_records_drain(records, see, &s, &lost);
    CU_ASSERT_EQUAL(s.count, SUP_RECORDS_MAX);
    CU_ASSERT_STRING_EQUAL(s.first, "0");
    CU_ASSERT_EQUAL(lost, 100);
    char *big = malloc(4000);
    memset(big, 'x', 3999);
    big[3999] = '\0';
    memset(&s, 0, sizeof s);
    for (int i = 0; i < SUP_RECORDS_MAX; i++) {
        int n = snprintf(text, sizeof text, "%d", i);
        memcpy(big, text, (size_t)n);
        put(records, i, big);
    }
    sup_records_drain(records, see, &s, &lost);
    CU_ASSERT(s.count <= SUP_RECORDS_BYTES / 4000 + 1);
    CU_ASSERT_EQUAL(s.count + lost, SUP_RECORDS_MAX);
    free(big);
    sup_records_free(records);
}

static void test_rate(void)
{
    sup_records *records = sup_records_new();
    const srt_violation v = {.struct_size = sizeof v, .target = "a"};
    unsigned waits = 0;
    for (int i = 0; i < 1000; i++)
        waits += sup_records_put(records, &v) != 0;
    CU_ASSERT_EQUAL(waits, 0);
    for (int i = 0; i < 1000000; i++)
        waits += sup_records_put(records, &v) != 0;
    CU_ASSERT(waits > 0);
    sup_records_free(records);
}

static void *put_many(void *data)
{
    for (int i = 0; i < 2000; i++)
        put(data, i, i % 2 ? "a" : "b");
    return NULL;
}

static void test_threads(void)
{
    sup_records *records = sup_records_new();
    seen s = {0};
    uint64_t lost = 0, all_lost = 0;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, put_many, records);
    for (int i = 0; i < 50; i++) {
        sup_records_drain(records, see, &s, &lost);
        all_lost += lost;
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    while (readable(records)) {
        sup_records_drain(records, see, &s, &lost);
        all_lost += lost;
    }
    CU_ASSERT(s.count > 0);
    CU_ASSERT_EQUAL(s.times + all_lost, 8000);
    sup_records_free(records);
}

static const srt_unit_case cases[] = {
    {"order", test_order}, {"bounds", test_bounds}, {"rate", test_rate}, {"threads", test_threads}};
SRT_UNIT_MAIN("supervise.records", cases)
