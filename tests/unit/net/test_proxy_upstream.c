/* SPDX-License-Identifier: Apache-2.0 */
/* Parent proxies, the inspecting proxy, ports of other proxies. The origin plays
 * the other proxy. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness.h"

static void listen_first(Net *net)
{
    net->origin = net_listen(&net->origin_port);
}

static char *parent_url(const Net *net)
{
    return g_strdup_printf("http://us%%65r:pa:ss@127.0.0.1:%d/", net->origin_port);
}

#define AUTHORIZATION "Proxy-Authorization: Basic dXNlcjpwYTpzcw==\r\n" /* user:pa:ss */

static void plain_through_parent(void)
{
    Net net = {.allowed = "*.example.com"};
    listen_first(&net);
    g_autofree char *url = parent_url(&net);
    net.options.upstream.parent_http = url;
    net_start(&net);
    int client = net_client(&net);
    net_send(client, "GET http://A.example.com:8080 HTTP/1.1\r\n\r\n");
    int parent = net_accept(&net);
    g_autofree char *head = net_head(parent);
    SRT_ASSERT_STR(head, "GET http://a.example.com:8080/ HTTP/1.1\r\nHost: a.example.com:8080\r\n"
                         AUTHORIZATION "\r\n");
    net_send(parent, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    g_autofree char *answer = net_head(client);
    CU_ASSERT(net_has(answer, "HTTP/1.1 200 OK\r\n"));
    CU_ASSERT_EQUAL(net_lookups(), 0);
    close(client);
    close(parent);
    net_stop(&net);
}

static void tunnel_through_parent(void)
{
    Net net = {.allowed = "*.example.com"};
    listen_first(&net);
    g_autofree char *url = parent_url(&net);
    net.options.upstream.parent_https = url;
    net_start(&net);
    int client = net_client(&net);
    net_send(client, "CONNECT a.example.com:443 HTTP/1.1\r\n\r\nearly");
    int parent = net_accept(&net);
    g_autofree char *head = net_head(parent);
    SRT_ASSERT_STR(head, "CONNECT a.example.com:443 HTTP/1.1\r\nHost: a.example.com:443\r\n"
                         AUTHORIZATION "\r\n");
    net_send(parent, "HTTP/1.0 200 Yes\r\nX: y\r\n\r\nahead");
    g_autofree char *early = net_read(parent, 5);
    SRT_ASSERT_STR(early, "early");
    g_autofree char *answer = net_head(client), *ahead = net_read(client, 5);
    SRT_ASSERT_STR(answer, "HTTP/1.1 200 Connection Established\r\n\r\n");
    SRT_ASSERT_STR(ahead, "ahead");
    close(client);
    close(parent);
    /* Judged before: the parent hears nothing of what is refused. */
    client = net_client(&net);
    net_send(client, "CONNECT a.example.org:443 HTTP/1.1\r\n\r\n");
    g_autofree char *refused = net_rest(client, NULL);
    CU_ASSERT(net_has(refused, "HTTP/1.1 403 "));
    close(client);
    net_no_dial(&net);
    net_stop(&net);
}

static void parent_refuses(void)
{
    static const char *const answers[] = {
        "HTTP/1.1 407 No\r\n\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 200\r\nX y\r\n\r\n", "",
    };
    Net net = {.allowed = "*.example.com"};
    listen_first(&net);
    g_autofree char *url = parent_url(&net);
    net.options.upstream.parent_https = url;
    net_start(&net);
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        int client = net_client(&net);
        net_send(client, "CONNECT a.example.com:443 HTTP/1.1\r\n\r\n");
        int parent = net_accept(&net);
        net_skip_head(parent);
        net_send(parent, "%s", answers[i]);
        close(parent);
        g_autofree char *answer = net_rest(client, NULL);
        CU_ASSERT(net_has(answer, "HTTP/1.1 502 Bad Gateway\r\n"));
        close(client);
    }
    net_stop(&net);
}

static void socks_through_parent_and_past_it(void)
{
    Net net = {.allowed = "127.0.0.1 *.example.com"};
    listen_first(&net);
    g_autofree char *url = parent_url(&net);
    net.options.upstream.parent_http = url;
    net.options.upstream.parent_no_proxy = (char[]){"10.0.0.0/8, .direct.example.com"};
    net_start(&net);
    net_set_names("x.direct.example.com=127.0.0.1");
    int client = net_dial(net.socks_port);
    net_send_bytes(client, "\5\1\0\5\1\0\3\15a.example.com\1\273", 23);
    int parent = net_accept(&net);
    g_autofree char *head = net_head(parent);
    CU_ASSERT(net_has(head, "CONNECT a.example.com:443 HTTP/1.1\r\n"));
    close(parent);
    g_autofree char *reply = net_read(client, 12);
    CU_ASSERT_EQUAL(reply[3], 4);
    close(client);
    client = net_client(&net); /* past it: origin form, straight to the name's address */
    net_send(client, "GET http://x.direct.example.com:%d/ HTTP/1.1\r\n\r\n", net.origin_port);
    int origin = net_accept(&net);
    g_autofree char *request = net_head(origin);
    CU_ASSERT(net_has(request, "GET / HTTP/1.1\r\n"));
    close(client);
    close(origin);
    net_stop(&net);
}

