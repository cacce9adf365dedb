/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts that neither list decides: somebody is asked. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "asking.h"

#define GUARDED "HTTP/1.1 403 Forbidden\r\nX-Proxy-Error: blocked-by-sandbox-runtime\r\n"

/* One request at the origin, answered; the client sees it. */
static void serve(int server, int client, const char *path)
{
    g_autofree char *request = net_head(server);
    net_check(request, path);
    net_send(server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    g_autofree char *head = net_head(client), *body = net_read(client, 2);
    net_check(head, "200 OK");
    SRT_ASSERT_STR(body, "ok");
}

static void http(void)
{
    NET_ASK();
    int client = net_client(&net);
    net_send(client, "\r\nPOST http://A.example.com.:%d/up HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe",
             net.origin_port);
    net_check_asked(&net, 0, "http", "a.example.com", net.origin_port);
    net_no_dial(&net);
    CU_ASSERT_EQUAL(net_lookups(), 0);
    net_send(client, "llo"); /* moves what was read */
    net_answer(&net, 0, TRUE);
    net_answer(&net, 0, FALSE); /* too late */
    srt_proxy_answer(net.proxy, 99, FALSE);
    srt_proxy_answer(net.proxy, 0, FALSE);
    int server = net_accept(&net);
    g_autofree char *head = net_head(server), *body = net_read(server, 5);
    g_autofree char *expected =
        g_strdup_printf("POST /up HTTP/1.1\r\nHost: a.example.com:%d\r\nContent-Length: 5\r\n\r\n",
                        net.origin_port);
    SRT_ASSERT_STR(head, expected);
    SRT_ASSERT_STR(body, "hello");
    close(client);
    close(server);
    client = net_client(&net);
    net_send_get(&net, client, "a.example.com");
    net_check_asked(&net, 1, "http", "a.example.com", net.origin_port); /* again: nothing is kept */
    net_answer(&net, 1, FALSE);
    net_expect_rest(client, BLOCKED);
    net_check_refusal(&net, 1, UNLISTED "; asked and refused");
    net_no_dial(&net);
    CU_ASSERT_EQUAL(net.dropped, 0);
    net_stop(&net);
}

static void connect_tunnel(void)
{
    NET_ASK();
    int client = net_send_connect(&net, "a.example.com");
    net_check_asked(&net, 0, "https", "a.example.com", net.origin_port);
    net_send(client, "early");
    net_answer(&net, 0, TRUE);
    int server = net_accept(&net);
    g_autofree char *early = net_read(server, 5), *head = net_head(client);
    SRT_ASSERT_STR(early, "early");
    SRT_ASSERT_STR(head, ESTABLISHED);
    close(client);
    close(server);
    client = net_send_connect(&net, "192.0.2.1");
    net_check_asked(&net, 1, "https", "192.0.2.1", net.origin_port);
    net_answer(&net, 1, FALSE);
    net_expect_rest(client, BLOCKED);
    net_check_refusal(&net, 1, UNLISTED "; asked and refused");
    net_stop(&net);
}

static void socks(void)
{
    NET_ASK();
    int client = net_send_socks(&net, "a.example.com");
    net_check_asked(&net, 0, "socks", "a.example.com", net.origin_port);
    net_send(client, "early");
    net_answer(&net, 0, TRUE);
    int server = net_accept(&net);
    g_autofree char *early = net_read(server, 5), *reply = net_read(client, 10);
    SRT_ASSERT_STR(early, "early");
    CU_ASSERT(memcmp(reply, "\5\0\0\1\0\0\0\0\0\0", 10) == 0);
    close(client);
    close(server);
    client = net_send_socks(&net, "a.example.com");
    net_check_asked(&net, 1, "socks", "a.example.com", net.origin_port);
    net_answer(&net, 1, FALSE);
    g_autofree char *refused = net_read(client, 10);
    CU_ASSERT(memcmp(refused, "\5\2\0\1\0\0\0\0\0\0", 10) == 0);
    net_check_refusal(&net, 1, UNLISTED "; asked and refused");
    close(client);
    net_stop(&net);
}

/* What the lists decide, what is no host, and what the guard would refuse. */
static void never_asked(void)
{
    static const char *const targets[] = {
        "denied.example.com:443",
        "any.example.com:25",
        "198.51.100.7:443",
        "[64:ff9b::c633:6407]:443",
        "a\\.example.com:443",
        "a..example.com:443",
        "127.0.0.1:443",
        "2130706433:443",
        "[::1]:443",
        "169.254.169.254:80",
        "[::ffff:127.0.0.1]:443",
        "0.0.0.0:80",
        "224.0.0.1:443",
        "[64:ff9b::7f00:1]:443",
    };
    NET_ASK();
    for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
        int client = net_client(&net);
        net_send(client, "CONNECT %s HTTP/1.1\r\n\r\n", targets[i]);
        net_expect_rest(client, "HTTP/1.1 40");
    }
    int client = net_send_connect(&net, "127.0.0.2");
    int server = net_accept(&net);
    close(server);
    close(client);
    CU_ASSERT_EQUAL(net_lookups(), 0);
    CU_ASSERT_EQUAL(net.asked, 0);
    net_stop(&net);
}

static void strangers_are_not_asked_about(void)
{
    NET_ASK(.options.token = "secret");
    net_expect_rest(net_send_connect(&net, "a.example.com"), "HTTP/1.1 407");
    int client = net_send_socks(&net, "a.example.com");
    g_autofree char *refused = net_read(client, 10);
    CU_ASSERT(memcmp(refused, "\5\2\0\1\0\0\0\0\0\0", 10) == 0);
    close(client);
    CU_ASSERT_EQUAL(net.asked, 0);
    net_stop(&net);
}

