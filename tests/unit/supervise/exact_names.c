/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "exact_calls.h"

#define E(call) ((call) < 0 ? -errno : 0)
#define CALL(name, expression)                                                                     \
    static int name(void)                                                                          \
    {                                                                                              \
        return (expression);                                                                       \
    }

CALL(mkdir_plain, E(mkdir("n", 0777)))
CALL(mkdir_slash, E(mkdir("n///", 01755)))
CALL(mkdir_exists, E(mkdir("d", 0777)))
CALL(mkdir_file, E(mkdir("f", 0777)))
CALL(mkdir_dangling, E(mkdir("dangling", 0777)))
CALL(mkdir_dangling_slash, E(mkdir("dangling/", 0777)))
CALL(mkdir_dot, E(mkdir("d/.", 0777)))
CALL(mkdir_root, E(mkdir("/", 0777)))
CALL(mkdir_empty, E(mkdir("", 0777)))
CALL(mkdir_missing, E(mkdir("none/n", 0777)))
CALL(mkdir_not_directory, E(mkdir("f/n", 0777)))
CALL(mkdir_loop, E(mkdir("loop/n", 0777)))
CALL(mkdir_shut, E(mkdir("shut/n", 0777)))
CALL(mkdir_null, E(syscall(SYS_mkdirat, AT_FDCWD, 16, 0777)))
CALL(mknod_file, E(mknod("n", S_IFREG | 0666, 0)))
CALL(mknod_0, E(mknod("n", 0640, 0)))
CALL(mknod_fifo, E(mknod("n", S_IFIFO | 0666, 0)))
CALL(mknod_socket, E(mknod("n", S_IFSOCK | 0666, 0)))
CALL(mknod_char, E(mknod("n", S_IFCHR | 0666, makedev(1, 3))))
CALL(mknod_block, E(mknod("n", S_IFBLK | 0666, makedev(7, 0))))
CALL(mknod_whiteout, E(mknod("n", S_IFCHR | 0666, 0)))
CALL(mknod_directory, E(mknod("n", S_IFDIR | 0755, 0)))
CALL(mknod_odd, E(mknod("n", 0170000 | 0755, 0)))
CALL(mknod_exists, E(mknod("f", S_IFREG | 0666, 0)))
CALL(mknod_slash, E(mknod("n/", S_IFREG | 0666, 0)))
CALL(symlink_plain, E(symlink("any/where", "n")))
CALL(symlink_exists, E(symlink("x", "f")))
CALL(symlink_slash, E(symlink("x", "n/")))
CALL(symlink_empty, E(symlink("", "n")))
CALL(symlink_null, E(syscall(SYS_symlinkat, NULL, AT_FDCWD, "n")))
CALL(symlink_in_link, E(symlink("x", "ld/n")))
CALL(link_plain, E(link("f", "n")))
CALL(link_of_link, E(link("l", "n")))
CALL(link_followed, E(linkat(AT_FDCWD, "l", AT_FDCWD, "n", AT_SYMLINK_FOLLOW)))
CALL(link_exists, E(link("f", "g")))
CALL(link_directory, E(link("d", "n")))
CALL(link_missing, E(link("none", "n")))
CALL(link_to_missing, E(link("f", "none/n")))
CALL(link_dangling, E(linkat(AT_FDCWD, "dangling", AT_FDCWD, "n", AT_SYMLINK_FOLLOW)))
CALL(link_slash, E(link("f", "n/")))
CALL(link_source_slash, E(link("f/", "n")))
CALL(link_bad_flag, E(linkat(AT_FDCWD, "f", AT_FDCWD, "n", 0x40000)))
CALL(link_across, E(link("f", "/dev/shm/srt-exact-link")))
static int link_nameless(void)
{
    char path[64];
    int fd = open(".", O_TMPFILE | O_RDWR, 0640);
    if (fd < 0)
        return -errno;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int r = E(linkat(AT_FDCWD, path, AT_FDCWD, "n", AT_SYMLINK_FOLLOW)) * 4 +
            (write(fd, "abc", 3) == 3);
    close(fd);
    return r;
}
static int link_exclusive_nameless(void)
{
    char path[64];
    int fd = open("d", O_TMPFILE | O_EXCL | O_RDWR, 0640);
    if (fd < 0)
        return -errno;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int r = E(linkat(AT_FDCWD, path, AT_FDCWD, "n", AT_SYMLINK_FOLLOW));
    close(fd);
    return r;
}

