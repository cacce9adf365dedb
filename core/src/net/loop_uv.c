/* SPDX-License-Identifier: Apache-2.0 */
#include "net/loop_impl.h"

#if !SRT_LOOP_EPOLL

#include <errno.h>
#include <unistd.h>

#include "base/error.h"

/* Lives until libuv has let go of it; closes the descriptor only then. */
typedef struct Poll {
    uv_poll_t uv;
    SrtLoop *loop;
    SrtWatch *watch; /* NULL once closed */
    int fd;
    unsigned started;
} Poll;

static void on_timer(uv_timer_t *timer)
{
    (void)timer; /* the check handle does the work */
}

static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

static void arm(SrtLoop *loop)
{
    int timeout = srt_loop_timeout(loop);
    uv_idle_stop(&loop->idle);
    uv_timer_stop(&loop->timer);
    if (timeout == 0)
        uv_idle_start(&loop->idle, on_idle);
    else if (timeout > 0)
        uv_timer_start(&loop->timer, on_timer, (uint64_t)timeout, 0);
}

static void on_check(uv_check_t *check)
{
    SrtLoop *loop = check->data;
    srt_loop_turn(loop);
    arm(loop);
    if (loop->quit)
        uv_stop(&loop->uv);
}

gboolean srt_loop_impl_init(SrtLoop *loop, GError **error)
{
    (void)error;
    uv_timer_init(&loop->uv, &loop->timer);
    uv_idle_init(&loop->uv, &loop->idle);
    uv_check_init(&loop->uv, &loop->check);
    loop->check.data = loop;
    uv_check_start(&loop->check, on_check);
    return TRUE;
}

void srt_loop_impl_free(SrtLoop *loop)
{
    uv_close((uv_handle_t *)&loop->timer, NULL);
    uv_close((uv_handle_t *)&loop->idle, NULL);
    uv_close((uv_handle_t *)&loop->check, NULL);
}

void srt_loop_run(SrtLoop *loop)
{
    arm(loop);
    while (!loop->quit)
        uv_run(&loop->uv, UV_RUN_DEFAULT);
}

/* A timer that fires ends the wait; so does the idle handle. */
static void on_poll(uv_poll_t *handle, int status, int events)
{
    Poll *poll = (Poll *)handle;
    SrtWatch *watch = poll->watch;
    if (!watch)
        return;
    if (events & UV_READABLE)
        watch->ready |= SRT_READABLE;
    if (events & UV_WRITABLE)
        watch->ready |= SRT_WRITABLE;
    if (status < 0)
        watch->ready |= SRT_READABLE | SRT_WRITABLE | SRT_ENDED | SRT_BROKEN;
    watch->call(watch);
}

gboolean srt_watch_open(SrtLoop *loop, SrtWatch *watch, int fd, void (*call)(SrtWatch *),
                        gpointer data)
{
    Poll *poll = g_new0(Poll, 1);
    int r = uv_poll_init(&loop->uv, &poll->uv, fd);
    if (r != 0) {
        g_free(poll);
        close(fd);
        errno = -r;
        return FALSE;
    }
    poll->loop = loop;
    poll->fd = fd;
    poll->watch = watch;
    *watch = (SrtWatch){.fd = fd, .call = call, .data = data, .poll = poll};
    return TRUE;
}

void srt_watch_move(SrtLoop *loop, SrtWatch *from, SrtWatch *to)
{
    (void)loop;
    Poll *poll = from->poll;
    to->fd = from->fd;
    to->ready = from->ready;
    to->want = from->want;
    to->poll = poll;
    poll->watch = to;
    from->fd = -1;
    from->poll = NULL;
}

static void on_closed(uv_handle_t *handle)
{
    Poll *poll = (Poll *)handle;
    close(poll->fd);
    g_free(poll);
}

void srt_watch_close(SrtLoop *loop, SrtWatch *watch)
{
    (void)loop;
    if (watch->fd < 0)
        return;
    Poll *poll = watch->poll;
    poll->watch = NULL;
    uv_close((uv_handle_t *)&poll->uv, on_closed);
    watch->fd = -1;
    watch->poll = NULL;
    watch->ready = watch->want = 0;
}

/* What is known to be ready already needs no waiting. */
void srt_watch_want(SrtLoop *loop, SrtWatch *watch, unsigned want)
{
    (void)loop;
    watch->want = (guint8)want;
    if (watch->fd < 0)
        return;
    Poll *poll = watch->poll;
    unsigned events = (want & SRT_READABLE ? UV_READABLE : 0) |
                      (want & SRT_WRITABLE ? UV_WRITABLE : 0);
    if (events == poll->started)
        return;
    poll->started = events;
    if (events)
        uv_poll_start(&poll->uv, (int)events, on_poll);
    else
        uv_poll_stop(&poll->uv);
}

#else
typedef int srt_no_portable_loop_here;
#endif
