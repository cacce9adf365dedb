/* SPDX-License-Identifier: Apache-2.0 */
#include "net/pipes.h"

#ifdef __linux__
#include <fcntl.h>
#include <unistd.h>

/* An unprivileged user may have 64 MiB of pipes; half of the programs on a
 * machine may be sandboxed, so one proxy takes little of it: large pipes, which
 * cost the least work for a byte, for a few flows, smaller ones for the others. */
#define PIPES_MAX 64u
#define PIPE_LARGE (1024u * 1024)
#define PIPE_SMALL (256u * 1024)
#define PIPE_SMALLEST (64u * 1024)     /* smaller ones are slower than copying */
#define LARGE_UNTIL (8u * 1024 * 1024) /* all pipes together */
#define IDLE_MAX (2u * 1024 * 1024)    /* those that nobody uses */
#define PAUSE 1024u                    /* takes refused after a pipe could not be made */

struct SrtPipes {
    GPtrArray *idle;
    guint made;
    guint32 bytes; /* of all that were made */
    guint32 idle_bytes;
    guint pause;
};

SrtPipes *srt_pipes_new(void)
{
    SrtPipes *pipes = g_new0(SrtPipes, 1);
    pipes->idle = g_ptr_array_new();
    return pipes;
}

static void destroy(SrtPipes *pipes, SrtPipe *pipe)
{
    close(pipe->read);
    close(pipe->write);
    pipes->bytes -= pipe->size;
    pipes->made--;
    g_free(pipe);
}

void srt_pipes_free(SrtPipes *pipes)
{
    for (guint i = 0; i < pipes->idle->len; i++)
        destroy(pipes, pipes->idle->pdata[i]);
    g_ptr_array_unref(pipes->idle);
    g_free(pipes);
}

/* A user whose share is nearly used up gets less than is wanted. */
static int set_size(int fd, guint32 wanted)
{
    int size = fcntl(fd, F_SETPIPE_SZ, (int)wanted);
    if (size < 0 && wanted > PIPE_SMALL)
        size = fcntl(fd, F_SETPIPE_SZ, (int)PIPE_SMALL);
    return size < 0 ? fcntl(fd, F_GETPIPE_SZ) : size;
}

static SrtPipe *make(guint32 wanted)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return NULL;
    int size = set_size(ends[1], wanted);
    if (size < (int)PIPE_SMALLEST) {
        close(ends[0]);
        close(ends[1]);
        return NULL;
    }
    SrtPipe *pipe = g_new(SrtPipe, 1);
    *pipe = (SrtPipe){ends[0], ends[1], (guint32)size};
    return pipe;
}

SrtPipe *srt_pipes_take(SrtPipes *pipes)
{
    if (pipes->idle->len) {
        SrtPipe *last = g_ptr_array_steal_index_fast(pipes->idle, pipes->idle->len - 1);
        pipes->idle_bytes -= last->size;
        return last;
    }
    if (pipes->made >= PIPES_MAX)
        return NULL;
    if (pipes->pause) {
        pipes->pause--;
        return NULL;
    }
    SrtPipe *pipe = make(pipes->bytes + PIPE_LARGE <= LARGE_UNTIL ? PIPE_LARGE : PIPE_SMALL);
    if (!pipe) {
        pipes->pause = PAUSE;
        return NULL;
    }
    pipes->made++;
    pipes->bytes += pipe->size;
    return pipe;
}

void srt_pipes_give(SrtPipes *pipes, SrtPipe *pipe, gboolean clean)
{
    if (!clean || pipes->idle_bytes + pipe->size > IDLE_MAX) {
        destroy(pipes, pipe);
        return;
    }
    pipes->idle_bytes += pipe->size;
    g_ptr_array_add(pipes->idle, pipe);
}

#else

struct SrtPipes {
    int none;
};

SrtPipes *srt_pipes_new(void)
{
    return g_new0(SrtPipes, 1);
}

void srt_pipes_free(SrtPipes *pipes)
{
    g_free(pipes);
}

SrtPipe *srt_pipes_take(SrtPipes *pipes)
{
    (void)pipes;
    return NULL;
}

void srt_pipes_give(SrtPipes *pipes, SrtPipe *pipe, gboolean clean)
{
    (void)pipes;
    (void)pipe;
    (void)clean;
}
#endif
