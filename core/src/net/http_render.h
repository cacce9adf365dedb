/* SPDX-License-Identifier: Apache-2.0 */
/* Heads as they are forwarded: hop-by-hop fields dropped, Host rewritten, the
 * framing said anew. Pure. */
#ifndef SRT_NET_HTTP_RENDER_H
#define SRT_NET_HTTP_RENDER_H

#include "base/hostname.h"
#include "net/buffer.h"
#include "net/http_head.h"
#include "net/http_target.h"

typedef struct SrtForward {
    const SrtTarget *target;
    const SrtHost *host; /* canonical */
    const SrtBody *body;
    gboolean absolute;         /* to another proxy: whole URL */
    gboolean upgrade;          /* keep Connection: Upgrade */
    const char *authorization; /* value of Proxy-Authorization, or NULL */
} SrtForward;

void srt_render_request(SrtBuffer *out, const SrtHttpHead *head, const SrtForward *forward);

typedef enum { SRT_CONNECTION_NOTHING, SRT_CONNECTION_KEEP, SRT_CONNECTION_CLOSE } SrtConnectionSaid;

typedef struct SrtAnswer {
    SrtBodyKind body; /* as it goes to the client */
    SrtConnectionSaid connection;
    gboolean upgrade;
} SrtAnswer;

/* Content-Length passes through as it is: it was checked by the framing. */
void srt_render_response(SrtBuffer *out, const SrtHttpHead *head, const SrtAnswer *answer);

/* "host", "host:port", "[v6]", "[v6]:port"; the port is left out when it is
 * default_port. */
void srt_render_authority(SrtBuffer *out, const SrtHost *host, uint16_t port,
                          uint16_t default_port);

/* The request that opens a tunnel through another proxy. */
void srt_render_connect(SrtBuffer *out, const SrtHost *host, uint16_t port,
                        const char *authorization);

#endif
