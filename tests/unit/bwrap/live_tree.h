/* SPDX-License-Identifier: Apache-2.0 */
/* A random tree with random regions over it, and what its paths look like from
 * inside a sandbox. */
#ifndef SRT_TESTS_BWRAP_LIVE_TREE_H
#define SRT_TESTS_BWRAP_LIVE_TREE_H

#include "policies.h"

#define TREE_MAX 160

typedef struct tree_entry {
    char path[256];
    bool is_dir;
    int parent; /* -1: the tree's root */
    int region; /* index of the deciding region, which is an entry; -1: "/" */
    srt_access access;
    bool is_region;
} tree_entry;

typedef struct tree {
    char root[64];
    tree_entry entries[TREE_MAX];
    int n;
    rule rules[TREE_MAX + 1];
    char rule_paths[TREE_MAX][260];
    int n_rules;
} tree;

/* Makes the tree on disk; a file holds its own path. */
void tree_make(tree *t, unsigned seed);
void tree_remove(const tree *t);
/* A sum over names, kinds and contents, to see that nothing changed. */
unsigned long tree_sum(const char *directory);

/* Run inside: compares every path with the rules. Prints what is wrong to
 * standard error and returns the number of faults. */
int tree_look(const tree *t);

#endif
