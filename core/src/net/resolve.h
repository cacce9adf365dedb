/* SPDX-License-Identifier: Apache-2.0 */
/* Name lookups on libuv's pool of threads: at most as many at once as it has
 * threads, the others wait their turn. All calls on the loop's thread. */
#ifndef SRT_NET_RESOLVE_H
#define SRT_NET_RESOLVE_H

#include <netdb.h>

#include "net/loop.h"

typedef struct SrtResolver {
    SrtLoop *loop;
    guint running; /* lookups whose thread has not answered yet, cancelled ones too */
    void (*idle)(struct SrtResolver *resolver); /* called when running becomes 0; or NULL */
    gpointer data;
} SrtResolver;

typedef struct SrtLookup SrtLookup;

/* addresses NULL: there are none, or the lookup failed. Freed after the call. */
typedef void (*SrtLookupDone)(void *data, const struct addrinfo *addresses);

SrtLookup *srt_lookup_start(SrtResolver *resolver, const char *name, SrtLookupDone done,
                            void *data);
/* done will not be called. */
void srt_lookup_cancel(SrtLookup *lookup);

#endif
