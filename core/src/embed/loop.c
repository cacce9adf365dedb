/* SPDX-License-Identifier: Apache-2.0 */
/* The session's thread: one poll loop over its links. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "channel/place.h"
#include "embed/private.h"
#include "embed/thread.h"

#define GREET_US (10 * G_USEC_PER_SEC)
#define GRACE_US (3 * G_USEC_PER_SEC) /* for commands to end; srt itself kills after 2 seconds */
#define KILL_US G_USEC_PER_SEC        /* for what was killed then */
#define STRANGERS_MAX 256             /* connections that have not said hello */

typedef struct Round {
    GArray *fds;      /* struct pollfd: wake, listener, then the links */
    GPtrArray *links; /* SrtLink, references */
    gint64 until;     /* monotonic; 0: no end */
} Round;

typedef struct Closing {
    gboolean begun, killed;
    gint64 until;
} Closing;

static void drop_link(gpointer link)
{
    srt_link_unref(link);
}

void srt_session_wake_locked(srt_session *session)
{
    ssize_t n = session->running ? write(session->wake[1], "", 1) : 0;
    (void)n; /* full: it is awake */
}

static void drain(int fd)
{
    char bytes[64];
    while (read(fd, bytes, sizeof bytes) > 0)
        ;
}

static void earlier(Round *round, gint64 at)
{
    if (at && (!round->until || at < round->until))
        round->until = at;
}

static void add_fd(Round *round, int fd, short events)
{
    struct pollfd entry = {.fd = fd, .events = events};
    g_array_append_val(round->fds, entry);
}

static void collect_locked(const srt_session *session, Round *round)
{
    g_array_set_size(round->fds, 0);
    g_ptr_array_set_size(round->links, 0);
    round->until = 0;
    add_fd(round, session->wake[0], POLLIN);
    add_fd(round, session->closing ? -1 : session->listener, POLLIN);
    for (guint i = 0; i < session->links->len; i++) {
        SrtLink *link = session->links->pdata[i];
        gboolean writes = link->written < link->out->len;
        add_fd(round, link->fd, (short)(POLLIN | (writes ? POLLOUT : 0)));
        g_ptr_array_add(round->links, srt_link_ref(link));
        earlier(round, link->greet_by);
    }
}

static void take_out(SrtLink *link)
{
    pthread_mutex_lock(&link->session->lock);
    g_ptr_array_remove(link->session->links, link);
    pthread_mutex_unlock(&link->session->lock);
}

static void write_link(SrtLink *link)
{
    pthread_mutex_lock(&link->session->lock);
    if (!srt_link_write_locked(link)) {
        /* It reads no more; it may have said something before. */
        g_string_truncate(link->out, 0);
        link->written = 0;
        link->half_closed = TRUE;
    }
    pthread_mutex_unlock(&link->session->lock);
}

static void serve_link(SrtLink *link, short events)
{
    pthread_mutex_lock(&link->session->lock);
    gboolean exited = link->exited;
    gboolean closing = link->session->closing; /* srt may have heard it, and then says no more */
    pthread_mutex_unlock(&link->session->lock);
    gboolean late = link->greet_by && g_get_monotonic_time() > link->greet_by;
    if (link->fd >= 0) {
        if (events & POLLOUT)
            write_link(link);
        if (late || (((events & (POLLIN | POLLHUP | POLLERR)) || exited) && !srt_link_read(link)))
            srt_link_over(link, closing);
    }
    if (link->fd < 0 && (exited || !link->process))
        take_out(link);
}

static guint strangers_locked(const srt_session *session)
{
    guint n = 0;
    for (guint i = 0; i < session->links->len; i++)
        n += ((const SrtLink *)session->links->pdata[i])->greet_by != 0;
    return n;
}

static void accept_links(srt_session *session)
{
    int failed = 0;
    do {
        int fd = srt_embed_high_fd(srt_channel_accept(session->listener, &failed, NULL));
        if (fd < 0)
            continue;
        srt_embed_unblock(fd);
        SrtLink *link = srt_link_new(session, fd);
        link->greet_by = g_get_monotonic_time() + GREET_US;
        link->ends = (session->flags & SRT_SESSION_END_ALL) != 0;
        pthread_mutex_lock(&session->lock);
        if (strangers_locked(session) < STRANGERS_MAX)
            g_ptr_array_add(session->links, srt_link_ref(link));
        pthread_mutex_unlock(&session->lock);
        srt_link_unref(link);
    } while (failed == EPERM || failed == ECONNABORTED || failed == EINTR);
}

