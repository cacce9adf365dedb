/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/queue.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

struct SrtViolationQueue {
    SrtQueueOptions options;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    pthread_t thread;
    gboolean running; /* there is a thread */
    gboolean ending;
    GPtrArray *waiting;
    GHashTable *known; /* set of what waits */
    gsize bytes;
    guint64 lost;
};

SrtViolationQueue *srt_violation_queue_new(const SrtQueueOptions *options)
{
    pthread_condattr_t attributes;
    SrtViolationQueue *queue = g_new0(SrtViolationQueue, 1);
    queue->options = *options;
    queue->options.records = options->records ? options->records : SRT_QUEUE_RECORDS;
    queue->options.bytes = options->bytes ? options->bytes : SRT_QUEUE_BYTES;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_init(&attributes);
#ifdef __linux__
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(&queue->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    queue->waiting = srt_violation_records_new();
    queue->known = g_hash_table_new(srt_violation_record_hash, srt_violation_record_equal);
    return queue;
}

/* With the lock held; takes what waits, writes it without the lock. */
static void write_waiting(SrtViolationQueue *queue)
{
    g_autoptr(GPtrArray) batch = queue->waiting;
    guint64 lost = queue->lost;
    queue->waiting = srt_violation_records_new();
    g_hash_table_remove_all(queue->known);
    queue->bytes = 0;
    queue->lost = 0;
    pthread_mutex_unlock(&queue->lock);
    queue->options.write(queue->options.data, batch, lost);
    pthread_mutex_lock(&queue->lock);
}

static void deadline(struct timespec *ret, guint ms)
{
#ifdef __linux__
    clock_gettime(CLOCK_MONOTONIC, ret);
#else
    clock_gettime(CLOCK_REALTIME, ret);
#endif
    ret->tv_sec += ms / 1000;
    ret->tv_nsec += (long)(ms % 1000) * 1000000;
    if (ret->tv_nsec >= 1000000000) {
        ret->tv_sec++;
        ret->tv_nsec -= 1000000000;
    }
}

static void *work(void *data)
{
    SrtViolationQueue *queue = data;
    struct timespec until;
    pthread_mutex_lock(&queue->lock);
    while (!queue->ending || queue->waiting->len > 0 || queue->lost > 0) {
        if (queue->waiting->len == 0 && queue->lost == 0) {
            pthread_cond_wait(&queue->changed, &queue->lock);
            continue;
        }
        deadline(&until, queue->options.gather_ms);
        while (queue->options.gather_ms && !queue->ending &&
               pthread_cond_timedwait(&queue->changed, &queue->lock, &until) != ETIMEDOUT)
            ;
        write_waiting(queue);
    }
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

/* The thread takes no signals: they are for the main one. */
static void start(SrtViolationQueue *queue)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    queue->running = pthread_create(&queue->thread, NULL, work, queue) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void srt_violation_queue_push(SrtViolationQueue *queue, const SrtViolationRecord *record)
{
    pthread_mutex_lock(&queue->lock);
    SrtViolationRecord *same = g_hash_table_lookup(queue->known, record);
    gsize size = same ? 0 : srt_violation_record_size(record);
    if (same) {
        srt_violation_record_merge(same, record);
    } else if (queue->waiting->len >= queue->options.records ||
               queue->bytes + size > queue->options.bytes) {
        queue->lost += record->count;
    } else {
        SrtViolationRecord *copy = srt_violation_record_copy(record);
        g_ptr_array_add(queue->waiting, copy);
        g_hash_table_add(queue->known, copy);
        queue->bytes += size;
        if (queue->waiting->len == 1)
            pthread_cond_signal(&queue->changed);
    }
    if (!queue->running && !queue->options.hold)
        start(queue);
    pthread_mutex_unlock(&queue->lock);
}

void srt_violation_queue_lose(SrtViolationQueue *queue, guint64 count)
{
    pthread_mutex_lock(&queue->lock);
    queue->lost += count;
    pthread_cond_signal(&queue->changed);
    if (!queue->running && !queue->options.hold)
        start(queue);
    pthread_mutex_unlock(&queue->lock);
}

gboolean srt_violation_queue_is_ending(SrtViolationQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    gboolean ending = queue->ending;
    pthread_mutex_unlock(&queue->lock);
    return ending;
}

void srt_violation_queue_stop(SrtViolationQueue *queue)
{
    if (!queue)
        return;
    pthread_mutex_lock(&queue->lock);
    queue->ending = TRUE;
    pthread_cond_signal(&queue->changed);
    gboolean running = queue->running;
    if (!running && (queue->waiting->len > 0 || queue->lost > 0))
        write_waiting(queue);
    pthread_mutex_unlock(&queue->lock);
    if (running)
        pthread_join(queue->thread, NULL);
    g_hash_table_destroy(queue->known);
    g_ptr_array_unref(queue->waiting);
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->changed);
    g_free(queue);
}
