/* SPDX-License-Identifier: Apache-2.0 */
/* Plain HTTP through the proxy. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

static void ask(const Net *net, int client, const char *more)
{
    net_send(client, "GET http://127.0.0.1:%d/path?q HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n",
             net->origin_port, net->origin_port, more);
}

static void check(char *text, const char *part)
{
    CU_ASSERT(net_has(text, part));
}

static void get(void)
{
    NET_START();
    int client = net_client(&net);
    ask(&net, client,
        "Proxy-Connection: keep-alive\r\nX-Kept: 1\r\nX-Named: 2\r\nConnection: X-Named\r\n"
        "TE: trailers\r\nProxy-Authorization: Basic eDp5\r\n");
    int server = net_accept(&net);
    g_autofree char *request = net_head(server);
    g_autofree char *expected = g_strdup_printf(
        "GET /path?q HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Kept: 1\r\n\r\n", net.origin_port);
    SRT_ASSERT_STR(request, expected);
    net_send(server, "HTTP/1.1 200 Fine\r\nX-Kept: 1\r\nX-Named: 2\r\nKeep-Alive: timeout=5\r\n"
                     "Connection: keep-alive, x-named\r\nContent-Length: 5\r\n\r\nhello");
    g_autofree char *head = net_head(client), *body = net_read(client, 5);
    SRT_ASSERT_STR(head, "HTTP/1.1 200 Fine\r\nX-Kept: 1\r\nContent-Length: 5\r\n\r\n");
    SRT_ASSERT_STR(body, "hello");
    close(client);
    close(server);
    net_stop(&net);
}

/* The second request of a kept connection is judged like the first. */
static void every_request_is_judged(void)
{
    NET_START();
    int client = net_client(&net);
    ask(&net, client, "");
    net_send(client, "GET http://denied.example.org/ HTTP/1.1\r\nHost: denied.example.org\r\n\r\n");
    int server = net_accept(&net);
    net_skip_head(server);
    net_send(server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    g_autofree char *head = net_head(client), *body = net_read(client, 2);
    g_autofree char *second = net_rest(client, NULL);
    check(head, "HTTP/1.1 200 OK\r\n");
    SRT_ASSERT_STR(body, "ok");
    SRT_ASSERT_STR(second, "HTTP/1.1 403 Forbidden\r\nX-Proxy-Error: blocked-by-allowlist\r\n"
                           "Content-Type: text/plain\r\nContent-Length: 40\r\n"
                           "Connection: close\r\n\r\nConnection blocked by network allowlist\n");
    CU_ASSERT_EQUAL(net_refusals(&net), 1);
    CU_ASSERT(net_has(net.last_refusal, "http denied.example.org:80 "));
    close(client);
    close(server);
    net_stop(&net);
}

static void answer_one(int server, int client, const char *expected_path)
{
    g_autofree char *request = net_head(server);
    check(request, expected_path);
    net_send(server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    g_autofree char *head = net_head(client), *body = net_read(client, 2);
    check(head, "200 OK");
    SRT_ASSERT_STR(body, "ok");
}

static void keeps_one_connection_to_the_server(void)
{
    NET_START();
    int client = net_client(&net);
    ask(&net, client, "");
    int server = net_accept(&net);
    answer_one(server, client, "GET /path?q ");
    for (int i = 0; i < 3; i++) {
        ask(&net, client, "");
        answer_one(server, client, "GET /path?q ");
    }
    net_no_dial(&net);
    /* The server gives up the connection: a new one, and the client sees nothing. */
    ask(&net, client, "");
    net_skip_head(server);
    close(server);
    server = net_accept(&net);
    answer_one(server, client, "GET /path?q ");
    /* Another host: a new one, judged anew. */
    net_send(client, "GET http://127.0.0.1:%d/b HTTP/1.1\r\n\r\n", net.http_port);
    g_autofree char *loop = net_head(client);
    check(loop, "HTTP/1.1 400 Bad Request");
    close(client);
    close(server);
    net_stop(&net);
}

static void bodies(void)
{
    NET_START();
    int client = net_client(&net);
    net_send(client,
             "POST http://127.0.0.1:%d/ HTTP/1.1\r\nExpect: 100-continue\r\n"
             "Transfer-Encoding: chunked\r\n\r\n",
             net.origin_port);
    int server = net_accept(&net);
    g_autofree char *request = net_head(server);
    check(request, "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    net_send(server, "HTTP/1.1 100 Continue\r\n\r\n");
    g_autofree char *interim = net_head(client);
    SRT_ASSERT_STR(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    net_send(client, "00005;ext=1\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n");
    g_autofree char *body = net_head(server);
    SRT_ASSERT_STR(body, "5\r\nhello\r\n0\r\n\r\n");
    net_send(server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    g_autofree char *head = net_head(client), *answer = net_head(client);
    check(head, "Transfer-Encoding: chunked\r\n");
    SRT_ASSERT_STR(answer, "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    close(client);
    close(server);
    net_stop(&net);
}

static void old_client_gets_no_chunks(void)
{
    NET_START();
    int client = net_client(&net);
    net_send(client, "GET http://127.0.0.1:%d/ HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
             net.origin_port);
    int server = net_accept(&net);
    g_autofree char *request = net_head(server);
    CU_ASSERT_PTR_NULL(strstr(request, "Expect"));
    net_send(server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    g_autofree char *answer = net_rest(client, NULL);
    SRT_ASSERT_STR(answer, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
    close(client);
    close(server);
    net_stop(&net);
}

static void answers_without_a_body(void)
{
    static const char *const answers[] = {
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n",
    };
    NET_START();
    int client = net_client(&net), server = -1;
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        ask(&net, client, "");
        server = server < 0 ? net_accept(&net) : server;
        net_skip_head(server);
        net_send(server, "%s", answers[i]);
        g_autofree char *head = net_head(client);
        SRT_ASSERT_STR(head, answers[i]);
    }
    net_send(client, "HEAD http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n", net.origin_port);
    net_skip_head(server);
    net_send(server, "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
    g_autofree char *head = net_head(client);
    SRT_ASSERT_STR(head, "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
    close(client);
    close(server);
    net_stop(&net);
}

/* A client that has said everything and sent its end still gets its answer. */
static void early_end_of_client(void)
{
    NET_START();
    int client = net_client(&net);
    ask(&net, client, "");
    shutdown(client, SHUT_WR);
    int server = net_accept(&net);
    net_skip_head(server);
    g_autofree char *big = g_strnfill(3000000, 'b');
    net_send(server, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    /* More than the sockets hold, so that it must be read meanwhile. */
    gsize sent = 0;
    GString *got = g_string_new(NULL);
    while (sent < 3000000) {
        gsize n = MIN(50000, 3000000 - sent);
        net_send_bytes(server, big + sent, n);
        sent += n;
        g_autofree char *some = net_read(client, sent < 3000000 ? 40000 : 1);
        g_string_append(got, some);
    }
    close(server);
    gsize rest = 0;
    g_autofree char *last = net_rest(client, &rest);
    CU_ASSERT_EQUAL(strspn(last, "b"), rest);
    const char *body = strstr(got->str, "\r\n\r\n");
    CU_ASSERT_EQUAL(got->len - (gsize)(body + 4 - got->str) + rest, 3000000);
    g_string_free(got, TRUE);
    close(client);
    net_stop(&net);
}

static void upgrade(void)
{
    NET_START();
    int client = net_client(&net);
    ask(&net, client, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n");
    int server = net_accept(&net);
    g_autofree char *request = net_head(server);
    check(request, "Connection: Upgrade\r\nUpgrade: websocket\r\n");
    net_send(server, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
                     "Upgrade: websocket\r\n\r\nfirst");
    g_autofree char *head = net_head(client), *first = net_read(client, 5);
    check(head, "HTTP/1.1 101 Switching Protocols\r\n");
    check(head, "Upgrade: websocket\r\n");
    SRT_ASSERT_STR(first, "first");
    net_send(client, "up");
    g_autofree char *up = net_read(server, 2);
    SRT_ASSERT_STR(up, "up");
    net_send(server, "down");
    g_autofree char *down = net_read(client, 4);
    SRT_ASSERT_STR(down, "down");
    close(client);
    close(server);
    net_stop(&net);
}

static void unasked_upgrade(void)
{
    NET_START();
    int client = net_client(&net);
    ask(&net, client, "");
    int server = net_accept(&net);
    net_skip_head(server);
    net_send(server, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n");
    g_autofree char *answer = net_rest(client, NULL);
    check(answer, "HTTP/1.1 502 Bad Gateway\r\n");
    close(client);
    close(server);
    net_stop(&net);
}

static const struct {
    const char *request;
    const char *answer;
} faults[] = {
    {"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
    {"GET https://127.0.0.1/ HTTP/1.1\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\n"},
    {"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: other.example.com\r\n\r\n", "HTTP/1.1 400 "},
    {"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "HTTP/1.1 400 "},
    {"GET http://u:p@127.0.0.1:1/ HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
    {"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nHost: 127.0.0.1:1\r\n\r\n",
     "HTTP/1.1 400 "},
    {"POST http://127.0.0.1:1/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
     "HTTP/1.1 400 "},
    {"POST http://127.0.0.1:1/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
     "HTTP/1.1 400 "},
    {"POST http://127.0.0.1:1/ HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 501 "},
    {"GET http://127.0.0.1:1/ HTTP/1.1\r\nA : b\r\n\r\n", "HTTP/1.1 400 "},
    {"GET http://127.0.0.1:1/ HTTP/1.1\nHost: a\n\n", "HTTP/1.1 400 "},
    {"\x16\x03\x01", "HTTP/1.1 400 "},
    {"GET http://127.0.0.1:1/ HTTP/2.0\r\n\r\n", "HTTP/1.1 505 "},
    {"CONNECT 127.0.0.1 HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
    {"CONNECT 127.0.0.1:0 HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
    {"CONNECT 127.0.0.1:1 HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 400 "},
    {"CONNECT denied.example.org:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n"},
    {"CONNECT 127.0.0.1.evil.example.org:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n"},
    /* Nothing listens on port 1. */
    {"GET http://127.0.0.1:1/ HTTP/1.1\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\n"},
    {"CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\n"},
};

static void faulty_requests(void)
{
    NET_START();
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        int client = net_client(&net);
        net_send(client, "%s", faults[i].request);
        g_autofree char *answer = net_rest(client, NULL);
        check(answer, faults[i].answer);
        close(client);
    }
    net_no_dial(&net);
    net_stop(&net);
}

static void too_large_a_head(void)
{
    NET_START();
    int client = net_client(&net);
    g_autofree char *long_text = g_strnfill(20000, 'a');
    net_send(client, "GET http://127.0.0.1:1/ HTTP/1.1\r\nX: %s\r\n\r\n", long_text);
    g_autofree char *answer = net_rest(client, NULL);
    check(answer, "HTTP/1.1 431 ");
    close(client);
    net_stop(&net);
}

/* What a server must not be able to do to a client. */
static void faulty_answers(void)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "SSH-2.0-x\r\n\r\n",
        "",
    };
    NET_START();
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        int client = net_client(&net);
        ask(&net, client, "");
        int server = net_accept(&net);
        net_skip_head(server);
        net_send(server, "%s", answers[i]);
        close(server);
        g_autofree char *answer = net_rest(client, NULL);
        check(answer, "HTTP/1.1 502 Bad Gateway\r\n");
        close(client);
    }
    net_stop(&net);
}

static void truncated_body_is_not_completed(void)
{
    NET_START();
    int client = net_client(&net);
    ask(&net, client, "");
    int server = net_accept(&net);
    net_skip_head(server);
    net_send(server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
    close(server);
    g_autofree char *answer = net_rest(client, NULL);
    check(answer, "3\r\nhel\r\n");
    CU_ASSERT_PTR_NULL(strstr(answer, "0\r\n\r\n"));
    close(client);
    net_stop(&net);
}

static void token(void)
{
    NET_START(.options.token = "secret");
    int client = net_client(&net);
    ask(&net, client, "Proxy-Authorization: Basic c3J0Ondyb25n\r\n");
    g_autofree char *refused = net_rest(client, NULL);
    SRT_ASSERT_STR(refused, "HTTP/1.1 407 Proxy Authentication Required\r\n"
                            "Proxy-Authenticate: Basic realm=\"srt\"\r\nContent-Length: 0\r\n"
                            "Connection: close\r\n\r\n");
    close(client);
    client = net_client(&net);
    ask(&net, client, "Proxy-Authorization: Basic c3J0OnNlY3JldA==\r\n"); /* srt:secret */
    int server = net_accept(&net);
    answer_one(server, client, "GET /path?q ");
    close(client);
    close(server);
    net_stop(&net);
}

static void pipelined(void)
{
    NET_START();
    int client = net_client(&net);
    for (int i = 0; i < 20; i++)
        net_send(client, "GET http://127.0.0.1:%d/n%d HTTP/1.1\r\n\r\n", net.origin_port, i);
    int server = net_accept(&net);
    for (int i = 0; i < 20; i++) {
        g_autofree char *path = g_strdup_printf("GET /n%d ", i);
        answer_one(server, client, path);
    }
    close(client);
    close(server);
    net_stop(&net);
}

static const srt_unit_case cases[] = {
    {"get", get},
    {"every request is judged", every_request_is_judged},
    {"kept connection", keeps_one_connection_to_the_server},
    {"bodies", bodies},
    {"old client", old_client_gets_no_chunks},
    {"no body", answers_without_a_body},
    {"early end of client", early_end_of_client},
    {"upgrade", upgrade},
    {"unasked upgrade", unasked_upgrade},
    {"faulty requests", faulty_requests},
    {"too large a head", too_large_a_head},
    {"faulty answers", faulty_answers},
    {"truncated body", truncated_body_is_not_completed},
    {"token", token},
    {"pipelined", pipelined},
};

SRT_UNIT_MAIN("net proxy http", cases)
