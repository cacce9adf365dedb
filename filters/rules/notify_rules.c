/* SPDX-License-Identifier: Apache-2.0 */
#include "notify.h"

#include "srt-filters/filter.h"

#define CONNECT SRT_NOTIFY_CONNECT
#define CREATE SRT_NOTIFY_CREATE
#define WRITE SRT_NOTIFY_WRITE
#define META_FD SRT_NOTIFY_META_FD
#define READ SRT_NOTIFY_READ
#define UMASK SRT_NOTIFY_UMASK
#define SIGNAL SRT_NOTIFY_SIGNAL

/* The kernel's numbers, the same on all machines here. */
#define OPEN_CREATES 0x40u /* O_CREAT */
/* O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, __O_TMPFILE: 3 as access mode asks for both. */
#define OPEN_WRITES (0x1u | 0x2u | 0x40u | 0x200u | 0x400000u)
#define AT_EMPTY 0x1000u /* AT_EMPTY_PATH: of the descriptor */

/* clang-format off */
#define ALWAYS SRT_NOTIFY_ALWAYS, 0, 0
#define ANY_BIT(arg, bits) SRT_NOTIFY_ANY_BIT, (arg), (bits)
#define IS_NULL(arg) SRT_NOTIFY_NULL, (arg), 0
#define NOT_NULL(arg) SRT_NOTIFY_NOT_NULL, (arg), 0

const srt_notify_rule srt_notify_rules[] = {
    {"connect", CONNECT, ALWAYS},
    {"bind", CONNECT, ALWAYS},
    {"listen", CONNECT, ALWAYS},

    /* Opening. openat2 has its flags in memory. */
    {"open", CREATE, ANY_BIT(1, OPEN_CREATES)},
    {"open", WRITE, ANY_BIT(1, OPEN_WRITES)},
    {"open", READ, ALWAYS},
    {"openat", CREATE, ANY_BIT(2, OPEN_CREATES)},
    {"openat", WRITE, ANY_BIT(2, OPEN_WRITES)},
    {"openat", READ, ALWAYS},
    {"openat2", CREATE | WRITE | READ, ALWAYS},
    {"creat", CREATE | WRITE | READ, ALWAYS},
    {"execve", READ, ALWAYS},
    {"execveat", READ, ALWAYS},

    /* Names that come to be */
    {"mkdir", CREATE, ALWAYS},
    {"mkdirat", CREATE, ALWAYS},
    {"mknod", CREATE, ALWAYS},
    {"mknodat", CREATE, ALWAYS},
    {"rename", CREATE, ALWAYS},
    {"renameat", CREATE, ALWAYS},
    {"renameat2", CREATE, ALWAYS},
    {"link", CREATE, ALWAYS},
    {"linkat", CREATE, ALWAYS},
    {"symlink", CREATE, ALWAYS},
    {"symlinkat", CREATE, ALWAYS},
    {"umask", UMASK, ALWAYS},

    /* Processes. Threads signal their own kind by other calls, often, and signal 0 asks only. */
    {"kill", SIGNAL, NOT_NULL(1)},
    {"rt_sigqueueinfo", SIGNAL, NOT_NULL(1)},

    /* Contents and names that go */
    {"truncate", WRITE, ALWAYS},
    {"truncate64", WRITE, ALWAYS},
    {"unlink", WRITE, ALWAYS},
    {"unlinkat", WRITE, ALWAYS},
    {"rmdir", WRITE, ALWAYS},

    /* Metadata, by path */
    {"chmod", WRITE, ALWAYS},
    {"fchmodat", WRITE, ALWAYS},
    {"fchmodat2", WRITE, ALWAYS},
    {"chown", WRITE, ALWAYS},
    {"chown32", WRITE, ALWAYS},
    {"lchown", WRITE, ALWAYS},
    {"lchown32", WRITE, ALWAYS},
    {"fchownat", WRITE, ALWAYS},
    {"utime", WRITE, ALWAYS},
    {"utimes", WRITE, ALWAYS},
    {"futimesat", WRITE, NOT_NULL(1)},
    {"utimensat", WRITE, NOT_NULL(1)},
    {"utimensat_time64", WRITE, NOT_NULL(1)},
    {"setxattr", WRITE, ALWAYS},
    {"lsetxattr", WRITE, ALWAYS},
    {"setxattrat", WRITE, ALWAYS},
    {"removexattr", WRITE, ALWAYS},
    {"lremovexattr", WRITE, ALWAYS},
    {"removexattrat", WRITE, ALWAYS},
    {"file_setattr", WRITE, ALWAYS},

    /* Metadata, by descriptor */
    {"fchmod", META_FD, ALWAYS},
    {"fchown", META_FD, ALWAYS},
    {"fchown32", META_FD, ALWAYS},
    {"fsetxattr", META_FD, ALWAYS},
    {"fremovexattr", META_FD, ALWAYS},
    {"futimesat", META_FD, IS_NULL(1)},
    {"utimensat", META_FD, IS_NULL(1)},
    {"utimensat", META_FD, ANY_BIT(3, AT_EMPTY)},
    {"utimensat_time64", META_FD, IS_NULL(1)},
    {"utimensat_time64", META_FD, ANY_BIT(3, AT_EMPTY)},
    {"fchmodat2", META_FD, ANY_BIT(3, AT_EMPTY)},
    {"fchownat", META_FD, ANY_BIT(4, AT_EMPTY)},
    {"setxattrat", META_FD, ANY_BIT(2, AT_EMPTY)},
    {"removexattrat", META_FD, ANY_BIT(2, AT_EMPTY)},
    {"file_setattr", META_FD, ANY_BIT(4, AT_EMPTY)},
};
/* clang-format on */

const size_t srt_n_notify_rules = sizeof srt_notify_rules / sizeof *srt_notify_rules;
