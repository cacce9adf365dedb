/* SPDX-License-Identifier: Apache-2.0 */
/* The values of metadata calls, copied from the caller, put on a descriptor of ours. */
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "meta.h"
#include "numbers.h"

#define FILE_ATTR_MAX 4096

static sup_answer result(int done)
{
    return done < 0 ? -errno : 0;
}

static sup_answer change_mode(const sup_call *call, int fd, bool by_fd)
{
    char self[SUP_SELF_ROOM];
    mode_t mode = (mode_t)sup_arg(call, call->row->mode) & 07777;
    return result(by_fd ? fchmod(fd, mode) : chmod(sup_self_path(fd, self), mode));
}

/* Numbers of users mean something else in a user namespace of the caller's own. */
static bool same_users(const sup_call *call)
{
    struct stat ours, theirs;
    char entry[32];
    snprintf(entry, sizeof entry, "%u/ns/user", call->notif.pid);
    return fstatat(call->sup->proc, "self/ns/user", &ours, 0) == 0 &&
           fstatat(call->sup->proc, entry, &theirs, 0) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino && sup_call_alive(call);
}

static sup_answer change_owner(const sup_call *call, int fd, bool by_fd)
{
    char self[SUP_SELF_ROOM];
    uid_t user = (uid_t)sup_arg(call, call->row->mode);
    gid_t group = (gid_t)sup_arg(call, call->row->mode + 1);
    if ((user != (uid_t)-1 || group != (gid_t)-1) && !same_users(call))
        return -EPERM;
    return result(by_fd ? fchown(fd, user, group) : chown(sup_self_path(fd, self), user, group));
}

/* Pairs of numbers as the different calls have them. */
static int read_pairs(const sup_call *call, uint64_t address, size_t size, int64_t to[2][2])
{
    int64_t wide[4];
    int32_t narrow[4];
    int failed = size == sizeof wide ? sup_read_memory(call, address, wide, sizeof wide)
                                     : sup_read_memory(call, address, narrow, sizeof narrow);
    for (int i = 0; i < 4 && !failed; i++)
        to[i / 2][i % 2] = size == sizeof wide ? wide[i] : narrow[i];
    return failed;
}

/* struct utimbuf: two times in seconds. */
static int read_seconds(const sup_call *call, uint64_t address, struct timespec ret[2])
{
    long seconds[2];
    int failed = sup_read_memory(call, address, seconds, sizeof seconds);
    for (int i = 0; i < 2 && !failed; i++)
        ret[i] = (struct timespec){.tv_sec = seconds[i]};
    return failed;
}

static bool in_nanoseconds(int32_t nr)
{
#ifdef __NR_utimensat
    if (nr == __NR_utimensat)
        return true;
#endif
#ifdef __NR_utimensat_time64
    if (nr == __NR_utimensat_time64)
        return true;
#endif
    (void)nr;
    return false;
}

static int read_times(const sup_call *call, uint64_t address, struct timespec ret[2])
{
    const int32_t nr = call->notif.data.nr;
    const bool fine = in_nanoseconds(nr);
    size_t size = 4 * sizeof(long);
    int64_t pairs[2][2];
#ifdef __NR_utime
    if (nr == __NR_utime)
        return read_seconds(call, address, ret);
#else
    (void)read_seconds;
#endif
#ifdef __NR_utimensat_time64
    if (nr == __NR_utimensat_time64)
        size = 4 * sizeof(int64_t);
#endif
    int failed = read_pairs(call, address, size, pairs);
    for (int i = 0; i < 2 && !failed; i++) {
        if (!fine && (pairs[i][1] < 0 || pairs[i][1] >= 1000000))
            return -EINVAL;
        ret[i].tv_sec = (time_t)pairs[i][0];
        ret[i].tv_nsec = (long)(fine ? pairs[i][1] : pairs[i][1] * 1000);
    }
    return failed;
}

static sup_answer change_times(const sup_call *call, int fd, bool by_fd)
{
    char self[SUP_SELF_ROOM];
    struct timespec times[2];
    uint64_t address = sup_arg(call, call->row->path[0].path + 1);
    int failed = address ? read_times(call, address, times) : 0;
    if (failed)
        return failed;
    const struct timespec *given = address ? times : NULL;
    return result(by_fd ? futimens(fd, given)
                        : utimensat(AT_FDCWD, sup_self_path(fd, self), given, 0));
}

