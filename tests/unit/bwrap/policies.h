/* SPDX-License-Identifier: Apache-2.0 */
/* Policies from tables, and what the backend makes of them as text. */
#ifndef SRT_TESTS_BWRAP_POLICIES_H
#define SRT_TESTS_BWRAP_POLICIES_H

#include "plan.h"
#include "render.h"

#define HIDE SRT_ACCESS_HIDDEN
#define READ SRT_ACCESS_READ
#define WRITE SRT_ACCESS_WRITE

typedef struct rule {
    const char *path; /* a directory when it ends in '/' */
    srt_access access;
} rule;

typedef struct test_policy {
    srt_policy policy;
    srt_region *regions;
    const srt_region **pointers;
    char **paths;
} test_policy;

/* The policy of a command without network whose regions are as in the table. */
void test_policy_init(test_policy *t, const rule *rules, size_t n);
void test_policy_clear(test_policy *t);

/* The words, each option on a line of its own. Caller frees. */
char *test_words_text(const char *bytes, size_t length);

#endif
