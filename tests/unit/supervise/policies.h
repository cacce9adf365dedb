/* SPDX-License-Identifier: Apache-2.0 */
/* Small policies about one writable directory. */
#ifndef SRT_TESTS_SUPERVISE_POLICIES_H
#define SRT_TESTS_SUPERVISE_POLICIES_H

#include <srt/policy.h>

#define TP_MAX 32

typedef struct test_policy {
    srt_policy policy;
    char text[TP_MAX * 4][512];
    unsigned used;
    srt_region regions[TP_MAX];
    const srt_region *region_list[TP_MAX];
    srt_pending_rule pending[TP_MAX];
    const srt_pending_rule *pending_list[TP_MAX];
    srt_origin origins[TP_MAX * 2];
    unsigned n_origins;
    const char *sockets[TP_MAX];
    unsigned n_sockets;
} test_policy;

/* "/" readable. */
void test_policy_init(test_policy *p);
/* Regions in their order. The rule's pointer is "region[i]". */
void test_policy_region(test_policy *p, srt_access access, const char *directory, const char *name);
/* DIRECTORY + text, "pending[i]". */
void test_policy_pending(test_policy *p, uint32_t flags, const char *directory, const char *text);
void test_policy_socket(test_policy *p, const char *directory, const char *text);

#endif
