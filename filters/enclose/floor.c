/* SPDX-License-Identifier: Apache-2.0 */
#include "floor.h"

#include <string.h>

#include "srt-filters/landlock.h"

#include "enclose.h"

#define MAKES                                                                                      \
    (SRT_LANDLOCK_ACCESS_FS_MAKE_CHAR | SRT_LANDLOCK_ACCESS_FS_MAKE_DIR |                          \
     SRT_LANDLOCK_ACCESS_FS_MAKE_REG | SRT_LANDLOCK_ACCESS_FS_MAKE_SOCK |                          \
     SRT_LANDLOCK_ACCESS_FS_MAKE_FIFO | SRT_LANDLOCK_ACCESS_FS_MAKE_BLOCK |                        \
     SRT_LANDLOCK_ACCESS_FS_MAKE_SYM | SRT_LANDLOCK_ACCESS_FS_REFER)
#define WRITES                                                                                     \
    (MAKES | SRT_LANDLOCK_ACCESS_FS_WRITE_FILE | SRT_LANDLOCK_ACCESS_FS_REMOVE_DIR |               \
     SRT_LANDLOCK_ACCESS_FS_REMOVE_FILE | SRT_LANDLOCK_ACCESS_FS_TRUNCATE)

void srt_floor_put(srt_plan_writer *w, const char *const *private_dirs, int abi)
{
    const uint64_t makes = MAKES & srt_landlock_known(SRT_LANDLOCK_OF_FS, abi);
    const struct srt_plan_landlock ruleset = {.fs = makes};
    srt_plan_put_landlock(w, &ruleset);
    for (; *private_dirs; private_dirs++)
        srt_plan_put_landlock_path(w, makes, 0, *private_dirs);
}

void srt_layer_put(srt_plan_writer *w, const srt_policy *policy, int abi)
{
    const uint64_t writes = WRITES & srt_landlock_known(SRT_LANDLOCK_OF_FS, abi);
    const struct srt_plan_landlock ruleset = {
        .fs = writes,
        .scoped = (SRT_LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | SRT_LANDLOCK_SCOPE_SIGNAL) &
                  srt_landlock_known(SRT_LANDLOCK_OF_SCOPE, abi),
    };
    srt_plan_put_landlock(w, &ruleset);
    if (policy->fs_disabled) {
        srt_plan_put_landlock_path(w, writes, 0, "/");
        return;
    }
    /* Both are the sandbox's own, and closed by their mounts where the policy says so. */
    srt_plan_put_landlock_path(w, writes, SRT_PLAN_PATH_OPTIONAL, "/dev");
    srt_plan_put_landlock_path(w, writes, SRT_PLAN_PATH_OPTIONAL, "/proc");
    for (size_t i = 0; i < policy->n_regions; i++)
        if (policy->regions[i]->access == SRT_ACCESS_WRITE)
            srt_plan_put_landlock_path(w, writes, SRT_PLAN_PATH_OPTIONAL, policy->regions[i]->path);
}

/* Something of the host is mounted below the directory. */
static bool has_regions_below(const srt_policy *policy, const char *dir)
{
    for (size_t i = 0; i < policy->n_regions; i++) {
        const char *path = policy->regions[i]->path;
        if (strcmp(path, dir) != 0 && srt_path_in(path, dir))
            return true;
    }
    return false;
}

void srt_enclosure_find_private(srt_enclosure *e)
{
    size_t n = 0;
    if (e->tmpdir && e->policy->private_tmp && !e->policy->fs_disabled) {
        e->tmp_dirs[0] = e->tmpdir;
        e->private_dirs[n++] = e->tmpdir;
    }
    for (size_t i = 0; e->dirs[i]; i++)
        if (!has_regions_below(e->policy, e->dirs[i]))
            e->private_dirs[n++] = e->dirs[i];
    e->private_dirs[n] = NULL;
}
