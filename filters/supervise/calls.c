/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "numbers.h"

#define NO SUP_NO_ARG
#define ROW(call, kind_, row_, d0, p0, d1, p1, flags_, mode_, fixed)                               \
    [__NR_##call] = {.kind = (kind_),                                                              \
                     .row = (row_),                                                                \
                     .path = {{(d0), (p0)}, {(d1), (p1)}},                                         \
                     .flags = (flags_),                                                            \
                     .mode = (mode_),                                                              \
                     .fixed_flags = (fixed)}
/* One path, no flags. */
#define PLAIN(call, kind, row, dir, path, mode) ROW(call, kind, row, dir, path, NO, NO, NO, mode, 0)
#define NO_PATHS .path = {{NO, NO}, {NO, NO}}, .flags = NO, .mode = NO
#define BY_FD(call, kind) ROW(call, kind, 0, NO, NO, NO, NO, NO, 1, 0)

static const sup_row rows[] = {
    ROW(openat, SUP_OPEN, 0, 0, 1, NO, NO, 2, 3, 0),
    ROW(openat2, SUP_OPEN, SUP_ROW_HOW, 0, 1, NO, NO, 2, NO, 0),
    PLAIN(mkdirat, SUP_MKDIR, SUP_ROW_NOFOLLOW, 0, 1, 2),
    PLAIN(mknodat, SUP_MKNOD, SUP_ROW_NOFOLLOW, 0, 1, 2),
    ROW(renameat2, SUP_RENAME, SUP_ROW_NOFOLLOW, 0, 1, 2, 3, 4, NO, 0),
    ROW(linkat, SUP_LINK, SUP_ROW_SYMLINK_FLAG, 0, 1, 2, 3, 4, NO, 0),
    PLAIN(symlinkat, SUP_SYMLINK, SUP_ROW_NOFOLLOW, 1, 2, NO),
    ROW(unlinkat, SUP_UNLINK, SUP_ROW_NOFOLLOW, 0, 1, NO, NO, 2, NO, 0),
    PLAIN(truncate, SUP_TRUNCATE, 0, NO, 0, NO),
    PLAIN(fchmodat, SUP_CHMOD, 0, 0, 1, 2),
    ROW(fchmodat2, SUP_CHMOD, 0, 0, 1, NO, NO, 3, 2, 0),
    ROW(fchownat, SUP_CHOWN, 0, 0, 1, NO, NO, 4, 2, 0),
    PLAIN(setxattr, SUP_SETXATTR, 0, NO, 0, NO),
    PLAIN(lsetxattr, SUP_SETXATTR, SUP_ROW_NOFOLLOW, NO, 0, NO),
    ROW(setxattrat, SUP_SETXATTR, 0, 0, 1, NO, NO, 2, NO, 0),
    PLAIN(removexattr, SUP_REMOVEXATTR, 0, NO, 0, NO),
    PLAIN(lremovexattr, SUP_REMOVEXATTR, SUP_ROW_NOFOLLOW, NO, 0, NO),
    ROW(removexattrat, SUP_REMOVEXATTR, 0, 0, 1, NO, NO, 2, NO, 0),
    ROW(file_setattr, SUP_FILE_ATTR, 0, 0, 1, NO, NO, 4, NO, 0),
    BY_FD(fchmod, SUP_FCHMOD),
    BY_FD(fchown, SUP_FCHOWN),
    BY_FD(fsetxattr, SUP_FSETXATTR),
    BY_FD(fremovexattr, SUP_FREMOVEXATTR),
    PLAIN(execve, SUP_EXEC, 0, NO, 0, NO),
    ROW(execveat, SUP_EXEC, 0, 0, 1, NO, NO, 4, NO, 0),
    [__NR_umask] = {.kind = SUP_UMASK, .path = {{NO, NO}, {NO, NO}}, .flags = NO, .mode = 0},
    [__NR_connect] = {.kind = SUP_CONNECT, NO_PATHS},
    [__NR_bind] = {.kind = SUP_BIND, NO_PATHS},
    [__NR_listen] = {.kind = SUP_LISTEN, NO_PATHS},
    [__NR_kill] = {.kind = SUP_SIGNAL, NO_PATHS},
    [__NR_rt_sigqueueinfo] = {.kind = SUP_SIGNAL, NO_PATHS},
#ifdef __NR_utimensat
    ROW(utimensat, SUP_UTIME, 0, 0, 1, NO, NO, 3, NO, 0),
#endif
#ifdef __NR_utimensat_time64
    ROW(utimensat_time64, SUP_UTIME, 0, 0, 1, NO, NO, 3, NO, 0),
#endif
/* The old calls that newer machines do not have. */
#ifdef __NR_open
    ROW(open, SUP_OPEN, 0, NO, 0, NO, NO, 1, 2, 0),
#endif
#ifdef __NR_creat
    ROW(creat, SUP_OPEN, 0, NO, 0, NO, NO, NO, 1, O_CREAT | O_WRONLY | O_TRUNC),
#endif
#ifdef __NR_mkdir
    PLAIN(mkdir, SUP_MKDIR, SUP_ROW_NOFOLLOW, NO, 0, 1),
#endif
#ifdef __NR_mknod
    PLAIN(mknod, SUP_MKNOD, SUP_ROW_NOFOLLOW, NO, 0, 1),
#endif
#ifdef __NR_rename
    ROW(rename, SUP_RENAME, SUP_ROW_NOFOLLOW, NO, 0, NO, 1, NO, NO, 0),
#endif
#ifdef __NR_renameat
    ROW(renameat, SUP_RENAME, SUP_ROW_NOFOLLOW, 0, 1, 2, 3, NO, NO, 0),
#endif
#ifdef __NR_link
    ROW(link, SUP_LINK, SUP_ROW_NOFOLLOW, NO, 0, NO, 1, NO, NO, 0),
#endif
#ifdef __NR_symlink
    PLAIN(symlink, SUP_SYMLINK, SUP_ROW_NOFOLLOW, NO, 1, NO),
#endif
#ifdef __NR_unlink
    PLAIN(unlink, SUP_UNLINK, SUP_ROW_NOFOLLOW, NO, 0, NO),
#endif
#ifdef __NR_rmdir
    PLAIN(rmdir, SUP_RMDIR, SUP_ROW_NOFOLLOW, NO, 0, NO),
#endif
#ifdef __NR_truncate64
    PLAIN(truncate64, SUP_TRUNCATE, 0, NO, 0, NO),
#endif
#ifdef __NR_chmod
    PLAIN(chmod, SUP_CHMOD, 0, NO, 0, 1),
#endif
#ifdef __NR_chown
    PLAIN(chown, SUP_CHOWN, 0, NO, 0, 1),
#endif
#ifdef __NR_lchown
    PLAIN(lchown, SUP_CHOWN, SUP_ROW_NOFOLLOW, NO, 0, 1),
#endif
#ifdef __NR_chown32
    PLAIN(chown32, SUP_CHOWN, 0, NO, 0, 1),
    PLAIN(lchown32, SUP_CHOWN, SUP_ROW_NOFOLLOW, NO, 0, 1),
    BY_FD(fchown32, SUP_FCHOWN),
#endif
#ifdef __NR_utime
    PLAIN(utime, SUP_UTIME, 0, NO, 0, NO),
#endif
#ifdef __NR_utimes
    PLAIN(utimes, SUP_UTIME, 0, NO, 0, NO),
#endif
#ifdef __NR_futimesat
    PLAIN(futimesat, SUP_UTIME, 0, 0, 1, NO),
#endif
};

const sup_row *sup_row_find(int32_t nr)
{
    if (nr < 0 || (size_t)nr >= sizeof(rows) / sizeof(*rows) || rows[nr].kind == SUP_NOTHING)
        return NULL;
    return &rows[nr];
}
