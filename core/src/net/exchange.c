/* SPDX-License-Identifier: Apache-2.0 */
/* One plain HTTP request and its answer. */
#include "net/client_http.h"
#include "net/http_render.h"

#define READ_SIZE 16384u
#define HELD_MAX 65536u /* interim answers that the client has not read yet */

static void exchange(SrtConn *conn);

static void opened(SrtConn *conn, SrtOpenResult result, const char *text)
{
    if (result == SRT_OPENED) {
        srt_conn_set_step(conn, exchange);
        return;
    }
    if (result == SRT_OPEN_REFUSED) {
        srt_proxy_tell_refused(conn, &conn->http->decision, SRT_PROTOCOL_HTTP, text);
        srt_http_refuse(conn, SRT_ANSWER_GUARD, text);
        return;
    }
    srt_http_refuse(conn, SRT_ANSWER_UPSTREAM, NULL);
}

static void open_way(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    srt_conn_set_step(conn, srt_conn_wait_plain);
    srt_opening_start(conn, http->via, http->policy, &http->decision, FALSE, opened);
}

void srt_exchange_start(SrtConn *conn, const SrtBody *body, gboolean open)
{
    SrtHttp *http = conn->http;
    http->answer_scan = (SrtHttpScan){0};
    http->request_done = http->answer_begun = http->answering = http->keep_server = false;
    if (body->kind == SRT_BODY_CHUNKED)
        srt_flow_begin(&conn->up, SRT_FLOW_RECHUNK, SRT_FLOW_ENDLESS);
    else
        srt_flow_begin(&conn->up, SRT_FLOW_PLAIN, body->length);
    if (open) {
        open_way(conn);
        return;
    }
    srt_conn_set_step(conn, exchange);
    exchange(conn);
}

static void send_request(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    switch (srt_flow_run(&conn->up, &conn->proxy->flows, &conn->client, &conn->server)) {
    case SRT_FLOW_WAIT:
        return;
    case SRT_FLOW_AGAIN:
        srt_task_queue(conn->proxy->loop, &conn->again);
        return;
    case SRT_FLOW_FINISHED:
        http->request_done = true;
        return;
    case SRT_FLOW_SINK: /* it may have answered without reading everything */
        http->request_done = true;
        http->keep_client = conn->up.left == 0 && http->keep_client;
        conn->server.ready |= SRT_ENDED;
        return;
    case SRT_FLOW_BAD:
        if (!http->answering) {
            srt_http_fail(conn, (SrtHttpFault){400, "malformed chunks in the body"});
            return;
        }
        break;
    case SRT_FLOW_SOURCE:
        break;
    }
    srt_conn_close(conn);
}

/* The server ended before it answered. */
static void lost_server(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    if (http->answer_begun || srt_buffer_length(&http->replay) == 0) {
        srt_http_refuse(conn, SRT_ANSWER_UPSTREAM, NULL);
        return;
    }
    srt_conn_close_server(conn);
    srt_flow_clear(&conn->down, &conn->proxy->flows);
    srt_buffer_clear(&conn->up.held);
    conn->up.held = http->replay; /* once: the new connection is not a kept one */
    http->replay = (SrtBuffer){0};
    http->request_done = false;
    open_way(conn);
}

/* How the answer's body goes to the client; FALSE: its end closes the connection. */
static gboolean frame_answer(SrtConn *conn, const SrtBody *body, SrtAnswer *answer)
{
    gboolean old = conn->http->client_minor == 0;
    answer->body = body->kind;
    switch (body->kind) {
    case SRT_BODY_NONE:
        srt_flow_begin(&conn->down, SRT_FLOW_PLAIN, 0);
        return TRUE;
    case SRT_BODY_LENGTH:
        srt_flow_begin(&conn->down, SRT_FLOW_PLAIN, body->length);
        return TRUE;
    case SRT_BODY_CHUNKED:
        answer->body = old ? SRT_BODY_CLOSE : SRT_BODY_CHUNKED;
        srt_flow_begin(&conn->down, old ? SRT_FLOW_UNCHUNK : SRT_FLOW_RECHUNK, SRT_FLOW_ENDLESS);
        return !old;
    default:
        srt_flow_begin(&conn->down, SRT_FLOW_PLAIN, SRT_FLOW_ENDLESS);
        return FALSE;
    }
}

static void begin_answer(SrtConn *conn, const SrtHttpHead *head, const SrtBody *body)
{
    SrtHttp *http = conn->http;
    SrtAnswer answer = {0};
    if (!frame_answer(conn, body, &answer))
        http->keep_client = false;
    http->keep_server =
        body->kind != SRT_BODY_CLOSE && srt_http_keeps_alive(head, "Connection");
    answer.connection = !http->keep_client        ? SRT_CONNECTION_CLOSE
                        : http->client_minor == 0 ? SRT_CONNECTION_KEEP
                                                  : SRT_CONNECTION_NOTHING;
    srt_render_response(&conn->down.held, head, &answer);
    http->answering = true;
}

