/* SPDX-License-Identifier: Apache-2.0 */
/* From a policy to the steps that make it true. Pure: nothing is looked at but the arguments. Any
 * thread. */
#ifndef NATIVE_PLAN_H
#define NATIVE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include <srt/policy.h>

#include "steps.h"

/* A symbolic link in "/". */
typedef struct nt_link {
    const char *path;   /* "/lib64" */
    const char *target; /* "usr/lib64" */
} nt_link;

typedef struct nt_plan_input {
    const srt_policy *policy;
    const char *helper; /* on the host */
    bool host_proc;     /* /proc of the host, read-only, since no new one can be mounted */
    bool is_root; /* uid 0: what root owns in /proc is writable in spite of lost capabilities */
    /* Files that srt executes outside, and that the rules would let the sandbox replace: they
     * become read-only. Absolute and canonical. */
    const char *const *protect;
    size_t n_protect;
    /* Needed only when the policy hides "/": names without which no program starts. */
    const nt_link *links;
    size_t n_links;
    /* Of each region: a closed directory above it, which is hidden in its place, or NULL (reach.h).
     * NULL: there is none. */
    char *const *closed;
} nt_plan_input;

typedef struct nt_plan {
    nt_step *steps;
    size_t n_steps, size;
    char **owned; /* paths that exist only here */
    size_t n_owned, owned_size;
} nt_plan;

/* Fills a zeroed plan, whose paths are borrowed from the input. 0, or -ENOMEM, or -EINVAL for a
 * policy that does not begin with "/". nt_plan_clear in any case. */
int nt_plan_make(nt_plan *plan, const nt_plan_input *input);
void nt_plan_clear(nt_plan *plan);

/* nodes.c: the regions, with what encloses each. */
typedef struct nt_node {
    const char *path;
    srt_access access;
    srt_access around; /* access of the enclosing node */
    size_t parent;     /* index of the enclosing node */
    bool is_dir;
    bool has_inner; /* a node lies in it */
    bool optional;  /* need not exist */
    bool is_open;   /* an empty file system that has to become read-only */
    bool is_region;
} nt_node;

/* Sorted, parents before what lies in them, each path once. *ret is malloc. 0 or as above. */
int nt_nodes_make(const nt_plan_input *input, nt_node **ret, size_t *ret_n);

/* Whether path is dir or lies in it. */
bool nt_path_in(const char *path, const char *dir);
/* The access that the regions give to a path. */
srt_access nt_access_at(const srt_policy *policy, const char *path);
/* Whether a region of that access lies directly in a writable one. */
bool nt_lies_in_writable(const srt_policy *policy, srt_access access);

#endif
