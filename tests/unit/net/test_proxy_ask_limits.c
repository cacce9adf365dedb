/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that nobody answers, too many of them, and who answers at once. */
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "asking.h"

static void client_goes_away(void)
{
    NET_ASK();
    int clients[] = {net_send_connect(&net, "a.example.com"), net_send_socks(&net, "a.example.com"),
                     net_client(&net), net_send_connect(&net, "a.example.com")};
    net_send_get(&net, clients[2], "a.example.com");
    net_send(clients[3], "early");
    net_wait_asked(&net, 4);
    for (guint i = 0; i < 4; i++) {
        close(clients[i]);
        net_wait_dropped(&net, i + 1);
        net_check_refusal(&net, i + 1, UNLISTED "; asked and not answered");
    }
    for (guint i = 0; i < 4; i++)
        net_answer(&net, i, TRUE);
    net_no_dial(&net);
    int client = net_client(&net); /* already gone when it is judged: nobody is bothered */
    net_send_get(&net, client, "a.example.com");
    shutdown(client, SHUT_WR);
    net_expect_rest(client, "");
    net_stop(&net);
}

static void time_runs_out(void)
{
    NET_ASK(.options.ask_limit_ms = 50);
    net_expect_rest(net_send_connect(&net, "a.example.com"), BLOCKED);
    net_check_refusal(&net, 1, UNLISTED "; asked and not answered");
    net_wait_dropped(&net, 1);
    int client = net_send_socks(&net, "a.example.com");
    g_autofree char *refused = net_read(client, 10);
    CU_ASSERT(memcmp(refused, "\5\2\0\1\0\0\0\0\0\0", 10) == 0);
    close(client);
    net_wait_dropped(&net, 2);
    net_answer(&net, 1, TRUE);
    net_no_dial(&net);
    net_stop(&net);
}

#define OPEN_MAX_ 64
#define MORE 3

static void more_than_are_open(void)
{
    NET_ASK();
    int clients[OPEN_MAX_ + MORE];
    for (guint i = 0; i < OPEN_MAX_ + MORE; i++) {
        g_autofree char *host = g_strdup_printf("h%u.example.com", i);
        clients[i] = net_send_connect(&net, host);
        if (i < OPEN_MAX_)
            net_check_asked(&net, i, "https", host, net.origin_port);
    }
    net_no_dial(&net);
    CU_ASSERT_EQUAL(net_asked(&net, OPEN_MAX_).id, 0);
    net_answer(&net, 7, FALSE);
    net_expect_rest(clients[7], BLOCKED);
    net_check_asked(&net, OPEN_MAX_, "https", "h64.example.com", net.origin_port);
    g_autoptr(SrtNetPolicy) denied = net_policy(&net, "127.0.0.2", "h65.example.com");
    srt_proxy_set_policy(net.proxy, denied);
    close(clients[8]); /* makes room too: for one that has been denied meanwhile */
    net_wait_dropped(&net, 1);
    net_expect_rest(clients[65], BLOCKED);
    net_check_asked(&net, OPEN_MAX_ + 1, "https", "h66.example.com", net.origin_port);
    net_wait_refusals(&net, 3);
    srt_proxy_stop_asking(net.proxy);
    for (guint i = 0; i < OPEN_MAX_ + MORE; i++) {
        if (i != 7 && i != 8 && i != 65)
            net_expect_rest(clients[i], BLOCKED);
    }
    net_check_refusal(&net, OPEN_MAX_ + MORE, UNLISTED "; asked and not answered");
    net_wait_dropped(&net, 65);
    net_expect_rest(net_send_connect(&net, "a.example.com"), BLOCKED);
    net_check_refusal(&net, OPEN_MAX_ + MORE + 1, UNLISTED);
    CU_ASSERT_EQUAL(net.asked, OPEN_MAX_ + 2);
    srt_proxy_stop_asking(net.proxy);
    net_stop(&net);
}

#define QUEUE_MAX (64 + 1024)

/* One beyond what may wait is refused at once. */
static void more_than_may_wait(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = MIN(limit.rlim_max, 8192);
    setrlimit(RLIMIT_NOFILE, &limit);
    NET_ASK();
    int *clients = g_new(int, QUEUE_MAX);
    for (guint i = 0; i < QUEUE_MAX; i++) {
        clients[i] = net_send_connect(&net, "a.example.com");
        if (i % 64 == 63) /* the backlog is short: those before have been judged now */
            net_expect_rest(net_send_connect(&net, "denied.example.com"), BLOCKED);
    }
    net_expect_rest(net_send_connect(&net, "a.example.com"), BLOCKED);
    net_check_refusal(&net, QUEUE_MAX / 64 + 1, UNLISTED "; too many questions are open");
    CU_ASSERT_EQUAL(net_asked(&net, 63).id, 64);
    CU_ASSERT_EQUAL(net_asked(&net, 64).id, 0);
    srt_proxy_stop(net.proxy); /* with all of them open */
    net.proxy = NULL;
    CU_ASSERT_EQUAL(net.dropped, 64);
    for (guint i = 0; i < QUEUE_MAX; i++)
        close(clients[i]);
    g_free(clients);
    net_stop(&net);
}

/* One answers at once, on the proxy's thread. */
static SrtProxy *answering;

static void at_once(void *data, guint64 id, const SrtNetDecision *decision, SrtProtocol protocol)
{
    (void)data;
    (void)protocol;
    srt_proxy_answer(answering, id, decision->host.text[0] == 'a');
}

static void answered_at_once(void)
{
    NET_START(.allowed = "127.0.0.2", .options.ask = at_once);
    net_set_names("a.example.com=127.0.0.2");
    answering = net.proxy;
    for (guint i = 0; i < 20; i++) {
        int client = net_send_connect(&net, "a.example.com");
        int server = net_accept(&net);
        close(client);
        close(server);
        net_expect_rest(net_send_connect(&net, "b.example.com"), BLOCKED);
    }
    net_stop(&net);
}

static void without_a_loop(void)
{
    g_autoptr(GError) error = NULL;
    Net net = {0};
    g_autoptr(SrtNetPolicy) policy = net_policy(&net, "a.example.com", NULL);
    SrtProxyOptions options = {.policy = policy, .ask = at_once};
    SrtProxy *proxy = srt_proxy_new(&options, &error);
    srt_proxy_answer(proxy, 1, TRUE);
    srt_proxy_stop_asking(proxy);
    srt_proxy_stop(proxy);
}

static const srt_unit_case cases[] = {
    {"client goes away", client_goes_away},     {"time runs out", time_runs_out},
    {"more than are open", more_than_are_open}, {"more than may wait", more_than_may_wait},
    {"answered at once", answered_at_once},     {"without a loop", without_a_loop},
};

SRT_UNIT_MAIN("net proxy ask limits", cases)