static void interim_answer(SrtConn *conn, const SrtHttpHead *head)
{
    const SrtAnswer answer = {.body = SRT_BODY_NONE, .upgrade = head->status == 101};
    if (conn->http->client_minor == 1)
        srt_render_response(&conn->down.held, head, &answer);
}

/* A whole head of length bytes has come. */
static void handle_answer(SrtConn *conn, gsize length)
{
    SrtHttp *http = conn->http;
    SrtHttpHead head;
    SrtBody body = {0};
    const char *at = srt_buffer_slice(&conn->down.source).at + http->answer_scan.begin;
    SrtHttpFault bad =
        srt_http_parse_response(srt_slice(at, length - http->answer_scan.begin), &head);
    if (!bad.status)
        bad = srt_http_response_body(&head, http->is_head, &body);
    if (!bad.status && head.status == 101 && !http->upgrade)
        bad = (SrtHttpFault){502, "an upgrade that nobody asked for"};
    if (bad.status) {
        srt_http_refuse(conn, SRT_ANSWER_UPSTREAM, NULL);
        return;
    }
    if (head.status < 200)
        interim_answer(conn, &head);
    else
        begin_answer(conn, &head, &body);
    srt_buffer_consume(&conn->down.source, length);
    http->answer_scan = (SrtHttpScan){0};
    if (head.status == 101)
        srt_conn_tunnel(conn);
}

/* FALSE: interim answers wait for the client, or it is gone. */
static gboolean push_interim(SrtConn *conn)
{
    if (srt_buffer_length(&conn->down.held) == 0)
        return TRUE;
    SrtFlowResult sent = srt_flow_push(&conn->down, &conn->proxy->flows, &conn->client);
    if (sent == SRT_FLOW_SINK) {
        srt_conn_close(conn);
        return FALSE;
    }
    return srt_buffer_length(&conn->down.held) < HELD_MAX;
}

/* Reads heads until the final one. It is done when http->answering, when the
 * connection became a tunnel (http is gone), ended, or has to wait. */
static void read_answer(SrtConn *conn)
{
    while (conn->step == exchange && !conn->http->answering && push_interim(conn)) {
        SrtHttp *http = conn->http;
        SrtHttpFault bad;
        SrtSlice all = srt_buffer_slice(&conn->down.source);
        gssize length = srt_http_scan(&http->answer_scan, all.at, all.length,
                                      SRT_HTTP_RESPONSE_HEAD_MAX, &bad);
        if (length < 0) {
            srt_http_refuse(conn, SRT_ANSWER_UPSTREAM, NULL);
            return;
        }
        if (length > 0) {
            handle_answer(conn, (gsize)length);
            continue;
        }
        SrtReadResult got = srt_flow_read(&conn->server, &conn->down.source, READ_SIZE);
        if (got == SRT_READ_NOTHING) {
            conn->server.want |= SRT_READABLE;
            return;
        }
        if (got != SRT_READ_SOME) {
            lost_server(conn);
            return;
        }
        http->answer_begun = true;
    }
}

static void end_exchange(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    if (!http->keep_server || !http->request_done || srt_buffer_length(&conn->down.source) ||
        conn->server.ready & SRT_ENDED)
        srt_conn_close_server(conn);
    srt_buffer_clear(&conn->down.source);
    if (http->keep_client && http->request_done)
        srt_http_next(conn);
    else
        srt_conn_finish(conn);
}

static void send_answer(SrtConn *conn)
{
    switch (srt_flow_run(&conn->down, &conn->proxy->flows, &conn->server, &conn->client)) {
    case SRT_FLOW_WAIT:
        return;
    case SRT_FLOW_AGAIN:
        srt_task_queue(conn->proxy->loop, &conn->again);
        return;
    case SRT_FLOW_FINISHED:
        end_exchange(conn);
        return;
    case SRT_FLOW_SOURCE: /* a body that ends with its connection ends so or so */
        if (conn->down.left == SRT_FLOW_ENDLESS && conn->down.coding == SRT_FLOW_PLAIN) {
            end_exchange(conn);
            return;
        }
        break;
    default:
        break;
    }
    srt_conn_close(conn); /* cut off, so that the client sees that something is missing */
}

static void exchange(SrtConn *conn)
{
    if (conn->client.ready & SRT_BROKEN && !srt_buffer_length(&conn->up.source)) {
        srt_conn_close(conn);
        return;
    }
    if (!conn->http->request_done)
        send_request(conn);
    if (!conn->dead && conn->step == exchange && !conn->http->answering)
        read_answer(conn);
    if (!conn->dead && conn->step == exchange && conn->http->answering)
        send_answer(conn);
}
