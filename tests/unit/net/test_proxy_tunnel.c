/* SPDX-License-Identifier: Apache-2.0 */
/* CONNECT tunnels, the address guard, the life of the proxy itself. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

#define ESTABLISHED "HTTP/1.1 200 Connection Established\r\n\r\n"

static void check(char *text, const char *part)
{
    CU_ASSERT(net_has(text, part));
}

static int open_tunnel(const Net *net, int *ret_server)
{
    int client = net_client(net);
    net_send(client, "CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n", net->origin_port);
    *ret_server = net_accept(net);
    g_autofree char *head = net_head(client);
    SRT_ASSERT_STR(head, ESTABLISHED);
    return client;
}

static void both_ways(void)
{
    NET_START();
    int server, client = open_tunnel(&net, &server);
    net_send(client, "up");
    net_send(server, "down");
    g_autofree char *up = net_read(server, 2), *down = net_read(client, 4);
    SRT_ASSERT_STR(up, "up");
    SRT_ASSERT_STR(down, "down");
    close(client);
    g_autofree char *rest = net_rest(server, NULL);
    SRT_ASSERT_STR(rest, "");
    close(server);
    net_stop(&net);
}

/* Bytes sent in one piece with CONNECT, and the client's end with them. */
static void early_bytes_and_end(void)
{
    NET_START();
    int client = net_client(&net);
    net_send(client, "CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\nearly bytes", net.origin_port);
    shutdown(client, SHUT_WR);
    int server = net_accept(&net);
    g_autofree char *early = net_rest(server, NULL);
    SRT_ASSERT_STR(early, "early bytes");
    net_send(server, "late answer");
    close(server);
    g_autofree char *answer = net_rest(client, NULL);
    SRT_ASSERT_STR(answer, ESTABLISHED "late answer");
    close(client);
    net_stop(&net);
}

/* The last bytes leave the proxy together with the end behind them; the other
 * direction goes on. */
static void last_bytes_with_the_end(void)
{
    for (int turned = 0; turned < 2; turned++) {
        NET_START();
        int server, client = open_tunnel(&net, &server);
        int first = turned ? client : server, second = turned ? server : client;
        net_send(first, "last bytes");
        shutdown(first, SHUT_WR);
        g_autofree char *last = net_rest(second, NULL);
        SRT_ASSERT_STR(last, "last bytes");
        net_send(second, "not yet");
        g_autofree char *more = net_read(first, 7);
        SRT_ASSERT_STR(more, "not yet");
        net_send(second, "now");
        close(second);
        g_autofree char *rest = net_rest(first, NULL);
        SRT_ASSERT_STR(rest, "now");
        close(first);
        net_stop(&net);
    }
}

typedef struct Sink {
    int fd;
    gsize got;
    gboolean in_order;
} Sink;

static void *swallow(void *data)
{
    Sink *sink = data;
    static const gsize block = 65536;
    g_autofree unsigned char *bytes = g_malloc(block);
    gssize n;
    sink->in_order = TRUE;
    while ((n = recv(sink->fd, bytes, block, 0)) > 0) {
        for (gssize i = 0; i < n; i++)
            sink->in_order &= bytes[i] == (unsigned char)((sink->got + (gsize)i) * 7 >> 4);
        sink->got += (gsize)n;
    }
    return NULL;
}

#define LOTS ((gsize)24 * 1024 * 1024)

/* One side has ended before the other begins to send; then much comes, through
 * splice, while the reader is slow to begin with. */
static void much_after_an_early_end(int from, int to)
{
    shutdown(to, SHUT_WR);
    g_autofree char *nothing = net_read(from, 1);
    SRT_ASSERT_STR(nothing, "");
    Sink sink = {.fd = to};
    pthread_t thread;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, swallow, &sink), 0);
    g_autofree unsigned char *bytes = g_malloc(LOTS);
    for (gsize i = 0; i < LOTS; i++)
        bytes[i] = (unsigned char)(i * 7 >> 4);
    net_send_bytes(from, bytes, LOTS);
    close(from);
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(sink.got, LOTS);
    CU_ASSERT(sink.in_order);
    close(to);
}

