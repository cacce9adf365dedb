/* SPDX-License-Identifier: Apache-2.0 */
#include "net/resolve.h"

#include <string.h>
#include <sys/socket.h>

struct SrtLookup {
    uv_work_t work;
    SrtResolver *resolver;
    SrtLookupDone done; /* NULL once cancelled */
    void *data;
    struct addrinfo *addresses;
    char name[];
};

/* On a thread of the pool; uv_getaddrinfo would use only half of them. */
static void work(uv_work_t *request)
{
    SrtLookup *lookup = request->data;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    if (getaddrinfo(lookup->name, NULL, &hints, &lookup->addresses) != 0)
        lookup->addresses = NULL;
}

static void after(uv_work_t *request, int status)
{
    SrtLookup *lookup = request->data;
    SrtResolver *resolver = lookup->resolver;
    (void)status;
    if (lookup->done)
        lookup->done(lookup->data, lookup->addresses);
    if (lookup->addresses)
        freeaddrinfo(lookup->addresses);
    g_free(lookup);
    resolver->running--;
    if (resolver->running == 0 && resolver->idle)
        resolver->idle(resolver);
}

SrtLookup *srt_lookup_start(SrtResolver *resolver, const char *name, SrtLookupDone done, void *data)
{
    gsize length = strlen(name);
    SrtLookup *lookup = g_malloc0(sizeof *lookup + length + 1);
    lookup->resolver = resolver;
    lookup->done = done;
    lookup->data = data;
    lookup->work.data = lookup;
    memcpy(lookup->name, name, length + 1);
    int r = uv_queue_work(srt_loop_uv(resolver->loop), &lookup->work, work, after);
    g_assert(r == 0); /* fails only without a work function */
    resolver->running++;
    return lookup;
}

void srt_lookup_cancel(SrtLookup *lookup)
{
    lookup->done = NULL;
    uv_cancel((uv_req_t *)&lookup->work);
}
