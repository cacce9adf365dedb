/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors: closed at the end of their scope, close-on-exec from birth. */
#ifndef SRT_BASE_FD_H
#define SRT_BASE_FD_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A variable declared `srt_autofd int fd = -1;` is closed when it goes out of scope. */
#define srt_autofd __attribute__((cleanup(srt_fd_clear)))

/* Closes *fd when it is not negative, sets it to -1, keeps errno. */
void srt_fd_clear(int *fd);

/* Returns *fd and sets it to -1: ownership moves to the caller. */
static inline int srt_fd_steal(int *fd)
{
    int value = *fd;
    *fd = -1;
    return value;
}

/* Reads a whole regular file of at most limit bytes, ended by a NUL that is not
 * counted. Errors: errno of open or read in SRT_ERROR_FAILED; EFBIG above the
 * limit; EISDIR for a directory. *ret_errno may be NULL. Caller frees. */
char *srt_fd_read_file(const char *path, size_t limit, size_t *ret_length, int *ret_errno,
                       GError **error);

/* Opens a path below a directory without following any symbolic link, neither on the
 * way nor at its end; relative has no ".." and no empty part, and "" is the directory
 * itself. -1 with errno. Always close-on-exec. */
int srt_fd_open_below(int directory, const char *relative, int flags);

/* Writes everything or returns FALSE with errno set. */
gboolean srt_fd_write_all(int fd, const void *data, size_t length);

/* A pipe or socket pair whose ends are close-on-exec; FALSE with errno set. */
gboolean srt_fd_pipe(int ends[2]);
gboolean srt_fd_socketpair(int type, int ends[2]);

/* A socket that no program executed later gets. -1 with errno. */
int srt_fd_socket(int family, int type);

#endif