static void early_end_of_client(void)
{
    NET_START();
    int server, client = open_tunnel(&net, &server);
    much_after_an_early_end(server, client);
    net_stop(&net);
}

static void early_end_of_server(void)
{
    NET_START();
    int server, client = open_tunnel(&net, &server);
    much_after_an_early_end(client, server);
    net_stop(&net);
}

/* The server answers and resets because it did not read everything: what it
 * said still arrives. */
static void answer_before_a_reset(void)
{
    NET_START();
    int server, client = open_tunnel(&net, &server);
    net_send(client, "unread");
    struct pollfd p = {.fd = server, .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&p, 1, 5000), 1);
    net_send(server, "the answer");
    close(server); /* with unread bytes: a reset */
    g_autofree char *answer = net_rest(client, NULL);
    SRT_ASSERT_STR(answer, "the answer");
    close(client);
    net_stop(&net);
}

/* Nobody reads: what the proxy takes in stays bounded. */
static void back_pressure(void)
{
    NET_START();
    int server, client = open_tunnel(&net, &server);
    struct timeval short_limit = {0, 300000};
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &short_limit, sizeof short_limit);
    g_autofree char *block = g_strnfill(65536, 'x');
    gsize sent = 0;
    gssize n;
    while ((n = send(client, block, 65536, MSG_NOSIGNAL)) > 0 && sent < (gsize)256 * 1024 * 1024)
        sent += (gsize)n;
    CU_ASSERT(n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    CU_ASSERT(sent < (gsize)64 * 1024 * 1024);
    shutdown(client, SHUT_WR);
    gsize got = 0;
    g_autofree char *all = net_rest(server, &got);
    CU_ASSERT_EQUAL(got, sent);
    CU_ASSERT_EQUAL(strspn(all, "x"), sent);
    close(client);
    close(server);
    net_stop(&net);
}

static void denied(void)
{
    NET_START(.denied = "blocked.example.com");
    int client = net_client(&net);
    net_send(client, "CONNECT BLOCKED.example.com.:443 HTTP/1.1\r\n\r\n");
    g_autofree char *answer = net_rest(client, NULL);
    SRT_ASSERT_STR(answer, "HTTP/1.1 403 Forbidden\r\nX-Proxy-Error: blocked-by-allowlist\r\n"
                           "Content-Type: text/plain\r\nContent-Length: 39\r\n"
                           "Connection: close\r\n\r\nConnection blocked by network allowlist");
    CU_ASSERT(net_has(net.last_refusal, "connect blocked.example.com:443 "));
    close(client);
    net_stop(&net);
}

static char *connect_to(const Net *net, const char *name)
{
    int client = net_client(net);
    net_send(client, "CONNECT %s:%d HTTP/1.1\r\n\r\n", name, net->origin_port);
    char *answer = net_rest(client, NULL);
    close(client);
    return answer;
}

static void guard_refuses(void)
{
    NET_START(.allowed = "*.example.com");
    net_set_names("loop.example.com=127.0.0.1,::1;meta.example.com=169.254.169.254;"
                  "mapped.example.com=::ffff:127.0.0.1");
    g_autofree char *loop = connect_to(&net, "loop.example.com");
    check(loop, "HTTP/1.1 403 Forbidden\r\nX-Proxy-Error: blocked-by-sandbox-runtime\r\n");
    check(loop, "\r\n\r\nConnection to loop.example.com blocked: resolved to a loopback address");
    g_autofree char *meta = connect_to(&net, "meta.example.com");
    check(meta, "blocked: resolved to a link-local address");
    CU_ASSERT_PTR_NULL(strstr(meta, "169.254"));
    g_autofree char *mapped = connect_to(&net, "mapped.example.com");
    check(mapped, "HTTP/1.1 403 Forbidden");
    g_autofree char *none = connect_to(&net, "none.example.com");
    check(none, "HTTP/1.1 502 Bad Gateway");
    CU_ASSERT_EQUAL(net_refusals(&net), 3);
    net_no_dial(&net);
    net_stop(&net);
}

/* Of mixed answers only the allowed address is dialled; and a name whose answer
 * changes is judged by the answer that is dialled. */
