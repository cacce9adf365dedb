/* SPDX-License-Identifier: Apache-2.0 */
/* The proxies alone, for benches and for tests with real clients:
 *
 *   srt-proxy-standalone [--http PORT] [--socks PORT] [--token T] [--mitm SOCKET]
 *       [--parent URL] [--no-proxy LIST] [--deny PATTERN] PATTERN...
 *
 * Listens on 127.0.0.1 (port 0: any), prints "ready HTTP SOCKS" and one line a
 * refusal, ends on SIGINT or SIGTERM. */
#include <arpa/inet.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/proxy.h"

static int http_port, socks_port;
static char *token, *mitm, *parent, *no_proxy;
static char **denied, **mitm_domains, **patterns;

static const GOptionEntry entries[] = {
    {"http", 0, 0, G_OPTION_ARG_INT, &http_port, "port", "PORT"},
    {"socks", 0, 0, G_OPTION_ARG_INT, &socks_port, "port", "PORT"},
    {"token", 0, 0, G_OPTION_ARG_STRING, &token, "password of clients", "TOKEN"},
    {"mitm", 0, 0, G_OPTION_ARG_STRING, &mitm, "inspecting proxy", "SOCKET"},
    {"mitm-domain", 0, 0, G_OPTION_ARG_STRING_ARRAY, &mitm_domains, "for it", "PATTERN"},
    {"parent", 0, 0, G_OPTION_ARG_STRING, &parent, "parent proxy", "URL"},
    {"no-proxy", 0, 0, G_OPTION_ARG_STRING, &no_proxy, "past the parent", "LIST"},
    {"deny", 0, 0, G_OPTION_ARG_STRING_ARRAY, &denied, "refuse", "PATTERN"},
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &patterns, "allow", "PATTERN..."},
    {0},
};

static void on_refused(void *data, int client, const SrtNetDecision *decision, const char *protocol,
                       const char *reason)
{
    (void)data;
    (void)client;
    printf("refused %s %s:%u: %s\n", protocol, decision->host.text, decision->port, reason);
    fflush(stdout);
}

/* Kept for the life of the program. */
static SrtConfigList *make_list(char **texts, const char *key)
{
    SrtConfigList *list = g_ptr_array_new();
    for (guint i = 0; texts && texts[i]; i++) {
        SrtConfigItem *item = g_new0(SrtConfigItem, 1);
        item->text = texts[i];
        item->pointer = g_strdup_printf("%s[%u]", key, i);
        item->file = g_strdup("command line");
        g_ptr_array_add(list, item);
    }
    return list;
}

static int listen_on(int port, int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t length = sizeof address;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 4096) != 0 || getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        perror("listen");
        exit(1);
    }
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void wait_for_end(void)
{
    sigset_t ends;
    int signal_number;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigwait(&ends, &signal_number);
}

static SrtNetPolicy *make_policy(void)
{
    g_autoptr(GError) error = NULL;
    SrtConfigNetwork network = {.present = true};
    network.allowed_domains = make_list(patterns, "network.allowedDomains");
    network.denied_domains = make_list(denied, "network.deniedDomains");
    network.mitm_domains = make_list(mitm_domains, "network.mitmProxy.domains");
    network.mitm_socket_path = mitm;
    SrtNetPolicy *policy = srt_net_policy_new(&network, NULL, &error);
    if (!policy) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    return policy;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("PATTERN...");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    SrtProxyOptions options = {.policy = make_policy(), .token = token, .refused = on_refused};
    options.upstream.mitm_socket = mitm;
    options.upstream.parent_http = options.upstream.parent_https = parent;
    options.upstream.parent_no_proxy = no_proxy;
    SrtProxy *proxy = srt_proxy_new(&options, &error);
    if (!proxy ||
        !srt_proxy_add_listener(proxy, listen_on(http_port, &http_port), SRT_PROXY_HTTP, &error) ||
        !srt_proxy_add_listener(proxy, listen_on(socks_port, &socks_port), SRT_PROXY_SOCKS,
                                &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    printf("ready %d %d\n", http_port, socks_port);
    fflush(stdout);
    wait_for_end();
    srt_proxy_stop(proxy);
    srt_net_policy_unref(options.policy);
    return 0;
}
