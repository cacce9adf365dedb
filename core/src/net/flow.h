/* SPDX-License-Identifier: Apache-2.0 */
/* One direction of bytes between two sockets: bytes that were read ahead, then
 * what the source still sends, up to a length, an end of chunks or its end.
 * Moved by splice where much flows, else by copying; never more than a bounded
 * amount is held for a sink that does not read. */
#ifndef SRT_NET_FLOW_H
#define SRT_NET_FLOW_H

#include "net/buffer.h"
#include "net/http_chunked.h"
#include "net/loop.h"
#include "net/pipes.h"

#define SRT_FLOW_ENDLESS G_MAXUINT64

/* What all flows of one loop share. */
typedef struct SrtFlowShared {
    SrtPipes *pipes;
    char *copy; /* SRT_FLOW_COPY bytes, made when first needed */
    gsize held; /* bytes in all held buffers, as far as they are accounted for */
} SrtFlowShared;

void srt_flow_shared_init(SrtFlowShared *shared);
void srt_flow_shared_clear(SrtFlowShared *shared);

typedef enum {
    SRT_FLOW_PLAIN,
    SRT_FLOW_RECHUNK, /* decode chunks, write chunks */
    SRT_FLOW_UNCHUNK, /* decode chunks, write content only */
} SrtFlowCoding;

typedef struct SrtFlow {
    SrtBuffer source; /* read ahead from the source, not judged by this flow yet */
    SrtBuffer held;   /* to be sent before anything else */
    SrtPipe *pipe;    /* NULL while nothing is in it */
    guint32 in_pipe;
    guint32 accounted; /* of held, in shared->held */
    guint8 coding;     /* SrtFlowCoding */
    bool bulk;         /* the source sends faster than small reads take it */
    bool ended;        /* the source has sent its end */
    bool stopped;      /* finished for good: for the owner's use */
    bool ends_sink;    /* the owner shuts the sink down at this flow's end; set after begin */
    bool last_held;    /* the kernel keeps the last bytes back until that shutdown */
    SrtChunked chunked;
    guint64 left; /* bytes yet to be taken off the source */
} SrtFlow;

typedef enum {
    SRT_FLOW_WAIT,     /* for the source or the sink; their want is set */
    SRT_FLOW_AGAIN,    /* its share of this turn is used up */
    SRT_FLOW_FINISHED, /* everything has been sent */
    SRT_FLOW_SOURCE,   /* the source broke, or ended too early; all that came was sent */
    SRT_FLOW_SINK,     /* the sink broke */
    SRT_FLOW_BAD,      /* malformed chunks */
} SrtFlowResult;

/* Prepares for the next body; keeps source and held. */
void srt_flow_begin(SrtFlow *flow, SrtFlowCoding coding, guint64 left);

/* Moves what can be moved. Adds to the want bits of both watches. */
SrtFlowResult srt_flow_run(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *from, SrtWatch *to);

/* Sends held and piped bytes only: FINISHED, WAIT or SINK. */
SrtFlowResult srt_flow_push(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *to);

/* Frees what it holds. */
void srt_flow_clear(SrtFlow *flow, SrtFlowShared *shared);

typedef enum {
    SRT_READ_SOME,
    SRT_READ_NOTHING, /* would block */
    SRT_READ_END,
    SRT_READ_ERROR,
} SrtReadResult;

/* One read of at most n bytes to the end of buffer. */
SrtReadResult srt_flow_read(SrtWatch *from, SrtBuffer *buffer, gsize n);

#endif
