/* SPDX-License-Identifier: Apache-2.0 */
#include "base/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"

#define DEPTH_MAX 64 /* directories that are made */

char *srt_state_directory(const char *home)
{
    const char *state = g_getenv("XDG_STATE_HOME");
    if (state && *state == '/')
        return g_build_filename(state, "srt", NULL);
    if (home && *home == '/')
        return g_build_filename(home, ".local", "state", "srt", NULL);
    return NULL;
}

/* What lies above belongs to the user or the system, links in it are theirs. */
static int open_above(const char *path, gboolean create, guint depth)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 || errno != ENOENT || !create || depth >= DEPTH_MAX || strcmp(path, "/") == 0)
        return fd;
    g_autofree char *up = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    srt_autofd int above = open_above(up, create, depth + 1);
    if (above < 0 || (mkdirat(above, name, 0700) < 0 && errno != EEXIST))
        return -1;
    return openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static gboolean fail(const char *path, int failed, gboolean *ret_missing, GError **error)
{
    if (ret_missing)
        *ret_missing = failed == ENOENT;
    return srt_set_errno(error, SRT_ERROR_FAILED, failed, "%s cannot be used", path);
}

static gboolean is_ours(int fd, gboolean directory, const char *path, GError **error)
{
    struct stat st;
    mode_t wanted = directory ? 0700 : 0600;
    if (fstat(fd, &st) < 0)
        return fail(path, errno, NULL, error);
    const char *wrong = st.st_uid != geteuid() ? "it belongs to somebody else"
                        : directory            ? NULL
                        : !S_ISREG(st.st_mode) ? "it is no regular file"
                        : st.st_nlink != 1     ? "it has more than one name"
                                               : NULL;
    if (wrong) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED, "%s cannot be used: %s", path, wrong);
        return FALSE;
    }
    if ((st.st_mode & 0077) && fchmod(fd, wanted) < 0)
        return fail(path, errno, NULL, error);
    return TRUE;
}

int srt_state_open(const char *directory, gboolean create, gboolean *ret_missing, GError **error)
{
    g_autofree char *up = g_path_get_dirname(directory);
    g_autofree char *name = g_path_get_basename(directory);
    if (ret_missing)
        *ret_missing = FALSE;
    srt_autofd int above = open_above(up, create, 0);
    if (above >= 0 && create && mkdirat(above, name, 0700) < 0 && errno != EEXIST && errno != EROFS)
        srt_fd_clear(&above);
    srt_autofd int fd =
        above < 0 ? -1 : openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        fail(directory, errno, ret_missing, error);
        return -1;
    }
    return is_ours(fd, TRUE, directory, error) ? srt_fd_steal(&fd) : -1;
}

int srt_state_open_file(int directory, const char *name, gboolean create, gboolean *ret_missing,
                        GError **error)
{
    int flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    if (ret_missing)
        *ret_missing = FALSE;
    srt_autofd int fd =
        openat(directory, name, flags | (create ? O_RDWR | O_CREAT : O_RDONLY), 0600);
    if (fd < 0) {
        fail(name, errno, ret_missing, error);
        return -1;
    }
    return is_ours(fd, FALSE, name, error) ? srt_fd_steal(&fd) : -1;
}

int srt_state_open_directory(int directory, const char *name, gboolean create,
                             gboolean *ret_missing, GError **error)
{
    if (ret_missing)
        *ret_missing = FALSE;
    srt_autofd int fd = -1;
    if (!create || mkdirat(directory, name, 0700) == 0 || errno == EEXIST || errno == EROFS)
        fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        fail(name, errno, ret_missing, error);
        return -1;
    }
    return is_ours(fd, TRUE, name, error) ? srt_fd_steal(&fd) : -1;
}
