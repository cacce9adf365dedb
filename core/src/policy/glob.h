/* SPDX-License-Identifier: Apache-2.0 */
/* Path patterns, compiled to a bit-parallel automaton: linear in the path for
 * every pattern, and able to stop after any byte, so that a walk carries the
 * state from a directory to its entries. Pure; a compiled pattern may be used
 * from any thread.
 *
 *   *      any bytes but '/'            ?      one character but '/'
 *   **     any bytes, "/" too
 *   **, then / at the start of a component: zero or more directories
 *   [abc] [a-z]  one of these
 *   [!a] [^a]    one character but these and '/'
 *
 * Everything else is itself; a wildcard is made literal by brackets: [*]. A
 * leading dot needs no dot in the pattern. */
#ifndef SRT_POLICY_GLOB_H
#define SRT_POLICY_GLOB_H

#include <glib.h>

#define SRT_GLOB_WORDS 4
#define SRT_GLOB_MAX_POSITIONS (SRT_GLOB_WORDS * 64 - 1)

typedef struct SrtGlob SrtGlob;

typedef struct SrtGlobState {
    guint64 bits[SRT_GLOB_WORDS];
} SrtGlobState;

/* Whether text holds a character that a pattern gives a meaning. */
gboolean srt_glob_has_wildcards(const char *text);

/* NULL with *ret_why, a constant sentence, when the pattern is wrong. */
SrtGlob *srt_glob_new(const char *pattern, const char **ret_why);
void srt_glob_free(SrtGlob *glob);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtGlob, srt_glob_free)

/* The state before the first byte. */
void srt_glob_start(const SrtGlob *glob, SrtGlobState *ret_state);
/* Consumes bytes. FALSE when nothing that begins so can match any more. */
gboolean srt_glob_step(const SrtGlob *glob, SrtGlobState *state, const char *bytes, gsize length);
/* Whether what was consumed so far matches. */
gboolean srt_glob_accepts(const SrtGlob *glob, const SrtGlobState *state);
/* Everything that b can still match, a can match too. */
gboolean srt_glob_state_covers(const SrtGlobState *a, const SrtGlobState *b);
void srt_glob_state_join(SrtGlobState *into, const SrtGlobState *from);

gboolean srt_glob_match(const SrtGlob *glob, const char *text);

/* A pattern that matches exactly text. Caller frees. */
char *srt_glob_escape(const char *text);

#endif
