/* SPDX-License-Identifier: Apache-2.0 */
/* What a request asks for: host, port and path, as text. Pure. The host is not
 * canonical yet: the policy judges it and says how it is spelled. */
#ifndef SRT_NET_HTTP_TARGET_H
#define SRT_NET_HTTP_TARGET_H

#include <stdint.h>

#include "net/http_head.h"
#include "net/slice.h"

typedef struct SrtTarget {
    SrtSlice host; /* as written; an IPv6 literal without its brackets */
    uint16_t port;
    SrtSlice path;  /* path and query, maybe empty or beginning with '?' */
    gboolean asterisk; /* OPTIONS of a whole server */
} SrtTarget;

/* "host:port" or "[v6]:port"; a port is needed when default_port is 0. FALSE
 * for anything else, user information included. */
gboolean srt_target_authority(SrtSlice text, uint16_t default_port, SrtTarget *ret);

/* The target of CONNECT. */
SrtHttpFault srt_target_connect(SrtSlice target, SrtTarget *ret);

/* The target of any other request: "http://authority/path?query". Origin form
 * and other schemes are faults with a text saying what to do. */
SrtHttpFault srt_target_absolute(SrtSlice method, SrtSlice target, SrtTarget *ret);

#endif
