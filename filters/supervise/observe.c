/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts, for the violation store: what the policy does not let be written (or read) and what the
 * mounts will refuse. Nothing is enforced here, so a look at the text comes first: a path that
 * lies in a writable region as written is not looked at further, unless the call goes through a
 * last link to what exists. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "internal.h"

typedef struct attempt {
    srt_operation operation;
    srt_access needed;
    bool through_links; /* the last component is followed, and exists */
    bool names;         /* it is about the name, not what it leads to */
    bool creates;       /* what does not exist: else it is a write */
    const char *beside; /* a path in whose directory this one needs no record; or NULL */
} attempt;

/* A directory that was the same so many times in a row is taken for the same some times more: a
 * program that makes thousands of files shall not pay for the question each time. A wrong guess can
 * only lose a record, since what is recorded is looked at exactly. */
#define STREAK 8
#define TRUSTED 16

/* The directory that relative paths of the call start from, into call->canonical. */
static size_t base_text(sup_call *call, int32_t dirfd)
{
    sup_base_text *last = call->base_text;
    char link[40];
    bool same = last->length > 0 && last->pid == call->notif.pid && last->dirfd == dirfd;
    if (same && last->trusted > 0) {
        last->trusted--;
        memcpy(call->canonical, last->text, last->length);
        return last->length;
    }
    if (dirfd == AT_FDCWD)
        snprintf(link, sizeof link, "%u/cwd", call->notif.pid);
    else
        snprintf(link, sizeof link, "%u/fd/%d", call->notif.pid, dirfd);
    ssize_t n = readlinkat(call->sup->proc, link, call->canonical, SUP_PATH_MAX - 1);
    if (n <= 0 || call->canonical[0] != '/') {
        last->length = 0;
        return 0;
    }
    same =
        same && last->length == (size_t)n && memcmp(last->text, call->canonical, last->length) == 0;
    last->streak = same ? last->streak + 1 : 0;
    last->trusted = last->streak >= STREAK ? TRUSTED : 0;
    if (!same) {
        last->pid = call->notif.pid;
        last->dirfd = dirfd;
        last->length = (size_t)n;
        memcpy(last->text, call->canonical, last->length);
    }
    return (size_t)n;
}

/* The path of the call as text, absolute, into call->canonical. */
static bool text_path(sup_call *call, int which)
{
    const sup_path_args *args = &call->row->path[which];
    const char *path = call->path[which];
    if (path[0] == '/')
        return sup_lexical(call->canonical, 0, path);
    size_t length =
        base_text(call, args->dirfd == SUP_NO_ARG ? AT_FDCWD : (int32_t)sup_arg(call, args->dirfd));
    return length > 0 && sup_lexical(call->canonical, length, path);
}

/* Files and directories: devices, pipes and procfs are not the policy's matter. */
static bool is_of_policy(int fd, bool whole)
{
    struct stat st;
    struct statfs fs;
    if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0 || fs.f_type == PROC_SUPER_MAGIC)
        return false;
    return !whole || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode);
}

/* The canonical path into call->canonical. *ret_exists: what it names was found. */
static bool exact_path(sup_call *call, int which, bool names, bool *ret_exists)
{
    sup_place place;
    *ret_exists = false;
    if (!names) {
        int fd = sup_resolve(call, which, 0);
        if (fd >= 0) {
            bool fine = is_of_policy(fd, true) && sup_fd_path(call->sup, fd, call->canonical) > 0;
            close(fd);
            *ret_exists = true;
            return fine;
        }
    }
    if (sup_resolve_parent(call, which, &place) < 0)
        return false;
    struct stat st;
    bool fine = !place.dots && is_of_policy(place.parent, false) &&
                sup_place_path(call, &place, call->canonical) > 0;
    *ret_exists = fine && fstatat(place.parent, place.last, &st, AT_SYMLINK_NOFOLLOW) == 0;
    sup_place_close(&place);
    return fine;
}

static bool is_private(const srt_supervisor *sup, const char *path)
{
    static const char *const devices[] = {"/dev", "/proc", NULL};
    return sup_within_any(sup->options.private_dirs, path) ||
           sup_within_any(sup->options.native_write, path) || sup_within_any(devices, path);
}

static bool same_directory(const char *a, const char *b)
{
    size_t length = (size_t)(strrchr(a, '/') - a) + 1;
    return strncmp(a, b, length) == 0 && !strchr(b + length, '/');
}

