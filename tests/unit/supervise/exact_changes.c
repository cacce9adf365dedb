/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include "exact_calls.h"

#define E(call) ((call) < 0 ? -errno : 0)
#define CALL(name, expression)                                                                     \
    static int name(void)                                                                          \
    {                                                                                              \
        return (expression);                                                                       \
    }

static int opened(int fd)
{
    if (fd < 0)
        return -errno;
    int flags = fcntl(fd, F_GETFL), own = fcntl(fd, F_GETFD);
    int wrote = (flags & O_ACCMODE) == O_RDONLY || write(fd, "w", 1) == 1;
    int cut = ftruncate(fd, 2) == 0;
    close(fd);
    return (flags & (O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC)) * 8 + own * 4 + wrote * 2 + cut;
}
static int o(const char *path, int flags)
{
    return opened(open(path, flags, 0600));
}

CALL(write_plain, o("f", O_WRONLY))
CALL(write_append, o("f", O_RDWR | O_APPEND | O_CLOEXEC))
CALL(write_nonblock, o("f", O_WRONLY | O_NONBLOCK))
CALL(write_trunc, o("f", O_WRONLY | O_TRUNC))
CALL(read_trunc, o("f", O_RDONLY | O_TRUNC))
CALL(write_link, o("l", O_WRONLY))
CALL(write_nofollow, o("l", O_WRONLY | O_NOFOLLOW))
CALL(write_file_nofollow, o("f", O_WRONLY | O_NOFOLLOW))
CALL(write_dangling, o("dangling", O_WRONLY))
CALL(write_loop, o("loop", O_WRONLY))
CALL(write_missing, o("none", O_WRONLY))
CALL(write_slash, o("f/", O_WRONLY))
CALL(write_directory, o("d", O_WRONLY))
CALL(write_directory_flag, o("f", O_WRONLY | O_DIRECTORY))
CALL(write_ro, o("ro", O_WRONLY))
CALL(write_ro_trunc, o("ro", O_RDONLY | O_TRUNC))
CALL(write_create, o("f", O_WRONLY | O_CREAT | O_TRUNC))
CALL(write_dev, o("/dev/null", O_WRONLY))
CALL(write_null, opened((int)syscall(SYS_openat, AT_FDCWD, NULL, O_WRONLY)))
CALL(nameless_not_directory, o("f", O_TMPFILE | O_RDWR))
CALL(nameless_read_only, o("d", O_TMPFILE | O_RDONLY))
static int write_magic(void)
{
    char path[64];
    int fd = open("f", O_RDONLY);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int r = o(path, O_WRONLY | O_TRUNC);
    close(fd);
    return r;
}
static int write_deep(void)
{
    struct open_how how = {O_WRONLY, 0, RESOLVE_BENEATH};
    return opened((int)syscall(SYS_openat2, AT_FDCWD, "d/x", &how, sizeof how));
}
static int write_too_many(void)
{
    struct rlimit old, none;
    getrlimit(RLIMIT_NOFILE, &old);
    int top = open("f", O_RDONLY);
    none = old;
    none.rlim_cur = (rlim_t)top + 1;
    setrlimit(RLIMIT_NOFILE, &none);
    int r = o("g", O_WRONLY | O_TRUNC);
    setrlimit(RLIMIT_NOFILE, &old);
    close(top);
    return r;
}
static int write_busy(void)
{
    return o("/proc/self/exe", O_WRONLY) < 0; /* which error depends on who may write there */
}

CALL(truncate_less, E(truncate("f", 1)))
CALL(truncate_more, E(truncate("l", 5000000000)))
CALL(truncate_negative, E(truncate("f", -1)))
CALL(truncate_directory, E(truncate("d", 1)))
CALL(truncate_missing, E(truncate("none", 1)))
CALL(truncate_ro, E(truncate("ro", 0)))
CALL(truncate_fifo, E(truncate("fifo", 0)))

