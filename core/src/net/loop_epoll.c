/* SPDX-License-Identifier: Apache-2.0 */
#include "net/loop_impl.h"

#if SRT_LOOP_EPOLL

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.h"

#define EVENTS 64
#define UV_MARK G_MAXUINT64

static gboolean add(SrtLoop *loop, int fd, uint32_t events, guint64 mark)
{
    struct epoll_event event = {.events = events, .data.u64 = mark};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

gboolean srt_loop_impl_init(SrtLoop *loop, GError **error)
{
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0)
        return srt_set_errno(error, SRT_ERROR_NETWORK, errno, "cannot make an event set");
    if (add(loop, uv_backend_fd(&loop->uv), EPOLLIN, UV_MARK))
        return TRUE;
    srt_set_errno(error, SRT_ERROR_NETWORK, errno, "cannot watch the event loop");
    close(loop->epoll);
    return FALSE;
}

void srt_loop_impl_free(SrtLoop *loop)
{
    close(loop->epoll);
    g_free(loop->watches);
}

/* An event may outlive its descriptor: another thread that forks keeps the open
 * file for a moment after our close. The generation tells such events apart. */
static void dispatch(SrtLoop *loop, const struct epoll_event *event)
{
    guint32 fd = (guint32)event->data.u64;
    SrtWatch *watch = fd < loop->n_watches ? loop->watches[fd] : NULL;
    if (!watch || watch->generation != (guint32)(event->data.u64 >> 32))
        return;
    uint32_t e = event->events;
    if (e & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        watch->ready |= SRT_READABLE;
    if (e & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        watch->ready |= SRT_WRITABLE;
    if (e & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        watch->ready |= SRT_ENDED;
    if (e & (EPOLLHUP | EPOLLERR))
        watch->ready |= SRT_BROKEN;
    watch->call(watch);
}

void srt_loop_run(SrtLoop *loop)
{
    struct epoll_event events[EVENTS];
    uv_run(&loop->uv, UV_RUN_NOWAIT); /* puts libuv's own descriptors into its set */
    while (!loop->quit) {
        int n = epoll_wait(loop->epoll, events, EVENTS, srt_loop_timeout(loop));
        gboolean uv_ready = FALSE;
        srt_loop_look_at_clock(loop);
        for (int i = 0; i < n; i++) {
            if (events[i].data.u64 == UV_MARK)
                uv_ready = TRUE;
            else
                dispatch(loop, &events[i]);
        }
        if (uv_ready)
            uv_run(&loop->uv, UV_RUN_NOWAIT);
        srt_loop_turn(loop);
    }
}

static void grow_table(SrtLoop *loop, guint fd)
{
    if (fd < loop->n_watches)
        return;
    guint n = MAX(64, loop->n_watches);
    while (n <= fd)
        n *= 2;
    loop->watches = g_renew(SrtWatch *, loop->watches, n);
    memset(loop->watches + loop->n_watches, 0, (n - loop->n_watches) * sizeof *loop->watches);
    loop->n_watches = n;
}

gboolean srt_watch_open(SrtLoop *loop, SrtWatch *watch, int fd, void (*call)(SrtWatch *),
                        gpointer data)
{
    guint32 generation = ++loop->generation;
    if (!add(loop, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
             (guint64)generation << 32 | (guint32)fd)) {
        int e = errno;
        close(fd);
        errno = e;
        return FALSE;
    }
    grow_table(loop, (guint)fd);
    loop->watches[fd] = watch;
    *watch = (SrtWatch){.fd = fd, .generation = generation, .call = call, .data = data};
    return TRUE;
}

void srt_watch_move(SrtLoop *loop, SrtWatch *from, SrtWatch *to)
{
    to->fd = from->fd;
    to->generation = from->generation;
    to->ready = from->ready;
    to->want = 0;
    loop->watches[to->fd] = to;
    from->fd = -1;
}

void srt_watch_close(SrtLoop *loop, SrtWatch *watch)
{
    if (watch->fd < 0)
        return;
    loop->watches[watch->fd] = NULL;
    close(watch->fd);
    watch->fd = -1;
    watch->ready = watch->want = 0;
}

void srt_watch_want(SrtLoop *loop, SrtWatch *watch, unsigned want)
{
    (void)loop;
    watch->want = (guint8)want;
}

#else
typedef int srt_no_epoll_here;
#endif
