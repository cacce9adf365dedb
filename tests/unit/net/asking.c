/* SPDX-License-Identifier: Apache-2.0 */
#include "asking.h"

#include <string.h>
#include <unistd.h>

void net_check(char *text, const char *part)
{
    CU_ASSERT(net_has(text, part));
}

void net_check_refusal(Net *net, guint n, const char *text)
{
    net_wait_refusals(net, n);
    pthread_mutex_lock(&net->lock);
    net_check(net->last_refusal, text);
    CU_ASSERT(g_str_has_suffix(net->last_refusal, text));
    pthread_mutex_unlock(&net->lock);
}

void net_check_asked(Net *net, guint i, const char *protocol, const char *host, int port)
{
    g_autofree char *expected = g_strdup_printf("%s %s:%d", protocol, host, port);
    net_wait_asked(net, i + 1);
    NetAsk ask = net_asked(net, i);
    SRT_ASSERT_STR(ask.text, expected);
    CU_ASSERT_FALSE(ask.dropped);
}

void net_answer(Net *net, guint i, gboolean allow)
{
    srt_proxy_answer(net->proxy, net_asked(net, i).id, allow);
}

void net_send_get(const Net *net, int client, const char *host)
{
    net_send(client, "GET http://%s:%d/%s HTTP/1.1\r\n\r\n", host, net->origin_port, host);
}

int net_send_connect(const Net *net, const char *host)
{
    int client = net_client(net);
    net_send(client, "CONNECT %s:%d HTTP/1.1\r\n\r\n", host, net->origin_port);
    return client;
}

int net_send_socks(const Net *net, const char *host)
{
    char request[300] = "\5\1\0\3";
    int client = net_dial(net->socks_port);
    gsize n = strlen(host);
    net_send_bytes(client, "\5\1\0", 3);
    g_autofree char *greeting = net_read(client, 2);
    CU_ASSERT(memcmp(greeting, "\5\0", 2) == 0);
    request[4] = (char)n;
    memcpy(request + 5, host, n);
    request[5 + n] = (char)(net->origin_port >> 8);
    request[6 + n] = (char)net->origin_port;
    net_send_bytes(client, request, 7 + n);
    return client;
}

void net_expect_rest(int client, const char *part)
{
    g_autofree char *rest = net_rest(client, NULL);
    net_check(rest, part);
    close(client);
}