CALL(unlink_file, E(unlink("f")))
CALL(unlink_link, E(unlink("l")))
CALL(unlink_directory, E(unlink("d")))
CALL(unlink_slash, E(unlink("f/")))
CALL(unlink_directory_slash, E(unlink("e/")))
CALL(unlink_missing, E(unlink("none")))
CALL(unlink_dot, E(unlink("d/.")))
CALL(unlink_fifo, E(unlink("fifo")))
CALL(unlink_bad_flag, E(unlinkat(AT_FDCWD, "f", 0x4000)))
CALL(unlink_shut, E(unlink("shut/none")))
CALL(rmdir_empty, E(rmdir("e")))
CALL(rmdir_slash, E(rmdir("e//")))
CALL(rmdir_full, E(rmdir("d")))
CALL(rmdir_file, E(rmdir("f")))
CALL(rmdir_link, E(rmdir("ld")))
CALL(rmdir_dot, E(rmdir("e/.")))
CALL(rmdir_dots, E(rmdir("d/..")))
CALL(rmdir_at, E(unlinkat(AT_FDCWD, "e", AT_REMOVEDIR)))
CALL(rmdir_root, E(rmdir("/")))

CALL(chmod_file, E(chmod("f", 04751)))
CALL(chmod_link, E(chmod("l", 0600)))
CALL(chmod_directory, E(chmod("d/.", 0700)))
CALL(chmod_here, E(chmod(".", 0711)))
CALL(chmod_missing, E(chmod("none", 0600)))
CALL(chmod_slash, E(chmod("f/", 0600)))
CALL(chmod_fifo, E(chmod("fifo", 0600)))
CALL(chmod_nofollow, E(syscall(452, AT_FDCWD, "f", 0600, AT_SYMLINK_NOFOLLOW)))
CALL(chmod_bad_flag, E(syscall(452, AT_FDCWD, "f", 0600, 0x4000)))
CALL(chmod_empty, E(fchmodat(AT_FDCWD, "", 0600, 0)))
CALL(chown_same, E(chown("f", getuid(), getgid())))
CALL(chown_none, E(chown("f", (uid_t)-1, (gid_t)-1)))
CALL(chown_other, E(chown("f", 12345, (gid_t)-1)))
CALL(chown_group, E(chown("f", (uid_t)-1, 12345)))
CALL(lchown_link, E(lchown("dangling", getuid(), getgid())))
CALL(chown_dangling, E(chown("dangling", getuid(), getgid())))
static int by_fd(void)
{
    int fd = open("f", O_RDONLY), path = open("f", O_PATH), dir = open("d", O_RDONLY);
    int r = E(fchmod(fd, 0640)) + 3 * E(fchmod(path, 0600)) + E(fchmod(dir, 0750)) +
            5 * E(fchown(fd, getuid(), getgid())) + 7 * E(fchmod(99, 0600)) +
            11 * E(fchownat(path, "", getuid(), getgid(), AT_EMPTY_PATH)) +
            13 * E(fchown(fd, 12345, 12345)) + 17 * E(syscall(452, path, "", 0644, AT_EMPTY_PATH));
    close(fd), close(path), close(dir);
    return r;
}
static int by_fd_nameless(void)
{
    int ends[2], memory = memfd_create("m", 0), gone = open("g", O_RDWR);
    int r = E(pipe(ends)) + E(fchmod(ends[0], 0600)) + 3 * E(fchmod(memory, 0600)) +
            5 * E(unlink("g")) + 7 * E(fchmod(gone, 0600)) +
            11 * E(fsetxattr(gone, "user.a", "b", 1, 0));
    close(ends[0]), close(ends[1]), close(memory), close(gone);
    return r;
}
static int times(void)
{
    struct timeval wrong[2] = {{1, 1000000}, {2, 0}}, right[2] = {{1000, 5}, {2000, 6}};
    struct timespec omit[2] = {{0, UTIME_OMIT}, {3000, 7}}, bad[2] = {{0, -5}, {0, 0}};
    struct utimbuf seconds = {100, 200};
    int fd = open("d/x", O_RDONLY);
    int r = E(utime("f", &seconds)) + 3 * E(utimes("g", right)) + 5 * E(utimes("f", wrong)) +
            7 * E(utimensat(AT_FDCWD, "l", omit, AT_SYMLINK_NOFOLLOW)) +
            11 * E(utimensat(AT_FDCWD, "f", bad, 0)) + 13 * E(futimens(fd, omit)) +
            17 * E(utimensat(AT_FDCWD, "none", NULL, 0)) + 19 * E(utime("ro", NULL)) +
            23 * E(utimensat(AT_FDCWD, "d", omit, 0x8000)) +
            29 * E(syscall(SYS_utimensat, AT_FDCWD, "f", 8, 0));
    close(fd);
    return r;
}
static int attributes(void)
{
    static char big[70000];
    char value[16] = "", long_name[300];
    memset(long_name, 'x', sizeof long_name);
    memcpy(long_name, "user.", 5);
    long_name[299] = '\0';
    int fd = open("g", O_RDONLY);
    int r = E(setxattr("f", "user.a", "value", 5, 0)) +
            3 * E(setxattr("f", "user.a", "other", 5, XATTR_CREATE)) +
            5 * E(setxattr("f", "user.b", "other", 5, XATTR_REPLACE)) +
            7 * E(lsetxattr("l", "user.a", "x", 1, 0)) +
            11 * E(setxattr("f", "user.a", big, 70000, 0)) +
            13 * E(setxattr("f", long_name, "x", 1, 0)) + 17 * E(setxattr("f", "", "x", 1, 0)) +
            19 * E(fsetxattr(fd, "user.c", "x", 1, 0)) + 23 * E(removexattr("f", "user.none")) +
            29 * E(setxattr("f", "user.a", "x", 1, 8)) +
            31 * E(setxattr("f", "trusted.a", "x", 1, 0)) + 37 * E(fremovexattr(fd, "user.c")) +
            41 * E(setxattr("d", "user.empty", "", 0, 0));
    close(fd);
    return r * 2 + (getxattr("f", "user.a", value, sizeof value) == 5);
}
static int attributes_removed(void)
{
    return E(setxattr("f", "user.a", "value", 5, 0)) * 3 + E(removexattr("l", "user.a")) * 5 +
           E(lremovexattr("l", "user.a"));
}

