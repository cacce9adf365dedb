/* SPDX-License-Identifier: Apache-2.0 */
#include "net/client_http.h"

#include "net/ask.h"
#include "net/auth.h"
#include "net/http_render.h"
#include "net/http_target.h"

#define AHEAD_MAX 32768u /* a head and what was sent right behind it */

static void read_head(SrtConn *conn);
static void handle(SrtConn *conn);

void srt_http_start(SrtConn *conn)
{
    conn->http = g_new0(SrtHttp, 1);
    srt_conn_set_step(conn, read_head);
}

void srt_http_free(SrtHttp *http)
{
    srt_net_policy_unref(http->policy);
    srt_buffer_clear(&http->replay);
    g_free(http);
}

void srt_http_fail(SrtConn *conn, SrtHttpFault fault)
{
    srt_buffer_clear(&conn->down.source);
    srt_answer_fault(&conn->down.held, fault.status, fault.text);
    srt_conn_finish(conn);
}

void srt_http_refuse(SrtConn *conn, SrtAnswerKind kind, const char *text)
{
    srt_buffer_clear(&conn->down.source);
    srt_answer(&conn->down.held, kind, conn->http->protocol == SRT_PROTOCOL_CONNECT,
               conn->http->is_head, text);
    srt_conn_finish(conn);
}

static void refuse_by_rules(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    srt_proxy_tell_refused(conn, &http->decision, http->protocol, http->decision.reason);
    srt_http_refuse(conn, SRT_ANSWER_LISTS, NULL);
}

/* Reading ahead has moved the request: it is taken apart again. */
static void answered(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    if (http->decision.verdict != SRT_NET_ALLOWED) {
        refuse_by_rules(conn);
        return;
    }
    http->asked = http->granted = true;
    handle(conn);
}

/* A host is asked about once, until this connection goes to another one. */
static gboolean is_granted(const SrtHttp *http)
{
    return http->granted && http->protocol == SRT_PROTOCOL_HTTP &&
           http->port == http->decision.port &&
           strcmp(http->host.text, http->decision.host.text) == 0;
}

/* Judges what the request asks for. FALSE: the client was told, or somebody is asked. */
static gboolean judge(SrtConn *conn, const SrtTarget *target)
{
    SrtHttp *http = conn->http;
    if (http->asked) {
        http->asked = false;
        return TRUE;
    }
    g_clear_pointer(&http->policy, srt_net_policy_unref);
    http->policy = srt_proxy_policy(conn->proxy);
    srt_net_policy_decide(http->policy, target->host.at, target->host.length, target->port,
                          &http->decision);
    gboolean may_ask = srt_ask_may(conn->proxy, http->policy, &http->decision);
    http->granted = may_ask && is_granted(http);
    if (http->decision.verdict == SRT_NET_ALLOWED || http->granted) {
        http->decision.verdict = SRT_NET_ALLOWED;
        http->decision.reason = NULL;
        return TRUE;
    }
    if (may_ask)
        srt_ask_start(conn, http->protocol, &http->policy, &http->decision, answered);
    else
        refuse_by_rules(conn);
    return FALSE;
}

static void tunnel_opened(SrtConn *conn, SrtOpenResult result, const char *text)
{
    if (result == SRT_OPENED) {
        srt_buffer_append_text(&conn->down.held, SRT_CONNECTED);
        srt_conn_tunnel(conn);
        return;
    }
    if (result == SRT_OPEN_REFUSED) {
        srt_proxy_tell_refused(conn, &conn->http->decision, SRT_PROTOCOL_CONNECT, text);
        srt_http_refuse(conn, SRT_ANSWER_GUARD, text);
        return;
    }
    srt_http_refuse(conn, SRT_ANSWER_UPSTREAM, NULL);
}

/* Bytes behind the head of CONNECT belong to the tunnel, so a body is a
 * misunderstanding that could hide a request. */
static SrtHttpFault check_connect(const SrtHttpHead *head, SrtTarget *ret)
{
    SrtBody body;
    SrtHttpFault bad = srt_target_connect(head->target, ret);
    if (bad.status)
        return bad;
    bad = srt_http_request_body(head, &body);
    if (!bad.status && (body.kind == SRT_BODY_CHUNKED || body.length))
        bad = (SrtHttpFault){400, "CONNECT has no body"};
    return bad;
}

