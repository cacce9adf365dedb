/* SPDX-License-Identifier: Apache-2.0 */
/* Policies from tables, and what the evaluator says of the profiles made of them. */
#ifndef SRT_TESTS_SEATBELT_PROFILES_H
#define SRT_TESTS_SEATBELT_PROFILES_H

#include "plan.h"
#include "sbpl.h"

#define HIDE SRT_ACCESS_HIDDEN
#define READ SRT_ACCESS_READ
#define WRITE SRT_ACCESS_WRITE

#define TEST_TAG "SRT1_0123456789abcdef_SRT"
#define MOST_REGIONS 12
#define MOST_PENDING 8
#define MOST_CHECKS 40

typedef struct region_row {
    const char *path;
    srt_access access;
} region_row;

typedef struct pending_row {
    const char *path;
    srt_access access;
    unsigned flags;
} pending_row;

typedef struct config {
    const char *name;
    region_row regions[MOST_REGIONS]; /* sorted; none: files are not restricted */
    pending_row pending[MOST_PENDING];
    srt_protect protect;
    bool network, same_ports, unix_all, no_tmp;
    const char *unix_paths[4];
    sb_options options;
    /* "allow FAMILY OPERATION KEY=VALUE..." or "deny ...": FAMILY is the word of the
     * family whose rule decides, "default", or "-" for whichever. */
    const char *checks[MOST_CHECKS];
} config;

extern const config configs[];
extern const size_t n_configs;

/* A profile with what it was made from. */
typedef struct profile {
    srt_policy policy;
    srt_region *regions;
    const srt_region **region_pointers;
    srt_pending_rule *pending;
    const srt_pending_rule **pending_pointers;
    sb_plan plan;
    sb_text text;
    sbpl *rules;
} profile;

/* Plans, renders and reads; leaves out the rules of a family unless omit is -1.
 * Ends the test program when that fails. */
void profile_make(profile *p, const config *c, int omit);
/* The same for a policy of somebody else's. */
void profile_of_policy(profile *p, const srt_policy *policy, const sb_options *options);
void profile_of_policy_without(profile *p, const srt_policy *policy, const sb_options *options,
                               int omit);
void profile_clear(profile *p);

/* Asks in all models, with case folded and not. Returns how many of the six answers
 * differ from the expected one; quiet: says nothing about them. */
unsigned profile_ask(const profile *p, bool fold_only, const char *question, bool allow, int family,
                     bool quiet);
/* One line of a table. */
unsigned profile_check(const profile *p, const char *check, bool quiet);

const char *family_word(int family);
int family_by_word(const char *word); /* -1: default; -2: whichever; ends for others */

#endif
