/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as the caller sees them, without ever resolving one against our own root: the kernel
 * resolves within the caller's root, or beneath a directory of it; what leaves that directory
 * is walked step by step (walk.c). */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "internal.h"
#include "walk.h"

#define NAME_LIMIT 255

int sup_openat2(int base, const char *path, uint64_t flags, uint64_t resolve)
{
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
    long fd;
    /* EAGAIN: something was renamed meanwhile, and ".." could not be trusted. */
    for (int tries = 0; tries < 64; tries++) {
        fd = syscall(SYS_openat2, base, path, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return fd >= 0 ? (int)fd : -errno;
}

/* Whether the walk may know better: links out of the base, of procfs, too old a kernel. */
static bool walk_decides(int error)
{
    return error == -EXDEV || error == -ELOOP || error == -ENOENT || error == -ENOSYS ||
           error == -EPERM || error == -EAGAIN;
}

bool sup_in_procfs(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

int sup_resolve_at(sup_call *call, int base, const char *path, unsigned flags)
{
    bool absolute = path[0] == '/';
    uint64_t open_flags = O_PATH | (flags & SUP_RESOLVE_NOFOLLOW ? O_NOFOLLOW : 0);
    if (path[0] == '\0')
        return -ENOENT;
    int start = absolute ? sup_call_root(call) : base;
    if (start < 0)
        return absolute ? start : -EBADF;
    int fd = sup_openat2(start, path, open_flags,
                         (absolute ? RESOLVE_IN_ROOT : RESOLVE_BENEATH) | RESOLVE_NO_MAGICLINKS);
    if (fd >= 0 && sup_in_procfs(fd)) { /* "self" would have been us */
        close(fd);
        fd = -ELOOP;
    }
    if (fd >= 0 || !walk_decides(fd))
        return fd;
    return sup_walk(call, start, path, flags);
}

int sup_resolve(sup_call *call, int which, unsigned flags)
{
    ssize_t length = sup_call_path(call, which);
    if (length < 0)
        return (int)length;
    const char *path = call->path[which];
    if (path[0] == '/')
        return sup_resolve_at(call, -1, path, flags);
    if (length == 0 && !(flags & SUP_RESOLVE_EMPTY))
        return -ENOENT;
    int base = sup_call_base(call, which);
    if (base < 0 || length == 0)
        return base;
    int fd = sup_resolve_at(call, base, path, flags);
    close(base);
    return fd;
}

void sup_place_close(sup_place *place)
{
    if (place->parent >= 0)
        close(place->parent);
    place->parent = -1;
}

static int open_directory(sup_call *call, int base, const char *path)
{
    struct stat st;
    int fd = sup_resolve_at(call, base, path, 0);
    if (fd < 0)
        return fd;
    int failed = fstat(fd, &st) < 0 ? -errno : S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
    if (!failed)
        return fd;
    close(fd);
    return failed;
}

/* Splits path; *ret_directory is the part before the last component, NULL: base itself. */
static int split(char *path, sup_place *ret, const char **ret_directory)
{
    size_t length = strlen(path);
    if (length == 0)
        return -ENOENT;
    while (length > 1 && path[length - 1] == '/') {
        path[--length] = '\0';
        ret->slash = true;
    }
    char *slash = strrchr(path, '/');
    ret->last = slash ? slash + 1 : path;
    ret->dots = ret->last[0] == '\0' || strcmp(ret->last, ".") == 0 || strcmp(ret->last, "..") == 0;
    if (strlen(ret->last) > NAME_LIMIT)
        return -ENAMETOOLONG;
    *ret_directory = NULL;
    if (slash == path) {
        *ret_directory = "/";
    } else if (slash) {
        *slash = '\0';
        *ret_directory = path;
    }
    return 0;
}

int sup_resolve_parent_at(sup_call *call, int base, char *path, sup_place *ret)
{
    const char *directory;
    *ret = (sup_place){.parent = -1};
    int failed = split(path, ret, &directory);
    if (failed)
        return failed;
    if (directory)
        ret->parent = open_directory(call, base, directory);
    else
        ret->parent = base < 0 ? -EBADF : fcntl(base, F_DUPFD_CLOEXEC, 3);
    if (ret->parent >= 0)
        return 0;
    failed = directory || base < 0 ? ret->parent : -errno;
    ret->parent = -1;
    return failed;
}

int sup_resolve_parent(sup_call *call, int which, sup_place *ret)
{
    ssize_t length = sup_call_path(call, which);
    char *copy = which == 0 ? call->spare : call->spare + SUP_PATH_MAX;
    *ret = (sup_place){.parent = -1};
    if (length < 0)
        return (int)length;
    memcpy(copy, call->path[which], (size_t)length + 1);
    if (copy[0] == '/')
        return sup_resolve_parent_at(call, -1, copy, ret);
    int base = length ? sup_call_base(call, which) : -ENOENT;
    if (base < 0)
        return base;
    int failed = sup_resolve_parent_at(call, base, copy, ret);
    close(base);
    return failed;
}

ssize_t sup_fd_path(const srt_supervisor *sup, int fd, char *to)
{
    static const char gone[] = " (deleted)";
    char link[32];
    struct stat st;
    snprintf(link, sizeof link, "self/fd/%d", fd);
    ssize_t n = readlinkat(sup->proc, link, to, SUP_PATH_MAX);
    if (n < 0)
        return -errno;
    if (n >= SUP_PATH_MAX)
        return -ENAMETOOLONG;
    to[n] = '\0';
    if (to[0] != '/')
        return -ENOENT;
    size_t mark = sizeof gone - 1;
    if ((size_t)n > mark && strcmp(to + n - mark, gone) == 0 && fstat(fd, &st) == 0 &&
        st.st_nlink == 0)
        return -ENOENT;
    return n;
}

static bool leads_to(const srt_supervisor *sup, const char *canonical, const struct stat *object)
{
    struct stat there;
    int other = sup_openat2(sup->root, canonical, O_PATH | O_NOFOLLOW,
                            RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (other < 0)
        return false;
    bool same = fstat(other, &there) == 0 && object->st_dev == there.st_dev &&
                object->st_ino == there.st_ino;
    close(other);
    return same;
}

bool sup_path_known(const srt_supervisor *sup, int fd, const char *canonical)
{
    struct stat here;
    return sup->root >= 0 && fstat(fd, &here) == 0 && leads_to(sup, canonical, &here);
}

/* Remembers the last directory. It has this path now, says the kernel; that the path leads there
 * from the command's root as well, only a mount could change, and under a floor nobody mounts. */
static bool directory_known(const sup_call *call, int fd, const char *canonical, size_t length)
{
    const srt_supervisor *sup = call->sup;
    sup_known_path *last = call->known;
    struct stat here;
    if (sup->root < 0 || fstat(fd, &here) < 0)
        return false;
    if (last && sup->options.exact && last->length == length && last->device == here.st_dev &&
        last->inode == here.st_ino && memcmp(last->text, canonical, length) == 0)
        return true;
    if (!leads_to(sup, canonical, &here))
        return false;
    if (last) {
        last->length = length;
        last->device = here.st_dev;
        last->inode = here.st_ino;
        memcpy(last->text, canonical, length);
    }
    return true;
}

ssize_t sup_place_path(const sup_call *call, const sup_place *place, char *to)
{
    ssize_t n = sup_fd_path(call->sup, place->parent, to);
    if (n < 0)
        return n;
    if (!directory_known(call, place->parent, to, (size_t)n))
        return -EXDEV;
    if (n == 1)
        n = 0; /* the root's slash */
    size_t length = strlen(place->last);
    if ((size_t)n + 1 + length >= SUP_PATH_MAX)
        return -ENAMETOOLONG;
    to[n] = '/';
    memcpy(to + n + 1, place->last, length + 1);
    return n + 1 + (ssize_t)length;
}
