/* SPDX-License-Identifier: Apache-2.0 */
#include "net/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define COPY_SIZE (128u * 1024) /* the shared buffer */
#define SMALL_SIZE (16u * 1024) /* one read while little flows */
#define SHARE (1024u * 1024)    /* bytes of one flow in one turn */
#define HELD_MAX (16u * 1024 * 1024)

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* the proxy's thread blocks SIGPIPE */
#endif
#ifndef MSG_MORE
#define MSG_MORE 0
#endif

typedef enum { STEP_ON, STEP_BLOCKED, STEP_END, STEP_SOURCE, STEP_SINK, STEP_BAD } Step;

void srt_flow_shared_init(SrtFlowShared *shared)
{
    *shared = (SrtFlowShared){.pipes = srt_pipes_new()};
}

void srt_flow_shared_clear(SrtFlowShared *shared)
{
    srt_pipes_free(shared->pipes);
    g_free(shared->copy);
    *shared = (SrtFlowShared){0};
}

static void account(SrtFlow *flow, SrtFlowShared *shared)
{
    guint32 now = (guint32)srt_buffer_length(&flow->held);
    shared->held = shared->held + now - flow->accounted;
    flow->accounted = now;
}

void srt_flow_begin(SrtFlow *flow, SrtFlowCoding coding, guint64 left)
{
    flow->coding = (guint8)coding;
    flow->left = left;
    flow->bulk = flow->ended = flow->stopped = false;
    flow->ends_sink = flow->last_held = false;
    flow->chunked = (SrtChunked){0};
}

void srt_flow_clear(SrtFlow *flow, SrtFlowShared *shared)
{
    srt_buffer_clear(&flow->source);
    srt_buffer_clear(&flow->held);
    account(flow, shared);
    if (flow->pipe)
        srt_pipes_give(shared->pipes, flow->pipe, flow->in_pipe == 0);
    flow->pipe = NULL;
    flow->in_pipe = 0;
}

/* A read that did not fill its room has emptied the socket, unless the end was
 * announced: then one more read says so. */
static void note_read(SrtWatch *from, gsize got, gsize room)
{
    if (got < room && !(from->ready & SRT_ENDED))
        from->ready &= (guint8)~SRT_READABLE;
}

static Step read_failed(SrtWatch *from, gssize n)
{
    if (n == 0)
        return STEP_END;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        from->ready &= (guint8)~SRT_READABLE;
        return STEP_BLOCKED;
    }
    return errno == EINTR ? STEP_ON : STEP_SOURCE;
}

SrtReadResult srt_flow_read(SrtWatch *from, SrtBuffer *buffer, gsize n)
{
    if (!(from->ready & SRT_READABLE))
        return SRT_READ_NOTHING;
    char *room = srt_buffer_room(buffer, n);
    for (;;) {
        gssize got = recv(from->fd, room, n, 0);
        if (got > 0) {
            srt_buffer_added(buffer, (gsize)got);
            note_read(from, (gsize)got, n);
            return SRT_READ_SOME;
        }
        Step step = read_failed(from, got);
        if (step != STEP_ON)
            return step == STEP_END       ? SRT_READ_END
                   : step == STEP_BLOCKED ? SRT_READ_NOTHING
                                          : SRT_READ_ERROR;
    }
}

/* Sends once. Returns the bytes sent; 0 with *step set when none were. */
static gsize send_some(SrtWatch *to, const char *data, gsize length, int flags, Step *step)
{
    for (;;) {
        gssize n = send(to->fd, data, length, MSG_NOSIGNAL | flags);
        if (n >= 0) {
            if ((gsize)n < length)
                to->ready &= (guint8)~SRT_WRITABLE;
            return (gsize)n;
        }
        if (errno == EINTR)
            continue;
        *step = STEP_SINK;
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            to->ready &= (guint8)~SRT_WRITABLE;
            *step = STEP_BLOCKED;
        }
        return 0;
    }
}

static Step push_held(SrtFlow *flow, SrtWatch *to)
{
    while (srt_buffer_length(&flow->held)) {
        if (!(to->ready & SRT_WRITABLE))
            return STEP_BLOCKED;
        Step step = STEP_ON;
        SrtSlice slice = srt_buffer_slice(&flow->held);
        gsize n = send_some(to, slice.at, slice.length, 0, &step);
        if (step != STEP_ON)
            return step;
        srt_buffer_consume(&flow->held, n);
    }
    srt_buffer_clear(&flow->held);
    return STEP_ON;
}

