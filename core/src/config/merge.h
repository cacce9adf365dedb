/* SPDX-License-Identifier: Apache-2.0 */
/* What "extends" means, key by key, as the table of keys says it. Pure. */
#ifndef SRT_CONFIG_MERGE_H
#define SRT_CONFIG_MERGE_H

#include "config/fill.h"

/* Makes layer say what base and layer say together; base is used up. Whatever
 * would loosen base goes to problems. */
void srt_layer_tighten(SrtLayer *layer, SrtLayer *base, SrtProblems *problems);

#endif
