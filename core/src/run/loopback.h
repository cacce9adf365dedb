/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets of the proxies on the host's own loopback interface, for
 * backends whose commands share it. Other users of the machine can reach them too:
 * who connects has to show the run's token. */
#ifndef SRT_RUN_LOOPBACK_H
#define SRT_RUN_LOOPBACK_H

#include <glib.h>

#include "net/proxy.h"
#include "run/session.h"

#define SRT_TOKEN_BYTES 32

typedef struct SrtLoopback {
    SrtProxyPlace place;
    int fds[2][2]; /* by role; 127.0.0.1 and [::1]; -1 */
    char *token;
} SrtLoopback;

void srt_loopback_init(SrtLoopback *loopback);

/* Makes the token, and for each role a socket on 127.0.0.1 and, where there is such
 * an address, one on [::1] with the same port. external: ports by role of proxies that
 * listen already, 0 for none: used as they are, without a token. Errors:
 * SRT_ERROR_NETWORK. */
gboolean srt_loopback_open(SrtLoopback *loopback, const guint external[2], GError **error);

/* Gives the sockets to the proxy, which starts with the first. Errors: SRT_ERROR_NETWORK. */
gboolean srt_loopback_hand_over(SrtLoopback *loopback, SrtProxy *proxy, GError **error);

void srt_loopback_clear(SrtLoopback *loopback);

#endif
