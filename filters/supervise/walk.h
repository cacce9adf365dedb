/* SPDX-License-Identifier: Apache-2.0 */
/* Private to resolve.c, walk.c and those who find places with them. */
#ifndef SRT_SUPERVISE_WALK_H
#define SRT_SUPERVISE_WALK_H

#include "internal.h"

/* openat2 with O_CLOEXEC, tried again on EAGAIN: descriptor or -errno. */
int sup_openat2(int base, const char *path, uint64_t flags, uint64_t resolve);

/* Links there ("self") lead elsewhere for the supervisor than for the caller. */
bool sup_in_procfs(int fd);

/* What path names from start (borrowed), one component at a time, as the kernel would for the
 * caller: "..", links and procfs' links to objects included. O_PATH or -errno. */
int sup_walk(sup_call *call, int start, const char *path, unsigned flags);

#endif
