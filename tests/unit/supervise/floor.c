/* SPDX-License-Identifier: Apache-2.0 */
#include "floor.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "srt-filters/landlock.h"

#define A(name) SRT_LANDLOCK_ACCESS_FS_##name
#define MAKES                                                                                      \
    (A(MAKE_CHAR) | A(MAKE_DIR) | A(MAKE_REG) | A(MAKE_SOCK) | A(MAKE_FIFO) | A(MAKE_BLOCK) |      \
     A(MAKE_SYM) | A(REFER))
#define WRITES (A(WRITE_FILE) | A(TRUNCATE) | A(REMOVE_DIR) | A(REMOVE_FILE))

bool floor_possible(void)
{
    return syscall(SRT_SYS_landlock_create_ruleset, NULL, 0, SRT_LANDLOCK_CREATE_RULESET_VERSION) >=
           3;
}

static bool grant(int ruleset, uint64_t access, const char *const *list)
{
    for (; list && *list; list++) {
        struct srt_landlock_path_beneath_attr rule = {access, open(*list, O_PATH | O_CLOEXEC)};
        long done =
            syscall(SRT_SYS_landlock_add_rule, ruleset, SRT_LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(rule.parent_fd);
        if (done < 0)
            return false;
    }
    return true;
}

bool floor_enter(bool writes, const char *const *create, const char *const *write)
{
    struct srt_landlock_ruleset_attr attr = {.handled_access_fs = MAKES | (writes ? WRITES : 0)};
    int ruleset = (int)syscall(SRT_SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0 || !grant(ruleset, MAKES, create) || (writes && !grant(ruleset, WRITES, write)))
        return false;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    bool done = syscall(SRT_SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return done && floor_drop_capabilities();
}

bool floor_drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    return syscall(SYS_capset, &header, none) == 0;
}
