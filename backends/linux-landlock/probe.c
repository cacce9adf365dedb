/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "srt-filters/landlock.h"
#include "srt-filters/supervise.h"

void ll_facts_read(ll_facts *ret)
{
    ret->abi = srt_landlock_abi();
    ret->supervised = ret->abi > 0 && srt_supervisor_possible();
}

int ll_judge(const ll_facts *facts, char why[LL_TEXT])
{
    if (facts->abi < 0) {
        snprintf(why, LL_TEXT,
                 "the environment variable SRT_LANDLOCK_ABI is not a number: take it "
                 "out, or write the highest Landlock ABI that is to be used");
        return -EINVAL;
    }
    if (facts->abi == 0) {
        snprintf(why, LL_TEXT,
                 "this kernel has no Landlock, or has it turned off: Linux 5.13 or newer with "
                 "CONFIG_SECURITY_LANDLOCK is needed, and \"landlock\" among the modules that "
                 "the boot parameter lsm= names; in a container, a seccomp profile that permits "
                 "the landlock_* system calls");
        return -ENOTSUP;
    }
    return 0;
}

bool ll_is_replaceable(const char *path)
{
    char at[PATH_MAX];
    snprintf(at, sizeof at, "%s", path);
    for (;;) {
        if (access(at, W_OK) == 0)
            return true;
        char *slash = strrchr(at, '/');
        if (!slash || at[1] == '\0')
            return false;
        slash[slash == at] = '\0';
    }
}

void ll_terminal(int fd, char ret[LL_TERMINAL_MAX])
{
    ret[0] = '\0';
    if (isatty(fd) && (ttyname_r(fd, ret, LL_TERMINAL_MAX) != 0 || strncmp(ret, "/dev/", 5) != 0))
        ret[0] = '\0';
}
