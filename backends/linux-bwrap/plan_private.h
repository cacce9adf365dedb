/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts that make a plan: nodes.c, pins.c, plan.c. */
#ifndef SRT_BWRAP_PLAN_PRIVATE_H
#define SRT_BWRAP_PLAN_PRIVATE_H

#include "plan.h"

/* A region on its way into the plan. */
typedef struct bw_node {
    const char *path;
    srt_access access;
    srt_access around; /* access of the enclosing region */
    size_t parent;     /* index of the enclosing one */
    bool is_dir;
    bool has_inner;           /* a region lies in it */
    bool optional;            /* need not exist */
    bool is_open;             /* an empty file system that has to become read-only */
    const srt_region *region; /* NULL for what the policy does not name */
    const char *mask;         /* NULL: something empty */
} bw_node;

typedef struct bw_maker {
    bw_plan *plan;
    const bw_plan_input *input;
    bw_node *nodes;
    size_t n_nodes;
    bw_op scratch; /* takes what is written to an operation after a failure */
    int error;     /* sticks */
} bw_maker;

/* An operation at the end of the plan; never NULL, m->error says when there was no memory. */
bw_op *bw_plan_add(bw_maker *m, bw_op_kind kind, const char *path);
/* A copy of the first n bytes that lives as long as the plan. */
const char *bw_plan_own(bw_maker *m, const char *text, size_t n);

/* The regions as nodes, parents right before what lies in them. 0 or -errno. */
int bw_nodes_make(bw_maker *m);

typedef struct bw_part {
    const char *path;
    size_t length;
} bw_part;

/* The directories strictly between a writable region and what is protected directly inside of it,
 * each once, deepest first. *ret_parts is malloc. */
size_t bw_pins_between(bw_maker *m, size_t root, bw_part **ret_parts);
/* The root cannot be bound over the pins, since the final root would leave them behind. So the top
 * directories that hold pins are bound over them instead; they become mounts that can be seen. */
void bw_pin_root(bw_maker *m);

#endif
