/* SPDX-License-Identifier: Apache-2.0 */
#include "masks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan.h"

#define SOURCE_ROOM 24 /* "/dev/shm/255" */

/* What lies in a hidden directory and can be seen needs a mount point there, and what
 * is private to the sandbox has nothing of the host to hide. */
static bool can_have_one(const srt_policy *policy, size_t i)
{
    const char *path = policy->regions[i]->path;
    if (strcmp(path, "/") == 0 || bw_path_in(path, "/dev") || bw_path_in(path, "/proc"))
        return false;
    return i + 1 == policy->n_regions || !bw_path_in(policy->regions[i + 1]->path, path);
}

/* What srt hides by itself is looked at by any search through the home directory. */
static bool is_wanted(const srt_policy *policy, const srt_region *region)
{
    return policy->monitor == SRT_MONITOR_FULL || !(region->flags & SRT_PATH_DEFAULT);
}

static bool brings_in(const srt_policy *policy, const char *dir)
{
    for (size_t i = 0; i < policy->n_regions; i++)
        if (policy->regions[i]->access != SRT_ACCESS_HIDDEN &&
            bw_path_in(policy->regions[i]->path, dir))
            return true;
    return false;
}

static void choose(bw_masks *masks, const srt_policy *policy)
{
    masks->all = true;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *region = policy->regions[i];
        if (region->access != SRT_ACCESS_HIDDEN)
            continue;
        if (masks->count == BW_MASKS_MAX || !is_wanted(policy, region) ||
            !can_have_one(policy, i)) {
            masks->all = false;
            continue;
        }
        char *source = masks->text + masks->count * SOURCE_ROOM;
        snprintf(source, SOURCE_ROOM, BW_MASKS_DIR "/%zu", masks->count);
        masks->sources[i] = source;
        masks->regions[masks->count++] = region;
    }
}

int bw_masks_choose(bw_masks *ret, const srt_policy *policy)
{
    if (policy->fs_disabled || policy->monitor == SRT_MONITOR_OFF ||
        brings_in(policy, BW_MASKS_DIR))
        return 0;
    ret->regions = calloc(BW_MASKS_MAX, sizeof *ret->regions);
    ret->sources = calloc(policy->n_regions + 1, sizeof *ret->sources);
    ret->text = calloc(BW_MASKS_MAX, SOURCE_ROOM);
    if (!ret->regions || !ret->sources || !ret->text) {
        bw_masks_clear(ret);
        return -ENOMEM;
    }
    choose(ret, policy);
    if (ret->count == 0)
        bw_masks_clear(ret);
    return 0;
}

void bw_masks_clear(bw_masks *masks)
{
    free(masks->regions);
    free(masks->sources);
    free(masks->text);
    memset(masks, 0, sizeof *masks);
}

const char *bw_no_masks(const bw_facts *facts)
{
    struct stat st;
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return "/dev/fuse cannot be opened";
    close(fd);
    if (lstat(BW_MASKS_DIR, &st) != 0 || !S_ISDIR(st.st_mode))
        return BW_MASKS_DIR " is no directory";
    bw_verdict verdict = bw_judge_outer_net(facts);
    if (verdict == BW_REFUSED || (verdict == BW_DOUBTFUL && !bw_try_masks(BW_MASKS_DIR)))
        return "the helper may not mount";
    return NULL;
}
