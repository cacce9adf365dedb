/* SPDX-License-Identifier: Apache-2.0 */
#include "exact_refusals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

char exact_outside[300];

static int make(const char *path, int flags)
{
    int fd = open(path, O_CREAT | O_WRONLY | flags, 0644);
    return fd < 0 ? -errno : close(fd);
}
static int write_open(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    return fd < 0 ? -errno : close(fd);
}

#define E(call) ((call) < 0 ? -errno : 0)
#define CALL(name, expression)                                                                     \
    static int name(void)                                                                          \
    {                                                                                              \
        return (expression);                                                                       \
    }
CALL(name_open, make(".bashrc", 0))
CALL(name_case, make("sub/.BashRC", O_EXCL))
CALL(name_mkdir, E(mkdir(".git/hooks", 0755)))
CALL(name_mknod, E(mknod(".bashrc", S_IFREG | 0644, 0)))
CALL(name_symlink, E(symlink("f", ".bashrc")))
CALL(name_symlink_lead, E(symlink("../x", "sub/.git")))
CALL(name_link, E(link("f", ".bashrc")))
CALL(name_rename, E(rename("f", ".bashrc")))
CALL(name_rename_child, E(rename("x", "sub/.git")))
CALL(name_exchange, E(syscall(SYS_renameat2, AT_FDCWD, ".git", AT_FDCWD, "x", 2u)))
static int name_dangling(void)
{
    int r = E(symlink("sub/.bashrc", "innocent"));
    return r ? r : make("innocent", 0);
}
CALL(place_open, make("ro/n", 0))
CALL(place_excl, make("ro/n", O_EXCL))
CALL(place_mkdir, E(mkdir("ro/n", 0755)))
CALL(place_fifo, E(mkfifo("ro/dir/n", 0644)))
CALL(place_symlink, E(symlink("x", "ro/n")))
CALL(place_link, E(link("f", "ro/n")))
CALL(place_rename, E(rename("f", "ro/n")))
CALL(place_rename_from, E(rename("ro/file", "n")))
CALL(place_rename_over, E(rename("f", "rofile")))
CALL(place_exchange, E(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "ro/file", 2u)))
CALL(place_outside, make(exact_outside, O_EXCL))
CALL(alias, E(link("ro/file", "n")))
CALL(alias_followed, E(linkat(AT_FDCWD, "to_ro", AT_FDCWD, "n", AT_SYMLINK_FOLLOW)))
CALL(write_file, write_open("ro/file", O_WRONLY))
CALL(write_create, write_open("ro/file", O_RDWR | O_CREAT))
CALL(write_trunc, write_open("rofile", O_RDONLY | O_TRUNC))
CALL(write_link, write_open("to_ro", O_WRONLY | O_TRUNC))
CALL(write_nameless, write_open("ro", O_TMPFILE | O_RDWR))
CALL(cut, E(truncate("to_ro", 0)))
CALL(remove_file, E(unlink("ro/file")))
CALL(remove_region, E(unlink("rofile")))
CALL(remove_directory, E(rmdir("ro/dir")))
CALL(mode, E(chmod("to_ro", 0777)))
CALL(mode_directory, E(chmod("ro/.", 0777)))
CALL(owner, E(chown("ro/file", getuid(), getgid())))
CALL(owner_link, E(lchown("ro", getuid(), getgid())))
CALL(touched, E(utimensat(AT_FDCWD, "ro/file", NULL, 0)))
CALL(attribute, E(setxattr("ro/file", "user.a", "b", 1, 0)))
CALL(attribute_gone, E(removexattr("ro/file", "user.a")))
CALL(mode_elsewhere, E(chmod("/bin/true", 0755)))
static int by_fd(int (*change)(int fd))
{
    int fd = open("ro/file", O_RDONLY);
    int r = change(fd);
    close(fd);
    return r;
}
static int set_mode(int fd)
{
    return E(fchmod(fd, 0777));
}
static int set_times(int fd)
{
    return E(futimens(fd, NULL));
}
static int set_attribute(int fd)
{
    return E(fsetxattr(fd, "user.a", "b", 1, 0));
}
static int set_by_empty(int fd)
{
    return E(fchownat(fd, "", getuid(), getgid(), AT_EMPTY_PATH));
}
static int set_by_magic(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return E(chmod(path, 0777));
}
static int write_by_magic(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return write_open(path, O_WRONLY);
}
CALL(fd_mode, by_fd(set_mode))
CALL(fd_times, by_fd(set_times))
CALL(fd_attribute, by_fd(set_attribute))
CALL(fd_empty, by_fd(set_by_empty))
CALL(fd_magic, by_fd(set_by_magic))
CALL(fd_write, by_fd(write_by_magic))
CALL(move_holder, E(rename("hold", "held")))

