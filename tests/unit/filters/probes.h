/* SPDX-License-Identifier: Apache-2.0 */
/* Calls around everything that the rules mention: their values in all combinations;
 * argument by argument every small value, every single bit, the neighbours of each
 * value by one bit, and the values with rubbish in the upper half. */
#ifndef SRT_TESTS_FILTERS_PROBES_H
#define SRT_TESTS_FILTERS_PROBES_H

#include <linux/seccomp.h>

#include "rules/arch.h"

typedef void (*probe_fn)(void *data, const struct seccomp_data *call);

/* Calls fn with every probe of an architecture; returns how many. */
unsigned probes_each(enum srt_arch arch, probe_fn fn, void *data);

#endif