/* What is hidden has no directories below it in the sandbox: there the text has to do. */
static bool path_of(sup_call *call, int which, const attempt *a, bool *ret_exists)
{
    if (exact_path(call, which, a->names, ret_exists))
        return true;
    return a->needed == SRT_ACCESS_READ && !*ret_exists && text_path(call, which);
}

/* Whether it was recorded. */
static bool look_at(sup_call *call, int which, const attempt *a)
{
    const srt_supervisor *sup = call->sup;
    const srt_origin *origin;
    bool exists;
    if (sup_call_path(call, which) <= 0 || !text_path(call, which))
        return false;
    if (sup_names_access(sup->names, call->canonical, &origin) >= a->needed && !a->through_links)
        return false;
    if (!path_of(call, which, a, &exists) || is_private(sup, call->canonical))
        return false;
    if (exists && a->names && a->operation == SRT_OP_CREATE) /* it says that, and no more */
        return false;
    if (sup_names_access(sup->names, call->canonical, &origin) >= a->needed ||
        (a->beside && same_directory(a->beside, call->canonical)) || !sup_call_alive(call))
        return false;
    sup_report(call, a->creates && exists ? SRT_OP_WRITE : a->operation, SRT_VIOLATION_ATTEMPT,
               call->canonical, origin,
               a->needed == SRT_ACCESS_WRITE ? "writing here is not allowed"
                                             : "reading this is not allowed");
    return true;
}

static void observe_open(sup_call *call)
{
    sup_open open;
    bool reads = call->sup->options.notify & SRT_NOTIFY_READ;
    if (sup_call_open(call, &open) < 0 || (open.flags & O_PATH))
        return;
    bool writes = (open.flags & O_ACCMODE) != O_RDONLY || (open.flags & (O_CREAT | O_TRUNC));
    attempt a = {.operation = open.flags & O_CREAT ? SRT_OP_CREATE : SRT_OP_WRITE,
                 .needed = SRT_ACCESS_WRITE,
                 .through_links = !(open.flags & O_CREAT),
                 .names = (open.flags & O_CREAT) && (open.flags & O_EXCL),
                 .creates = open.flags & O_CREAT};
    if (writes && (call->sup->options.notify & (SRT_NOTIFY_WRITE | SRT_NOTIFY_CREATE))) {
        look_at(call, 0, &a);
    } else if (reads) {
        a = (attempt){.operation = SRT_OP_READ, .needed = SRT_ACCESS_READ, .through_links = true};
        look_at(call, 0, &a);
    }
}

#define NAMES(what)                                                                                \
    {                                                                                              \
        .operation = (what), .needed = SRT_ACCESS_WRITE, .names = true                             \
    }
#define THROUGH(what, access)                                                                      \
    {                                                                                              \
        .operation = (what), .needed = (access), .through_links = true                             \
    }
static const attempt creates = NAMES(SRT_OP_CREATE), deletes = NAMES(SRT_OP_DELETE),
                     renames = NAMES(SRT_OP_RENAME), writes_link = NAMES(SRT_OP_WRITE),
                     writes_through = THROUGH(SRT_OP_WRITE, SRT_ACCESS_WRITE),
                     executes = THROUGH(SRT_OP_EXEC, SRT_ACCESS_READ);

/* One record for both names, unless they lie in different directories. */
static void observe_rename(sup_call *call)
{
    attempt to = renames;
    if (look_at(call, 0, &renames)) {
        memcpy(call->other, call->canonical, strlen(call->canonical) + 1);
        to.beside = call->other;
    }
    look_at(call, 1, &to);
}

sup_answer sup_observe(sup_call *call)
{
    switch (call->row->kind) {
    case SUP_OPEN:
        observe_open(call);
        break;
    case SUP_MKDIR:
    case SUP_MKNOD:
    case SUP_SYMLINK:
        look_at(call, 0, &creates);
        break;
    case SUP_LINK:
        look_at(call, 1, &creates);
        break;
    case SUP_RENAME:
        observe_rename(call);
        break;
    case SUP_UNLINK:
    case SUP_RMDIR:
        look_at(call, 0, &deletes);
        break;
    case SUP_EXEC:
        look_at(call, 0, &executes);
        break;
    default:
        /* By descriptor: it was opened, which was seen. Without a path: the same. */
        if (SUP_CHANGES(call->row->kind))
            look_at(call, 0, call->row->row & SUP_ROW_NOFOLLOW ? &writes_link : &writes_through);
        break;
    }
    return SUP_GO_ON;
}
