/* SPDX-License-Identifier: Apache-2.0 */
/* The calls that can be put to the supervisor, as data: where each keeps what. */
#ifndef SRT_SUPERVISE_CALLS_H
#define SRT_SUPERVISE_CALLS_H

#include <stdint.h>

/* Values are private; the order of the first ones is used by SUP_CREATES. */
enum sup_kind {
    SUP_NOTHING = 0, /* not in the table */
    /* create names */
    SUP_OPEN, /* open, openat, creat, openat2 */
    SUP_MKDIR,
    SUP_MKNOD,
    SUP_RENAME,
    SUP_LINK,
    SUP_SYMLINK,
    /* change what exists */
    SUP_UNLINK,
    SUP_RMDIR,
    SUP_TRUNCATE,
    SUP_CHMOD,
    SUP_CHOWN,
    SUP_UTIME,
    SUP_SETXATTR,
    SUP_REMOVEXATTR,
    SUP_FILE_ATTR, /* file_setattr */
    /* the same by descriptor */
    SUP_FCHMOD,
    SUP_FCHOWN,
    SUP_FSETXATTR,
    SUP_FREMOVEXATTR,
    /* the rest */
    SUP_EXEC,
    SUP_UMASK,
    SUP_CONNECT,
    SUP_BIND,
    SUP_LISTEN,
    SUP_SIGNAL, /* kill, rt_sigqueueinfo */
};
#define SUP_CREATES(kind) ((kind) >= SUP_OPEN && (kind) <= SUP_SYMLINK)
#define SUP_CHANGES(kind) ((kind) >= SUP_UNLINK && (kind) <= SUP_FILE_ATTR)
#define SUP_BY_FD(kind) ((kind) >= SUP_FCHMOD && (kind) <= SUP_FREMOVEXATTR)

#define SUP_NO_ARG (-1)

/* One path of a call: the argument that holds its directory (SUP_NO_ARG: the
 * working directory) and the one that holds the path. */
typedef struct sup_path_args {
    int8_t dirfd, path; /* path SUP_NO_ARG: the call has none here */
} sup_path_args;

#define SUP_ROW_NOFOLLOW (1u << 0)     /* the call never follows a last link */
#define SUP_ROW_HOW (1u << 1)          /* flags and mode are in struct open_how at argument flags */
#define SUP_ROW_SYMLINK_FLAG (1u << 2) /* flags hold AT_SYMLINK_FOLLOW: not followed without */

typedef struct sup_row {
    uint8_t kind; /* enum sup_kind */
    uint8_t row;  /* SUP_ROW_* */
    /* path[0] is what is opened, made, changed, or the source of a rename or link;
     * path[1] is the new name of a rename or link. */
    sup_path_args path[2];
    int8_t flags; /* open flags or AT_* flags; SUP_NO_ARG: fixed_flags */
    int8_t mode;  /* mode of a creating call, first value of a change (mode, uid) */
    int32_t fixed_flags;
} sup_row;

/* The row of a system call of this machine, NULL: not a call of ours. */
const sup_row *sup_row_find(int32_t nr);

#endif
