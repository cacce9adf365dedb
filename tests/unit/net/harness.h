/* SPDX-License-Identifier: Apache-2.0 */
/* A running proxy between a client and an origin that are both played by the
 * test itself, on loopback sockets with time limits. */
#ifndef SRT_TESTS_NET_HARNESS_H
#define SRT_TESTS_NET_HARNESS_H

#include <glib.h>
#include <pthread.h>

#include "net/proxy.h"
#include "support/unit.h"

#define NET_ASKS_MAX 2048u

typedef struct NetAsk {
    guint64 id;
    char text[64]; /* "protocol host:port" */
    gboolean dropped;
} NetAsk;

typedef struct Net {
    SrtProxyOptions options; /* may be changed before net_start */
    const char *allowed;     /* patterns with blanks between, "127.0.0.1" unless said otherwise;
                              * %u stands for the origin's port */
    const char *denied;
    const char *mitm_domains;
    SrtProxy *proxy;
    int http_port;
    int socks_port;
    int origin; /* listening, on every address */
    int origin_port;
    pthread_mutex_t lock; /* not GLib's, which thread sanitizers cannot see */
    guint refusals;
    char last_refusal[512]; /* "protocol host:port reason" */
    gboolean asking;
    gboolean strict;
    guint asked;
    guint dropped;
    NetAsk *asks; /* NET_ASKS_MAX, those that were asked in order */
} Net;

void net_start(Net *net);
#define NET_START(...)                                                                             \
    Net net = {__VA_ARGS__};                                                                       \
    net_start(&net)

void net_stop(Net *net);
SrtNetPolicy *net_policy(const Net *net, const char *allowed, const char *denied);
guint net_refusals(Net *net);
/* Waits until n refusals or questions were told; a failed check after 5 s. */
void net_wait_refusals(Net *net, guint n);
void net_wait_asked(Net *net, guint n);
void net_wait_dropped(Net *net, guint n);
/* The i-th question. */
NetAsk net_asked(Net *net, guint i);

/* A listening socket on 127.0.0.1; *ret_port is set. */
int net_listen(int *ret_port);
/* A connection to 127.0.0.1:port with a limit of 5 s on every read. */
int net_socket(void);
void net_connect(int fd, int port);
int net_dial(int port);         /* both */
int net_client(const Net *net); /* to the HTTP proxy */
/* The next connection that the proxy makes; -1 and a failed check after 5 s. */
int net_accept(const Net *net);
/* Checks that the proxy dials nothing for a moment. */
void net_no_dial(const Net *net);

void net_send(int fd, const char *format, ...) G_GNUC_PRINTF(2, 3);
void net_send_bytes(int fd, const void *bytes, gsize n);
/* What comes up to and with the first "\r\n\r\n", or what came before the end. */
char *net_head(int fd);
void net_skip_head(int fd);
/* Exactly n bytes, as text; shorter at the end. */
char *net_read(int fd, gsize n);
/* Everything up to the end. */
char *net_rest(int fd, gsize *ret_length);
gboolean net_has(const char *text, const char *part);

/* What names resolve to: "name=address,address;name=…". */
void net_set_names(const char *table);
guint net_lookups(void); /* since net_set_names */
guint net_slow_lookups_ended(void);

#endif