#define ROW(name)                                                                                  \
    {                                                                                              \
#name, name                                                                                \
    }
const exact_call exact_changes[] = {
    ROW(write_plain),
    ROW(write_append),
    ROW(write_nonblock),
    ROW(write_trunc),
    ROW(read_trunc),
    ROW(write_link),
    ROW(write_nofollow),
    ROW(write_file_nofollow),
    ROW(write_dangling),
    ROW(write_loop),
    ROW(write_missing),
    ROW(write_slash),
    ROW(write_directory),
    ROW(write_directory_flag),
    ROW(write_ro),
    ROW(write_ro_trunc),
    ROW(write_create),
    ROW(write_dev),
    ROW(write_null),
    ROW(nameless_not_directory),
    ROW(nameless_read_only),
    ROW(truncate_less),
    ROW(truncate_more),
    ROW(truncate_negative),
    ROW(truncate_directory),
    ROW(truncate_missing),
    ROW(truncate_ro),
    ROW(truncate_fifo),
    ROW(unlink_file),
    ROW(unlink_link),
    ROW(unlink_directory),
    ROW(unlink_slash),
    ROW(unlink_directory_slash),
    ROW(unlink_missing),
    ROW(unlink_dot),
    ROW(unlink_fifo),
    ROW(unlink_bad_flag),
    ROW(unlink_shut),
    ROW(rmdir_empty),
    ROW(rmdir_slash),
    ROW(rmdir_full),
    ROW(rmdir_file),
    ROW(rmdir_link),
    ROW(rmdir_dot),
    ROW(rmdir_dots),
    ROW(rmdir_at),
    ROW(rmdir_root),
    ROW(chmod_file),
    ROW(chmod_link),
    ROW(chmod_directory),
    ROW(chmod_here),
    ROW(chmod_missing),
    ROW(chmod_slash),
    ROW(chmod_fifo),
    ROW(chmod_nofollow),
    ROW(chmod_bad_flag),
    ROW(chmod_empty),
    ROW(chown_same),
    ROW(chown_none),
    ROW(chown_other),
    ROW(chown_group),
    ROW(lchown_link),
    ROW(chown_dangling),
    ROW(write_magic),
    ROW(write_deep),
    ROW(write_too_many),
    ROW(write_busy),
    ROW(by_fd),
    ROW(by_fd_nameless),
    ROW(times),
    ROW(attributes),
    ROW(attributes_removed),
};
const size_t n_exact_changes = sizeof exact_changes / sizeof *exact_changes;
