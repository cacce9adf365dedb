/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of a proxy that asks, and what is checked of its questions. */
#ifndef SRT_TESTS_NET_ASKING_H
#define SRT_TESTS_NET_ASKING_H

#include "harness.h"

#define UNLISTED "host is not on the allow list"
#define ESTABLISHED "HTTP/1.1 200 Connection Established\r\n\r\n"
#define BLOCKED "HTTP/1.1 403 Forbidden\r\nX-Proxy-Error: blocked-by-allowlist\r\n"

/* Names that are allowed when asked lead to the origin: localhost may be loopback, and 127.0.0.2
 * is allowed as an address, so that names may lead to it. */
#define NET_ASK(...)                                                                               \
    NET_START(.asking = TRUE, .allowed = "127.0.0.2:%u listed.example.com",                        \
              .denied = "denied.example.com *:25 198.51.100.7", __VA_ARGS__);                      \
    net_set_names("a.example.com=127.0.0.2;b.example.com=127.0.0.2;loop.example.com=127.0.0.1;"    \
                  "localhost=127.0.0.1")

void net_check(char *text, const char *part);

/* Waits for the n-th refusal, whose record ends with text. */
void net_check_refusal(Net *net, guint n, const char *text);

/* Waits for the i-th question (from 0), which must be this one. */
void net_check_asked(Net *net, guint i, const char *protocol, const char *host, int port);
/* Answers it. */
void net_answer(Net *net, guint i, gboolean allow);

/* Ask for the origin's port of host; the last two by a connection of their own. */
void net_send_get(const Net *net, int client, const char *host);
int net_send_connect(const Net *net, const char *host);
int net_send_socks(const Net *net, const char *host);

/* Reads up to the end and closes. */
void net_expect_rest(int client, const char *part);

#endif
