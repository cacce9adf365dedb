/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that is wrong with the settings, collected so that one run tells
 * all of it. One line a problem, "FILE:LINE:COLUMN: pointer: text". */
#ifndef SRT_CONFIG_PROBLEMS_H
#define SRT_CONFIG_PROBLEMS_H

#include <glib.h>

/* More than these are counted, not told. */
#define SRT_PROBLEMS_MAX 100

typedef struct SrtProblems SrtProblems;

SrtProblems *srt_problems_new(void);
void srt_problems_free(SrtProblems *problems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtProblems, srt_problems_free)

/* Adds one problem. line 0: the file as a whole. pointer NULL: none. The text
 * may hold anything: what cannot stand in one line is escaped. */
void srt_problems_add(SrtProblems *problems, const char *file, guint line, guint column,
                      const char *pointer, const char *format, ...) G_GNUC_PRINTF(6, 7);
guint srt_problems_count(const SrtProblems *problems);

/* FALSE with every problem in *error (SRT_ERROR_SETTINGS), each file's in the order
 * of its lines; TRUE without any. */
gboolean srt_problems_settle(SrtProblems *problems, GError **error);

/* Text in double quotes, made fit for one line and cut when it is long. */
char *srt_problems_quote(const char *text);

#endif
