/* SPDX-License-Identifier: Apache-2.0 */
/* From a policy to the Landlock rules that make it true. Nothing is looked at but the
 * arguments; directories are listed by a function that is one of them. Any thread.
 *
 * Landlock only ever grants, and what it grants on a directory holds for all below. So a
 * directory that leads to something which must have less gets only what everything in it
 * may have, and its other entries, as they are at the start, get the rest one by one. */
#ifndef SRT_LANDLOCK_PLAN_H
#define SRT_LANDLOCK_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <srt/policy.h>

/* Rules at most: at some 10 us each they take a fifth of a second. */
#define LL_RULES_MAX 20000u

typedef struct ll_rule {
    const char *path;
    uint64_t access; /* SRT_LANDLOCK_ACCESS_FS_* */
    bool optional;   /* found by listing, or not on every machine */
} ll_rule;

/* Calls each for every entry but "." and "..", until it returns something other than 0, and
 * returns that; or a negative errno value when the directory cannot be listed. */
typedef int (*ll_list)(void *data, const char *directory,
                       int (*each)(void *each_data, const char *name, bool is_link),
                       void *each_data);

typedef struct ll_plan_input {
    const srt_policy *policy;
    int abi; /* 1.. */
    /* A supervisor creates, moves and changes in the command's place. Without one, the
     * rules permit creating where that is possible. */
    bool supervised;
    const char *helper;       /* must be readable, and is never writable */
    bool protect_helper;      /* the user could write to it */
    const char *terminals[3]; /* paths of the command's terminals, NULL where there is none */
    ll_list list;
    void *data;
} ll_plan_input;

typedef struct ll_plan {
    uint64_t fs, net, scoped; /* handled: refused unless a rule grants it */
    ll_rule *rules;
    size_t n_rules, size;
    /* NULL-terminated: where the rules permit writing in full. */
    const char **native;
    char **owned; /* paths that exist only here */
    size_t n_owned, owned_size;
    char problem[400]; /* text for people when making it failed */
} ll_plan;

/* Fills a zeroed plan, whose paths are borrowed from the input. 0, or a negative errno value
 * with plan->problem set. ll_plan_clear in any case. */
int ll_plan_make(ll_plan *plan, const ll_plan_input *input);
void ll_plan_clear(ll_plan *plan);

/* What the private temporary directory is granted: everything. */
uint64_t ll_plan_private_access(const ll_plan *plan);

bool ll_path_in(const char *path, const char *dir);
/* The access that the regions give to a path. */
srt_access ll_access_at(const srt_policy *policy, const char *path);

#endif
