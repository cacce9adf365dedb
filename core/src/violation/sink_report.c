/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/sink_report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define CHUNK 4096 /* a pipe that is not full takes it whole */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* O_NONBLOCK belongs to the open file, which others share: it is opened once more. */
void srt_report_pipe_init(SrtReportPipe *pipe, int fd)
{
    struct stat st;
    *pipe = (SrtReportPipe){.fd = fd, .own = -1};
    if (fstat(fd, &st) < 0)
        return;
    pipe->socket = S_ISSOCK(st.st_mode);
#ifdef __linux__
    if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)) {
        g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
        pipe->own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    }
#endif
}

void srt_report_pipe_clear(SrtReportPipe *pipe)
{
    srt_fd_clear(&pipe->own);
}

static ssize_t write_some(const SrtReportPipe *pipe, const char *text, gsize length)
{
    if (pipe->socket)
        return send(pipe->fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    return write(pipe->own >= 0 ? pipe->own : pipe->fd, text, MIN(length, CHUNK));
}

gboolean srt_report_pipe_write(SrtReportPipe *pipe, const char *text, gsize length,
                               int (*patience)(void *data), void *data)
{
    gsize done = 0;
    while (!pipe->broken && done < length) {
        struct pollfd p = {.fd = pipe->own >= 0 ? pipe->own : pipe->fd, .events = POLLOUT};
        int wait = patience(data);
        int ready = poll(&p, 1, wait);
        if (ready == 0 && wait == 0) {
            pipe->broken = done > 0;
            return FALSE;
        }
        if (ready <= 0) {
            pipe->broken = ready < 0 && errno != EINTR;
            continue;
        }
        ssize_t n = write_some(pipe, text + done, length - done);
        if (n >= 0)
            done += (gsize)n;
        else if (errno != EAGAIN && errno != EINTR)
            pipe->broken = TRUE;
    }
    return !pipe->broken;
}
