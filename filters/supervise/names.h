/* SPDX-License-Identifier: Apache-2.0 */
/* The protected names of a policy, compiled: which creations are refused. Pure, and
 * constant once made: any thread. */
#ifndef SRT_SUPERVISE_NAMES_H
#define SRT_SUPERVISE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include <srt/policy.h>

#include "match.h"

typedef struct sup_names sup_names;

/* policy is borrowed until free. NULL with *ret_error, a negative errno value: -EINVAL when a
 * pattern cannot be compiled. */
sup_names *sup_names_new(const srt_policy *policy, int *ret_error);
void sup_names_free(sup_names *names);

/* How a new name comes about. */
enum sup_new {
    SUP_NEW_FILE,      /* open, mknod, link of something that is no link, bind */
    SUP_NEW_DIRECTORY, /* mkdir */
    SUP_NEW_LINK,      /* symlink, or a link that is moved or linked there */
    SUP_NEW_MOVED,     /* rename of something that is no link */
};

/* Quick: whether a name with this last component can be one that is protected, or (LINK, MOVED)
 * leads to one. false: nothing needs to be resolved. */
bool sup_names_suspect(const sup_names *names, const char *last, enum sup_new how);
/* Whether what lies in a directory can become protected by moving it, whatever its new name. */
bool sup_names_moves_matter(const sup_names *names);

/* The rule that protects path (absolute, canonical) against creation, or NULL: it, or a
 * directory above it, matches; or, for a link, what matches would lie behind it. *ret_mandatory
 * (may be NULL): it is a built-in one, to which the git exceptions apply. */
typedef struct sup_rule sup_rule;
const sup_rule *sup_names_judge(const sup_names *names, const char *path, enum sup_new how);
const srt_origin *sup_rule_origin(const sup_rule *rule);
bool sup_rule_mandatory(const sup_rule *rule);
/* It is about git directories within a git directory (submodules, worktrees), and what it matches
 * is protected only where a git directory really is. */
bool sup_rule_nested(const sup_rule *rule);

/* The access that the regions give to path, and the deciding rule (may be NULL). Without file
 * rules everything is SRT_ACCESS_WRITE. */
srt_access sup_names_access(const sup_names *names, const char *path,
                            const srt_origin **ret_origin);

/* How far a path that is spelt out piece by piece has got in each rule; moves.c. */
typedef struct sup_cursor {
    size_t at; /* bytes of the rule's literal part */
    bool dead, accepted;
    sup_glob_state state; /* once the literal part is through */
} sup_cursor;
size_t sup_names_count(const sup_names *names);
const sup_rule *sup_names_rule(const sup_names *names, size_t index);
void sup_cursor_start(const sup_rule *rule, sup_cursor *ret);
/* "/name", or several. */
void sup_cursor_step(const sup_rule *rule, sup_cursor *cursor, const char *bytes, size_t length);
/* What can still become protected below "to" can below "from" too. */
bool sup_cursor_covers(const sup_rule *rule, const sup_cursor *from, const sup_cursor *to);

/* Repositories that are made inside need some of the names that are protected. Given a protected
 * path: how many components from the end on belong to the part within its git directory ("hooks",
 * "config": 1, "hooks/x.sample": 2) when such a creation is harmless in a git directory that is
 * itself new; else 0. */
unsigned sup_git_part(const char *path, enum sup_new how);

#endif
