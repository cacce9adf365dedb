/* SPDX-License-Identifier: Apache-2.0 */
/* Parent proxies: their URLs, and the list of hosts that go past them. Pure. */
#ifndef SRT_NET_PARENT_H
#define SRT_NET_PARENT_H

#include <stdint.h>

#include "base/hostname.h"
#include "net/slice.h"

typedef struct SrtParent {
    SrtHost host;
    uint16_t port;
    char *authorization; /* value of Proxy-Authorization, or NULL */
} SrtParent;

typedef enum {
    SRT_PARENT_OK,
    SRT_PARENT_TLS,     /* an https URL: TLS to the proxy itself */
    SRT_PARENT_INVALID, /* anything else */
} SrtParentResult;

/* "http://[user[:password]@]host[:port][/]" or the same without "http://". On
 * SRT_PARENT_OK the caller clears *ret. */
SrtParentResult srt_parent_parse(const char *url, SrtParent *ret);
void srt_parent_clear(SrtParent *parent);

/* A compiled noProxy list: "*", names with everything below them, addresses,
 * CIDR; a port behind an entry is ignored. Never NULL. */
typedef struct SrtNoProxy SrtNoProxy;
SrtNoProxy *srt_no_proxy_new(const char *list);
void srt_no_proxy_free(SrtNoProxy *list);

/* Whether host is reached directly: it is in the list, or a loopback name or
 * address. */
gboolean srt_no_proxy_matches(const SrtNoProxy *list, const SrtHost *host);

#endif
