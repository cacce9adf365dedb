/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of other users that root cannot enter once it is in a user namespace, where its
 * rights count for what is root's only. Nothing beneath them can be mounted or reached inside. */
#ifndef SRT_BWRAP_REACH_H
#define SRT_BWRAP_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include <srt/policy.h>

typedef struct bw_reach {
    /* Of each region of the policy: the outermost such directory above it, or NULL. NULL: there is
     * none. */
    const char **closed;
    char **owned;
    size_t count;
} bw_reach;

/* Whether a directory is closed. */
typedef bool bw_closed(void *data, const char *directory);

/* Pure but for is_closed. Writable regions are left out: that they cannot be had is an error. 0 or
 * -ENOMEM; bw_reach_clear in any case. */
int bw_reach_find(bw_reach *ret, const srt_policy *policy, bw_closed *is_closed, void *data);
void bw_reach_clear(bw_reach *reach);

/* For root: looks at owner, groups and mode. data is not used. */
bool bw_closed_to_root(void *data, const char *directory);

#endif
