/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

void srt_fd_clear(int *fd)
{
    int saved = errno;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = saved;
}

static gboolean read_all(int fd, size_t limit, GByteArray *into)
{
    guint8 buffer[16384];
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        if (n == 0)
            return TRUE;
        if (into->len + (size_t)n > limit) {
            errno = EFBIG;
            return FALSE;
        }
        g_byte_array_append(into, buffer, (guint)n);
    }
}

char *srt_fd_read_file(const char *path, size_t limit, size_t *ret_length, int *ret_errno,
                       GError **error)
{
    struct stat st;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    /* O_NONBLOCK: a FIFO in place of the file must not make us wait. */
    srt_autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0)
        goto failed;
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        goto failed;
    }
    if (!read_all(fd, limit, bytes))
        goto failed;
    if (ret_length)
        *ret_length = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
failed:
    if (ret_errno)
        *ret_errno = errno;
    srt_set_errno(error, SRT_ERROR_FAILED, errno, "%s", path);
    return NULL;
}

#ifdef O_PATH
#define ON_THE_WAY (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#else
#define ON_THE_WAY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#endif

int srt_fd_open_below(int directory, const char *relative, int flags)
{
    srt_autofd int at = -1;
    char name[NAME_MAX + 1];
    flags |= O_NOFOLLOW | O_CLOEXEC;
    if (!*relative)
        return openat(directory, ".", flags);
    for (;;) {
        size_t length = strcspn(relative, "/");
        if (length == 0 || length > NAME_MAX || strncmp(relative, "../", length + 1) == 0 ||
            strcmp(relative, "..") == 0) {
            errno = length > NAME_MAX ? ENAMETOOLONG : EINVAL;
            return -1;
        }
        memcpy(name, relative, length);
        name[length] = '\0';
        relative += length;
        int from = at >= 0 ? at : directory;
        if (!*relative)
            return openat(from, name, flags);
        int next = openat(from, name, ON_THE_WAY);
        if (next < 0)
            return -1;
        srt_fd_clear(&at);
        at = next;
        relative++;
    }
}

gboolean srt_fd_write_all(int fd, const void *data, size_t length)
{
    const char *p = data;
    while (length > 0) {
        ssize_t n = write(fd, p, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        p += n;
        length -= (size_t)n;
    }
    return TRUE;
}

#ifndef __linux__
static gboolean set_cloexec(int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) < 0) {
            srt_fd_clear(&ends[0]);
            srt_fd_clear(&ends[1]);
            return FALSE;
        }
    return TRUE;
}
#endif

gboolean srt_fd_pipe(int ends[2])
{
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC) == 0;
#else
    return pipe(ends) == 0 && set_cloexec(ends);
#endif
}

gboolean srt_fd_socketpair(int type, int ends[2])
{
#ifdef __linux__
    return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) == 0;
#else
    return socketpair(AF_UNIX, type, 0, ends) == 0 && set_cloexec(ends);
#endif
}

int srt_fd_socket(int family, int type)
{
#ifdef __linux__
    return socket(family, type | SOCK_CLOEXEC, 0);
#else
    int fd = socket(family, type, 0);
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
#endif
}
