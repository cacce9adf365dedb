/* SPDX-License-Identifier: Apache-2.0 */
/* Policies and file systems from tables, and the rules that come of them as text. */
#ifndef SRT_TESTS_LANDLOCK_TREE_H
#define SRT_TESTS_LANDLOCK_TREE_H

#include "plan.h"

#define HIDE SRT_ACCESS_HIDDEN
#define READ SRT_ACCESS_READ
#define WRITE SRT_ACCESS_WRITE

#define HELPER "/usr/libexec/srt/srt-inside"

typedef struct rule {
    const char *path; /* a directory when it ends in '/' */
    srt_access access;
    uint32_t flags;
} rule;

typedef struct tree_case {
    const rule *rules;
    size_t n_rules;
    /* What is there, separated by blanks; "x/" is a directory, "x@" a link, "x!" a directory
     * that cannot be listed. What lies above is there too. */
    const char *tree;
    int abi;
    bool alone; /* without supervisor */
    bool protect_helper;
    bool fs_disabled;
    const char *terminal;
} tree_case;

/* Fills a policy whose arrays live until tree_policy_clear. */
void tree_policy_init(srt_policy *policy, const rule *rules, size_t n);
void tree_policy_clear(srt_policy *policy);

/* Makes the plan: its result. */
int tree_plan(const tree_case *c, ll_plan *plan);

/* A line a rule: path, blank, rights as letters (x EXECUTE, r READ_FILE, l READ_DIR, w WRITE_FILE,
 * t TRUNCATE, d both REMOVEs, c all that create, f REFER, i IOCTL_DEV), '?' when it is
 * optional. Devices and the helper are left out when asked. Caller frees. */
char *tree_text(const ll_plan *plan, bool all);

#endif
