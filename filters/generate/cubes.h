/* SPDX-License-Identifier: Apache-2.0 */
/* libseccomp compares (argument & mask) with one value and knows no "not". A
 * test of the rules becomes a set of such comparisons, any of which may hold. */
#ifndef SRT_FILTERS_CUBES_H
#define SRT_FILTERS_CUBES_H

#include "rules/rules.h"

#define SRT_CUBES 64

typedef struct srt_cube {
    uint32_t mask, value;
} srt_cube;

/* Pure. The number of cubes, at most SRT_CUBES; -1 when it would take more. */
int srt_cubes(const srt_rule_test *test, srt_cube cubes[SRT_CUBES]);

#endif
