/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of other users that root cannot enter once it is in a user namespace. Nothing beneath
 * them can be mounted on or reached inside, so they are hidden as a whole. */
#ifndef NATIVE_REACH_H
#define NATIVE_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include <srt/policy.h>

typedef bool nt_closed(const char *directory);

/* Of each region of the policy, the outermost closed directory above it, else NULL: *ret is an
 * array of n_regions texts, malloc like each of them. Writable regions have none: that they cannot
 * be had is an error. Pure but for is_closed. 0 or -ENOMEM; nt_reach_clear in any case. */
int nt_reach_find(const srt_policy *policy, nt_closed *is_closed, char ***ret);
void nt_reach_clear(char **closed, size_t n);

/* For root: by owner, groups and mode. */
bool nt_closed_to_root(const char *directory);

#endif
