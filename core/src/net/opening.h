/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the way to what a client asked for and was allowed: resolve, guard,
 * dial; or a parent or inspecting proxy, with its CONNECT when a tunnel is
 * needed. The connected descriptor ends in conn->server. */
#ifndef SRT_NET_OPENING_H
#define SRT_NET_OPENING_H

#include "net/proxy_private.h"

typedef enum {
    SRT_VIA_DIRECT,
    SRT_VIA_PARENT_HTTP,  /* parentProxy.http */
    SRT_VIA_PARENT_HTTPS, /* parentProxy.https */
    SRT_VIA_MITM,
    SRT_VIA_LOOPBACK, /* a port of this host that the settings name; never judged */
} SrtVia;

typedef enum {
    SRT_OPENED,
    SRT_OPEN_REFUSED, /* by the guard; text is the reason */
    SRT_OPEN_FAILED,
} SrtOpenResult;

/* May close the connection. text is borrowed. */
typedef void (*SrtOpenDone)(SrtConn *conn, SrtOpenResult result, const char *text);

/* Which way decision goes. protocol decides about mitm and which parent. */
SrtVia srt_opening_via(const SrtProxy *proxy, SrtNetPolicy *policy, const SrtNetDecision *decision,
                       SrtProtocol protocol);

/* Starts; done is called once, later, unless cancelled. policy and decision are
 * copied or referenced. tunnel: send CONNECT to a proxy on the way. */
void srt_opening_start(SrtConn *conn, SrtVia via, SrtNetPolicy *policy,
                       const SrtNetDecision *decision, gboolean tunnel, SrtOpenDone done);
void srt_opening_cancel(SrtConn *conn);

#endif
