/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that wait for an answer whether a host may be reached which
 * neither list decides. All calls on the loop's thread. */
#ifndef SRT_NET_ASK_H
#define SRT_NET_ASK_H

#include "net/proxy_private.h"

void srt_ask_init(SrtProxy *proxy, const SrtProxyOptions *options);

/* Told once the host may be reached or not: the verdict is SRT_NET_ALLOWED, or
 * decision->reason says why not. May close the connection. */
typedef void (*SrtAskDone)(SrtConn *conn);

/* Whether decision is one to ask about. */
gboolean srt_ask_may(SrtProxy *proxy, const SrtNetPolicy *policy, const SrtNetDecision *decision);

/* Asks; the connection reads ahead meanwhile, and ends when its client does.
 * *policy (a reference) and *decision are those of the request; they are
 * replaced by those that count at the end, and must live as long as the question. done may be
 * called before this returns, and is not when the connection is closed. */
void srt_ask_start(SrtConn *conn, SrtProtocol protocol, SrtNetPolicy **policy,
                   SrtNetDecision *decision, SrtAskDone done);

/* For a connection that is closed. */
void srt_ask_cancel(SrtConn *conn);

/* Carries out the answers that have come. */
void srt_ask_settle(SrtProxy *proxy);

#endif
