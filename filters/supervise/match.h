/* SPDX-License-Identifier: Apache-2.0 */
/* Path patterns as srt/policy.h describes them, compiled to a bit-parallel automaton: linear in
 * the text, and stepped in pieces. Pure. */
#ifndef SRT_SUPERVISE_MATCH_H
#define SRT_SUPERVISE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUP_GLOB_WORDS 4

typedef struct sup_glob sup_glob;

typedef struct sup_glob_state {
    uint64_t bits[SUP_GLOB_WORDS];
} sup_glob_state;

/* fold: ASCII case is ignored. at_start: pattern begins at the start of a component. NULL with
 * errno: ENOMEM; EINVAL for a wrong or too long pattern. */
sup_glob *sup_glob_new(const char *pattern, size_t length, bool fold);
void sup_glob_free(sup_glob *glob);
/* Makes its tables now, and not at the first match, which takes every text for a match when there
 * is no memory for them: for patterns that grant. false: no memory. */
bool sup_glob_prepare(const sup_glob *glob);

void sup_glob_start(const sup_glob *glob, sup_glob_state *ret);
/* Consumes bytes. false: nothing that begins so can match any more. */
bool sup_glob_step(const sup_glob *glob, sup_glob_state *state, const char *bytes, size_t length);
bool sup_glob_accepts(const sup_glob *glob, const sup_glob_state *state);
/* What b can still match, a can match too. */
bool sup_glob_covers(const sup_glob_state *a, const sup_glob_state *b);

/* Matches text as a whole. */
bool sup_glob_match(const sup_glob *glob, const char *text);

#endif
