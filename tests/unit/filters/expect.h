/* SPDX-License-Identifier: Apache-2.0 */
/* What the filter must say, written by hand and not made from the rules. Without
 * CUnit, so that it also runs where only a C library is. */
#ifndef SRT_TESTS_FILTERS_EXPECT_H
#define SRT_TESTS_FILTERS_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/arch.h"
#include "srt-filters/filter.h"

typedef struct expect_row {
    const char *call;
    uint64_t args[4];
    const char *error; /* "allow" or the errno's name */
    uint32_t unless;   /* variants that allow it */
    uint32_t only;     /* all others allow it too; 0: none */
    uint32_t arches;   /* 1 << srt_arch; 0: every one that has the call */
} expect_row;

extern const expect_row expect_rows[];
extern const unsigned expect_n_rows;

/* Whether there has to be a program of a variant. */
bool expect_variant(uint32_t variant);

/* Runs every row on every program; calls that an architecture lacks are left
 * out. Differences are printed. Returns their number; counts the checks. */
unsigned expect_check(unsigned *ret_checks);
/* The same for calls of foreign architectures and for x32. */
unsigned expect_check_foreign(unsigned *ret_checks);

#endif
