/* SPDX-License-Identifier: Apache-2.0 */
#include "net/opening.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/un.h>

#include "net/dial.h"
#include "net/http_head.h"
#include "net/http_render.h"

#define CONNECT_HEAD_MAX 16384u

struct SrtOpening {
    SrtConn *conn;
    SrtVia via;
    gboolean tunnel;
    SrtNetPolicy *policy;
    SrtHost host;
    uint16_t port;
    SrtOpenDone done;
    SrtDeadline deadline;
    SrtTask failed; /* tells of a failure that was known at once */
    SrtLookup *lookup;
    SrtDial *dial;
    SrtHttpScan scan; /* of the parent's answer */
};

#define FROM_MEMBER(pointer, member) \
    ((SrtOpening *)(void *)((char *)(pointer) - G_STRUCT_OFFSET(SrtOpening, member)))

static const SrtParent *parent_of(const SrtProxy *proxy, SrtVia via)
{
    return via == SRT_VIA_PARENT_HTTP    ? proxy->parent_http
           : via == SRT_VIA_PARENT_HTTPS ? proxy->parent_https
                                         : NULL;
}

SrtVia srt_opening_via(const SrtProxy *proxy, SrtNetPolicy *policy, const SrtNetDecision *decision,
                       SrtProtocol protocol)
{
    if (protocol != SRT_PROTOCOL_SOCKS && proxy->mitm_socket &&
        srt_net_policy_is_mitm(policy, &decision->host))
        return SRT_VIA_MITM;
    SrtVia via = protocol == SRT_PROTOCOL_HTTP ? SRT_VIA_PARENT_HTTP : SRT_VIA_PARENT_HTTPS;
    if (!parent_of(proxy, via))
        via = protocol == SRT_PROTOCOL_HTTP ? SRT_VIA_DIRECT : SRT_VIA_PARENT_HTTP;
    if (!parent_of(proxy, via) || srt_no_proxy_matches(proxy->no_proxy, &decision->host))
        return SRT_VIA_DIRECT;
    return via;
}

static void release(SrtOpening *opening)
{
    SrtLoop *loop = opening->conn->proxy->loop;
    if (opening->lookup)
        srt_lookup_cancel(opening->lookup);
    if (opening->dial)
        srt_dial_cancel(opening->dial);
    srt_deadline_clear(loop, &opening->deadline);
    srt_task_cancel(loop, &opening->failed);
    srt_net_policy_unref(opening->policy);
    g_free(opening);
}

void srt_opening_cancel(SrtConn *conn)
{
    if (!conn->opening)
        return;
    release(conn->opening);
    conn->opening = NULL;
}

static void finish(SrtOpening *opening, SrtOpenResult result, const char *text)
{
    SrtConn *conn = opening->conn;
    SrtOpenDone done = opening->done;
    srt_opening_cancel(conn);
    if (result != SRT_OPENED) {
        srt_conn_close_server(conn);
        srt_flow_clear(&conn->down, &conn->proxy->flows);
    }
    done(conn, result, text);
    if (!conn->dead)
        srt_conn_run(conn);
}

static void refuse(SrtOpening *opening, const char *const *classes, guint count)
{
    g_autofree char *joined = srt_net_policy_join_classes(classes, count);
    g_autofree char *text = g_strdup_printf("Connection to %s blocked: resolved to %s",
                                            opening->host.text, joined);
    finish(opening, SRT_OPEN_REFUSED, text);
}

/* The parent's answer to CONNECT; what follows it stays in down.source. */
static void on_handshake(SrtWatch *watch)
{
    SrtConn *conn = watch->data;
    SrtOpening *opening = conn->opening;
    SrtFlowResult sent = srt_flow_push(&conn->down, &conn->proxy->flows, &conn->server);
    SrtReadResult got;
    SrtHttpFault fault;
    gssize length = 0;
    do {
        got = srt_flow_read(&conn->server, &conn->down.source, 4096);
        SrtSlice all = srt_buffer_slice(&conn->down.source);
        if (got == SRT_READ_SOME)
            length = srt_http_scan(&opening->scan, all.at, all.length, CONNECT_HEAD_MAX, &fault);
    } while (got == SRT_READ_SOME && length == 0);
    if (length == 0 && got == SRT_READ_NOTHING && sent != SRT_FLOW_SINK) {
        srt_watch_want(conn->proxy->loop, &conn->server,
                       SRT_READABLE | (sent == SRT_FLOW_WAIT ? SRT_WRITABLE : 0));
        return;
    }
    SrtHttpHead head = {0};
    if (length > 0) {
        const char *at = srt_buffer_slice(&conn->down.source).at + opening->scan.begin;
        fault = srt_http_parse_response(srt_slice(at, (gsize)length - opening->scan.begin), &head);
        srt_buffer_consume(&conn->down.source, (gsize)length);
    }
    gboolean good = length > 0 && !fault.status && head.status >= 200 && head.status < 300 &&
                    sent == SRT_FLOW_FINISHED;
    conn->server.call = srt_conn_on_event;
    finish(opening, good ? SRT_OPENED : SRT_OPEN_FAILED, NULL);
}

static void start_handshake(SrtOpening *opening)
{
    SrtConn *conn = opening->conn;
    const SrtParent *parent = parent_of(conn->proxy, opening->via);
    conn->server.call = on_handshake;
    srt_render_connect(&conn->down.held, &opening->host, opening->port,
                       parent ? parent->authorization : NULL);
    srt_deadline_set(conn->proxy->loop, &opening->deadline, SRT_DEADLINE_HANDSHAKE);
    on_handshake(&conn->server);
}

