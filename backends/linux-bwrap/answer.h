/* SPDX-License-Identifier: Apache-2.0 */
/* The masks in the life of this backend. */
#ifndef SRT_BWRAP_ANSWER_H
#define SRT_BWRAP_ANSWER_H

#include "backend.h"

/* The masks that the machine and the policy permit. 0 or a failure. */
int bw_masks_prepare(bw_state *s, const bw_facts *facts);
/* Who answers for those of one launch, after its supervisor. *ret_channel: the number of the socket
 * in the started process, -1 when there are none. */
int bw_masks_launch(bw_state *s, srt_launch *launch, int *ret_channel);
/* Before the supervisors end, which take their records. */
void bw_masks_end(bw_state *s);

#endif
