/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIMIT_MS 5000

static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static char *names;
static guint lookups;

void net_set_names(const char *table)
{
    pthread_mutex_lock(&names_lock);
    g_free(names);
    names = g_strdup(table);
    lookups = 0;
    pthread_mutex_unlock(&names_lock);
}

static gint slow_ended;

guint net_slow_lookups_ended(void)
{
    return (guint)g_atomic_int_get(&slow_ended);
}

guint net_lookups(void)
{
    pthread_mutex_lock(&names_lock);
    guint n = lookups;
    pthread_mutex_unlock(&names_lock);
    return n;
}

/* One node and its address in one block. */
static struct addrinfo *make_node(const char *text)
{
    struct addrinfo *node = g_malloc0(sizeof *node + sizeof(struct sockaddr_in6));
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)(node + 1);
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)(node + 1);
    node->ai_addr = (struct sockaddr *)(void *)v4;
    node->ai_socktype = SOCK_STREAM;
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        node->ai_addrlen = sizeof *v4;
    } else {
        memset(v6, 0, sizeof *v6);
        inet_pton(AF_INET6, text, &v6->sin6_addr);
        v6->sin6_family = AF_INET6;
        node->ai_addrlen = sizeof *v6;
    }
    node->ai_family = node->ai_addr->sa_family;
    return node;
}

/* In place of the C library's, also for libraries. "slow" waits a second. */
__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **ret)
{
    (void)service;
    (void)hints;
    *ret = NULL;
    pthread_mutex_lock(&names_lock);
    g_auto(GStrv) entries = g_strsplit(names ? names : "", ";", -1);
    lookups++;
    pthread_mutex_unlock(&names_lock);
    struct addrinfo **tail = ret;
    if (g_str_has_prefix(name, "slow")) {
        g_usleep(G_USEC_PER_SEC);
        g_atomic_int_inc(&slow_ended);
    }
    for (char **entry = entries; *entry; entry++) {
        char *equals = strchr(*entry, '=');
        if (!equals || strncmp(*entry, name, (gsize)(equals - *entry)) != 0 ||
            name[equals - *entry])
            continue;
        g_auto(GStrv) addresses = g_strsplit(equals + 1, ",", -1);
        for (char **one = addresses; *one; one++) {
            *tail = make_node(*one);
            tail = &(*tail)->ai_next;
        }
    }
    return *ret ? 0 : EAI_NONAME;
}

__attribute__((visibility("default"))) void freeaddrinfo(struct addrinfo *list)
{
    while (list) {
        struct addrinfo *next = list->ai_next;
        g_free(list);
        list = next;
    }
}

static int listen_any(uint32_t on, int *ret_port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(on)};
    socklen_t length = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0);
    CU_ASSERT_FATAL(listen(fd, 128) == 0);
    CU_ASSERT_FATAL(getsockname(fd, (struct sockaddr *)&a, &length) == 0);
    *ret_port = ntohs(a.sin_port);
    return fd;
}

int net_listen(int *ret_port)
{
    return listen_any(INADDR_LOOPBACK, ret_port);
}