#define ROW(call, error, rule, flags)                                                              \
    {                                                                                              \
#call, call, error, rule, flags                                                            \
    }
const exact_refused exact_refusals[] = {
    ROW(name_open, -EACCES, "pending[0]", false),
    ROW(name_case, -EACCES, "pending[0]", false),
    ROW(name_mkdir, -EACCES, "pending[1]", false),
    ROW(name_mknod, -EACCES, "pending[0]", false),
    ROW(name_symlink, -EACCES, "pending[0]", false),
    ROW(name_symlink_lead, -EACCES, "pending[1]", false),
    ROW(name_link, -EACCES, "pending[0]", false),
    ROW(name_rename, -EACCES, "pending[0]", false),
    ROW(name_rename_child, -EACCES, "pending[1]", false),
    ROW(name_exchange, -EACCES, "pending[1]", false),
    ROW(name_dangling, -EACCES, "pending[0]", false),
    ROW(place_open, -EACCES, "region[2]", false),
    ROW(place_excl, -EACCES, "region[2]", false),
    ROW(place_mkdir, -EACCES, "region[2]", false),
    ROW(place_fifo, -EACCES, "region[2]", false),
    ROW(place_symlink, -EACCES, "region[2]", false),
    ROW(place_link, -EACCES, "region[2]", false),
    ROW(place_rename, -EACCES, "region[2]", false),
    ROW(place_rename_from, -EACCES, "region[2]", false),
    ROW(place_rename_over, -EACCES, "region[4]", false),
    ROW(place_exchange, -EACCES, "region[2]", false),
    ROW(place_outside, -EACCES, "", false),
    ROW(alias, -EPERM, "region[2]", false),
    ROW(alias_followed, -EPERM, "region[2]", false),
    ROW(write_file, -EACCES, "region[2]", true),
    ROW(write_create, -EACCES, "region[2]", true),
    ROW(write_trunc, -EACCES, "region[4]", true),
    ROW(write_link, -EACCES, "region[2]", true),
    ROW(write_nameless, -EACCES, "region[2]", true),
    ROW(cut, -EACCES, "region[2]", true),
    ROW(remove_file, -EACCES, "region[2]", true),
    ROW(remove_region, -EACCES, "region[4]", true),
    ROW(remove_directory, -EACCES, "region[2]", true),
    ROW(mode, -EACCES, "region[2]", true),
    ROW(mode_directory, -EACCES, "region[2]", true),
    ROW(owner, -EACCES, "region[2]", true),
    ROW(owner_link, -EACCES, "region[2]", true),
    ROW(touched, -EACCES, "region[2]", true),
    ROW(attribute, -EACCES, "region[2]", true),
    ROW(attribute_gone, -EACCES, "region[2]", true),
    ROW(mode_elsewhere, -EACCES, "", true),
    ROW(fd_mode, -EACCES, "region[2]", true),
    ROW(fd_times, -EACCES, "region[2]", true),
    ROW(fd_attribute, -EACCES, "region[2]", true),
    ROW(fd_empty, -EACCES, "region[2]", true),
    ROW(fd_magic, -EACCES, "region[2]", true),
    ROW(fd_write, -EACCES, "region[2]", true),
    ROW(move_holder, -EACCES, "region[3]", true),
};
const size_t n_exact_refusals = sizeof exact_refusals / sizeof *exact_refusals;
