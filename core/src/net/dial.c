/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "policy/addresses.h"

struct SrtDial {
    SrtLoop *loop;
    SrtDialDone done;
    void *data;
    guint count;
    guint next; /* index of the first address that was not tried yet */
    SrtDeadline race;
    SrtTask failed; /* nothing could even be begun: told from the loop */
    SrtWatch attempts[SRT_DIAL_MAX];
    SrtDialAddress addresses[];
};

#define FROM_MEMBER(pointer, member)                                                               \
    ((SrtDial *)(void *)((char *)(pointer)-G_STRUCT_OFFSET(SrtDial, member)))

static void advance(SrtDial *dial);

void srt_dial_do_not_pace(int fd)
{
#ifdef __linux__
    static const char plain[] = "reno";
    setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, plain, sizeof plain - 1);
#else
    (void)fd;
#endif
}

static gboolean is_loopback(const struct sockaddr_storage *to)
{
    SrtAddress address;
    return srt_address_from_sockaddr((const struct sockaddr *)to, &address) &&
           g_strcmp0(srt_address_class(&address), SRT_CLASS_LOOPBACK) == 0;
}

static int make_socket(int family)
{
#ifdef __linux__
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
#else
    int fd = socket(family, SOCK_STREAM, 0);
    if (fd >= 0) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, O_NONBLOCK);
    }
#endif
    if (fd >= 0 && family != AF_UNIX) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return fd;
}

static void end(SrtDial *dial)
{
    srt_deadline_clear(dial->loop, &dial->race);
    srt_task_cancel(dial->loop, &dial->failed);
    for (guint i = 0; i < dial->count; i++)
        srt_watch_close(dial->loop, &dial->attempts[i]);
    g_free(dial);
}

static gboolean in_flight(const SrtDial *dial)
{
    for (guint i = 0; i < dial->next; i++) {
        if (dial->attempts[i].fd >= 0)
            return TRUE;
    }
    return FALSE;
}

/* An epoll event of a connect that failed says so. */
static gboolean is_connected(const SrtWatch *watch)
{
    int e = 0;
    socklen_t length = sizeof e;
    if (SRT_LOOP_EPOLL && !(watch->ready & SRT_BROKEN))
        return TRUE;
    return getsockopt(watch->fd, SOL_SOCKET, SO_ERROR, &e, &length) == 0 && e == 0;
}

static void on_ready(SrtWatch *watch)
{
    SrtDial *dial = watch->data;
    if (!(watch->ready & SRT_WRITABLE))
        return;
    if (is_connected(watch)) {
        dial->done(dial->data, watch);
        end(dial);
        return;
    }
    srt_watch_close(dial->loop, watch);
    advance(dial);
}

/* FALSE when this address failed at once. */
static gboolean attempt(SrtDial *dial, guint i)
{
    const SrtDialAddress *to = &dial->addresses[i];
    int fd = make_socket(to->address.ss_family);
    if (fd < 0)
        return FALSE;
    if (is_loopback(&to->address))
        srt_dial_do_not_pace(fd);
    if (connect(fd, (const struct sockaddr *)&to->address, to->length) != 0 &&
        errno != EINPROGRESS) {
        close(fd);
        return FALSE;
    }
    if (!srt_watch_open(dial->loop, &dial->attempts[i], fd, on_ready, dial)) {
        dial->attempts[i].fd = -1;
        return FALSE;
    }
    srt_watch_want(dial->loop, &dial->attempts[i], SRT_WRITABLE);
    return TRUE;
}

/* Begins with the next address that can be begun with. */
static void advance(SrtDial *dial)
{
    srt_deadline_clear(dial->loop, &dial->race);
    while (dial->next < dial->count) {
        if (!attempt(dial, dial->next++))
            continue;
        if (dial->next < dial->count)
            srt_deadline_set(dial->loop, &dial->race, SRT_DEADLINE_RACE);
        return;
    }
    if (!in_flight(dial))
        srt_task_queue(dial->loop, &dial->failed);
}

static void on_race(SrtDeadline *deadline)
{
    advance(FROM_MEMBER(deadline, race));
}

static void on_failed(SrtTask *task)
{
    SrtDial *dial = FROM_MEMBER(task, failed);
    dial->done(dial->data, NULL);
    end(dial);
}

SrtDial *srt_dial_start(SrtLoop *loop, const SrtDialAddress *addresses, guint count,
                        SrtDialDone done, void *data)
{
    SrtDial *dial = g_malloc0(sizeof *dial + count * sizeof *addresses);
    *dial = (SrtDial){.loop = loop, .done = done, .data = data, .count = count};
    dial->race.call = on_race;
    dial->failed.call = on_failed;
    for (guint i = 0; i < SRT_DIAL_MAX; i++)
        dial->attempts[i].fd = -1;
    memcpy(dial->addresses, addresses, count * sizeof *addresses);
    advance(dial);
    return dial;
}

void srt_dial_cancel(SrtDial *dial)
{
    end(dial);
}
