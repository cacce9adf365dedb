/* SPDX-License-Identifier: Apache-2.0 */
#include "run/quarantine_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/quarantine.h"

#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

void srt_copy_chmod(int directory, const char *name, mode_t mode)
{
    char path[64];
    struct stat st;
    gboolean itself = strcmp(name, ".") == 0; /* which need not be searchable */
    srt_autofd int fd =
        itself ? dup(directory) : openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0 || S_ISLNK(st.st_mode))
        return;
#ifdef __linux__
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (chmod(path, mode) < 0)
        return;
#else
    (void)path;
    if (fchmod(fd, mode) < 0)
        return;
#endif
}

static void copy_bytes(int from, int to, SrtCopyLimits *limits)
{
    char buffer[65536];
    guint64 left = MIN(limits->bytes, (guint64)SRT_QUARANTINE_FILE_MAX);
    while (left > 0) {
        ssize_t n = read(from, buffer, (size_t)MIN(left, (guint64)sizeof buffer));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || !srt_fd_write_all(to, buffer, (size_t)n))
            return;
        left -= (guint64)n;
        limits->bytes -= (guint64)n;
    }
}

static void copy_file(int from, const char *name, int to, const char *new_name,
                      SrtCopyLimits *limits)
{
    struct stat st;
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    srt_autofd int in = openat(from, name, flags);
    if (in < 0) {
        srt_copy_chmod(from, name, 0600);
        in = openat(from, name, flags);
    }
    if (in < 0 || fstat(in, &st) < 0 || !S_ISREG(st.st_mode))
        return;
    srt_autofd int out =
        openat(to, new_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out >= 0)
        copy_bytes(in, out, limits);
}

static void copy_link(int from, const char *name, int to, const char *new_name)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(from, name, target, sizeof target - 1);
    if (n <= 0)
        return;
    target[n] = '\0';
    if (symlinkat(target, to, new_name) < 0)
        return;
}

static gboolean move_entry(int from, const char *name, int to, const char *new_name,
                           SrtCopyLimits *limits, guint depth);

/* The names in a directory, first: it changes while they go. */
static GPtrArray *list_names(int directory)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    if (!stream) {
        srt_fd_clear(&copy);
        return names;
    }
    for (struct dirent *entry; (entry = readdir(stream));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(entry->d_name));
    closedir(stream);
    return names;
}

static gboolean move_directory(int from, const char *name, int to, const char *new_name,
                               SrtCopyLimits *limits, guint depth)
{
    gboolean ok = depth < SRT_QUARANTINE_DEPTH_MAX;
    srt_copy_chmod(from, name, 0700);
    srt_autofd int in = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0)
        return FALSE;
    srt_autofd int out = -1;
    if (to >= 0 && mkdirat(to, new_name, 0700) == 0)
        out = openat(to, new_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    g_autoptr(GPtrArray) names = list_names(in);
    if (!ok)
        errno = ELOOP;
    for (guint i = 0; ok && i < names->len; i++)
        ok = move_entry(in, names->pdata[i], out, names->pdata[i], limits, depth + 1);
    return ok && unlinkat(from, name, AT_REMOVEDIR) == 0;
}

/* to -1: nothing is kept. */
static gboolean move_entry(int from, const char *name, int to, const char *new_name,
                           SrtCopyLimits *limits, guint depth)
{
    struct stat st;
    if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT;
    if (limits->entries == 0)
        to = -1;
    else
        limits->entries--;
    if (S_ISDIR(st.st_mode))
        return move_directory(from, name, to, new_name, limits, depth);
    if (to >= 0 && S_ISREG(st.st_mode))
        copy_file(from, name, to, new_name, limits);
    else if (to >= 0 && S_ISLNK(st.st_mode))
        copy_link(from, name, to, new_name);
    return unlinkat(from, name, 0) == 0;
}

gboolean srt_copy_away(int from, const char *name, int to, const char *new_name,
                       SrtCopyLimits *limits)
{
    return move_entry(from, name, to, new_name, limits, 0);
}
