/* SPDX-License-Identifier: Apache-2.0 */
/* What the notify filter must put to the supervisor, written by hand. Without
 * CUnit, as expect.h. */
#ifndef SRT_TESTS_FILTERS_EXPECT_NOTIFY_H
#define SRT_TESTS_FILTERS_EXPECT_NOTIFY_H

#include <stdint.h>

#include "rules/arch.h"
#include "srt-filters/filter.h"

typedef struct notify_row {
    const char *call;
    uint64_t args[5];
    uint32_t sets;  /* any of these: notified */
    int32_t number; /* when the table of numbers is not to be asked; else 0 */
} notify_row;

extern const notify_row notify_rows[];
extern const unsigned notify_n_rows;

/* Every row under every set on every architecture; then every number that no row
 * names, foreign architectures and x32, which go on. Differences are printed.
 * Returns their number; counts the checks. */
unsigned notify_check(unsigned *ret_checks);

#endif
