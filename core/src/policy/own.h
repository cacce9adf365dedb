/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of srt's own sockets: closed to every command. Private to this room. */
#ifndef SRT_POLICY_OWN_H
#define SRT_POLICY_OWN_H

#include "policy/paths.h"
#include "policy/rules.h"

/* Appends the canonical paths (char *) of those of the directories (absolute, NULL-terminated, or
 * NULL) that exist. */
void srt_own_find(SrtResolver *resolver, const char *const *directories, GPtrArray *ret);

/* Hides them, and takes back every grant at or below them. When all rules are there. */
void srt_own_hide(SrtRules *rules, const char *const *directories);

#endif