static int listen_unix(char *ret_path, gsize size)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_autofree char *dir = g_dir_make_tmp("srt-net-XXXXXX", NULL);
    g_snprintf(ret_path, size, "%s/mitm", dir);
    g_strlcpy(a.sun_path, ret_path, sizeof a.sun_path);
    CU_ASSERT_FATAL(bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 8) == 0);
    return fd;
}

static void remove_unix(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    unlink(path);
    rmdir(dir);
}

static void inspecting_proxy(void)
{
    char path[108];
    Net net = {.allowed = "*.example.com", .mitm_domains = "*.seen.example.com"};
    net.origin = listen_unix(path, sizeof path);
    net.options.upstream.mitm_socket = path;
    net_start(&net);
    int client = net_client(&net);
    net_send(client, "GET http://a.seen.example.com/x HTTP/1.1\r\n\r\n");
    int mitm = net_accept(&net);
    g_autofree char *head = net_head(mitm);
    CU_ASSERT(net_has(head, "GET http://a.seen.example.com/x HTTP/1.1\r\n"));
    close(client);
    close(mitm);
    client = net_client(&net);
    net_send(client, "CONNECT a.seen.example.com:443 HTTP/1.1\r\n\r\n");
    mitm = net_accept(&net);
    g_autofree char *connect = net_head(mitm);
    CU_ASSERT(net_has(connect, "CONNECT a.seen.example.com:443 HTTP/1.1\r\n"));
    net_send(mitm, "HTTP/1.1 200 OK\r\n\r\n");
    g_autofree char *answer = net_head(client);
    CU_ASSERT(net_has(answer, "HTTP/1.1 200 Connection Established"));
    CU_ASSERT_EQUAL(net_lookups(), 0);
    close(client);
    close(mitm);
    client = net_client(&net); /* another domain: the usual way */
    net_send(client, "CONNECT other.example.com:443 HTTP/1.1\r\n\r\n");
    g_autofree char *other = net_rest(client, NULL);
    CU_ASSERT(net_has(other, "HTTP/1.1 502 "));
    net_no_dial(&net);
    close(client);
    net_stop(&net);
    remove_unix(path);
}

static void external_ports(void)
{
    Net net = {.allowed = "a.example.com"};
    listen_first(&net);
    net.options.http_external_port = (guint)net.origin_port;
    net_start(&net);
    int client = net_client(&net);
    net_send(client, "anything at all");
    int other = net_accept(&net);
    g_autofree char *text = net_read(other, 15);
    SRT_ASSERT_STR(text, "anything at all");
    shutdown(other, SHUT_WR);
    g_autofree char *rest = net_rest(client, NULL);
    SRT_ASSERT_STR(rest, "");
    net_send(client, " and more");
    close(client);
    g_autofree char *more = net_rest(other, NULL);
    SRT_ASSERT_STR(more, " and more");
    close(other);
    client = net_dial(net.socks_port); /* the other one is still our own */
    net_send_bytes(client, "\5\1\0", 3);
    g_autofree char *greeting = net_read(client, 2);
    CU_ASSERT_EQUAL(greeting[0], 5);
    close(client);
    net_stop(&net);
}

static void from_environment(void)
{
    static const char *const env[] = {
        "HTTP_PROXY=",           "http_proxy=http://p.example.com:1",
        "HTTPS_PROXY=socks5://x", "https_proxy=y.example.com:2",
        "NO_PROXY=a,b",          NULL,
    };
    static const char *const nothing[] = {"PATH=/bin", NULL};
    SrtProxyUpstream upstream = {0};
    srt_proxy_upstream_from_env(&upstream, env);
    SRT_ASSERT_STR(upstream.parent_http, "http://p.example.com:1");
    CU_ASSERT_PTR_NULL(upstream.parent_https);
    SRT_ASSERT_STR(upstream.parent_no_proxy, "a,b");
    srt_proxy_upstream_clear(&upstream);
    srt_proxy_upstream_from_env(&upstream, nothing);
    CU_ASSERT(!upstream.parent_http && !upstream.parent_https && !upstream.parent_no_proxy);
    srt_proxy_upstream_clear(&upstream);
}

static const srt_unit_case cases[] = {
    {"plain through parent", plain_through_parent},
    {"tunnel through parent", tunnel_through_parent},
    {"parent refuses", parent_refuses},
    {"socks through parent", socks_through_parent_and_past_it},
    {"inspecting proxy", inspecting_proxy},
    {"external ports", external_ports},
    {"from environment", from_environment},
};

SRT_UNIT_MAIN("net proxy upstream", cases)
