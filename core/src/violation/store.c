/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/store.h"

#include <pthread.h>
#include <string.h>

#include "violation/text.h"

/* A pthread mutex: thread sanitizers know it, GLib's own futexes they do not. */
struct SrtViolationStore {
    pthread_mutex_t lock; /* guards all below */
    guint64 total;
    SrtViolationRecord *ring[SRT_VIOLATION_RING]; /* the newest at (total - 1) % size */
};

void srt_violation_record_free(SrtViolationRecord *record)
{
    if (!record)
        return;
    g_free(record->program);
    g_free(record->target);
    g_free(record->rule);
    g_free(record->reason);
    g_free(record->backend);
    g_free(record);
}

static SrtViolationRecord *record_copy(const SrtViolationRecord *from)
{
    SrtViolationRecord *record = g_new(SrtViolationRecord, 1);
    *record = *from;
    record->program = g_strdup(from->program);
    record->target = g_strdup(from->target);
    record->rule = g_strdup(from->rule);
    record->reason = g_strdup(from->reason);
    record->backend = g_strdup(from->backend);
    return record;
}

static SrtViolationRecord *record_new(const srt_violation *from, const char *source)
{
    /* A backend built against an older header gives a shorter structure. */
    srt_violation violation = {0};
    memcpy(&violation, from, MIN(from->struct_size, sizeof violation));
    SrtViolationRecord *record = g_new0(SrtViolationRecord, 1);
    record->time_us = g_get_real_time();
    record->operation = violation.operation;
    record->flags = violation.flags;
    record->pid = violation.pid;
    record->program = srt_violation_clean(violation.program);
    record->target = srt_violation_clean(violation.target ? violation.target : "");
    record->rule = srt_violation_clean(violation.rule);
    record->reason = srt_violation_clean(violation.reason);
    record->backend = srt_violation_clean(source);
    return record;
}

SrtViolationStore *srt_violation_store_new(void)
{
    SrtViolationStore *store = g_new0(SrtViolationStore, 1);
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

void srt_violation_store_free(SrtViolationStore *store)
{
    if (!store)
        return;
    for (guint i = 0; i < SRT_VIOLATION_RING; i++)
        srt_violation_record_free(store->ring[i]);
    pthread_mutex_destroy(&store->lock);
    g_free(store);
}

void srt_violation_store_add(SrtViolationStore *store, const srt_violation *violation,
                             const char *source)
{
    SrtViolationRecord *record = record_new(violation, source);
    pthread_mutex_lock(&store->lock);
    SrtViolationRecord **place = &store->ring[store->total++ % SRT_VIOLATION_RING];
    SrtViolationRecord *oldest = *place;
    *place = record;
    pthread_mutex_unlock(&store->lock);
    srt_violation_record_free(oldest);
}

guint64 srt_violation_store_total(SrtViolationStore *store)
{
    pthread_mutex_lock(&store->lock);
    guint64 total = store->total;
    pthread_mutex_unlock(&store->lock);
    return total;
}

static void free_record(gpointer record)
{
    srt_violation_record_free(record);
}

GPtrArray *srt_violation_store_list(SrtViolationStore *store)
{
    GPtrArray *list = g_ptr_array_new_full(SRT_VIOLATION_RING, free_record);
    pthread_mutex_lock(&store->lock);
    guint64 first = store->total > SRT_VIOLATION_RING ? store->total - SRT_VIOLATION_RING : 0;
    for (guint64 i = first; i < store->total; i++)
        g_ptr_array_add(list, record_copy(store->ring[i % SRT_VIOLATION_RING]));
    pthread_mutex_unlock(&store->lock);
    return list;
}