static void handle_connect(SrtConn *conn, const SrtHttpHead *head, gsize length)
{
    SrtHttp *http = conn->http;
    SrtTarget target;
    http->protocol = SRT_PROTOCOL_CONNECT;
    SrtHttpFault bad = check_connect(head, &target);
    if (bad.status) {
        srt_http_fail(conn, bad);
        return;
    }
    if (!judge(conn, &target))
        return;
    srt_buffer_consume(&conn->up.source, length);
    srt_conn_close_server(conn); /* of plain requests before */
    srt_deadline_clear(conn->proxy->loop, &conn->deadline);
    srt_conn_set_step(conn, srt_conn_wait_tunnel);
    SrtVia via = srt_opening_via(conn->proxy, http->policy, &http->decision, http->protocol);
    srt_opening_start(conn, via, http->policy, &http->decision, TRUE, tunnel_opened);
    srt_conn_wait_tunnel(conn);
}

/* The URL decides; a Host line that names another place is an attempt to have
 * this proxy and the server see different hosts. */
static SrtHttpFault check_host(const SrtHttpHead *head, const SrtTarget *target)
{
    guint from = 0;
    SrtTarget named;
    SrtHost a, b;
    const SrtHttpField *field = srt_http_field(head, "Host", &from);
    if (!field)
        return (SrtHttpFault){0, NULL};
    if (srt_http_field(head, "Host", &from))
        return (SrtHttpFault){400, "more than one Host line"};
    if (!srt_host_parse(target->host.at, target->host.length, &a))
        return (SrtHttpFault){0, NULL}; /* the judge refuses it */
    if (!srt_target_authority(field->value, 80, &named) ||
        !srt_host_parse(named.host.at, named.host.length, &b) || strcmp(a.text, b.text) != 0 ||
        named.port != target->port)
        return (SrtHttpFault){400, "the Host line names another host than the URL"};
    return (SrtHttpFault){0, NULL};
}

static gboolean is_repeatable(const SrtHttpHead *head, const SrtBody *body)
{
    static const char *const methods[] = {"GET", "HEAD", "OPTIONS"};
    for (guint i = 0; body->kind == SRT_BODY_NONE && i < G_N_ELEMENTS(methods); i++) {
        if (srt_slice_is(head->method, methods[i]))
            return TRUE;
    }
    return FALSE;
}

/* A kept connection is used again only for what could be repeated when the
 * server closes it at that very moment. */
static gboolean can_reuse(const SrtConn *conn, SrtVia via)
{
    const SrtHttp *http = conn->http;
    return conn->server.fd >= 0 && http->repeatable && !http->upgrade && http->via == via &&
           http->port == http->decision.port && strcmp(http->host.text, http->decision.host.text) == 0 &&
           !(conn->server.ready & (SRT_ENDED | SRT_READABLE));
}

static void note_request(SrtConn *conn, const SrtHttpHead *head, const SrtBody *body)
{
    SrtHttp *http = conn->http;
    http->client_minor = head->minor;
    http->is_head = srt_slice_is(head->method, "HEAD");
    http->keep_client = srt_http_keeps_alive(head, "Connection") &&
                        !srt_http_field_has(head, "Proxy-Connection", "close");
    if (head->minor == 0)
        http->keep_client = http->keep_client ||
                            srt_http_field_has(head, "Proxy-Connection", "keep-alive");
    guint from = 0;
    http->upgrade = head->minor == 1 && body->kind == SRT_BODY_NONE &&
                    srt_http_field_has(head, "Connection", "upgrade") &&
                    srt_http_field(head, "Upgrade", &from) != NULL;
    http->repeatable = is_repeatable(head, body);
}

