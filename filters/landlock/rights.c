/* SPDX-License-Identifier: Apache-2.0 */
#include "srt-filters/landlock.h"

#define FS(name, abi)                                                                              \
    {                                                                                              \
#name, SRT_LANDLOCK_OF_FS, abi, SRT_LANDLOCK_ACCESS_FS_##name                              \
    }
#define NET(name, abi)                                                                             \
    {                                                                                              \
#name, SRT_LANDLOCK_OF_NET, abi, SRT_LANDLOCK_ACCESS_NET_##name                            \
    }
#define SCOPE(name, abi)                                                                           \
    {                                                                                              \
#name, SRT_LANDLOCK_OF_SCOPE, abi, SRT_LANDLOCK_SCOPE_##name                               \
    }
#define FLAG(name, abi)                                                                            \
    {                                                                                              \
#name, SRT_LANDLOCK_OF_RESTRICT, abi, SRT_LANDLOCK_RESTRICT_SELF_##name                    \
    }

const srt_landlock_right srt_landlock_rights[] = {
    FS(EXECUTE, 1),
    FS(WRITE_FILE, 1),
    FS(READ_FILE, 1),
    FS(READ_DIR, 1),
    FS(REMOVE_DIR, 1),
    FS(REMOVE_FILE, 1),
    FS(MAKE_CHAR, 1),
    FS(MAKE_DIR, 1),
    FS(MAKE_REG, 1),
    FS(MAKE_SOCK, 1),
    FS(MAKE_FIFO, 1),
    FS(MAKE_BLOCK, 1),
    FS(MAKE_SYM, 1),
    FS(REFER, 2),
    FS(TRUNCATE, 3),
    NET(BIND_TCP, 4),
    NET(CONNECT_TCP, 4),
    FS(IOCTL_DEV, 5),
    SCOPE(ABSTRACT_UNIX_SOCKET, 6),
    SCOPE(SIGNAL, 6),
    FLAG(LOG_SAME_EXEC_OFF, 7),
    FLAG(LOG_NEW_EXEC_ON, 7),
    FLAG(LOG_SUBDOMAINS_OFF, 7),
    FLAG(TSYNC, 8),
    FS(RESOLVE_UNIX, 9),
};
const size_t srt_n_landlock_rights = sizeof srt_landlock_rights / sizeof *srt_landlock_rights;

uint64_t srt_landlock_known(srt_landlock_kind kind, int abi)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < srt_n_landlock_rights; i++)
        if (srt_landlock_rights[i].kind == kind && srt_landlock_rights[i].abi <= abi)
            bits |= srt_landlock_rights[i].bit;
    return bits;
}
