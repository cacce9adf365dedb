/* SPDX-License-Identifier: Apache-2.0 */
/* What the helper does around bwrap; what it does inside of what bwrap made is written by the
 * enclosure. */
#ifndef SRT_BWRAP_STAGES_H
#define SRT_BWRAP_STAGES_H

#include <srt/policy.h>

/* argv: bwrap and its arguments. listeners: in a network namespace with the listening
 * sockets of that policy; or NULL. channel: number of the socket of the masks, which are
 * then mounted; or -1. Returns a sealed memfd or a negative errno value. */
int bw_stage_outer(const char *const *argv, const srt_policy *listeners, int channel);

#endif