static void on_dialled(void *data, SrtWatch *connected)
{
    SrtOpening *opening = data;
    SrtConn *conn = opening->conn;
    opening->dial = NULL;
    if (!connected) {
        finish(opening, SRT_OPEN_FAILED, NULL);
        return;
    }
    srt_watch_move(conn->proxy->loop, connected, &conn->server);
    conn->server.call = srt_conn_on_event;
    conn->server.data = conn;
    gboolean proxied = opening->via != SRT_VIA_DIRECT && opening->via != SRT_VIA_LOOPBACK;
    if (opening->tunnel && proxied)
        start_handshake(opening);
    else
        finish(opening, SRT_OPENED, NULL);
}

static void dial(SrtOpening *opening, const SrtDialAddress *addresses, guint count)
{
    opening->dial =
        srt_dial_start(opening->conn->proxy->loop, addresses, count, on_dialled, opening);
}

static void set_port(SrtDialAddress *address, uint16_t port)
{
    if (address->address.ss_family == AF_INET)
        ((struct sockaddr_in *)(void *)&address->address)->sin_port = htons(port);
    else
        ((struct sockaddr_in6 *)(void *)&address->address)->sin6_port = htons(port);
}

static void dial_literal(SrtOpening *opening, int family, const uint8_t *bytes, uint16_t port)
{
    SrtDialAddress to = {.address.ss_family = (sa_family_t)family};
    if (family == AF_INET) {
        memcpy(&((struct sockaddr_in *)(void *)&to.address)->sin_addr, bytes, 4);
        to.length = sizeof(struct sockaddr_in);
    } else {
        memcpy(&((struct sockaddr_in6 *)(void *)&to.address)->sin6_addr, bytes, 16);
        to.length = sizeof(struct sockaddr_in6);
    }
    set_port(&to, port);
    dial(opening, &to, 1);
}

static gboolean is_inet(const struct addrinfo *one)
{
    return (one->ai_family == AF_INET && one->ai_addrlen >= sizeof(struct sockaddr_in)) ||
           (one->ai_family == AF_INET6 && one->ai_addrlen >= sizeof(struct sockaddr_in6));
}

/* Judges every address; the one that is dialled is byte for byte the one judged.
 * Addresses of a parent proxy come from the settings and are not judged. */
static void on_resolved(void *data, const struct addrinfo *list)
{
    SrtOpening *opening = data;
    const SrtParent *parent = parent_of(opening->conn->proxy, opening->via);
    SrtDialAddress to[SRT_DIAL_MAX];
    const char *classes[SRT_DIAL_MAX];
    guint good = 0, bad = 0;
    opening->lookup = NULL;
    for (const struct addrinfo *one = list; one && good < SRT_DIAL_MAX; one = one->ai_next) {
        const char *class = NULL;
        if (!is_inet(one))
            continue;
        memset(&to[good], 0, sizeof to[good]);
        memcpy(&to[good].address, one->ai_addr, one->ai_addrlen);
        to[good].length = one->ai_addrlen;
        set_port(&to[good], parent ? parent->port : opening->port);
        if (parent || srt_net_policy_judge_address(opening->policy, &opening->host, opening->port,
                                                   (struct sockaddr *)&to[good].address, &class))
            good++;
        else if (bad < SRT_DIAL_MAX)
            classes[bad++] = class;
    }
    if (good)
        dial(opening, to, good);
    else if (bad)
        refuse(opening, classes, bad);
    else
        finish(opening, SRT_OPEN_FAILED, NULL);
}

static void open_host(SrtOpening *opening, const SrtHost *host, uint16_t port)
{
    if (host->is_address)
        dial_literal(opening, host->family, host->address, port);
    else
        opening->lookup = srt_lookup_start(&opening->conn->proxy->resolver, host->text,
                                           on_resolved, opening);
}

static void open_unix(SrtOpening *opening, const char *path)
{
    SrtDialAddress to = {.address.ss_family = AF_UNIX};
    struct sockaddr_un *address = (struct sockaddr_un *)(void *)&to.address;
    if (strlen(path) >= sizeof address->sun_path) {
        srt_task_queue(opening->conn->proxy->loop, &opening->failed);
        return;
    }
    memcpy(address->sun_path, path, strlen(path) + 1);
    to.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
    dial(opening, &to, 1);
}

static void on_deadline(SrtDeadline *deadline)
{
    finish(FROM_MEMBER(deadline, deadline), SRT_OPEN_FAILED, NULL);
}

static void on_failed(SrtTask *task)
{
    finish(FROM_MEMBER(task, failed), SRT_OPEN_FAILED, NULL);
}

void srt_opening_start(SrtConn *conn, SrtVia via, SrtNetPolicy *policy,
                       const SrtNetDecision *decision, gboolean tunnel, SrtOpenDone done)
{
    static const uint8_t loopback[4] = {127, 0, 0, 1};
    SrtOpening *opening = g_new0(SrtOpening, 1);
    SrtProxy *proxy = conn->proxy;
    opening->conn = conn;
    opening->via = via;
    opening->tunnel = tunnel;
    opening->policy = policy ? srt_net_policy_ref(policy) : NULL;
    opening->host = decision->host;
    opening->port = decision->port;
    opening->done = done;
    opening->deadline.call = on_deadline;
    opening->failed.call = on_failed;
    conn->opening = opening;
    srt_deadline_set(proxy->loop, &opening->deadline, SRT_DEADLINE_CONNECT);
    const SrtParent *parent = parent_of(proxy, via);
    if (parent)
        open_host(opening, &parent->host, parent->port);
    else if (via == SRT_VIA_MITM)
        open_unix(opening, proxy->mitm_socket);
    else if (via == SRT_VIA_LOOPBACK)
        dial_literal(opening, AF_INET, loopback, opening->port);
    else
        open_host(opening, &opening->host, opening->port);
}
