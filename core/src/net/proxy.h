/* SPDX-License-Identifier: Apache-2.0 */
/* The filtering proxies of one session: HTTP and SOCKS5 on one thread with one
 * event loop, on listening sockets that others make. */
#ifndef SRT_NET_PROXY_H
#define SRT_NET_PROXY_H

#include <glib.h>
#include <stdbool.h>

#include "policy/netpolicy.h"

typedef struct SrtProxy SrtProxy;

/* A refusal, told on the proxy's thread. Everything is borrowed for the call, also client, the
 * descriptor of the connection. */
typedef void (*SrtProxyRefused)(void *data, int client, const SrtNetDecision *decision,
                                const char *protocol, const char *reason);

typedef enum { SRT_PROTOCOL_HTTP, SRT_PROTOCOL_CONNECT, SRT_PROTOCOL_SOCKS } SrtProtocol;

/* May this host be reached, which neither list decides? Asked on the proxy's thread, which must
 * not wait: the answer comes by srt_proxy_answer, also from within the call. id is never 0 and
 * never used twice; decision is borrowed for the call. After a yes the addresses of a name are
 * still judged. Asked once for each connection and, in one of plain HTTP, each change of host. */
typedef void (*SrtProxyAsk)(void *data, guint64 id, const SrtNetDecision *decision,
                            SrtProtocol protocol);

/* Nobody waits for that answer any more: the client is gone, it took too long (10 minutes), or
 * asking or the proxy was stopped. On the proxy's thread. */
typedef void (*SrtProxyAskDropped)(void *data, guint64 id);

typedef struct SrtProxyUpstream {
    char *mitm_socket;     /* unix socket of the inspecting proxy, or NULL */
    char *parent_http;     /* parent proxy URLs, or NULL */
    char *parent_https;
    char *parent_no_proxy;
} SrtProxyUpstream;

typedef struct SrtProxyOptions {
    SrtNetPolicy *policy;  /* required; a reference is taken */
    SrtProxyUpstream upstream; /* borrowed, copied */
    const char *token;     /* NULL: clients need not authenticate */
    guint http_external_port;  /* relay the HTTP listener to this loopback port, 0: own proxy */
    guint socks_external_port; /* the same for SOCKS */
    guint max_connections; /* 0: the default, 16384 */
    SrtProxyRefused refused; /* may be NULL */
    void *refused_data;
    SrtProxyAsk ask;                /* NULL: what neither list decides is refused */
    SrtProxyAskDropped ask_dropped; /* may be NULL */
    void *ask_data;
    guint ask_limit_ms; /* for one answer, 0: the default, 10 minutes */
} SrtProxyOptions;

typedef enum { SRT_PROXY_HTTP, SRT_PROXY_SOCKS } SrtProxyKind;

/* Takes the options; nothing runs before there is a listener. Errors:
 * SRT_ERROR_NETWORK. */
SrtProxy *srt_proxy_new(const SrtProxyOptions *options, GError **error);

/* Takes over a listening TCP socket (from any network namespace), also on failure.
 * The first one starts the proxy's thread. From one thread. Errors:
 * SRT_ERROR_NETWORK. */
gboolean srt_proxy_add_listener(SrtProxy *proxy, int fd, SrtProxyKind kind, GError **error);

/* Replaces the rules for requests judged from now on. Any thread. */
void srt_proxy_set_policy(SrtProxy *proxy, SrtNetPolicy *policy);

/* Answers a question; the rules in force now are looked at again first, and a no of theirs
 * stays. Ids that are not open are ignored. Any thread, until srt_proxy_stop is called. */
void srt_proxy_answer(SrtProxy *proxy, guint64 id, gboolean allow);

/* Refuses all that is open or waits, and asks no more. Any thread, until srt_proxy_stop is
 * called. */
void srt_proxy_stop_asking(SrtProxy *proxy);

/* Closes everything, ends the thread where there is one, frees. Accepts NULL. */
void srt_proxy_stop(SrtProxy *proxy);

/* Parent proxies from environment variables (HTTP_PROXY, http_proxy, …), for
 * settings without parentProxy. Caller frees with srt_proxy_upstream_clear. */
void srt_proxy_upstream_from_env(SrtProxyUpstream *upstream, const char *const *env);
void srt_proxy_upstream_clear(SrtProxyUpstream *upstream);

#endif
