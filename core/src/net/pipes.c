/* SPDX-License-Identifier: Apache-2.0 */
#include "net/pipes.h"

#ifdef __linux__
#include <fcntl.h>
#include <unistd.h>

/* An unprivileged user may have 64 MiB of pipes; half of the programs on a
 * machine may be sandboxed, so one proxy takes little of it. */
#define PIPES_MAX 64u
#define IDLE_MAX 8u
#define PIPE_SIZE (256 * 1024)
#define PIPE_SMALLEST (64 * 1024) /* smaller ones are slower than copying */
#define PAUSE 1024u /* takes refused after a pipe could not be made */

struct SrtPipes {
    GPtrArray *idle;
    guint made;
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
    g_free(pipe);
    pipes->made--;
}

void srt_pipes_free(SrtPipes *pipes)
{
    for (guint i = 0; i < pipes->idle->len; i++)
        destroy(pipes, pipes->idle->pdata[i]);
    g_ptr_array_unref(pipes->idle);
    g_free(pipes);
}

static SrtPipe *make(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return NULL;
    int size = fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
    if (size < 0)
        size = fcntl(ends[1], F_GETPIPE_SZ);
    if (size < PIPE_SMALLEST) {
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
    if (pipes->idle->len)
        return g_ptr_array_steal_index_fast(pipes->idle, pipes->idle->len - 1);
    if (pipes->made >= PIPES_MAX)
        return NULL;
    if (pipes->pause) {
        pipes->pause--;
        return NULL;
    }
    SrtPipe *pipe = make();
    if (pipe)
        pipes->made++;
    else
        pipes->pause = PAUSE;
    return pipe;
}

void srt_pipes_give(SrtPipes *pipes, SrtPipe *pipe, gboolean clean)
{
    if (!clean || pipes->idle->len >= IDLE_MAX)
        destroy(pipes, pipe);
    else
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