/* A half-closed channel ends the command, and what it still has to say arrives. */
static void half_close(SrtLink *link)
{
    pthread_mutex_lock(&link->session->lock);
    if (link->fd >= 0 && srt_link_write_locked(link))
        shutdown(link->fd, SHUT_WR);
    link->half_closed = TRUE;
    g_string_truncate(link->out, 0);
    link->written = 0;
    pthread_mutex_unlock(&link->session->lock);
}

static void begin_closing(const Round *round)
{
    for (guint i = 0; i < round->links->len; i++) {
        SrtLink *link = round->links->pdata[i];
        if (link->ends && !link->greet_by) {
            half_close(link);
        } else {
            write_link(link); /* one that is just being started has its settings still */
            srt_link_over(link, TRUE);
            take_out(link);
        }
    }
}

static void kill_rest(const Round *round)
{
    for (guint i = 0; i < round->links->len; i++) {
        SrtLink *link = round->links->pdata[i];
        if (link->process)
            srt_embed_child_signal(link->process->child, SIGKILL);
        if (!link->process) {
            srt_link_over(link, TRUE);
            take_out(link);
        }
    }
}

static void abandon(const Round *round)
{
    for (guint i = 0; i < round->links->len; i++) {
        SrtLink *link = round->links->pdata[i];
        if (link->fd >= 0)
            srt_link_over(link, TRUE);
        take_out(link);
    }
}

/* TRUE: nothing is left to wait for. */
static gboolean close_on(Closing *closing, Round *round)
{
    gint64 now = g_get_monotonic_time();
    if (!closing->begun) {
        closing->begun = TRUE;
        closing->until = now + GRACE_US;
        begin_closing(round);
    } else if (now >= closing->until && !closing->killed) {
        closing->killed = TRUE;
        closing->until = now + KILL_US;
        kill_rest(round);
    } else if (now >= closing->until) {
        abandon(round);
        return TRUE;
    } else {
        earlier(round, closing->until);
        return round->links->len == 0;
    }
    return FALSE;
}

static int timeout_of(const Round *round)
{
    if (!round->until)
        return -1;
    gint64 left = round->until - g_get_monotonic_time();
    return left <= 0 ? 0 : (int)(left / 1000) + 1;
}

static void serve_round(srt_session *session, const Round *round)
{
    const struct pollfd *fds = (const struct pollfd *)(gconstpointer)round->fds->data;
    if (fds[0].revents)
        drain(session->wake[0]);
    if (fds[1].revents)
        accept_links(session);
    for (guint i = 0; i < round->links->len; i++)
        serve_link(round->links->pdata[i], fds[i + 2].revents);
}

static void *serve(void *data)
{
    srt_session *session = data;
    Closing closing = {0};
    Round round = {.fds = g_array_new(FALSE, FALSE, sizeof(struct pollfd)),
                   .links = g_ptr_array_new_with_free_func(drop_link)};
    while (TRUE) {
        pthread_mutex_lock(&session->lock);
        collect_locked(session, &round);
        gboolean ends = session->closing;
        pthread_mutex_unlock(&session->lock);
        if (ends && !closing.begun) {
            close_on(&closing, &round);
            continue;
        }
        if (ends && close_on(&closing, &round))
            break;
        if (poll((struct pollfd *)(gpointer)round.fds->data, round.fds->len, timeout_of(&round)) >=
            0)
            serve_round(session, &round);
    }
    g_array_unref(round.fds);
    g_ptr_array_unref(round.links);
    return NULL;
}

int srt_session_run_locked(srt_session *session)
{
    if (session->running)
        return 0;
    if (!srt_embed_pipe(session->wake, NULL))
        return errno ? errno : EMFILE;
    srt_embed_unblock(session->wake[0]);
    srt_embed_unblock(session->wake[1]);
    int failed = srt_embed_thread(serve, session, 0, &session->thread);
    if (failed) {
        srt_fd_clear(&session->wake[0]);
        srt_fd_clear(&session->wake[1]);
        return failed;
    }
    session->running = TRUE;
    return 0;
}
