/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a connection, whatever it speaks: accepted, told apart by its
 * first byte, tunnelled, ended so that nothing said to the client is lost. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "net/ask.h"
#include "net/opening.h"

#define READ_SIZE 4096u
#define DRAIN_MAX (1024u * 1024)

#define FROM_MEMBER(pointer, member)                                                               \
    ((SrtConn *)(void *)((char *)(pointer)-G_STRUCT_OFFSET(SrtConn, member)))

static void free_conn(SrtConn *conn)
{
    g_free(conn);
}

void srt_conn_close(SrtConn *conn)
{
    SrtProxy *proxy = conn->proxy;
    if (conn->dead)
        return;
    conn->dead = true;
    srt_ask_cancel(conn);
    srt_opening_cancel(conn);
    srt_watch_close(proxy->loop, &conn->client);
    srt_watch_close(proxy->loop, &conn->server);
    srt_deadline_clear(proxy->loop, &conn->deadline);
    srt_flow_clear(&conn->up, &proxy->flows);
    srt_flow_clear(&conn->down, &proxy->flows);
    g_clear_pointer(&conn->http, srt_http_free);
    g_clear_pointer(&conn->socks, srt_socks_free);
    g_queue_unlink(&proxy->connections, &conn->link);
    srt_task_queue(proxy->loop, &conn->again);
    srt_listeners_resume(proxy);
}

static void on_task(SrtTask *task)
{
    SrtConn *conn = FROM_MEMBER(task, again);
    if (conn->dead)
        free_conn(conn);
    else
        srt_conn_run(conn);
}

static void on_deadline(SrtDeadline *deadline)
{
    srt_conn_close(FROM_MEMBER(deadline, deadline));
}

void srt_conn_on_event(SrtWatch *watch)
{
    srt_conn_run(watch->data);
}

/* A way that is still being opened says itself what it waits for. */
void srt_conn_run(SrtConn *conn)
{
    SrtLoop *loop = conn->proxy->loop;
    conn->client.want = 0;
    if (!conn->opening)
        conn->server.want = 0;
    conn->step(conn);
    if (conn->dead)
        return;
    srt_watch_want(loop, &conn->client, conn->client.want);
    if (!conn->opening)
        srt_watch_want(loop, &conn->server, conn->server.want);
}

void srt_conn_set_step(SrtConn *conn, void (*step)(SrtConn *conn))
{
    conn->step = step;
}

void srt_conn_deadline(SrtConn *conn, SrtDeadlineKind kind)
{
    srt_deadline_set(conn->proxy->loop, &conn->deadline, kind);
}

SrtReadResult srt_conn_read_client(SrtConn *conn, gsize limit)
{
    gsize length = srt_buffer_length(&conn->up.source);
    if (length >= limit)
        return SRT_READ_NOTHING;
    SrtReadResult got =
        srt_flow_read(&conn->client, &conn->up.source, MIN(READ_SIZE, limit - length));
    if (got == SRT_READ_NOTHING)
        conn->client.want |= SRT_READABLE;
    return got;
}

void srt_conn_close_server(SrtConn *conn)
{
    srt_watch_close(conn->proxy->loop, &conn->server);
}

/* A client that has sent its end without anything to forward is gone; one that
 * has sent something may be waiting for the answer. */
void srt_conn_wait_tunnel(SrtConn *conn)
{
    SrtReadResult got;
    do
        got = srt_conn_read_client(conn, SRT_CONN_AHEAD_MAX);
    while (got == SRT_READ_SOME);
    if (got == SRT_READ_ERROR || (got == SRT_READ_END && srt_buffer_length(&conn->up.source) == 0))
        srt_conn_close(conn);
}

void srt_conn_wait_plain(SrtConn *conn)
{
    if (conn->client.ready & SRT_BROKEN)
        srt_conn_close(conn);
}

static void drain(SrtConn *conn)
{
    while (conn->drained < DRAIN_MAX) {
        SrtReadResult got = srt_conn_read_client(conn, READ_SIZE);
        if (got == SRT_READ_NOTHING)
            return;
        if (got != SRT_READ_SOME)
            break;
        conn->drained += (guint32)srt_buffer_length(&conn->up.source);
        srt_buffer_consume(&conn->up.source, srt_buffer_length(&conn->up.source));
    }
    srt_conn_close(conn);
}

/* Closing a socket with unread bytes would destroy the answer on its way. */
static void send_last(SrtConn *conn)
{
    SrtFlowResult sent = srt_flow_push(&conn->down, &conn->proxy->flows, &conn->client);
    if (sent == SRT_FLOW_WAIT)
        return;
    if (sent == SRT_FLOW_SINK || shutdown(conn->client.fd, SHUT_WR) != 0) {
        srt_conn_close(conn);
        return;
    }
    srt_buffer_clear(&conn->up.source);
    srt_conn_deadline(conn, SRT_DEADLINE_LINGER);
    srt_conn_set_step(conn, drain);
    drain(conn);
}

