/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock beneath the mounts. Any thread. */
#ifndef SRT_ENCLOSE_FLOOR_H
#define SRT_ENCLOSE_FLOOR_H

#include <stdbool.h>

#include <srt/policy.h>

#include "srt-filters/plan.h"

/* A ruleset that lets names be made in directories of the sandbox alone only (NULL-terminated).
 * Pure but for the writer. */
void srt_floor_put(srt_plan_writer *w, const char *const *private_dirs, int abi);
/* A ruleset that lets be written what the policy does, for "layers": a second barrier behind
 * the mounts. The same. */
void srt_layer_put(srt_plan_writer *w, const srt_policy *policy, int abi);

#endif
