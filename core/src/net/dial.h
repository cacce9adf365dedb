/* SPDX-License-Identifier: Apache-2.0 */
/* Connects to the first of several addresses that answers: each gets a head
 * start of a quarter of a second over the next, and none waits for one that
 * failed. All calls on the loop's thread. */
#ifndef SRT_NET_DIAL_H
#define SRT_NET_DIAL_H

#include <sys/socket.h>

#include "net/loop.h"

#define SRT_DIAL_MAX 8u

typedef struct SrtDialAddress {
    struct sockaddr_storage address;
    socklen_t length;
} SrtDialAddress;

typedef struct SrtDial SrtDial;

/* connected: an open watch whose descriptor the callee moves away, or NULL when
 * no address answered. The dial is freed after the call. */
typedef void (*SrtDialDone)(void *data, SrtWatch *connected);

/* Never calls done before it returns. count is at most SRT_DIAL_MAX. */
SrtDial *srt_dial_start(SrtLoop *loop, const SrtDialAddress *addresses, guint count,
                        SrtDialDone done, void *data);
void srt_dial_cancel(SrtDial *dial);

/* For a socket whose peer is on this machine. Loopback loses nothing: where the
 * machine's congestion control paces (BBR), timers would only halve the speed.
 * Reno does not pace, is in every kernel and allowed to everybody. */
void srt_dial_do_not_pace(int fd);

#endif
