/* SPDX-License-Identifier: Apache-2.0 */
/* What paths.c and later.c share. */
#ifndef SRT_SEATBELT_PATHS_H
#define SRT_SEATBELT_PATHS_H

#include "pattern.h"
#include "plan.h"

/* What is hidden can neither be read nor executed. */
#define READ_OPS "file-read* process-exec*"

typedef struct sb_level {
    unsigned read, write; /* how often the answer has changed on the way down */
    size_t parent;
} sb_level;

/* A directory, by text and length. */
typedef struct sb_pin {
    const char *path;
    size_t length;
} sb_pin;

/* The file part in the making. */
typedef struct sb_maker {
    sb_plan *plan;
    const sb_plan_input *input;
    const srt_policy *policy;
    sb_level *levels;
    const char **denied; /* room for the path of every region */
    sb_pin *pins;
    size_t n_pins, pins_size;
    sb_pattern pattern; /* that was parsed last */
} sb_maker;

/* By number of the region. */
bool sb_can_read(const sb_maker *m, size_t i);
bool sb_can_write(const sb_maker *m, size_t i);

/* Parses a pending pattern; fails the plan when it cannot be read. */
bool sb_parse(sb_maker *m, const char *text);
/* The element after the last '/' of the part without wildcards: up to there case
 * counts, since it is the spelling of what exists. */
size_t sb_fold_from(const sb_pattern *pattern);

/* group.c: paths that are denied, with what is below them, into the rule that was begun. */
void sb_rule_paths(sb_plan *plan, const char *const *paths, size_t count);

void sb_plan_later(sb_maker *m);
/* "exact": the names that patterns protect, everywhere; and the directories that names
 * which do not exist yet would lie in. */
void sb_plan_names(sb_maker *m);
void sb_plan_creations(sb_maker *m);

#endif
