/* SPDX-License-Identifier: Apache-2.0 */
/* Children under the native program. */
#ifndef SRT_TESTS_FILTERS_LIVE_H
#define SRT_TESTS_FILTERS_LIVE_H

#include <stddef.h>

#define LIVE_NO_FILTER (-1)
#define LIVE_DIED 100000 /* as a result: the child did not come to its end */

/* Runs fn in a child, under a variant or without, and returns what it returns:
 * at most 255; LIVE_DIED when it was killed. */
int live_child(int variant, int (*fn)(const void *data), const void *data);

/* Makes the calls in one child: results[i] is 0 or the errno value. */
typedef struct live_call {
    const char *name;
    long number;
    unsigned long args[5];
} live_call;

void live_calls(int variant, const live_call *calls, size_t n, int *ret_results);

#endif
