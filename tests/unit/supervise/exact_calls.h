/* SPDX-License-Identifier: Apache-2.0 */
/* Calls whose results must be the same with and without a supervisor. */
#ifndef SRT_TESTS_SUPERVISE_EXACT_CALLS_H
#define SRT_TESTS_SUPERVISE_EXACT_CALLS_H

#include <stddef.h>

typedef struct exact_call {
    const char *name;
    int (*call)(void); /* in a directory of its own; a small number, or -errno */
} exact_call;

extern const exact_call exact_creates[], exact_names[], exact_changes[];
extern const size_t n_exact_creates, n_exact_names, n_exact_changes;

/* The files that the calls are about, in the working directory. */
void exact_fixture(void);

#endif
