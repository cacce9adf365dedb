/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's newer interface to mounts: they are made detached, by descriptor, and attached when
 * they are as they should be. */
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>

#include "launch.h"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

struct attributes {
    uint64_t set, clear, propagation, userns;
};

long mount_set(int fd, const char *path, bool all, uint64_t attributes, uint64_t propagation)
{
    const struct attributes a = {.set = attributes, .propagation = propagation};
    const unsigned flags = (*path ? 0u : (unsigned)AT_EMPTY_PATH) | (all ? AT_RECURSIVE : 0);
    return SYS5(NR_mount_setattr, fd, path, flags, &a, sizeof a);
}

static long finish(long context, unsigned attributes)
{
    const long r = SYS5(NR_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
    return r < 0 ? r : SYS3(NR_fsmount, context, FSMOUNT_CLOEXEC, attributes);
}

long mount_new(const char *type, const char *option, const char *value, unsigned attributes)
{
    const long context = SYS2(NR_fsopen, type, FSOPEN_CLOEXEC);
    if (context < 0)
        return context;
    long r = 0;
    if (option)
        r = SYS5(NR_fsconfig, context, FSCONFIG_SET_STRING, option, value, 0);
    if (r >= 0)
        r = finish(context, attributes);
    SYS1(SYS_close, context);
    return r;
}

long mount_clone(int fd, const char *path, bool all)
{
    const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
                           (*path ? 0u : (unsigned)AT_EMPTY_PATH) | (all ? AT_RECURSIVE : 0);
    return SYS3(NR_open_tree, fd, path, flags);
}

long mount_put(int mount, int at, const char *path)
{
    const unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | (*path ? 0 : MOVE_MOUNT_T_EMPTY_PATH);
    return SYS5(NR_move_mount, mount, "", at, path, flags);
}

long open_exactly(int fd, const char *path, int flags, bool same_mount)
{
    const struct open_how how = {
        .flags = (uint64_t)(O_PATH | O_CLOEXEC | flags),
        .resolve = RESOLVE_NO_SYMLINKS | (same_mount ? RESOLVE_NO_XDEV : 0),
    };
    return SYS4(NR_openat2, fd, path, &how, sizeof how);
}
