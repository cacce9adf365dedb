/* SPDX-License-Identifier: Apache-2.0 */
/* What the helper does around bwrap; what it does inside of what bwrap made is written by the
 * enclosure. */
#ifndef SRT_BWRAP_STAGES_H
#define SRT_BWRAP_STAGES_H

#include <srt/policy.h>

/* argv: bwrap and its arguments, in a network namespace with the listening
 * sockets of the policy. Returns a sealed memfd or a negative errno value. */
int bw_stage_outer(const char *const *argv, const srt_policy *listeners);

#endif
