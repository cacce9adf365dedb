/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "base/error.h"
#include "base/fd.h"
#include "policy/policy.h"

/* One directory that is open: its descriptor and the directories in it that
 * are still to be entered, as names ended by NUL in the walk's stack. */
typedef struct Open {
    int fd;
    gsize next, end; /* in Walker.names */
    gsize path_length;
} Open;

typedef struct Walker {
    const SrtWalkOps *ops;
    void *data;
    guint *budget;
    GString *path;
    GString *names;
    guint depth; /* number of open directories */
    Open open[SRT_WALK_MAX_DEPTH];
    gboolean over_budget;
    gint64 buffer[4096]; /* 32 KiB, aligned for the records */
} Walker;

/* The path with one name more; done for each entry, so without a detour. */
static gsize append_name(Walker *walker, const char *name, gsize length)
{
    GString *path = walker->path;
    gsize at = path->len > 1 ? path->len + 1 : 1; /* "/" ends with the slash already */
    g_string_set_size(path, at + length);
    path->str[at - 1] = '/';
    memcpy(path->str + at, name, length);
    return at;
}

static unsigned char type_of(int fd, const char *name)
{
    struct stat st;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return DT_UNKNOWN;
    return S_ISDIR(st.st_mode)    ? DT_DIR
           : S_ISLNK(st.st_mode)  ? DT_LNK
           : S_ISSOCK(st.st_mode) ? DT_SOCK
                                  : DT_REG;
}