static void guard_chooses(void)
{
    NET_START(.allowed = "*.example.com 127.0.0.2:%u");
    net_set_names("mixed.example.com=127.0.0.1,169.254.169.254,127.0.0.2");
    int client = net_client(&net);
    net_send(client, "CONNECT mixed.example.com:%d HTTP/1.1\r\n\r\n", net.origin_port);
    int server = net_accept(&net);
    struct sockaddr_in local;
    socklen_t length = sizeof local;
    getsockname(server, (struct sockaddr *)&local, &length);
    CU_ASSERT_EQUAL(g_ntohl(local.sin_addr.s_addr), 0x7f000002);
    CU_ASSERT_EQUAL(net_lookups(), 1);
    g_autofree char *head = net_head(client);
    SRT_ASSERT_STR(head, ESTABLISHED);
    net_set_names("mixed.example.com=127.0.0.1");
    g_autofree char *rebound = connect_to(&net, "mixed.example.com");
    check(rebound, "HTTP/1.1 403 Forbidden");
    close(client);
    close(server);
    net_stop(&net);
}

/* No name that is refused is ever asked for. */
static void no_lookup_of_refused_names(void)
{
    static const char *const names[] = {
        "denied.example.org",       "example.com.evil.example.org",
        "127.0.0.1%00.example.com", "a\\.example.com",
        "xn--.example.org",         "evil.org@a.example.com",
    };
    NET_START(.allowed = "*.example.com");
    net_set_names("denied.example.org=127.0.0.1");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *answer = connect_to(&net, names[i]);
        check(answer, "HTTP/1.1 40");
    }
    CU_ASSERT_EQUAL(net_lookups(), 0);
    net_stop(&net);
}

static void falls_back(void)
{
    NET_START(.allowed = "*.example.com 127.0.0.2 [::1]");
    net_set_names("two.example.com=::1,127.0.0.2"); /* nobody listens on ::1 */
    int client = net_client(&net);
    net_send(client, "CONNECT two.example.com:%d HTTP/1.1\r\n\r\n", net.origin_port);
    int server = net_accept(&net);
    g_autofree char *head = net_head(client);
    SRT_ASSERT_STR(head, ESTABLISHED);
    close(client);
    close(server);
    net_stop(&net);
}

static void policy_is_replaced(void)
{
    NET_START();
    int server, client = open_tunnel(&net, &server);
    g_autoptr(SrtNetPolicy) nothing = net_policy(&net, "other.example.com", NULL);
    srt_proxy_set_policy(net.proxy, nothing);
    g_autofree char *refused = connect_to(&net, "127.0.0.1");
    check(refused, "HTTP/1.1 403 Forbidden");
    net_send(client, "still"); /* what stands is left alone */
    g_autofree char *still = net_read(server, 5);
    SRT_ASSERT_STR(still, "still");
    close(client);
    close(server);
    net_stop(&net);
}

/* More clients than allowed wait in the backlog and are served in their turn. */
static void bounded_connections(void)
{
    NET_START(.options.max_connections = 2);
    int server[2], client[2];
    for (int i = 0; i < 2; i++)
        client[i] = open_tunnel(&net, &server[i]);
    int third = net_client(&net);
    net_send(third, "CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n", net.origin_port);
    net_no_dial(&net);
    close(client[0]);
    close(server[0]);
    int late = net_accept(&net);
    g_autofree char *head = net_head(third);
    SRT_ASSERT_STR(head, ESTABLISHED);
    close(late);
    close(third);
    close(client[1]);
    close(server[1]);
    net_stop(&net);
}

/* No descriptor is left: the proxy neither spins nor dies, and goes on later. */
static void descriptors_run_out(void)
{
    NET_START();
    struct rlimit before, now;
    int clients[] = {net_socket(), net_socket()};
    getrlimit(RLIMIT_NOFILE, &before);
    now = before;
    now.rlim_cur = (rlim_t)clients[1] + 1; /* not one for the proxy */
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &now), 0);
    net_connect(clients[0], net.http_port);
    net_connect(clients[1], net.http_port);
    g_usleep(250000);
    setrlimit(RLIMIT_NOFILE, &before);
    for (int i = 0; i < 2; i++) {
        net_send(clients[i], "CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n", net.origin_port);
        int server = net_accept(&net);
        g_autofree char *head = net_head(clients[i]);
        SRT_ASSERT_STR(head, ESTABLISHED);
        close(server);
    }
    close(clients[0]);
    close(clients[1]);
    net_stop(&net);
}

