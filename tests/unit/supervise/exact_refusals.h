/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that the policy of test_exact_policy.c refuses. */
#ifndef SRT_TESTS_SUPERVISE_EXACT_REFUSALS_H
#define SRT_TESTS_SUPERVISE_EXACT_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct exact_refused {
    const char *name;
    int (*call)(void);
    int error;
    const char *rule; /* of the record; "": any */
    bool writes;      /* only where writes are performed */
} exact_refused;

extern const exact_refused exact_refusals[];
extern const size_t n_exact_refusals;
extern char exact_outside[300]; /* a name in a directory that is not the policy's, to be set */

#endif
