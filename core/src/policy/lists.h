/* SPDX-License-Identifier: Apache-2.0 */
/* The path lists of the settings -> rules at existing places, patterns, and
 * candidates for what does not exist. Private to this room. */
#ifndef SRT_POLICY_LISTS_H
#define SRT_POLICY_LISTS_H

#include "policy/mandatory.h"
#include "policy/paths.h"
#include "policy/rules.h"

typedef struct SrtLists {
    SrtRules *rules;
    SrtResolver *resolver;
    const SrtMandatory *mandatory;
    const char *cwd;  /* physical */
    const char *home; /* canonical, or NULL */
} SrtLists;

/* The user's lists and the built-in defaults. Wrong entries become problems of
 * the rules, what is not taken literally becomes a note. */
void srt_lists_add(const SrtLists *lists, const SrtConfigFilesystem *settings);

/* srt's own records (absolute, or NULL) are nobody's business inside. What is not there
 * yet is not made while this command runs (srt keeps back what it would write). */
void srt_lists_add_state(const SrtLists *lists, const char *state);

/* The protected names of the home directory, the settings files themselves
 * (char *, absolute) and srt's own files (NULL-terminated, or NULL). */
void srt_lists_add_protected(const SrtLists *lists, const GPtrArray *files,
                             const char *const *own_files);

#endif