static int move(const char *from, const char *to, unsigned flags)
{
    return E(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags));
}
CALL(rename_plain, E(rename("f", "n")))
CALL(rename_over, E(rename("f", "g")))
CALL(rename_away, E(rename("f", "d/f")))
CALL(rename_link, E(rename("l", "n")))
CALL(rename_dangling, E(rename("dangling", "n")))
CALL(rename_same, E(rename("f", "f")))
CALL(rename_directory, E(rename("d", "n")))
CALL(rename_directory_slash, E(rename("d/", "n/")))
CALL(rename_file_slash, E(rename("f", "n/")))
CALL(rename_file_from_slash, E(rename("f/", "n")))
CALL(rename_over_empty, E(rename("d", "e")))
CALL(rename_over_full, E(rename("e", "d")))
CALL(rename_file_over_dir, E(rename("f", "e")))
CALL(rename_dir_over_file, E(rename("e", "f")))
CALL(rename_into_self, E(rename("d", "d/n")))
CALL(rename_missing, E(rename("none", "n")))
CALL(rename_to_missing, E(rename("f", "none/n")))
CALL(rename_dot, E(rename("d/.", "n")))
CALL(rename_to_dots, E(rename("d", "e/..")))
CALL(rename_empty, E(rename("", "n")))
CALL(rename_shut, E(rename("f", "shut/f")))
CALL(rename_loop, E(rename("f", "loop/n")))
CALL(rename_across, E(rename("f", "/dev/shm/srt-exact-rename")))
CALL(rename_noreplace, move("f", "n", 1))
CALL(rename_noreplace_exists, move("f", "g", 1))
CALL(rename_noreplace_dot, move("f", ".", 1))
CALL(rename_exchange, move("f", "g", 2))
CALL(rename_exchange_kinds, move("f", "d", 2))
CALL(rename_exchange_missing, move("f", "n", 2))
CALL(rename_both, move("f", "g", 3))
CALL(rename_unknown, move("f", "g", 64))
CALL(rename_null, E(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, NULL, 0)))

#define ROW(name)                                                                                  \
    {                                                                                              \
#name, name                                                                                \
    }
const exact_call exact_names[] = {
    ROW(mkdir_plain),
    ROW(mkdir_slash),
    ROW(mkdir_exists),
    ROW(mkdir_file),
    ROW(mkdir_dangling),
    ROW(mkdir_dangling_slash),
    ROW(mkdir_dot),
    ROW(mkdir_root),
    ROW(mkdir_empty),
    ROW(mkdir_missing),
    ROW(mkdir_not_directory),
    ROW(mkdir_loop),
    ROW(mkdir_shut),
    ROW(mkdir_null),
    ROW(mknod_file),
    ROW(mknod_0),
    ROW(mknod_fifo),
    ROW(mknod_socket),
    ROW(mknod_char),
    ROW(mknod_block),
    ROW(mknod_whiteout),
    ROW(mknod_directory),
    ROW(mknod_odd),
    ROW(mknod_exists),
    ROW(mknod_slash),
    ROW(symlink_plain),
    ROW(symlink_exists),
    ROW(symlink_slash),
    ROW(symlink_empty),
    ROW(symlink_null),
    ROW(symlink_in_link),
    ROW(link_plain),
    ROW(link_of_link),
    ROW(link_followed),
    ROW(link_exists),
    ROW(link_directory),
    ROW(link_missing),
    ROW(link_to_missing),
    ROW(link_dangling),
    ROW(link_slash),
    ROW(link_source_slash),
    ROW(link_bad_flag),
    ROW(link_across),
    ROW(rename_plain),
    ROW(rename_over),
    ROW(rename_away),
    ROW(rename_link),
    ROW(rename_dangling),
    ROW(rename_same),
    ROW(rename_directory),
    ROW(rename_directory_slash),
    ROW(rename_file_slash),
    ROW(rename_file_from_slash),
    ROW(rename_over_empty),
    ROW(rename_over_full),
    ROW(rename_file_over_dir),
    ROW(rename_dir_over_file),
    ROW(rename_into_self),
    ROW(rename_missing),
    ROW(rename_to_missing),
    ROW(rename_dot),
    ROW(rename_to_dots),
    ROW(rename_empty),
    ROW(rename_shut),
    ROW(rename_loop),
    ROW(rename_across),
    ROW(rename_noreplace),
    ROW(rename_noreplace_exists),
    ROW(rename_noreplace_dot),
    ROW(rename_exchange),
    ROW(rename_exchange_kinds),
    ROW(rename_exchange_missing),
    ROW(rename_both),
    ROW(rename_unknown),
    ROW(rename_null),
    ROW(link_nameless),
    ROW(link_exclusive_nameless),
};
const size_t n_exact_names = sizeof exact_names / sizeof *exact_names;
