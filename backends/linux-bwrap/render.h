/* SPDX-License-Identifier: Apache-2.0 */
/* From the mounts to the words that bwrap reads. Pure. Any thread. */
#ifndef SRT_BWRAP_RENDER_H
#define SRT_BWRAP_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "plan.h"

/* bwrap refuses more than 9000 words, those of its own command line included. */
#define BW_MAX_WORDS 9000u
#define BW_COMMAND_WORDS 16u
#define BW_WORDS_LEFT (BW_MAX_WORDS - BW_COMMAND_WORDS)

typedef struct bw_words {
    char *bytes; /* malloc; each word ends with NUL */
    size_t length, size;
    size_t count;
    int error; /* errno value, 0 when fine; sticks */
} bw_words;

void bw_words_add(bw_words *words, const char *word);
void bw_words_clear(bw_words *words);

/* How many words the operations make, without the flags. */
size_t bw_count_words(const bw_plan *plan);

/* Adds flags and operations. own_net: bwrap makes the network namespace.
 * sources: NULL, or per operation the number of a descriptor of its source in
 * the process that becomes bwrap, or -1. Words are counted past the limit too;
 * comparing is up to the caller. */
void bw_render(bw_words *words, const bw_plan *plan, bool own_net, const int *sources);

#endif
