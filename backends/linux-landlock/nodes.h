/* SPDX-License-Identifier: Apache-2.0 */
/* The places where access changes, sorted for the walk of plan.c. Pure. */
#ifndef SRT_LANDLOCK_NODES_H
#define SRT_LANDLOCK_NODES_H

#include "plan.h"

typedef struct ll_node {
    const char *path;
    srt_access access;
    bool lists; /* the name may show in a listing, and what is in it as well */
} ll_node;

/* The regions of the policy, and what holds without the user's saying: /proc and /sys are not
 * writable, /dev is closed but for what rules name, the helper is not writable. Parents right
 * before what lies in them; nodes[0] is "/"; each path once. malloc; 0, -ENOMEM, or -EINVAL
 * for a policy that does not begin with "/". */
int ll_nodes_make(const ll_plan_input *input, ll_node **ret, size_t *ret_count);

/* The same for who judges by the policy: its regions, and what is not writable without the
 * user's saying, as regions, in the order of a policy. */
typedef struct ll_regions {
    const srt_region **list;
    size_t count;
    srt_region own[4];
} ll_regions;
/* 0 or -ENOMEM; borrows from the input. free(ret->list) in any case. */
int ll_regions_make(const ll_plan_input *input, ll_regions *ret);

/* Hidden for user namespaces alone, where ssh refuses files of an owner that it does not know.
 * Here there are none, and hiding costs its neighbours' listing. */
bool ll_is_for_namespaces(const srt_region *region);

/* A directory that is hidden though nobody asked, right in one that may be written: what the
 * command makes there it cannot read. NULL: none. */
const char *ll_hidden_in_writable(const srt_policy *policy);

/* The order of the nodes: '/' before every other byte. */
int ll_path_compare(const char *a, const char *b);

#endif
