/* SPDX-License-Identifier: Apache-2.0 */
/* From the rules to the text of a profile. Pure. Any thread. */
#ifndef SRT_SEATBELT_RENDER_H
#define SRT_SEATBELT_RENDER_H

#include "plan.h"
#include "text.h"

/* The profile; tag is the message of every denial, [A-Za-z0-9_-]. Check out->failed. */
void sb_render(sb_text *out, const sb_plan *plan, const char *tag);

#endif
