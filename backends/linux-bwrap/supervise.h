/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor in the life of this backend. */
#ifndef SRT_BWRAP_SUPERVISE_H
#define SRT_BWRAP_SUPERVISE_H

#include "srt-filters/filter.h"

#include "backend.h"

/* Looks at the machine, decides, and says what cannot be. 0 or a failure. */
int bw_supervise_prepare(bw_state *s, const bw_facts *facts);
/* Once the filter is known: what it refuses is put to the supervisor where that shall be seen. 0 or
 * a failure. */
int bw_supervise_refusals(bw_state *s, const srt_filter_program *base);
/* A supervisor for one launch. *ret_channel: the number of its socket in the started process,
 * -1 when none is needed. */
int bw_supervise_launch(bw_state *s, srt_launch *launch, int *ret_channel);
/* The masks that the machine and the policy permit. 0 or a failure. */
int bw_masks_prepare(bw_state *s, const bw_facts *facts);
/* Who answers for those of one launch, after its supervisor. *ret_channel: as above. */
int bw_masks_launch(bw_state *s, srt_launch *launch, int *ret_channel);
/* Before the supervisors end, which take their records. */
void bw_masks_end(bw_state *s);
void bw_supervise_clear(bw_state *s);

/* Why no supervisor can work, NULL: one can. can_notify: what the kernel says. Pure. */
const char *bw_no_supervisor(const bw_facts *facts, bool tool_is_setuid, bool can_notify);

#endif