void srt_conn_finish(SrtConn *conn)
{
    srt_opening_cancel(conn);
    srt_conn_close_server(conn);
    srt_flow_clear(&conn->up, &conn->proxy->flows);
    srt_conn_deadline(conn, SRT_DEADLINE_HEAD);
    srt_conn_set_step(conn, send_last);
    send_last(conn);
}

/* One direction. Its end is passed on; a sink that broke stops only this
 * direction, because the other may still hold an answer. */
static void tunnel_one(SrtConn *conn, SrtFlow *flow, const SrtFlow *other, SrtWatch *from,
                       SrtWatch *to)
{
    SrtProxy *proxy = conn->proxy;
    if (flow->stopped)
        return;
    switch (srt_flow_run(flow, &proxy->flows, from, to)) {
    case SRT_FLOW_WAIT:
        return;
    case SRT_FLOW_AGAIN:
        srt_task_queue(proxy->loop, &conn->again);
        return;
    case SRT_FLOW_SINK:
        if (to == &conn->client) /* nobody is there: what is on its way up gets a minute */
            srt_conn_deadline(conn, SRT_DEADLINE_HEAD);
        break;
    default:
        if (!other->stopped || flow->last_held) /* else both sockets are closed now */
            shutdown(to->fd, SHUT_WR);
        break;
    }
    flow->stopped = true;
    srt_flow_clear(flow, &proxy->flows);
}

static void tunnel(SrtConn *conn)
{
    tunnel_one(conn, &conn->up, &conn->down, &conn->client, &conn->server);
    tunnel_one(conn, &conn->down, &conn->up, &conn->server, &conn->client);
    if (conn->up.stopped && conn->down.stopped)
        srt_conn_close(conn);
}

/* A tunnel may be silent for ever; a dead machine at its end is noticed. */
static void keep_alive(int fd)
{
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

void srt_conn_tunnel(SrtConn *conn)
{
    g_clear_pointer(&conn->http, srt_http_free);
    g_clear_pointer(&conn->socks, srt_socks_free);
    srt_deadline_clear(conn->proxy->loop, &conn->deadline);
    srt_flow_begin(&conn->up, SRT_FLOW_PLAIN, SRT_FLOW_ENDLESS);
    srt_flow_begin(&conn->down, SRT_FLOW_PLAIN, SRT_FLOW_ENDLESS);
    conn->up.ends_sink = conn->down.ends_sink = true;
    srt_conn_set_step(conn, tunnel);
    tunnel(conn);
    if (!conn->dead)
        keep_alive(conn->server.fd); /* the client has its answer already */
}

static void first_byte(SrtConn *conn)
{
    SrtReadResult got = srt_conn_read_client(conn, SRT_CONN_AHEAD_MAX);
    if (got == SRT_READ_NOTHING)
        return;
    if (got != SRT_READ_SOME) {
        srt_conn_close(conn);
        return;
    }
    unsigned char byte = (unsigned char)*srt_buffer_slice(&conn->up.source).at;
    srt_conn_deadline(conn, SRT_DEADLINE_HEAD);
    if (byte == 4 || byte == 5)
        srt_socks_start(conn);
    else
        srt_http_start(conn);
    conn->step(conn);
}

static void external_opened(SrtConn *conn, SrtOpenResult result, const char *text)
{
    (void)text;
    if (result == SRT_OPENED)
        srt_conn_tunnel(conn);
    else
        srt_conn_close(conn);
}

void srt_conn_accept(SrtProxy *proxy, int fd, SrtProxyKind kind)
{
    SrtConn *conn = g_new0(SrtConn, 1);
    conn->proxy = proxy;
    conn->server.fd = -1;
    conn->again.call = on_task;
    conn->deadline.call = on_deadline;
    if (!srt_watch_open(proxy->loop, &conn->client, fd, srt_conn_on_event, conn)) {
        free_conn(conn);
        return;
    }
    conn->server.data = conn;
    conn->server.call = srt_conn_on_event;
    conn->link.data = conn;
    g_queue_push_tail_link(&proxy->connections, &conn->link);
    if (proxy->external_ports[kind]) {
        SrtNetDecision to = {.port = (uint16_t)proxy->external_ports[kind]};
        srt_conn_set_step(conn, srt_conn_wait_tunnel);
        srt_opening_start(conn, SRT_VIA_LOOPBACK, NULL, &to, FALSE, external_opened);
    } else {
        srt_conn_deadline(conn, SRT_DEADLINE_FIRST_BYTE);
        srt_conn_set_step(conn, first_byte);
    }
    srt_conn_run(conn);
}
