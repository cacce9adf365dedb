/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock beneath the mounts. Any thread. */
#ifndef SRT_BWRAP_FLOOR_H
#define SRT_BWRAP_FLOOR_H

#include <stdbool.h>

#include <srt/policy.h>

#include "srt-filters/plan.h"

/* Directories of the sandbox alone, where anything may be created: NULL-terminated. The array
 * has room for BW_PRIVATE_MAX + 1. Pure. */
#define BW_PRIVATE_MAX 3
void bw_private_dirs(const srt_policy *policy, const char **ret);

/* A ruleset that lets names be made in those directories only. Pure but for the writer. */
void bw_floor_put(srt_plan_writer *w, const srt_policy *policy, int abi);
/* A ruleset that lets be written what the policy does, for "layers": a second barrier behind
 * the mounts. The same. */
void bw_layer_put(srt_plan_writer *w, const srt_policy *policy, int abi);

#endif
