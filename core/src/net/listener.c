/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/dial.h"
#include "net/proxy_private.h"

#define TURN 64u          /* connections accepted in one turn */
#define RESERVE 128u      /* descriptors left to the rest of the program */
#define DARWIN_MAX 10240u /* OPEN_MAX, above which macOS refuses */

struct SrtListener {
    GList link; /* in proxy->listeners */
    SrtProxy *proxy;
    SrtProxyKind kind;
    SrtWatch watch;
    SrtTask again;
    SrtDeadline retry;
    bool full; /* waits for a connection to end */
};

#define FROM_MEMBER(pointer, member)                                                               \
    ((SrtListener *)(void *)((char *)(pointer)-G_STRUCT_OFFSET(SrtListener, member)))

/* Raised only when needed: the limit is inherited by what srt starts. */
static void raise_limit(SrtProxy *proxy)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    rlim_t most = limit.rlim_max;
#ifndef __linux__
    most = MIN(most, DARWIN_MAX);
#endif
    if (limit.rlim_cur < most) {
        limit.rlim_cur = most;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            getrlimit(RLIMIT_NOFILE, &limit);
    }
    proxy->max_descriptors = (guint)MIN(limit.rlim_cur, G_MAXINT);
}

static gboolean has_room(SrtProxy *proxy)
{
    guint n = proxy->connections.length;
    if (n >= proxy->max_connections)
        return FALSE;
    if (2 * n + RESERVE < proxy->max_descriptors)
        return TRUE;
    raise_limit(proxy);
    return 2 * n + RESERVE < proxy->max_descriptors;
}

static int accept_one(int listener)
{
#ifdef __linux__
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0) {
        int on = 1;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return fd;
#endif
}

/* Whether to try the next one after accept failed. */
static gboolean accept_failed(SrtListener *self)
{
    SrtLoop *loop = self->proxy->loop;
    switch (errno) {
    case EAGAIN:
        self->watch.ready &= (guint8)~SRT_READABLE;
        return FALSE;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
        srt_deadline_set(loop, &self->retry, SRT_DEADLINE_RETRY);
        return FALSE;
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
    case EOPNOTSUPP:
        srt_log_warning("a proxy's listening socket broke: %s", g_strerror(errno));
        self->watch.ready = 0;
        srt_watch_want(loop, &self->watch, 0);
        return FALSE;
    default:
        return TRUE; /* the trouble of one connection: ECONNABORTED and the like */
    }
}

static void accept_some(SrtListener *self)
{
    SrtProxy *proxy = self->proxy;
    for (guint n = 0; n < TURN && self->watch.ready & SRT_READABLE; n++) {
        self->full = !has_room(proxy);
        if (self->full) {
            srt_watch_want(proxy->loop, &self->watch, 0);
            return;
        }
        int fd = accept_one(self->watch.fd);
        if (fd >= 0)
            srt_conn_accept(proxy, fd, self->kind);
        else if (!accept_failed(self))
            break;
    }
    if (self->retry.link.data)
        srt_watch_want(proxy->loop, &self->watch, 0);
    else if (self->watch.ready & SRT_READABLE)
        srt_task_queue(proxy->loop, &self->again);
    else
        srt_watch_want(proxy->loop, &self->watch, SRT_READABLE);
}

static void on_event(SrtWatch *watch)
{
    SrtListener *self = watch->data;
    if (!self->retry.link.data)
        accept_some(self);
}

static void on_task(SrtTask *task)
{
    accept_some(FROM_MEMBER(task, again));
}

static void on_retry(SrtDeadline *deadline)
{
    accept_some(FROM_MEMBER(deadline, retry));
}

/* Accepted sockets inherit TCP_NODELAY and the congestion control on Linux,
 * which saves calls for each. */
static void prepare(int fd)
{
    int on = 1;
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    srt_dial_do_not_pace(fd); /* clients are on this machine */
}

void srt_listener_open(SrtProxy *proxy, int fd, SrtProxyKind kind)
{
    SrtListener *self = g_new0(SrtListener, 1);
    prepare(fd);
    if (!srt_watch_open(proxy->loop, &self->watch, fd, on_event, self)) {
        srt_log_warning("cannot watch a proxy's listening socket: %s", g_strerror(errno));
        g_free(self);
        return;
    }
    self->proxy = proxy;
    self->kind = kind;
    self->again.call = on_task;
    self->retry.call = on_retry;
    self->link.data = self;
    g_queue_push_tail_link(&proxy->listeners, &self->link);
    srt_watch_want(proxy->loop, &self->watch, SRT_READABLE);
}

void srt_listener_close(SrtListener *self)
{
    SrtLoop *loop = self->proxy->loop;
    srt_watch_close(loop, &self->watch);
    srt_task_cancel(loop, &self->again);
    srt_deadline_clear(loop, &self->retry);
    g_queue_unlink(&self->proxy->listeners, &self->link);
    g_free(self);
}

void srt_listeners_resume(SrtProxy *proxy)
{
    for (GList *l = proxy->listeners.head; l; l = l->next) {
        SrtListener *self = l->data;
        if (self->full)
            srt_task_queue(proxy->loop, &self->again);
    }
}
