/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "embed/error.h"
#include "embed/private.h"

int srt_embed_high_fd(int fd)
{
    if (fd < 0 || fd > 2)
        return fd;
    int high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    close(fd);
    return high;
}

static gboolean raise_both(int ends[2], gboolean made, const char *what, srt_error **error)
{
    int failed = errno;
    if (made) {
        ends[0] = srt_embed_high_fd(ends[0]);
        ends[1] = srt_embed_high_fd(ends[1]);
        failed = errno;
        made = ends[0] >= 0 && ends[1] >= 0;
        if (!made) {
            srt_fd_clear(&ends[0]);
            srt_fd_clear(&ends[1]);
        }
    }
    if (!made)
        srt_embed_fail(error, SRT_E_SYSTEM, "cannot make %s: %s", what, g_strerror(failed));
    return made;
}

gboolean srt_embed_pipe(int ends[2], srt_error **error)
{
    return raise_both(ends, srt_fd_pipe(ends), "a pipe", error);
}

gboolean srt_embed_socketpair(int ends[2], srt_error **error)
{
    if (!raise_both(ends, srt_fd_socketpair(SOCK_STREAM, ends), "a socket pair", error))
        return FALSE;
#ifdef SO_NOSIGPIPE
    int on = 1;
    setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return TRUE;
}

void srt_embed_unblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}