static gboolean take_entry(Walker *walker, Open *dir, const char *name, unsigned char type)
{
    if (name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0')))
        return TRUE;
    if (*walker->budget == 0) {
        walker->over_budget = TRUE;
        return FALSE;
    }
    (*walker->budget)--;
    if (type == DT_UNKNOWN)
        type = type_of(dir->fd, name);
    gsize length = strlen(name), at = append_name(walker, name, length);
    walker->ops->entry(walker->data, walker->path->str, walker->path->len, at, walker->depth - 1,
                       type);
    g_string_truncate(walker->path, dir->path_length);
    if (type == DT_DIR)
        g_string_append_len(walker->names, name, (gssize)length + 1);
    return TRUE;
}

#ifdef __linux__
struct record { /* struct linux_dirent64 */
    guint64 inode;
    gint64 offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* 0, or an errno value. */
static int read_entries(Walker *walker, Open *dir)
{
    for (;;) {
        long n = syscall(SYS_getdents64, dir->fd, walker->buffer, sizeof walker->buffer);
        if (n <= 0)
            return n < 0 ? errno : 0;
        for (long at = 0; at < n;) {
            const struct record *record = (const void *)((const char *)walker->buffer + at);
            if (!take_entry(walker, dir, record->name, record->type))
                return 0;
            at += record->length;
        }
    }
}
#else
static int read_entries(Walker *walker, Open *dir)
{
    int copy = fcntl(dir->fd, F_DUPFD_CLOEXEC, 0);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    if (!stream)
        return errno;
    struct dirent *entry;
    errno = 0;
    while ((entry = readdir(stream)) && take_entry(walker, dir, entry->d_name, entry->d_type))
        errno = 0;
    int error = entry ? 0 : errno;
    closedir(stream);
    return error;
}
#endif

static int open_directory(int parent, const char *name)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    int fd = openat(parent, name, flags);
    if (fd < 0 && (errno == EINTR || errno == EAGAIN))
        fd = openat(parent, name, flags);
    return fd;
}

/* Reads the directory that was opened last. FALSE: it cannot be read to its end. */
static gboolean read_directory(Walker *walker, Open *dir, guint level)
{
    const SrtWalkOps *ops = walker->ops;
    if (ops->opened)
        ops->opened(walker->data, dir->fd, level);
    int failed = read_entries(walker, dir);
    dir->end = walker->names->len;
    if (failed && failed != ENOENT) { /* what lies below it is covered with it */
        g_string_truncate(walker->names, dir->next);
        ops->blocked(walker->data, walker->path->str, dir->path_length, level, failed);
        return FALSE;
    }
    ops->listed(walker->data, walker->path->str, dir->path_length, level);
    if (ops->directories && !failed && !walker->over_budget)
        ops->directories(walker->data, walker->path->str, level, walker->names->str + dir->next,
                         dir->end - dir->next);
    return TRUE;
}

/* What is done with a directory that cannot be opened. FALSE: the walk ends. */
static gboolean not_opened(Walker *walker, guint level, int failed, GError **error)
{
    const char *path = walker->path->str;
    if (failed == EMFILE || failed == ENFILE || failed == ENOMEM)
        return srt_set_errno(error, SRT_ERROR_POLICY, failed,
                             "cannot look for protected names in %s", path);
    if (failed != ENOENT && failed != ENOTDIR && failed != ELOOP)
        walker->ops->blocked(walker->data, path, walker->path->len, level, failed);
    return TRUE;
}

/* Opens and lists the directory at walker->path. name is relative to parent. */
static gboolean list_directory(Walker *walker, int parent, const char *name, gsize name_at,
                               GError **error)
{
    const SrtWalkOps *ops = walker->ops;
    const char *path = walker->path->str, *known = NULL;
    gsize length = walker->path->len, size = 0;
    guint level = walker->depth;
    if (!ops->enter(walker->data, path, length, name_at, level))
        return TRUE;
    if (level >= SRT_WALK_MAX_DEPTH || length >= PATH_MAX - NAME_MAX - 2) {
        ops->blocked(walker->data, path, length, level, ENAMETOOLONG);
        return TRUE;
    }
    gboolean recalled =
        ops->recall && ops->recall(walker->data, path, level, parent, name, &known, &size);
    if (recalled && size == 0)
        return TRUE;
    srt_autofd int fd = open_directory(parent, name);
    if (fd < 0)
        return not_opened(walker, level, errno, error);
    Open *dir = &walker->open[walker->depth++];
    *dir = (Open){.fd = fd, .next = walker->names->len, .path_length = length};
    if (recalled) {
        g_string_append_len(walker->names, known, (gssize)size);
        dir->end = walker->names->len;
    } else if (!read_directory(walker, dir, level)) {
        walker->depth--;
        return TRUE;
    }
    srt_fd_steal(&fd);
    return TRUE;
}

/* Enters the next directory, or leaves the innermost open one. */
static gboolean advance(Walker *walker, GError **error)
{
    Open *dir = &walker->open[walker->depth - 1];
    g_string_truncate(walker->path, dir->path_length);
    if (dir->next >= dir->end) {
        srt_fd_clear(&dir->fd);
        walker->depth--;
        g_string_truncate(walker->names, walker->depth ? walker->open[walker->depth - 1].end : 0);
        return TRUE;
    }
    /* A copy: listing appends to names, which may move it. */
    char name[NAME_MAX + 1];
    g_strlcpy(name, walker->names->str + dir->next, sizeof name);
    dir->next += strlen(walker->names->str + dir->next) + 1;
    gsize at = append_name(walker, name, strlen(name));
    return list_directory(walker, dir->fd, name, at, error);
}

static gboolean run(Walker *walker, int directory, const char *root, GError **error)
{
    const char *slash = strrchr(root, '/');
    gsize name_at = slash ? (gsize)(slash - root) + 1 : 0;
    const char *name = directory == AT_FDCWD ? root : ".";
    if (!list_directory(walker, directory, name, name_at, error))
        return FALSE;
    while (walker->depth > 0 && !walker->over_budget)
        if (!advance(walker, error))
            return FALSE;
    if (!walker->over_budget)
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_POLICY,
                "%s holds too many files to look through for protected names and patterns (more "
                "than %d entries in all): name narrower directories in filesystem.allowWrite and "
                "in patterns, or set mandatoryDenySearchDepth",
                root, SRT_WALK_MAX_ENTRIES);
    return FALSE;
}

gboolean srt_walk(const char *root, const SrtWalkOps *ops, void *data, guint *budget,
                  GError **error)
{
    return srt_walk_in(AT_FDCWD, root, ops, data, budget, error);
}

gboolean srt_walk_in(int directory, const char *root, const SrtWalkOps *ops, void *data,
                     guint *budget, GError **error)
{
    Walker *walker = g_new(Walker, 1); /* most of it is room, not to be touched now */
    walker->depth = 0;
    walker->over_budget = FALSE;
    walker->ops = ops;
    walker->data = data;
    walker->budget = budget;
    walker->path = g_string_new(root);
    walker->names = g_string_new(NULL);
    gboolean ok = run(walker, directory, root, error);
    for (guint i = 0; i < walker->depth; i++)
        srt_fd_clear(&walker->open[i].fd);
    g_string_free(walker->path, TRUE);
    g_string_free(walker->names, TRUE);
    g_free(walker);
    return ok;
}