static void strict(void)
{
    NET_ASK(.strict = TRUE);
    net_expect_rest(net_send_connect(&net, "a.example.com"), BLOCKED);
    net_check_refusal(&net, 1, UNLISTED);
    CU_ASSERT_EQUAL(net.asked, 0);
    net_stop(&net);
}

static void guard_after_a_yes(void)
{
    NET_ASK();
    int client = net_send_connect(&net, "loop.example.com");
    net_wait_asked(&net, 1);
    net_answer(&net, 0, TRUE);
    net_expect_rest(client, GUARDED);
    net_check_refusal(&net, 1,
                      "Connection to loop.example.com blocked: resolved to a loopback address");
    client = net_send_socks(&net, "loop.example.com");
    net_wait_asked(&net, 2);
    net_answer(&net, 1, TRUE);
    g_autofree char *refused = net_read(client, 10);
    CU_ASSERT(memcmp(refused, "\5\2\0\1\0\0\0\0\0\0", 10) == 0);
    close(client);
    client = net_client(&net);
    net_send_get(&net, client, "sub.a.example.com"); /* a yes is for one name */
    net_check_asked(&net, 2, "http", "sub.a.example.com", net.origin_port);
    net_answer(&net, 2, TRUE);
    net_expect_rest(client, "HTTP/1.1 502"); /* which does not resolve */
    net_no_dial(&net);
    client = net_send_connect(&net, "localhost"); /* as if it were listed */
    net_check_asked(&net, 3, "https", "localhost", net.origin_port);
    net_answer(&net, 3, TRUE);
    int server = net_accept(&net);
    close(server);
    close(client);
    net_stop(&net);
}

/* Requests of one connection: in order, each change of host is asked about. */
static void keep_alive(void)
{
    NET_ASK();
    int client = net_client(&net);
    net_send_get(&net, client, "a.example.com");
    net_send_get(&net, client, "a.example.com");
    net_send_get(&net, client, "b.example.com");
    net_send_get(&net, client, "127.0.0.2");
    net_send_get(&net, client, "b.example.com");
    net_check_asked(&net, 0, "http", "a.example.com", net.origin_port);
    net_answer(&net, 0, TRUE);
    int a = net_accept(&net);
    serve(a, client, "GET /a.example.com ");
    serve(a, client, "GET /a.example.com ");
    net_check_asked(&net, 1, "http", "b.example.com", net.origin_port);
    net_no_dial(&net);
    net_answer(&net, 1, TRUE);
    int b = net_accept(&net);
    serve(b, client, "GET /b.example.com ");
    int listed = net_accept(&net);
    serve(listed, client, "GET /127.0.0.2 ");
    net_check_asked(&net, 2, "http", "b.example.com", net.origin_port);
    net_answer(&net, 2, FALSE);
    net_expect_rest(client, BLOCKED);
    close(a);
    close(b);
    close(listed);
    net_stop(&net);
}

/* A host allowed once stands only as long as the rules do not say no. */
static void keep_alive_and_new_rules(void)
{
    NET_ASK();
    int client = net_client(&net);
    net_send_get(&net, client, "a.example.com");
    net_wait_asked(&net, 1);
    net_answer(&net, 0, TRUE);
    int server = net_accept(&net);
    serve(server, client, "GET /a.example.com ");
    g_autoptr(SrtNetPolicy) denied = net_policy(&net, "", "a.example.com");
    srt_proxy_set_policy(net.proxy, denied);
    net_send_get(&net, client, "a.example.com");
    net_expect_rest(client, BLOCKED);
    net_check_refusal(&net, 1, "host is on the deny list");
    CU_ASSERT_EQUAL(net.asked, 1);
    close(server);
    net_stop(&net);
}

/* The rules are looked at again at the answer. */
static void new_rules_meanwhile(void)
{
    NET_ASK();
    int clients[4];
    static const char *const hosts[] = {"a.example.com", "b.example.com", "c.example.com",
                                        "203.0.113.9"};
    for (guint i = 0; i < 4; i++) {
        clients[i] = net_send_connect(&net, hosts[i]);
        net_wait_asked(&net, i + 1);
    }
    g_autoptr(SrtNetPolicy) first =
        net_policy(&net, "127.0.0.2 b.example.com c.example.com", "a.example.com");
    srt_proxy_set_policy(net.proxy, first);
    net_answer(&net, 0, TRUE);
    net_expect_rest(clients[0], BLOCKED);
    net_check_refusal(&net, 1, "host is on the deny list");
    net_answer(&net, 1, FALSE);
    net_expect_rest(clients[1], BLOCKED);
    net_check_refusal(&net, 2, UNLISTED "; asked and refused");
    net.strict = TRUE;
    g_autoptr(SrtNetPolicy) strict_now = net_policy(&net, "127.0.0.2 c.example.com", "");
    srt_proxy_set_policy(net.proxy, strict_now);
    net_set_names("c.example.com=127.0.0.2");
    net_answer(&net, 2, TRUE);
    int server = net_accept(&net);
    close(server);
    close(clients[2]);
    net_answer(&net, 3, TRUE);
    net_expect_rest(clients[3], BLOCKED);
    net_check_refusal(&net, 3, UNLISTED);
    net_stop(&net);
}

static const srt_unit_case cases[] = {
    {"http", http},
    {"connect", connect_tunnel},
    {"socks", socks},
    {"never asked", never_asked},
    {"strangers", strangers_are_not_asked_about},
    {"strict", strict},
    {"guard after a yes", guard_after_a_yes},
    {"keep alive", keep_alive},
    {"keep alive and new rules", keep_alive_and_new_rules},
    {"new rules meanwhile", new_rules_meanwhile},
};

SRT_UNIT_MAIN("net proxy ask", cases)
