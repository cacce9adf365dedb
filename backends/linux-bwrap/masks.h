/* SPDX-License-Identifier: Apache-2.0 */
/* Which hidden regions get a mask that tells who asked for them (srt-filters/masks.h). The
 * others are covered by an empty file system or a device, which say nothing. */
#ifndef SRT_BWRAP_MASKS_H
#define SRT_BWRAP_MASKS_H

#include <stdbool.h>
#include <stddef.h>

#include <srt/policy.h>

#include "probe.h"

/* Beyond it, bwrap's time for the binds is what counts. */
#define BW_MASKS_MAX 256

/* Where they wait for bwrap: every sandbox has its own /dev on top of it, so that it is
 * never seen, and nothing that is done before has a use for it. */
#define BW_MASKS_DIR "/dev/shm"

typedef struct bw_masks {
    const srt_region **regions; /* those with a mask */
    size_t count;
    const char **sources; /* of each region of the policy: its mask, or NULL */
    char *text;
    bool all; /* no region is hidden without one */
} bw_masks;

/* Fills a zeroed one. 0 or -ENOMEM. Pure. */
int bw_masks_choose(bw_masks *ret, const srt_policy *policy);
void bw_masks_clear(bw_masks *masks);

/* Why there can be none on this machine, NULL: there can. */
const char *bw_no_masks(const bw_facts *facts);

#endif