static void set_limit(int fd)
{
    struct timeval limit = {LIMIT_MS / 1000, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

int net_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(fd >= 0);
    set_limit(fd);
    return fd;
}

void net_connect(int fd, int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_FATAL(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
}

int net_dial(int port)
{
    int fd = net_socket();
    net_connect(fd, port);
    return fd;
}

int net_client(const Net *net)
{
    return net_dial(net->http_port);
}

int net_accept(const Net *net)
{
    struct pollfd p = {.fd = net->origin, .events = POLLIN};
    int n = poll(&p, 1, LIMIT_MS);
    CU_ASSERT_EQUAL_FATAL(n, 1);
    int fd = accept4(net->origin, NULL, NULL, SOCK_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    set_limit(fd);
    return fd;
}

void net_no_dial(const Net *net)
{
    struct pollfd p = {.fd = net->origin, .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&p, 1, 100), 0);
}

static void free_item(gpointer data)
{
    SrtConfigItem *item = data;
    g_free(item->text);
    g_free(item->pointer);
    g_free(item);
}

static SrtConfigList *make_list(const Net *net, const char *text)
{
    SrtConfigList *list = g_ptr_array_new_with_free_func(free_item);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);
    for (char **word = words; *word; word++) {
        if (!**word)
            continue;
        SrtConfigItem *item = g_new0(SrtConfigItem, 1);
        g_auto(GStrv) parts = g_strsplit(*word, "%u", 2);
        item->text =
            parts[1] ? g_strdup_printf("%s%d", parts[0], net->origin_port) : g_strdup(parts[0]);
        item->pointer = g_strdup_printf("list[%u]", list->len);
        g_ptr_array_add(list, item);
    }
    return list;
}

SrtNetPolicy *net_policy(const Net *net, const char *allowed, const char *denied)
{
    g_autoptr(GError) error = NULL;
    SrtConfigNetwork network = {.present = true};
    network.allowed_domains = make_list(net, allowed);
    network.denied_domains = make_list(net, denied);
    network.mitm_domains = make_list(net, net->mitm_domains);
    network.strict_allowlist = net->strict ? SRT_TRI_TRUE : SRT_TRI_UNSET;
    network.mitm_socket_path = net->options.upstream.mitm_socket;
    SrtNetPolicy *policy = srt_net_policy_new(&network, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
    g_ptr_array_unref(network.allowed_domains);
    g_ptr_array_unref(network.denied_domains);
    g_ptr_array_unref(network.mitm_domains);
    return policy;
}

static void on_refused(void *data, int client, const SrtNetDecision *decision, const char *protocol,
                       const char *reason)
{
    Net *net = data;
    (void)client;
    pthread_mutex_lock(&net->lock);
    net->refusals++;
    g_snprintf(net->last_refusal, sizeof net->last_refusal, "%s %s:%u %s", protocol,
               decision->host.text, decision->port, reason);
    pthread_mutex_unlock(&net->lock);
}

guint net_refusals(Net *net)
{
    pthread_mutex_lock(&net->lock);
    guint n = net->refusals;
    pthread_mutex_unlock(&net->lock);
    return n;
}

static void on_ask(void *data, guint64 id, const SrtNetDecision *decision, SrtProtocol protocol)
{
    static const char *const protocols[] = {"http", "https", "socks"};
    Net *net = data;
    pthread_mutex_lock(&net->lock);
    NetAsk *ask = &net->asks[net->asked++ % NET_ASKS_MAX];
    ask->id = id;
    g_snprintf(ask->text, sizeof ask->text, "%s %s:%u", protocols[protocol], decision->host.text,
               decision->port);
    pthread_mutex_unlock(&net->lock);
}

static void on_dropped(void *data, guint64 id)
{
    Net *net = data;
    pthread_mutex_lock(&net->lock);
    for (guint i = 0; i < net->asked; i++) {
        if (net->asks[i].id == id) {
            CU_ASSERT_FALSE(net->asks[i].dropped);
            net->asks[i].dropped = TRUE;
            net->dropped++;
        }
    }
    pthread_mutex_unlock(&net->lock);
}

NetAsk net_asked(Net *net, guint i)
{
    pthread_mutex_lock(&net->lock);
    NetAsk ask = net->asks[i];
    pthread_mutex_unlock(&net->lock);
    return ask;
}

static void wait_for(Net *net, const guint *counter, guint n)
{
    guint now = 0;
    for (int i = 0; i < LIMIT_MS; i++) {
        pthread_mutex_lock(&net->lock);
        now = *counter;
        pthread_mutex_unlock(&net->lock);
        if (now >= n)
            break;
        g_usleep(1000);
    }
    CU_ASSERT_EQUAL_FATAL(now, n);
}

void net_wait_refusals(Net *net, guint n)
{
    wait_for(net, &net->refusals, n);
}

void net_wait_asked(Net *net, guint n)
{
    wait_for(net, &net->asked, n);
}

void net_wait_dropped(Net *net, guint n)
{
    wait_for(net, &net->dropped, n);
}

void net_start(Net *net)
{
    g_autoptr(GError) error = NULL;
    pthread_mutex_init(&net->lock, NULL);
    if (net->origin <= 0)
        net->origin = listen_any(INADDR_ANY, &net->origin_port);
    int http = net_listen(&net->http_port), socks = net_listen(&net->socks_port);
    g_autoptr(SrtNetPolicy) policy =
        net_policy(net, net->allowed ? net->allowed : "127.0.0.1", net->denied);
    net->options.policy = policy;
    net->options.refused = on_refused;
    net->options.refused_data = net;
    if (net->asking) {
        net->asks = g_new0(NetAsk, NET_ASKS_MAX);
        net->options.ask = on_ask;
        net->options.ask_dropped = on_dropped;
        net->options.ask_data = net;
    }
    net->proxy = srt_proxy_new(&net->options, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(net->proxy);
    CU_ASSERT_TRUE_FATAL(srt_proxy_add_listener(net->proxy, http, SRT_PROXY_HTTP, &error));
    CU_ASSERT_TRUE_FATAL(srt_proxy_add_listener(net->proxy, socks, SRT_PROXY_SOCKS, &error));
}

void net_stop(Net *net)
{
    srt_proxy_stop(net->proxy);
    g_free(net->asks);
    close(net->origin);
    pthread_mutex_destroy(&net->lock);
    net_set_names(NULL);
}

void net_send_bytes(int fd, const void *bytes, gsize n)
{
    const char *at = bytes;
    while (n) {
        gssize sent = send(fd, at, n, MSG_NOSIGNAL);
        CU_ASSERT_FATAL(sent > 0);
        at += sent;
        n -= (gsize)sent;
    }
}

void net_send(int fd, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    net_send_bytes(fd, text, strlen(text));
}

char *net_head(int fd)
{
    GString *text = g_string_new(NULL);
    char c;
    while (!g_str_has_suffix(text->str, "\r\n\r\n") && recv(fd, &c, 1, 0) == 1)
        g_string_append_c(text, c);
    return g_string_free(text, FALSE);
}

void net_skip_head(int fd)
{
    g_autofree char *head = net_head(fd);
    CU_ASSERT(g_str_has_suffix(head, "\r\n\r\n"));
}

char *net_read(int fd, gsize n)
{
    char *text = g_malloc0(n + 1);
    for (gsize at = 0; at < n;) {
        gssize got = recv(fd, text + at, n - at, 0);
        if (got <= 0)
            break;
        at += (gsize)got;
    }
    return text;
}

char *net_rest(int fd, gsize *ret_length)
{
    GString *text = g_string_new(NULL);
    char block[4096];
    gssize n;
    while ((n = recv(fd, block, sizeof block, 0)) > 0)
        g_string_append_len(text, block, n);
    CU_ASSERT(n == 0 || errno == ECONNRESET); /* not the time limit */
    if (ret_length)
        *ret_length = text->len;
    return g_string_free(text, FALSE);
}

gboolean net_has(const char *text, const char *part)
{
    gboolean has = strstr(text, part) != NULL;
    if (!has)
        fprintf(stderr, "not found: \"%s\"\nin: \"%s\"\n", part, text);
    return has;
}
