/* SPDX-License-Identifier: Apache-2.0 */
/* native-launch: makes the namespaces and the file system of a sandbox and becomes the helper
 * that srt has for the inside. No heap, no stdio. Any failure ends it with status 125 and a text
 * for srt; it never goes on with less.
 *
 *   native-launch run STEPS HANDOFF PLAN   as numbers of descriptors; see steps.h and launch.h of
 *                                          the SDK
 *   native-launch try STEPS                the same up to the helper: status 0, or the text on 2 */
#ifndef NATIVE_LAUNCH_H
#define NATIVE_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../steps.h"
#include "sys.h"

#define LAUNCH_FAILED 125
#define DEVICES 6

int launch_main(int argc, const char *const *argv);
__attribute__((noreturn)) void launch_exit(int status);

/* fail.c. Where failures are told: the hand-off socket, or -1 for standard error. */
extern int launch_handoff;
/* "cannot <what> <path>: <reason>"; path may be NULL. */
__attribute__((noreturn)) void fail(const char *what, const char *path, long negative_errno);
/* Fails for a negative result, else returns it. */
long check(long result, const char *what, const char *path);

/* space.c: what a process needs in its namespaces. */
typedef struct ids {
    unsigned long uid, gid;
} ids;
void space_map(const ids *outside);
/* proc: the /proc outside, to be closed; negative: the network keeps its pacing. */
void space_network(int proc);
void space_drop_rights(void);

/* mount.c: results are descriptors, or negative errno values. */
long mount_new(const char *type, const char *option, const char *value, unsigned attributes);
long mount_clone(int fd, const char *path, bool all);
long mount_put(int mount, int at, const char *path);
long mount_set(int fd, const char *path, bool all, uint64_t attributes, uint64_t propagation);
/* Without following any link. O_PATH; flags: O_DIRECTORY or 0. */
long open_exactly(int fd, const char *path, int flags, bool same_mount);

/* tree.c */
typedef struct tree {
    const void *steps;
    size_t length;
    int *early;    /* by step: the mount that was taken out; -1: none */
    uint64_t *own; /* devices of the file systems made here */
    size_t n_own;
    size_t at; /* the step that is being done */
    uint32_t root_flags;
    int null; /* the host's, O_PATH */
    int shelf, old_root;
    size_t n_shelved;
    int proc;
    int devices[DEVICES], console;
} tree;

/* Maps and checks the steps behind a descriptor and closes it. */
void tree_load(tree *t, int fd);
/* By a process that ends afterwards: its limits and its umask are changed. */
void tree_build(tree *t);
/* dev.c */
void dev_take(tree *t);
void dev_build(tree *t, int dev);

#endif
