/* SPDX-License-Identifier: Apache-2.0 */
/* Rules -> regions: what every backend enforces. Pure. Private to this room. */
#ifndef SRT_POLICY_REGIONS_H
#define SRT_POLICY_REGIONS_H

#include "policy/rules.h"

/* What the rules from "/" down to some path say about that path. */
typedef struct SrtAccessState {
    const SrtPathRule *read;  /* the deciding read rule, or NULL */
    const SrtPathRule *grant; /* the allowWrite in force, or NULL */
    const SrtPathRule *deny;  /* the outermost denyWrite, or NULL */
} SrtAccessState;

/* Goes down to a path at which node stands (NULL: no rule stands there). */
void srt_access_state_apply(SrtAccessState *state, const SrtNode *node);
srt_access srt_access_state_get(const SrtAccessState *state);
/* The rule that decided, or NULL for the built-in default. */
const SrtPathRule *srt_access_state_rule(const SrtAccessState *state);

/* The state at a canonical path, from all rules at and above it. */
void srt_access_state_at(const SrtRules *rules, const char *path, SrtAccessState *ret_state);

/* The fewest regions that say the same as the rules: srt_region, owned by the
 * array; the strings belong to the rules. */
GPtrArray *srt_regions_new(const SrtRules *rules);

#endif