/* The argument that holds the name of an attribute. */
static int name_argument(const sup_call *call)
{
    const int32_t nr = call->notif.data.nr;
    return nr == __NR_setxattrat || nr == __NR_removexattrat ? 3 : 1;
}

static int read_name(const sup_call *call, char name[SUP_PATH_MAX])
{
    ssize_t length = sup_read_string(call, sup_arg(call, name_argument(call)), name);
    if (length == -ENAMETOOLONG || length == 0 || length > XATTR_NAME_MAX)
        return -ERANGE;
    return length < 0 ? (int)length : 0;
}

typedef struct attribute {
    uint64_t value; /* its address there */
    uint64_t size;
    uint32_t flags;
} attribute;

static int read_attribute(const sup_call *call, attribute *ret)
{
    struct {
        uint64_t value;
        uint32_t size, flags;
    } args;
    if (call->notif.data.nr != __NR_setxattrat) {
        *ret = (attribute){sup_arg(call, 2), sup_arg(call, 3), (uint32_t)sup_arg(call, 4)};
        return 0;
    }
    if (sup_arg(call, 5) != sizeof args)
        return -EINVAL;
    int failed = sup_read_memory(call, sup_arg(call, 4), &args, sizeof args);
    if (!failed)
        *ret = (attribute){args.value, args.size, args.flags};
    return failed;
}

static sup_answer set_attribute(const sup_call *call, int fd, bool by_fd)
{
    char self[SUP_SELF_ROOM], name[SUP_PATH_MAX];
    attribute a;
    int failed = read_attribute(call, &a);
    if (!failed && (a.flags & ~(uint32_t)(XATTR_CREATE | XATTR_REPLACE)))
        failed = -EINVAL;
    if (!failed)
        failed = read_name(call, name);
    if (!failed && a.size > XATTR_SIZE_MAX)
        failed = -E2BIG;
    if (failed)
        return failed;
    char *value = malloc(a.size + 1);
    if (!value)
        return -ENOMEM;
    sup_answer answer = sup_read_memory(call, a.value, value, a.size);
    if (answer == 0)
        answer =
            result(by_fd ? fsetxattr(fd, name, value, a.size, (int)a.flags)
                         : setxattr(sup_self_path(fd, self), name, value, a.size, (int)a.flags));
    free(value);
    return answer;
}

static sup_answer remove_attribute(const sup_call *call, int fd, bool by_fd)
{
    char self[SUP_SELF_ROOM], name[SUP_PATH_MAX];
    int failed = read_name(call, name);
    if (failed)
        return failed;
    return result(by_fd ? fremovexattr(fd, name) : removexattr(sup_self_path(fd, self), name));
}

static sup_answer set_file_attr(const sup_call *call, int fd)
{
    char bytes[FILE_ATTR_MAX];
    uint64_t size = sup_arg(call, 3);
    if (size > sizeof bytes)
        return -E2BIG;
    int failed = sup_read_memory(call, sup_arg(call, 2), bytes, size);
    if (failed)
        return failed;
    return result((int)syscall(__NR_file_setattr, fd, "", bytes, size, AT_EMPTY_PATH));
}

sup_answer sup_meta_apply(sup_call *call, int fd, bool by_fd)
{
    switch (call->row->kind) {
    case SUP_CHMOD:
    case SUP_FCHMOD:
        return change_mode(call, fd, by_fd);
    case SUP_CHOWN:
    case SUP_FCHOWN:
        return change_owner(call, fd, by_fd);
    case SUP_UTIME:
        return change_times(call, fd, by_fd);
    case SUP_SETXATTR:
    case SUP_FSETXATTR:
        return set_attribute(call, fd, by_fd);
    case SUP_REMOVEXATTR:
    case SUP_FREMOVEXATTR:
        return remove_attribute(call, fd, by_fd);
    case SUP_FILE_ATTR:
        return set_file_attr(call, fd);
    default:
        return -ENOSYS;
    }
}
