/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about what does not exist yet, once the regions are known. Pure.
 * Private to this room. */
#ifndef SRT_POLICY_PENDING_H
#define SRT_POLICY_PENDING_H

#include "policy/mandatory.h"
#include "policy/rules.h"

/* srt_pending_rule, owned by the array; strings belong to the rules. Only what
 * can come into being inside a writable region, and what must not be read
 * wherever it appears. Adds SRT_RULE_GLOB_LATER to *requested where a pattern of
 * the user stands. */
GPtrArray *srt_pending_new(SrtRules *rules, const SrtMandatory *mandatory, const char *home,
                           const GPtrArray *regions, guint64 *requested);

/* Whether a rule is about path, which is canonical as far as it exists. Names
 * that are protected everywhere are compared without regard to ASCII case. */
gboolean srt_pending_matches(const srt_pending_rule *rule, const char *path);

#endif
