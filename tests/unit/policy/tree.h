/* SPDX-License-Identifier: Apache-2.0 */
/* Fixture trees in a fresh temporary directory, and policies made from settings
 * text, rendered for comparison. */
#ifndef SRT_TESTS_POLICY_TREE_H
#define SRT_TESTS_POLICY_TREE_H

#include <glib.h>

#include "policy/policy.h"

typedef struct Tree {
    char *root; /* canonical */
    char *cwd;  /* root/home/work unless set */
    char *home; /* root/home */
} Tree;

/* One word an entry: "a/b/" a directory, "a/f" a file, "l>target" a symbolic
 * link ("@" in the target is the root). Parents are made. home/work always is. */
Tree *tree_new(const char *entries);
void tree_free(Tree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tree, tree_free)

void tree_add(Tree *tree, const char *entries);
void tree_mode(Tree *tree, const char *path, unsigned mode);
char *tree_path(const Tree *tree, const char *path);

/* settings: a JSON object in which ' stands for " and @ for the root. NULL for
 * defaults. The failure's text, with @ for the root, goes to *ret_error when that
 * is not NULL, else it fails the test. */
SrtPolicy *tree_policy(const Tree *tree, const char *settings, char **ret_error);
/* The same with directories of srt's own sockets (absolute, NULL-terminated). */
SrtPolicy *tree_policy_beside(const Tree *tree, const char *settings, const char *const *own,
                              char **ret_error);

/* "WRITE @/home/work dir default\n…" for the regions at and below the tree, and
 * for "/" itself; the built-in ones elsewhere are left out. */
char *tree_regions(const Tree *tree, const SrtPolicy *policy);
/* The same for pending rules; those that are protected names only if asked for. */
char *tree_pending(const Tree *tree, const SrtPolicy *policy, gboolean mandatory);
char *tree_notes(const Tree *tree, const SrtPolicy *policy);

srt_access tree_access(const Tree *tree, const SrtPolicy *policy, const char *path);

gboolean tree_requests(const SrtPolicy *policy, srt_rule_class rule);

#endif
