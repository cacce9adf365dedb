/* SPDX-License-Identifier: Apache-2.0 */
/* A client that speaks HTTP: client_http.c reads and judges requests,
 * exchange.c carries one to its server and the answer back. */
#ifndef SRT_NET_CLIENT_HTTP_H
#define SRT_NET_CLIENT_HTTP_H

#include "net/answer.h"
#include "net/http_head.h"
#include "net/opening.h"

struct SrtHttp {
    SrtHttpScan scan;
    SrtHttpScan answer_scan;
    SrtNetPolicy *policy; /* that judged the request, while it is carried out */
    SrtNetDecision decision;
    SrtProtocol protocol;
    gsize head_begin;  /* of the request at the front of up.source */
    gsize head_length; /* with what stands before head_begin */
    SrtBuffer replay; /* the request again, for when a kept connection had died */

    /* The server that conn->server is connected to. */
    SrtHost host;
    uint16_t port;
    SrtVia via;

    int client_minor;
    bool asked;        /* decision holds the answer about this request */
    bool granted;      /* host and port are what was allowed when asked */
    bool head_begun;   /* bytes of the next request have come */
    bool is_head;      /* HEAD: the answer has no body */
    bool keep_client;
    bool keep_server;
    bool upgrade;      /* the client asked for one */
    bool repeatable;   /* may be sent twice */
    bool request_done; /* all of it was sent, or the server takes no more */
    bool answer_begun; /* bytes of the answer have come */
    bool answering;    /* the head of the answer is on its way to the client */
};

/* Ends the connection with an answer made here. */
void srt_http_fail(SrtConn *conn, SrtHttpFault fault);
void srt_http_refuse(SrtConn *conn, SrtAnswerKind kind, const char *text);

/* Sends up.held and the body to the server, which is open or will be opened. */
void srt_exchange_start(SrtConn *conn, const SrtBody *body, gboolean open);

/* Reads the next request. */
void srt_http_next(SrtConn *conn);

#endif
