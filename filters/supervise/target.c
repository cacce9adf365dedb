/* SPDX-License-Identifier: Apache-2.0 */
/* Finds what a performed call is about. The directory is resolved once; a link at the end is
 * followed by hand, so that the name that is acted on is always one in a directory that we hold. */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "walk.h"

#define LINKS_MAX 40
#define RESOLVE_UNDERSTOOD                                                                         \
    (RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH |             \
     RESOLVE_IN_ROOT)

void sup_target_close(sup_target *target)
{
    sup_place_close(&target->place);
    if (target->object >= 0)
        close(target->object);
    target->object = -1;
}

const char *sup_place_name(const sup_place *place, char *room)
{
    snprintf(room, SUP_NAME_ROOM, "%s%s", place->last, place->slash ? "/" : "");
    return room;
}

const char *sup_self_path(int fd, char *room)
{
    snprintf(room, SUP_SELF_ROOM, "/proc/self/fd/%d", fd);
    return room;
}

static int look(sup_target *t, unsigned flags)
{
    int failed;
    if (flags & SUP_TARGET_OPEN) {
        if (t->object >= 0)
            close(t->object);
        t->object = openat(t->place.parent, t->place.last, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        failed = t->object < 0 || fstat(t->object, &t->st) < 0 ? -errno : 0;
    } else {
        failed =
            fstatat(t->place.parent, t->place.last, &t->st, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
    }
    t->exists = failed == 0;
    return failed == -ENOENT ? 0 : failed;
}

/* It has no name of its own in what was given. */
static int adopt(sup_target *t, int object)
{
    sup_target_close(t);
    if (object < 0)
        return object;
    t->object = object;
    t->exists = true;
    return fstat(object, &t->st) < 0 ? -errno : 0;
}

static int adopt_dots(sup_call *call, sup_target *t)
{
    return adopt(t,
                 sup_resolve_at(call, t->place.parent, t->place.last[0] ? t->place.last : ".", 0));
}

/* In a directory like /tmp the kernel follows no link of another user's (protected_symlinks). */
static bool is_trap(const sup_target *t)
{
    struct stat st;
    const mode_t shared = S_ISVTX | S_IWOTH;
    return t->st.st_uid != geteuid() && fstat(t->place.parent, &st) == 0 &&
           (st.st_mode & shared) == shared && st.st_uid != t->st.st_uid;
}

/* From the link at the target to what it leads to; room for its text. */
static int follow(sup_call *call, sup_target *t, char *room)
{
    sup_place next;
    if (sup_in_procfs(t->place.parent))
        return adopt(t, sup_resolve_at(call, t->place.parent, t->place.last, 0));
    if (is_trap(t))
        return -EACCES;
    ssize_t n = readlinkat(t->place.parent, t->place.last, room, SUP_PATH_MAX);
    if (n < 0) /* replaced meanwhile: look again */
        return errno == EINVAL || errno == ENOENT ? 0 : -errno;
    if (n >= SUP_PATH_MAX)
        return -ENAMETOOLONG;
    room[n] = '\0';
    int failed = sup_resolve_parent_at(call, t->place.parent, room, &next);
    if (failed)
        return failed;
    next.slash |= t->place.slash;
    sup_place_close(&t->place);
    t->place = next;
    return 0;
}

static int find_end(sup_call *call, unsigned flags, sup_target *t)
{
    for (unsigned links = 0;; links++) {
        if (t->place.dots)
            return adopt_dots(call, t);
        int failed = look(t, flags);
        if (failed || !t->exists)
            return failed;
        if (!S_ISLNK(t->st.st_mode) || !((flags & SUP_TARGET_FOLLOW) || t->place.slash))
            return t->place.slash && !S_ISDIR(t->st.st_mode) ? -ENOTDIR : 0;
        if (links == LINKS_MAX)
            return -ELOOP;
        failed = follow(call, t, call->spare + (links % 2 ? 0 : SUP_PATH_MAX));
        if (failed || t->place.parent < 0)
            return failed;
    }
}

int sup_target_find(sup_call *call, int which, unsigned flags, sup_target *ret)
{
    *ret = (sup_target){.place = {.parent = -1}, .object = -1};
    int failed = sup_resolve_parent(call, which, &ret->place);
    return failed ? failed : find_end(call, flags, ret);
}

/* The directory of an openat2 with resolve flags, as an O_PATH descriptor. */
static int scoped_parent(sup_call *call, const sup_open *open, const char *directory)
{
    uint64_t resolve = open->resolve | RESOLVE_NO_MAGICLINKS;
    bool scoped = open->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT);
    if (directory[0] == '/' && !scoped) {
        int root = sup_call_root(call);
        return root < 0
                   ? root
                   : sup_openat2(root, directory, O_PATH | O_DIRECTORY, resolve | RESOLVE_IN_ROOT);
    }
    int base = sup_call_base(call, 0);
    if (base < 0)
        return base;
    int fd = sup_openat2(base, directory, O_PATH | O_DIRECTORY,
                         resolve | (scoped ? 0 : RESOLVE_BENEATH));
    close(base);
    return fd;
}

/* Whatever is unusual here is left to the kernel: it opens what exists, and creates nothing. */
static int find_scoped(sup_call *call, const sup_open *open, unsigned flags, sup_target *t)
{
    char *path = call->spare;
    ssize_t length = sup_call_path(call, 0);
    if (length < 0)
        return (int)length;
    memcpy(path, call->path[0], (size_t)length + 1);
    char *slash = strrchr(path, '/');
    const char *last = slash ? slash + 1 : path;
    if (last[0] == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0 ||
        (open->resolve & ~(uint64_t)RESOLVE_UNDERSTOOD))
        return 1;
    t->place.last = last;
    if (slash)
        *slash = '\0';
    t->place.parent = scoped_parent(call, open, slash == path ? "/" : slash ? path : ".");
    if (t->place.parent < 0 || look(t, flags) < 0)
        return 1;
    if (t->exists && (S_ISLNK(t->st.st_mode) || (open->resolve & RESOLVE_NO_XDEV)))
        return 1;
    return 0;
}

int sup_target_find_open(sup_call *call, const sup_open *open, unsigned flags, sup_target *ret)
{
    bool exclusive = (open->flags & O_CREAT) && (open->flags & O_EXCL);
    if (open->resolve == 0)
        return sup_target_find(
            call, 0, flags | (exclusive || (open->flags & O_NOFOLLOW) ? 0 : SUP_TARGET_FOLLOW),
            ret);
    *ret = (sup_target){.place = {.parent = -1}, .object = -1};
    return find_scoped(call, open, flags, ret);
}
