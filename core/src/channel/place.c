/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/random.h"
#include "base/state.h"

#define BACKLOG 1024

char *srt_channel_directory(const char *home)
{
    g_autofree char *state = srt_state_directory(home);
    return state ? g_build_filename(state, SRT_CHANNEL_DIRECTORY, NULL) : NULL;
}

static int fail(int failed, const char *what, const char *path, GError **error)
{
    srt_set_errno(error, SRT_ERROR_FAILED, failed, "%s %s", what, path);
    return -1;
}

static gboolean fill_address(const char *path, struct sockaddr_un *ret, GError **error)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof ret->sun_path) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED,
                    "%s is too long for a socket: found %zu bytes, expected at most %zu; set "
                    "XDG_STATE_HOME to a shorter directory",
                    path, strlen(path), sizeof ret->sun_path - 1);
        return FALSE;
    }
    g_strlcpy(ret->sun_path, path, sizeof ret->sun_path);
    return TRUE;
}

static gboolean is_name(const char *name)
{
    return strlen(name) == SRT_CHANNEL_NAME_LENGTH &&
           strspn(name, "0123456789abcdef") == SRT_CHANNEL_NAME_LENGTH;
}

/* Without waiting: a manager whose queue is full is one all the same. */
static gboolean nobody_listens(const char *path)
{
    struct sockaddr_un address;
    srt_autofd int fd = srt_fd_socket(AF_UNIX, SOCK_STREAM);
    if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || !fill_address(path, &address, NULL))
        return FALSE;
    return connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 &&
           errno == ECONNREFUSED;
}

static void remove_stale(int directory, const char *path)
{
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent *entry;
    struct stat st;
    if (!list)
        srt_fd_clear(&copy);
    while (list && (entry = readdir(list))) {
        if (!is_name(entry->d_name) ||
            fstatat(directory, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISSOCK(st.st_mode))
            continue;
        g_autofree char *full = g_build_filename(path, entry->d_name, NULL);
        if (nobody_listens(full))
            unlinkat(directory, entry->d_name, 0);
    }
    if (list)
        closedir(list);
}

static int open_place(const char *state, GError **error)
{
    srt_autofd int above = srt_state_open(state, TRUE, NULL, error);
    return above < 0 ? -1
                     : srt_state_open_directory(above, SRT_CHANNEL_DIRECTORY, TRUE, NULL, error);
}

void srt_channel_make_directory(const char *home)
{
    g_autofree char *state = srt_state_directory(home);
    int directory = state ? open_place(state, NULL) : -1;
    srt_fd_clear(&directory);
}

gboolean srt_channel_check_place(const char *path, const char *home, GError **error)
{
    struct stat wanted, found;
    g_autofree char *place = srt_channel_directory(home);
    g_autofree char *directory = g_path_get_dirname(path);
    if (place && (strcmp(place, directory) == 0 ||
                  (stat(place, &wanted) == 0 && stat(directory, &found) == 0 &&
                   wanted.st_dev == found.st_dev && wanted.st_ino == found.st_ino)))
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                "--session: found the socket %s, expected one in %s; HOME and XDG_STATE_HOME have "
                "to be those of the program that embeds srt",
                path, place ? place : "srt's state directory");
    return FALSE;
}

static int listen_at(int directory, const char *path, GError **error)
{
    struct sockaddr_un address;
    struct stat st;
    g_autofree char *name = g_path_get_basename(path);
    if (!fill_address(path, &address, error))
        return -1;
    srt_autofd int fd = srt_fd_socket(AF_UNIX, SOCK_STREAM);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        return fail(errno, "cannot make the socket", path, error);
    /* The path was followed by the kernel; what was opened is what counts. */
    if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || listen(fd, BACKLOG) < 0) {
        int failed = errno;
        unlink(path);
        return fail(failed, "cannot listen on", path, error);
    }
    return srt_fd_steal(&fd);
}

int srt_channel_listen(const char *home, char **ret_path, GError **error)
{
    g_autofree char *state = srt_state_directory(home);
    g_autofree char *name = srt_random_hex(SRT_CHANNEL_NAME_LENGTH / 2, "a name", error);
    if (!name)
        return -1;
    if (!state) {
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_FAILED,
                            "no place for the session's socket: found no home directory, expected "
                            "HOME or XDG_STATE_HOME to be an absolute path");
        return -1;
    }
    g_autofree char *place = g_build_filename(state, SRT_CHANNEL_DIRECTORY, NULL);
    g_autofree char *path = g_build_filename(place, name, NULL);
    srt_autofd int directory = open_place(state, error);
    if (directory < 0)
        return -1;
    /* Between bind and listen a socket looks as if nobody were there. */
    if (flock(directory, LOCK_EX) < 0)
        return fail(errno, "cannot lock", place, error);
    remove_stale(directory, place);
    srt_autofd int fd = listen_at(directory, path, error);
    if (fd < 0)
        return -1;
    *ret_path = g_steal_pointer(&path);
    return srt_fd_steal(&fd);
}

void srt_channel_close(int *fd, char **path)
{
    if (*path)
        unlink(*path);
    srt_fd_clear(fd);
    g_clear_pointer(path, g_free);
}

gboolean srt_channel_check_peer(int fd, GError **error)
{
#ifdef __linux__
    struct ucred peer;
    socklen_t size = sizeof peer;
    int result = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    uid_t uid = peer.uid;
#else
    uid_t uid = (uid_t)-1;
    gid_t gid;
    int result = getpeereid(fd, &uid, &gid);
#endif
    if (result < 0)
        return srt_set_errno(error, SRT_ERROR_FAILED, errno,
                             "cannot tell who is at the other end of the session's socket");
    if (uid == geteuid())
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED,
                "the other end of the session's socket is refused: found user %u, expected user %u",
                (guint)uid, (guint)geteuid());
    return FALSE;
}

int srt_channel_accept(int listener, int *ret_errno, GError **error)
{
#ifdef __linux__
    srt_autofd int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
#else
    srt_autofd int fd = accept(listener, NULL, NULL);
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
#endif
    int failed = fd < 0 ? errno : EPERM;
    if (ret_errno)
        *ret_errno = failed;
    if (fd < 0) {
        srt_set_errno(error, SRT_ERROR_FAILED, failed, "cannot take a connection of srt");
        return -1;
    }
    return srt_channel_check_peer(fd, error) ? srt_fd_steal(&fd) : -1;
}

int srt_channel_connect(const char *path, GError **error)
{
    struct sockaddr_un address;
    if (!fill_address(path, &address, error))
        return -1;
    srt_autofd int fd = srt_fd_socket(AF_UNIX, SOCK_STREAM);
    int result;
    do
        result = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, sizeof address);
    while (fd >= 0 && result < 0 && errno == EINTR);
    if (result < 0)
        return fail(errno, "cannot reach the session at", path, error);
    return srt_channel_check_peer(fd, error) ? srt_fd_steal(&fd) : -1;
}
