/* SPDX-License-Identifier: Apache-2.0 */
#include "srt-filters/landlock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

int srt_landlock_lowered(int abi, const char *wish)
{
    char *end;
    if (!wish || !*wish)
        return abi;
    errno = 0;
    long number = strtol(wish, &end, 10);
    if (errno || *end || wish[0] < '0' || wish[0] > '9' || number > 1000)
        return -EINVAL;
    return number < abi ? (int)number : abi;
}

int srt_landlock_abi(void)
{
    long abi =
        syscall(SRT_SYS_landlock_create_ruleset, NULL, 0, SRT_LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 0)
        return 0;
    return srt_landlock_lowered((int)abi, getauxval(AT_SECURE) ? NULL : getenv("SRT_LANDLOCK_ABI"));
}
