/* SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

typedef struct record {
    srt_violation violation; /* program and target point into text */
    char *text;
    size_t bytes;
} record;

#define SLOTS (2u * SUP_RECORDS_MAX) /* a power of two */

/* What waits, in the order in which it came; drain takes it as a whole. */
typedef struct batch {
    size_t count, bytes;
    record list[SUP_RECORDS_MAX];
    uint16_t slots[SLOTS]; /* hash of a record: its number from 1 on; 0: free */
} batch;

_Static_assert(SUP_RECORDS_MAX < UINT16_MAX && (SLOTS & (SLOTS - 1)) == 0, "slots");

struct sup_records {
    pthread_mutex_t lock;
    int event;
    uint64_t lost;
    int64_t due_us; /* when the next one may come at the permitted rate */
    batch *batch;   /* NULL: nothing waits */
    batch *spare;   /* an empty one: where a flood goes on nothing is allocated and cleared anew */
};

sup_records *sup_records_new(void)
{
    sup_records *records = calloc(1, sizeof *records);
    if (!records)
        return NULL;
    records->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (records->event < 0) {
        free(records);
        return NULL;
    }
    pthread_mutex_init(&records->lock, NULL);
    return records;
}

void sup_records_free(sup_records *records)
{
    if (!records)
        return;
    for (size_t i = 0; records->batch && i < records->batch->count; i++)
        free(records->batch->list[i].text);
    free(records->batch);
    free(records->spare);
    close(records->event);
    pthread_mutex_destroy(&records->lock);
    free(records);
}

int sup_records_fd(const sup_records *records)
{
    return records->event;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same(const srt_violation *a, const srt_violation *b)
{
    return a->operation == b->operation && a->flags == b->flags && a->rule == b->rule &&
           a->reason == b->reason && same_text(a->target, b->target) &&
           same_text(a->program, b->program);
}

static uint32_t hash_of(const srt_violation *v)
{
    uint32_t hash = 2166136261u ^ (uint32_t)v->operation;
    for (const char *p = v->target; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return hash ^ hash >> 15;
}

/* The slot of an equal record, or the free one where it would stand. */
static uint16_t *find(batch *b, const srt_violation *v)
{
    uint32_t at = hash_of(v) & (SLOTS - 1);
    while (b->slots[at] && !same(&b->list[b->slots[at] - 1].violation, v))
        at = (at + 1) & (SLOTS - 1);
    return &b->slots[at];
}

/* false: no memory. */
static bool copy(record *to, const srt_violation *v)
{
    size_t target = strlen(v->target) + 1, program = v->program ? strlen(v->program) + 1 : 0;
    to->text = malloc(target + program);
    if (!to->text)
        return false;
    to->bytes = target + program;
    to->violation = *v;
    to->violation.struct_size = sizeof to->violation;
    to->violation.count = 1;
    memcpy(to->text, v->target, target);
    to->violation.target = to->text;
    to->violation.program = program ? to->text + target : NULL;
    if (program)
        memcpy(to->text + target, v->program, program);
    return true;
}

static void put_locked(sup_records *records, const srt_violation *v)
{
    const uint64_t one = 1;
    bool first = !records->batch;
    if (first) {
        records->batch = records->spare ? records->spare : calloc(1, sizeof *records->batch);
        records->spare = NULL;
    }
    batch *b = records->batch;
    uint16_t *slot = b ? find(b, v) : NULL;
    if (slot && *slot) {
        srt_violation *known = &b->list[*slot - 1].violation;
        known->count++;
        known->pid = v->pid;
    } else if (slot && b->count < SUP_RECORDS_MAX && b->bytes < SUP_RECORDS_BYTES &&
               copy(&b->list[b->count], v)) {
        b->bytes += b->list[b->count].bytes;
        *slot = (uint16_t)++b->count;
    } else {
        records->lost++;
    }
    /* The counter cannot overflow: it is written once until it is read. */
    if (first && write(records->event, &one, sizeof one) < 0)
        records->lost++;
}

/* Short waits cost more than they save. */
#define LEAST_WAIT_US 1000

static unsigned wait_locked(sup_records *records)
{
    struct timespec clock;
    clock_gettime(CLOCK_MONOTONIC, &clock);
    const int64_t now = (int64_t)clock.tv_sec * 1000000 + clock.tv_nsec / 1000;
    if (records->due_us < now - SUP_RECORDS_BURST_US)
        records->due_us = now - SUP_RECORDS_BURST_US;
    records->due_us += 1000000 / SUP_RECORDS_RATE;
    const int64_t ahead = records->due_us - now;
    return ahead < LEAST_WAIT_US ? 0 : (unsigned)ahead;
}

unsigned sup_records_put(sup_records *records, const srt_violation *violation)
{
    pthread_mutex_lock(&records->lock);
    put_locked(records, violation);
    unsigned wait = wait_locked(records);
    pthread_mutex_unlock(&records->lock);
    return wait;
}

static batch *take(sup_records *records, uint64_t *ret_lost)
{
    uint64_t counter;
    pthread_mutex_lock(&records->lock);
    batch *b = records->batch;
    records->batch = NULL;
    if (read(records->event, &counter, sizeof counter) < 0 && errno != EAGAIN)
        records->lost++;
    if (ret_lost)
        *ret_lost = records->lost;
    records->lost = 0;
    pthread_mutex_unlock(&records->lock);
    return b;
}

static void give_back(sup_records *records, batch *b)
{
    b->count = b->bytes = 0;
    memset(b->slots, 0, sizeof b->slots);
    pthread_mutex_lock(&records->lock);
    batch *other = records->spare;
    records->spare = b;
    pthread_mutex_unlock(&records->lock);
    free(other);
}

void sup_records_drain(sup_records *records,
                       void (*each)(void *data, const srt_violation *violation), void *data,
                       uint64_t *ret_lost)
{
    batch *b = take(records, ret_lost);
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++) {
        each(data, &b->list[i].violation);
        free(b->list[i].text);
    }
    give_back(records, b);
}
