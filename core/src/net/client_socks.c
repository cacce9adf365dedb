/* SPDX-License-Identifier: Apache-2.0 */
/* A client that speaks SOCKS5. */
#include "net/ask.h"
#include "net/auth.h"
#include "net/opening.h"
#include "net/socks.h"

#define AHEAD_MAX 4096u
#define SSH_PORT 22
#define NOT_AUTHENTICATED "the SOCKS proxy of this sandbox needs a user name and password"

struct SrtSocks {
    SrtNetPolicy *policy;
    SrtNetDecision decision;
    bool stranger; /* a token is asked for and was not shown */
};

static void read_greeting(SrtConn *conn);
static void read_login(SrtConn *conn);
static void read_request(SrtConn *conn);

void srt_socks_start(SrtConn *conn)
{
    conn->socks = g_new0(SrtSocks, 1);
    srt_conn_set_step(conn, read_greeting);
}

void srt_socks_free(SrtSocks *socks)
{
    srt_net_policy_unref(socks->policy);
    g_free(socks);
}

/* Runs parse over what has come, reading more while it asks for more. Returns
 * the length of the message; 0: wait, or the connection is closed. */
#define READ_MESSAGE(conn, parse, ret)                                                        \
    ({                                                                                        \
        gssize length_;                                                                       \
        while ((length_ = parse(srt_buffer_slice(&(conn)->up.source), (ret))) == 0 &&         \
               read_more(conn))                                                               \
            ;                                                                                 \
        if (length_ < 0)                                                                      \
            srt_conn_close(conn);                                                             \
        MAX(length_, 0);                                                                      \
    })

static gboolean read_more(SrtConn *conn)
{
    if (conn->dead)
        return FALSE;
    SrtReadResult got = srt_conn_read_client(conn, AHEAD_MAX);
    if (got == SRT_READ_END || got == SRT_READ_ERROR)
        srt_conn_close(conn);
    return got == SRT_READ_SOME;
}

/* Small answers always fit into an empty socket; a client for which they do not
 * is not worth waiting for. FALSE: closed. */
static gboolean send_bytes(SrtConn *conn, const char *bytes, gsize n)
{
    srt_buffer_append(&conn->down.held, bytes, n);
    conn->client.ready |= SRT_WRITABLE;
    if (srt_flow_push(&conn->down, &conn->proxy->flows, &conn->client) == SRT_FLOW_FINISHED)
        return TRUE;
    srt_conn_close(conn);
    return FALSE;
}

static void next(SrtConn *conn, gssize used, void (*step)(SrtConn *conn))
{
    srt_buffer_consume(&conn->up.source, (gsize)used);
    srt_conn_set_step(conn, step);
    step(conn);
}

static void read_greeting(SrtConn *conn)
{
    SrtSocksGreeting greeting;
    gssize used = READ_MESSAGE(conn, srt_socks_greeting, &greeting);
    if (used == 0)
        return;
    gboolean token = conn->proxy->token != NULL;
    if (token && greeting.password) {
        if (send_bytes(conn, "\x05\x02", 2))
            next(conn, used, read_login);
        return;
    }
    if (!greeting.no_auth) {
        srt_buffer_append(&conn->down.held, "\x05\xff", 2);
        srt_conn_finish(conn);
        return;
    }
    conn->socks->stranger = token;
    if (token)
        srt_conn_deadline(conn, SRT_DEADLINE_REFUSED);
    if (send_bytes(conn, "\x05\x00", 2))
        next(conn, used, read_request);
}

static void read_login(SrtConn *conn)
{
    SrtSocksLogin login;
    gssize used = READ_MESSAGE(conn, srt_socks_login, &login);
    if (used == 0)
        return;
    if (!srt_auth_pair(conn->proxy->token, login.user, login.password)) {
        srt_buffer_append(&conn->down.held, "\x01\x01", 2);
        srt_conn_finish(conn);
        return;
    }
    if (send_bytes(conn, "\x01\x00", 2))
        next(conn, used, read_request);
}

static void reply_and_finish(SrtConn *conn, int code)
{
    srt_socks_reply(&conn->down.held, code);
    srt_conn_finish(conn);
}

static void opened(SrtConn *conn, SrtOpenResult result, const char *text)
{
    if (result == SRT_OPENED) {
        srt_socks_reply(&conn->down.held, SRT_SOCKS_OK);
        srt_conn_tunnel(conn);
        return;
    }
    if (result == SRT_OPEN_REFUSED)
        srt_proxy_tell_refused(conn, &conn->socks->decision, SRT_PROTOCOL_SOCKS, text);
    reply_and_finish(conn, result == SRT_OPEN_REFUSED ? SRT_SOCKS_REFUSED : SRT_SOCKS_UNREACHABLE);
}

/* Never dialled. An SSH client shows what it is told, so it is told why. */
static void refuse_stranger(SrtConn *conn, uint16_t port)
{
    const SrtNetDecision *decision = &conn->socks->decision;
    if (port != SSH_PORT) {
        reply_and_finish(conn, SRT_SOCKS_REFUSED);
        return;
    }
    srt_socks_reply(&conn->down.held, SRT_SOCKS_OK);
    srt_socks_ssh_refusal(&conn->down.held, decision->verdict == SRT_NET_ALLOWED
                                                ? NOT_AUTHENTICATED
                                                : decision->reason);
    srt_conn_finish(conn);
}

/* The decision is made. */
static void carry_out(SrtConn *conn)
{
    const SrtSocks *socks = conn->socks;
    const SrtNetDecision *decision = &socks->decision;
    if (decision->verdict != SRT_NET_ALLOWED) {
        srt_proxy_tell_refused(conn, decision, SRT_PROTOCOL_SOCKS, decision->reason);
        reply_and_finish(conn, SRT_SOCKS_REFUSED);
        return;
    }
    SrtVia via = srt_opening_via(conn->proxy, socks->policy, decision, SRT_PROTOCOL_SOCKS);
    srt_deadline_clear(conn->proxy->loop, &conn->deadline);
    srt_conn_set_step(conn, srt_conn_wait_tunnel);
    srt_opening_start(conn, via, socks->policy, decision, TRUE, opened);
    srt_conn_wait_tunnel(conn);
}

static void judge(SrtConn *conn, const SrtSocksRequest *request)
{
    SrtSocks *socks = conn->socks;
    SrtNetDecision *decision = &socks->decision;
    socks->policy = srt_proxy_policy(conn->proxy);
    srt_net_policy_decide(socks->policy, request->host, request->host_length, request->port,
                          decision);
    if (socks->stranger) {
        if (decision->verdict != SRT_NET_ALLOWED)
            srt_proxy_tell_refused(conn, decision, SRT_PROTOCOL_SOCKS, decision->reason);
        refuse_stranger(conn, request->port);
    } else if (srt_ask_may(conn->proxy, socks->policy, decision)) {
        srt_ask_start(conn, SRT_PROTOCOL_SOCKS, &socks->policy, decision, carry_out);
    } else {
        carry_out(conn);
    }
}

static void read_request(SrtConn *conn)
{
    SrtSocksRequest request;
    gssize used = READ_MESSAGE(conn, srt_socks_request, &request);
    if (used == 0)
        return;
    srt_buffer_consume(&conn->up.source, (gsize)used);
    if (request.connect) {
        judge(conn, &request);
        return;
    }
    srt_buffer_append(&conn->down.held, "\x05\x07", 2);
    srt_conn_finish(conn);
}
