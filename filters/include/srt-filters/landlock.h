/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's Landlock interface up to ABI 9, since the headers of distributions lag
 * behind their kernels. A bit may be asked of a kernel of its ABI only: an older one
 * refuses the ruleset. Names as in <linux/landlock.h> with SRT_ in front, so that both can
 * be included. */
#ifndef SRT_FILTERS_LANDLOCK_H
#define SRT_FILTERS_LANDLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Numbers of the system calls, the same on all machines here. */
#define SRT_SYS_landlock_create_ruleset 444
#define SRT_SYS_landlock_add_rule 445
#define SRT_SYS_landlock_restrict_self 446

/* create_ruleset(NULL, 0, VERSION): the kernel's ABI; ENOSYS or EOPNOTSUPP: none. */
#define SRT_LANDLOCK_CREATE_RULESET_VERSION (1u << 0)
#define SRT_LANDLOCK_CREATE_RULESET_ERRATA (1u << 1)

struct srt_landlock_ruleset_attr {
    uint64_t handled_access_fs;
    uint64_t handled_access_net; /* ABI 4 */
    uint64_t scoped;             /* ABI 6 */
};

enum { SRT_LANDLOCK_RULE_PATH_BENEATH = 1, SRT_LANDLOCK_RULE_NET_PORT = 2 };

struct srt_landlock_path_beneath_attr {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

struct srt_landlock_net_port_attr {
    uint64_t allowed_access;
    uint64_t port; /* host byte order */
};

/* ABI 1 */
#define SRT_LANDLOCK_ACCESS_FS_EXECUTE (1ull << 0)
#define SRT_LANDLOCK_ACCESS_FS_WRITE_FILE (1ull << 1)
#define SRT_LANDLOCK_ACCESS_FS_READ_FILE (1ull << 2)
#define SRT_LANDLOCK_ACCESS_FS_READ_DIR (1ull << 3)
#define SRT_LANDLOCK_ACCESS_FS_REMOVE_DIR (1ull << 4)
#define SRT_LANDLOCK_ACCESS_FS_REMOVE_FILE (1ull << 5)
#define SRT_LANDLOCK_ACCESS_FS_MAKE_CHAR (1ull << 6)
#define SRT_LANDLOCK_ACCESS_FS_MAKE_DIR (1ull << 7)
#define SRT_LANDLOCK_ACCESS_FS_MAKE_REG (1ull << 8)
#define SRT_LANDLOCK_ACCESS_FS_MAKE_SOCK (1ull << 9)
#define SRT_LANDLOCK_ACCESS_FS_MAKE_FIFO (1ull << 10)
#define SRT_LANDLOCK_ACCESS_FS_MAKE_BLOCK (1ull << 11)
#define SRT_LANDLOCK_ACCESS_FS_MAKE_SYM (1ull << 12)
/* ABI 2: link and rename to another directory; refused by every ruleset unless granted */
#define SRT_LANDLOCK_ACCESS_FS_REFER (1ull << 13)
/* ABI 3 */
#define SRT_LANDLOCK_ACCESS_FS_TRUNCATE (1ull << 14)
/* ABI 5: ioctl on character and block devices */
#define SRT_LANDLOCK_ACCESS_FS_IOCTL_DEV (1ull << 15)
/* ABI 9: connect and send to unix sockets by path */
#define SRT_LANDLOCK_ACCESS_FS_RESOLVE_UNIX (1ull << 16)

/* Those that a rule on something other than a directory may have. */
#define SRT_LANDLOCK_ACCESS_FS_OF_FILES                                                            \
    (SRT_LANDLOCK_ACCESS_FS_EXECUTE | SRT_LANDLOCK_ACCESS_FS_WRITE_FILE |                          \
     SRT_LANDLOCK_ACCESS_FS_READ_FILE | SRT_LANDLOCK_ACCESS_FS_TRUNCATE |                          \
     SRT_LANDLOCK_ACCESS_FS_IOCTL_DEV | SRT_LANDLOCK_ACCESS_FS_RESOLVE_UNIX)

/* ABI 4 */
#define SRT_LANDLOCK_ACCESS_NET_BIND_TCP (1ull << 0)
#define SRT_LANDLOCK_ACCESS_NET_CONNECT_TCP (1ull << 1)

/* ABI 6: only within the domain */
#define SRT_LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ull << 0)
#define SRT_LANDLOCK_SCOPE_SIGNAL (1ull << 1)

/* ABI 7: what is written to the audit log */
#define SRT_LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF (1u << 0)
#define SRT_LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON (1u << 1)
#define SRT_LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF (1u << 2)
/* ABI 8: all threads of the process */
#define SRT_LANDLOCK_RESTRICT_SELF_TSYNC (1u << 3)

/* The same as data: which right came with which ABI. */
typedef enum srt_landlock_kind {
    SRT_LANDLOCK_OF_FS,
    SRT_LANDLOCK_OF_NET,
    SRT_LANDLOCK_OF_SCOPE,
    SRT_LANDLOCK_OF_RESTRICT, /* flags of restrict_self */
} srt_landlock_kind;

typedef struct srt_landlock_right {
    const char *name; /* "READ_FILE" */
    srt_landlock_kind kind;
    int abi;
    uint64_t bit;
} srt_landlock_right;

extern const srt_landlock_right srt_landlock_rights[];
extern const size_t srt_n_landlock_rights;

/* All bits of a kind that a kernel of an ABI knows; 0 for an ABI below 1. Pure. */
uint64_t srt_landlock_known(srt_landlock_kind kind, int abi);

/* The kernel's ABI, 0 when it has no Landlock or has it turned off. The environment variable
 * SRT_LANDLOCK_ABI lowers it, never raises it, and is ignored in a process that was started
 * with privileges; -EINVAL when it is no number. */
int srt_landlock_abi(void);
/* That lowering. Pure. */
int srt_landlock_lowered(int abi, const char *wish);

#endif
