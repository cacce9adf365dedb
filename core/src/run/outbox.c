/* SPDX-License-Identifier: Apache-2.0 */
#include "run/outbox.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

#define WAITING_MAX (4u * 1024 * 1024) /* bytes */
#define WAITING_SOME (128u * 1024)     /* with that many, one of many lines waits */
#define LOOK_MS 100                    /* between two looks at whether it is to end */

struct SrtOutbox {
    int fd;
    pthread_mutex_t lock; /* guards all below; GLib's own cannot be seen by ThreadSanitizer */
    pthread_cond_t changed;
    GQueue lines;  /* char * */
    gsize waiting; /* bytes in lines */
    gsize written; /* of the first line */
    gboolean last; /* no line comes any more */
    gboolean gone;
    gboolean ending;
    gint64 ends_at; /* then */
    gboolean running;
    pthread_t thread;
};

SrtOutbox *srt_outbox_new(int fd)
{
    SrtOutbox *out = g_new0(SrtOutbox, 1);
    out->fd = fd;
    pthread_mutex_init(&out->lock, NULL);
    pthread_cond_init(&out->changed, NULL);
    g_queue_init(&out->lines);
#ifdef SO_NOSIGPIPE
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return out;
}

/* All with the lock held. */

static void set_gone(SrtOutbox *out)
{
    out->gone = TRUE;
    g_queue_clear_full(&out->lines, g_free);
    out->waiting = out->written = 0;
    pthread_cond_broadcast(&out->changed);
}

static void first_is_written(SrtOutbox *out)
{
    char *line = g_queue_pop_head(&out->lines);
    out->waiting -= strlen(line);
    out->written = 0;
    g_free(line);
    pthread_cond_broadcast(&out->changed);
    if (out->last && g_queue_is_empty(&out->lines))
        shutdown(out->fd, SHUT_WR);
}

/* For a change, at most LOOK_MS: not every system can wait by the monotonic clock. */
static void wait_a_little(SrtOutbox *out)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += LOOK_MS * 1000000L;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&out->changed, &out->lock, &end);
}

/* Whatever the socket takes now. FALSE: no more, for now. */
static gboolean write_some(SrtOutbox *out)
{
    const char *line = g_queue_peek_head(&out->lines);
    if (!line)
        return FALSE;
    gsize left = strlen(line) - out->written;
    ssize_t n = send(out->fd, line + out->written, left, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
        return TRUE;
    if (n < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            set_gone(out);
        return FALSE;
    }
    out->written += (gsize)n;
    if ((gsize)n == left)
        first_is_written(out);
    return TRUE;
}

static void wait_for_room(SrtOutbox *out, int ms)
{
    struct pollfd p = {.fd = out->fd, .events = POLLOUT};
    pthread_mutex_unlock(&out->lock);
    poll(&p, 1, ms);
    pthread_mutex_lock(&out->lock);
}

/* Until nothing waits, or until the end of the time. */
static void drain(SrtOutbox *out)
{
    while (!g_queue_is_empty(&out->lines)) {
        if (write_some(out))
            continue;
        gint64 left = out->ending ? (out->ends_at - g_get_monotonic_time()) / 1000 : LOOK_MS;
        if (left <= 0)
            set_gone(out);
        else if (!out->gone)
            wait_for_room(out, (int)MIN(left + 1, LOOK_MS));
    }
}

static void *work(void *data)
{
    SrtOutbox *out = data;
    pthread_mutex_lock(&out->lock);
    for (;;) {
        drain(out);
        if (out->ending)
            break;
        pthread_cond_wait(&out->changed, &out->lock);
    }
    pthread_mutex_unlock(&out->lock);
    return NULL;
}

/* Signals are for the main thread. */
void srt_outbox_start(SrtOutbox *out)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    out->running = pthread_create(&out->thread, NULL, work, out) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Adds, when there is room, and writes what goes at once where nobody else does. */
static SrtOutboxResult add(SrtOutbox *out, char *line, gsize limit)
{
    if (out->gone || out->last) {
        g_free(line);
        return SRT_OUTBOX_GONE;
    }
    if (!line || out->waiting + strlen(line) > limit) {
        g_free(line);
        return SRT_OUTBOX_FULL;
    }
    out->waiting += strlen(line);
    g_queue_push_tail(&out->lines, line);
    pthread_cond_broadcast(&out->changed);
    while (!out->running && write_some(out))
        ;
    return SRT_OUTBOX_TAKEN;
}

SrtOutboxResult srt_outbox_put(SrtOutbox *out, char *line)
{
    pthread_mutex_lock(&out->lock);
    SrtOutboxResult result = add(out, line, WAITING_MAX);
    pthread_mutex_unlock(&out->lock);
    return result;
}

SrtOutboxResult srt_outbox_put_slowly(SrtOutbox *out, char *line, int wait_ms)
{
    gint64 until = g_get_monotonic_time() + (gint64)wait_ms * 1000;
    pthread_mutex_lock(&out->lock);
    while (!out->gone && !out->last && out->waiting >= WAITING_SOME) {
        if (!out->running) {
            if (write_some(out))
                continue;
            if (g_get_monotonic_time() >= until)
                break;
            wait_for_room(out, LOOK_MS);
        } else if (g_get_monotonic_time() >= until) {
            break;
        } else {
            wait_a_little(out);
        }
    }
    SrtOutboxResult result = add(out, line, WAITING_SOME + strlen(line ? line : ""));
    pthread_mutex_unlock(&out->lock);
    return result;
}

void srt_outbox_put_last(SrtOutbox *out, char *line)
{
    pthread_mutex_lock(&out->lock);
    if (!out->gone && !out->last) {
        out->last = TRUE;
        out->waiting += strlen(line);
        g_queue_push_tail(&out->lines, g_steal_pointer(&line));
        pthread_cond_broadcast(&out->changed);
        while (!out->running && write_some(out))
            ;
    }
    pthread_mutex_unlock(&out->lock);
    g_free(line);
}

void srt_outbox_set_gone(SrtOutbox *out)
{
    pthread_mutex_lock(&out->lock);
    set_gone(out);
    pthread_mutex_unlock(&out->lock);
}

void srt_outbox_stop(SrtOutbox *out, int grace_ms)
{
    if (!out)
        return;
    pthread_mutex_lock(&out->lock);
    out->ending = TRUE;
    out->ends_at = g_get_monotonic_time() + (gint64)grace_ms * 1000;
    pthread_cond_broadcast(&out->changed);
    if (!out->running)
        drain(out);
    pthread_mutex_unlock(&out->lock);
    if (out->running)
        pthread_join(out->thread, NULL);
    g_queue_clear_full(&out->lines, g_free);
    pthread_mutex_destroy(&out->lock);
    pthread_cond_destroy(&out->changed);
    g_free(out);
}