#ifdef __linux__
static Step push_pipe(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *to)
{
    while (flow->in_pipe) {
        if (!(to->ready & SRT_WRITABLE))
            return STEP_BLOCKED;
        gssize n = splice(flow->pipe->read, NULL, to->fd, NULL, flow->in_pipe,
                          SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (n > 0) {
            flow->in_pipe -= (guint32)n;
        } else if (n < 0 && errno == EAGAIN) {
            to->ready &= (guint8)~SRT_WRITABLE;
        } else if (n == 0 || errno != EINTR) {
            return STEP_SINK;
        }
    }
    if (flow->pipe)
        srt_pipes_give(shared->pipes, flow->pipe, TRUE);
    flow->pipe = NULL;
    return STEP_ON;
}

static Step pull_splice(SrtFlow *flow, SrtWatch *from, gsize *ret_moved)
{
    gsize most = MIN(flow->pipe->size, flow->left);
    gssize n =
        splice(from->fd, NULL, flow->pipe->write, NULL, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n <= 0)
        return read_failed(from, n);
    flow->in_pipe = (guint32)n;
    flow->bulk = (gsize)n >= SMALL_SIZE / 2;
    *ret_moved = (gsize)n;
    return STEP_ON;
}
#else
static Step push_pipe(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *to)
{
    (void)flow;
    (void)shared;
    (void)to;
    return STEP_ON;
}

static Step pull_splice(SrtFlow *flow, SrtWatch *from, gsize *ret_moved)
{
    (void)flow;
    (void)from;
    (void)ret_moved;
    return STEP_SOURCE;
}
#endif

static Step push(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *to)
{
    Step step = push_held(flow, to);
    if (step == STEP_ON)
        step = push_pipe(flow, shared, to);
    account(flow, shared);
    if (step == STEP_BLOCKED)
        to->want |= SRT_WRITABLE;
    return step;
}

SrtFlowResult srt_flow_push(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *to)
{
    Step step = push(flow, shared, to);
    return step == STEP_ON        ? SRT_FLOW_FINISHED
           : step == STEP_BLOCKED ? SRT_FLOW_WAIT
                                  : SRT_FLOW_SINK;
}

/* Reads and sends at once; what the sink does not take is held. */
static Step pull_copy(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *from, SrtWatch *to,
                      gsize *ret_moved)
{
    gsize size = flow->bulk ? COPY_SIZE : SMALL_SIZE;
    gsize most = MIN(size, flow->left), sent = 0;
    gssize n = recv(from->fd, shared->copy, most, 0);
    if (n <= 0)
        return read_failed(from, n);
    note_read(from, (gsize)n, most);
    flow->bulk = (gsize)n == size;
    /* The end was announced and comes next: it goes out in one packet with these. */
    flow->last_held = flow->ends_sink && (gsize)n < most && from->ready & SRT_ENDED;
    Step step = STEP_ON;
    if (to->ready & SRT_WRITABLE)
        sent = send_some(to, shared->copy, (gsize)n, flow->last_held ? MSG_MORE : 0, &step);
    *ret_moved = (gsize)n;
    if (step == STEP_SINK)
        return step;
    srt_buffer_append(&flow->held, shared->copy + sent, (gsize)n - sent);
    return STEP_ON;
}

/* Holds nothing: takes off the source only what the sink has taken. */
static Step pull_peek(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *from, SrtWatch *to,
                      gsize *ret_moved)
{
    if (!(to->ready & SRT_WRITABLE)) {
        to->want |= SRT_WRITABLE;
        return STEP_BLOCKED;
    }
    gssize n = recv(from->fd, shared->copy, MIN(COPY_SIZE, flow->left), MSG_PEEK);
    if (n <= 0)
        return read_failed(from, n);
    Step step = STEP_ON;
    gsize sent = send_some(to, shared->copy, (gsize)n, 0, &step);
    if (step == STEP_BLOCKED)
        to->want |= SRT_WRITABLE;
    if (step != STEP_ON)
        return step;
    for (gsize off = 0; off < sent;) {
        gssize gone = recv(from->fd, shared->copy, sent - off, 0);
        if (gone <= 0 && errno != EINTR)
            return STEP_SOURCE;
        off += gone > 0 ? (gsize)gone : 0;
    }
    *ret_moved = sent;
    return STEP_ON;
}

static Step pull_plain(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *from, SrtWatch *to,
                       gsize *ret_moved)
{
    gsize ahead = MIN(srt_buffer_length(&flow->source), flow->left);
    if (ahead) {
        srt_buffer_append(&flow->held, srt_buffer_slice(&flow->source).at, ahead);
        srt_buffer_consume(&flow->source, ahead);
        *ret_moved = ahead;
        return STEP_ON;
    }
    if (srt_buffer_length(&flow->source) == 0)
        srt_buffer_clear(&flow->source);
    if (!(from->ready & SRT_READABLE))
        return STEP_BLOCKED;
    if (!shared->copy)
        shared->copy = g_malloc(COPY_SIZE);
    if (flow->bulk && (flow->pipe = srt_pipes_take(shared->pipes))) {
        Step step = pull_splice(flow, from, ret_moved);
        if (flow->in_pipe == 0) { /* nothing came: it need not be held */
            srt_pipes_give(shared->pipes, flow->pipe, TRUE);
            flow->pipe = NULL;
        }
        return step;
    }
    return shared->held < HELD_MAX ? pull_copy(flow, shared, from, to, ret_moved)
                                   : pull_peek(flow, shared, from, to, ret_moved);
}

/* Decodes what was read ahead. STEP_END at the last chunk. */
static Step transform(SrtFlow *flow)
{
    SrtSlice input = srt_buffer_slice(&flow->source), data;
    gsize before = input.length;
    SrtChunkedStep step;
    while ((step = srt_chunked_next(&flow->chunked, &input, &data)) == SRT_CHUNKED_DATA) {
        if (flow->coding == SRT_FLOW_RECHUNK)
            srt_chunked_write(&flow->held, data);
        else
            srt_buffer_append_slice(&flow->held, data);
    }
    srt_buffer_consume(&flow->source, before - input.length);
    if (step == SRT_CHUNKED_BAD)
        return STEP_BAD;
    if (step != SRT_CHUNKED_END)
        return STEP_ON;
    if (flow->coding == SRT_FLOW_RECHUNK)
        srt_buffer_append_text(&flow->held, SRT_CHUNKED_LAST);
    flow->left = 0;
    return STEP_ON;
}

static Step pull_chunks(SrtFlow *flow, SrtWatch *from, gsize *ret_moved)
{
    if (srt_buffer_length(&flow->source) == 0) {
        gsize size = flow->bulk ? COPY_SIZE / 2 : SMALL_SIZE;
        switch (srt_flow_read(from, &flow->source, size)) {
        case SRT_READ_SOME:
            flow->bulk = srt_buffer_length(&flow->source) >= SMALL_SIZE;
            break;
        case SRT_READ_NOTHING:
            return STEP_BLOCKED;
        case SRT_READ_END:
            return STEP_END;
        case SRT_READ_ERROR:
            return STEP_SOURCE;
        }
    }
    *ret_moved = srt_buffer_length(&flow->source);
    return transform(flow);
}

static SrtFlowResult result_of(SrtFlow *flow, Step step)
{
    switch (step) {
    case STEP_BLOCKED:
        return SRT_FLOW_WAIT;
    case STEP_END:
        flow->ended = true;
        return flow->left == SRT_FLOW_ENDLESS && flow->coding == SRT_FLOW_PLAIN ? SRT_FLOW_FINISHED
                                                                                : SRT_FLOW_SOURCE;
    case STEP_SINK:
        return SRT_FLOW_SINK;
    case STEP_BAD:
        return SRT_FLOW_BAD;
    default:
        return SRT_FLOW_SOURCE;
    }
}

SrtFlowResult srt_flow_run(SrtFlow *flow, SrtFlowShared *shared, SrtWatch *from, SrtWatch *to)
{
    for (gsize total = 0; total < SHARE;) {
        gsize moved = 0;
        Step step = push(flow, shared, to);
        if (step != STEP_ON)
            return result_of(flow, step);
        if (flow->left == 0)
            return SRT_FLOW_FINISHED;
        step = flow->coding == SRT_FLOW_PLAIN ? pull_plain(flow, shared, from, to, &moved)
                                              : pull_chunks(flow, from, &moved);
        if (step == STEP_BLOCKED && !(from->ready & SRT_READABLE))
            from->want |= SRT_READABLE;
        if (step != STEP_ON)
            return result_of(flow, step);
        if (flow->coding == SRT_FLOW_PLAIN && flow->left != SRT_FLOW_ENDLESS)
            flow->left -= moved;
        total += moved;
    }
    return SRT_FLOW_AGAIN;
}