/* Stopping does not wait for a name server. */
static void stops_during_a_lookup(void)
{
    NET_START(.allowed = "*.example.com");
    int client = net_client(&net);
    net_send(client, "CONNECT slow.example.com:%d HTTP/1.1\r\n\r\n", net.origin_port);
    for (int i = 0; i < 500 && net_lookups() == 0; i++)
        g_usleep(2000);
    guint ended = net_slow_lookups_ended();
    srt_proxy_stop(net.proxy);
    net.proxy = NULL;
    CU_ASSERT_EQUAL(net_slow_lookups_ended(), ended);
    g_autofree char *nothing = net_rest(client, NULL);
    SRT_ASSERT_STR(nothing, "");
    close(client);
    g_usleep(1300000); /* the thread ends by itself; a sanitizer sees what it leaves */
    net_stop(&net);
}

static void client_gone_before_the_answer(void)
{
    NET_START(.allowed = "*.example.com 127.0.0.1");
    net_set_names("slow.example.com=127.0.0.1");
    int client = net_client(&net);
    net_send(client, "CONNECT slow.example.com:%d HTTP/1.1\r\n\r\n", net.origin_port);
    for (int i = 0; i < 500 && net_lookups() == 0; i++)
        g_usleep(2000);
    close(client);
    g_usleep(1200000);
    net_no_dial(&net);
    net_stop(&net);
}

static void starts_and_stops_at_once(void)
{
    for (int i = 0; i < 20; i++) {
        g_autoptr(GError) error = NULL;
        Net net = {0};
        g_autoptr(SrtNetPolicy) policy = net_policy(&net, "a.example.com", NULL);
        SrtProxyOptions options = {.policy = policy};
        int port;
        int listener = net_listen(&port);
        SrtProxy *proxy = srt_proxy_new(&options, &error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(proxy);
        CU_ASSERT_TRUE(srt_proxy_add_listener(proxy, listener, SRT_PROXY_HTTP, &error));
        srt_proxy_stop(proxy);
    }
}

static void stop_of_nothing(void)
{
    srt_proxy_stop(NULL);
    g_autoptr(GError) error = NULL;
    Net net = {0};
    g_autoptr(SrtNetPolicy) policy = net_policy(&net, "a.example.com", NULL);
    SrtProxyOptions options = {.policy = policy};
    options.upstream.parent_https = (char[]){"https://proxy.example.com:3128"};
    CU_ASSERT_PTR_NULL(srt_proxy_new(&options, &error));
    CU_ASSERT(error && net_has(error->message, "not supported"));
    options.upstream.parent_https = NULL;
    srt_proxy_stop(srt_proxy_new(&options, NULL)); /* never had a listener */
}

static const srt_unit_case cases[] = {
    {"both ways", both_ways},
    {"early bytes and end", early_bytes_and_end},
    {"last bytes with the end", last_bytes_with_the_end},
    {"early end of client", early_end_of_client},
    {"early end of server", early_end_of_server},
    {"answer before a reset", answer_before_a_reset},
    {"back pressure", back_pressure},
    {"denied", denied},
    {"guard refuses", guard_refuses},
    {"guard chooses", guard_chooses},
    {"no lookup", no_lookup_of_refused_names},
    {"falls back", falls_back},
    {"policy is replaced", policy_is_replaced},
    {"bounded connections", bounded_connections},
    {"descriptors run out", descriptors_run_out},
    {"stops during a lookup", stops_during_a_lookup},
    {"client gone", client_gone_before_the_answer},
    {"starts_and_stops_at_once", starts_and_stops_at_once},
    {"stop of nothing", stop_of_nothing},
};

SRT_UNIT_MAIN("net proxy tunnel", cases)
