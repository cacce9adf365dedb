/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a running proxy share. Everything but srt_proxy_policy
 * belongs to the loop's thread. */
#ifndef SRT_NET_PROXY_PRIVATE_H
#define SRT_NET_PROXY_PRIVATE_H

#include <pthread.h>

#include "net/flow.h"
#include "net/loop.h"
#include "net/parent.h"
#include "net/proxy.h"
#include "net/questions.h"
#include "net/resolve.h"

typedef struct SrtConn SrtConn;
typedef struct SrtHttp SrtHttp;
typedef struct SrtSocks SrtSocks;
typedef struct SrtOpening SrtOpening;
typedef struct SrtAsking SrtAsking;
typedef struct SrtListener SrtListener;

struct SrtProxy {
    SrtLoop *loop; /* NULL until there is a listener */
    SrtResolver resolver;
    SrtFlowShared flows;

    char *token;
    char *mitm_socket;
    SrtParent *parent_http; /* NULL: none */
    SrtParent *parent_https;
    SrtNoProxy *no_proxy;
    guint external_ports[2]; /* by SrtProxyKind */
    SrtProxyRefused refused;
    void *refused_data;
    SrtProxyAsk ask;
    SrtProxyAskDropped ask_dropped;
    void *ask_data;
    gint64 ask_limit; /* ms */
    SrtTask ask_more; /* there may be room for questions that wait */

    guint max_connections;
    guint max_descriptors; /* the process's limit as far as it is known and raised */
    GQueue connections;    /* of SrtConn, by their own links */
    GQueue listeners;      /* of SrtListener */

    uv_async_t wake;
    pthread_t thread;
    pthread_mutex_t lock; /* everything below; not GLib's, which thread sanitizers cannot see */
    pthread_cond_t changed;
    SrtNetPolicy *policy;
    GArray *new_listeners;  /* of SrtNewListener */
    SrtQuestions questions; /* of SrtAsking; only the loop's thread adds and takes out */
    gboolean stopping;
    gboolean quiet;    /* every connection is closed, no callback comes any more */
    gboolean detached; /* the thread frees the proxy itself, once it is left */
    gboolean left;     /* the owner touches nothing any more */
};

/* A reference to the rules in force. Any thread. */
SrtNetPolicy *srt_proxy_policy(SrtProxy *proxy);

/* Tells the owner about a refusal. */
void srt_proxy_tell_refused(const SrtConn *conn, const SrtNetDecision *decision,
                            SrtProtocol protocol, const char *reason);

/* listener.c */
typedef struct SrtNewListener {
    int fd;
    SrtProxyKind kind;
} SrtNewListener;

void srt_listener_open(SrtProxy *proxy, int fd, SrtProxyKind kind);
void srt_listener_close(SrtListener *listener);
/* Goes on accepting where the number of connections had stopped it. */
void srt_listeners_resume(SrtProxy *proxy);

/* One client, and the server that it reaches. */
struct SrtConn {
    GList link; /* in proxy->connections */
    SrtProxy *proxy;
    SrtWatch client;
    SrtWatch server;
    SrtFlow up;   /* client to server; up.source is what was read from the client */
    SrtFlow down; /* server to client */
    SrtDeadline deadline;
    SrtTask again;
    void (*step)(SrtConn *conn); /* what the connection is doing */
    SrtHttp *http;               /* while it speaks HTTP */
    SrtSocks *socks;             /* while it speaks SOCKS */
    SrtAsking *asking;           /* while somebody is asked whether it may go on */
    SrtOpening *opening;         /* while a way is being opened */
    guint32 drained;             /* bytes thrown away behind the last answer */
    bool dead;                   /* closed; freed at the end of the turn */
};

/* conn.c */
void srt_conn_accept(SrtProxy *proxy, int fd, SrtProxyKind kind);
/* Closes and frees later. */
void srt_conn_close(SrtConn *conn);
void srt_conn_set_step(SrtConn *conn, void (*step)(SrtConn *conn));
/* Runs the step and tells the loop what is waited for. */
void srt_conn_run(SrtConn *conn);
void srt_conn_deadline(SrtConn *conn, SrtDeadlineKind kind);
/* Reads the client into up.source, which may come to hold at most limit bytes.
 * SRT_READ_NOTHING also when it is full. Sets want. */
SrtReadResult srt_conn_read_client(SrtConn *conn, gsize limit);
void srt_conn_close_server(SrtConn *conn);
/* Sends what down holds, then the end, and lets the client read it. */
void srt_conn_finish(SrtConn *conn);
/* Both directions from now on, half-closing each by itself. */
void srt_conn_tunnel(SrtConn *conn);
/* For conn->server after srt_watch_move. */
void srt_conn_on_event(SrtWatch *watch);

/* A step for while a way is opened: reads ahead, and drops a client that is
 * gone. read_ahead FALSE: only looks whether it is gone. */
void srt_conn_wait_tunnel(SrtConn *conn);
void srt_conn_wait_plain(SrtConn *conn);

/* What one connection may read ahead while it is being judged. */
#define SRT_CONN_AHEAD_MAX 65536u

/* client_http.c, client_socks.c */
void srt_http_start(SrtConn *conn);
void srt_http_free(SrtHttp *http);
void srt_socks_start(SrtConn *conn);
void srt_socks_free(SrtSocks *socks);

#endif