static void forward(SrtConn *conn, const SrtHttpHead *head, const SrtTarget *target,
                    const SrtBody *body, gsize length)
{
    SrtHttp *http = conn->http;
    SrtProxy *proxy = conn->proxy;
    SrtVia via = srt_opening_via(proxy, http->policy, &http->decision, http->protocol);
    gboolean reuse = can_reuse(conn, via);
    const SrtForward how = {
        .target = target,
        .host = &http->decision.host,
        .body = body,
        .absolute = via != SRT_VIA_DIRECT,
        .upgrade = http->upgrade,
        .authorization =
            via == SRT_VIA_PARENT_HTTP ? proxy->parent_http->authorization : NULL,
    };
    srt_render_request(&conn->up.held, head, &how);
    srt_buffer_consume(&conn->up.source, length);
    srt_deadline_clear(proxy->loop, &conn->deadline);
    if (!reuse) {
        srt_conn_close_server(conn);
        http->host = http->decision.host;
        http->port = http->decision.port;
        http->via = via;
    } else {
        SrtSlice all = srt_buffer_slice(&conn->up.held);
        srt_buffer_append_slice(&http->replay, all);
    }
    srt_exchange_start(conn, body, !reuse);
}

static void handle_plain(SrtConn *conn, const SrtHttpHead *head, gsize length)
{
    SrtTarget target;
    SrtBody body = {0};
    conn->http->protocol = SRT_PROTOCOL_HTTP;
    SrtHttpFault bad = srt_target_absolute(head->method, head->target, &target);
    if (!bad.status)
        bad = srt_http_request_body(head, &body);
    if (!bad.status)
        bad = check_host(head, &target);
    if (bad.status) {
        srt_http_fail(conn, bad);
        return;
    }
    note_request(conn, head, &body);
    if (judge(conn, &target))
        forward(conn, head, &target, &body, length);
}

static void handle(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    SrtHttpHead head;
    gsize begin = http->head_begin, length = http->head_length;
    const char *at = srt_buffer_slice(&conn->up.source).at;
    SrtHttpFault bad = srt_http_parse_request(srt_slice(at + begin, length - begin), &head);
    if (bad.status)
        srt_http_fail(conn, bad);
    else if (conn->proxy->token && !srt_auth_http(conn->proxy->token, &head))
        srt_http_refuse(conn, SRT_ANSWER_TOKEN, NULL);
    else if (srt_slice_is(head.method, "CONNECT"))
        handle_connect(conn, &head, length);
    else
        handle_plain(conn, &head, length);
}

static void read_head(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    if (conn->server.fd >= 0 && conn->server.ready & SRT_ENDED)
        srt_conn_close_server(conn); /* the server gave up the kept connection */
    for (;;) {
        SrtHttpFault bad;
        SrtSlice all = srt_buffer_slice(&conn->up.source);
        gssize length = srt_http_scan(&http->scan, all.at, all.length,
                                      SRT_HTTP_REQUEST_HEAD_MAX, &bad);
        if (length < 0) {
            srt_http_fail(conn, bad);
            return;
        }
        if (length > 0) {
            http->head_begin = http->scan.begin;
            http->head_length = (gsize)length;
            http->scan = (SrtHttpScan){0};
            http->head_begun = false;
            handle(conn);
            return;
        }
        SrtReadResult got = srt_conn_read_client(conn, AHEAD_MAX);
        if (got == SRT_READ_NOTHING)
            return;
        if (got != SRT_READ_SOME) {
            srt_conn_close(conn);
            return;
        }
        if (!http->head_begun)
            srt_conn_deadline(conn, SRT_DEADLINE_HEAD);
        http->head_begun = true;
    }
}

/* From the loop, not from here: pipelined requests must not nest. */
void srt_http_next(SrtConn *conn)
{
    SrtHttp *http = conn->http;
    g_clear_pointer(&http->policy, srt_net_policy_unref);
    srt_buffer_clear(&http->replay);
    if (srt_buffer_length(&conn->up.source) == 0)
        srt_buffer_clear(&conn->up.source);
    srt_conn_deadline(conn, SRT_DEADLINE_HEAD);
    srt_conn_set_step(conn, read_head);
    if (srt_buffer_length(&conn->up.source) || conn->client.ready & SRT_READABLE)
        srt_task_queue(conn->proxy->loop, &conn->again);
    else
        conn->client.want |= SRT_READABLE;
}
