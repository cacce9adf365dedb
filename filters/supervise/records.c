/* SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct record {
    srt_violation violation; /* program and target point into text */
    char *text;
    size_t bytes;
} record;

struct sup_records {
    pthread_mutex_t lock;
    int event;
    size_t first, count, bytes;
    uint64_t lost;
    record ring[SUP_RECORDS_MAX];
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
    for (size_t i = 0; i < records->count; i++)
        free(records->ring[(records->first + i) % SUP_RECORDS_MAX].text);
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

static bool repeats(const sup_records *records, const srt_violation *v)
{
    if (records->count == 0)
        return false;
    const srt_violation *last =
        &records->ring[(records->first + records->count - 1) % SUP_RECORDS_MAX].violation;
    return last->operation == v->operation && last->pid == v->pid && last->flags == v->flags &&
           last->rule == v->rule && same_text(last->target, v->target) &&
           same_text(last->program, v->program);
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
    memcpy(to->text, v->target, target);
    to->violation.target = to->text;
    to->violation.program = program ? to->text + target : NULL;
    if (program)
        memcpy(to->text + target, v->program, program);
    return true;
}

void sup_records_put(sup_records *records, const srt_violation *violation)
{
    const uint64_t one = 1;
    pthread_mutex_lock(&records->lock);
    if (!repeats(records, violation)) {
        size_t at = (records->first + records->count) % SUP_RECORDS_MAX;
        if (records->count < SUP_RECORDS_MAX && records->bytes < SUP_RECORDS_BYTES &&
            copy(&records->ring[at], violation)) {
            records->bytes += records->ring[at].bytes;
            /* The counter cannot overflow: it is written once until it is read. */
            if (records->count++ == 0 && write(records->event, &one, sizeof one) < 0)
                records->lost++;
        } else {
            records->lost++;
        }
    }
    pthread_mutex_unlock(&records->lock);
}

static bool take(sup_records *records, record *ret)
{
    uint64_t counter;
    pthread_mutex_lock(&records->lock);
    bool any = records->count > 0;
    if (any) {
        *ret = records->ring[records->first];
        records->first = (records->first + 1) % SUP_RECORDS_MAX;
        records->count--;
        records->bytes -= ret->bytes;
    }
    if (records->count == 0 && read(records->event, &counter, sizeof counter) < 0)
        any = any && errno == EAGAIN;
    pthread_mutex_unlock(&records->lock);
    return any;
}

void sup_records_drain(sup_records *records,
                       void (*each)(void *data, const srt_violation *violation), void *data,
                       uint64_t *ret_lost)
{
    record one;
    /* As many as fit, so that a flood cannot keep the caller here. */
    for (size_t i = 0; i < SUP_RECORDS_MAX && take(records, &one); i++) {
        each(data, &one.violation);
        free(one.text);
    }
    pthread_mutex_lock(&records->lock);
    if (ret_lost)
        *ret_lost = records->lost;
    records->lost = 0;
    pthread_mutex_unlock(&records->lock);
}
