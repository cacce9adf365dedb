/* SPDX-License-Identifier: Apache-2.0 */
/* Text of a violation, made harmless: it comes from what was sandboxed and is
 * shown to people and to programs that read markup. Pure, any thread. */
#ifndef SRT_VIOLATION_TEXT_H
#define SRT_VIOLATION_TEXT_H

#define SRT_VIOLATION_TEXT_MAX 4096 /* bytes kept of one text */

/* A copy of text: each run of control, format (bidirectional, zero-width) and
 * line separating characters is one blank, '<' and '>' are left out, bytes that
 * are not UTF-8 are \xHH, no blank at either end. What is longer than the limit is
 * cut and ends in "...". NULL gives NULL. Caller frees. */
char *srt_violation_clean(const char *text);

/* The same, but '<' and '>' stay: the text of a command comes from whoever runs srt. */
char *srt_violation_clean_command(const char *text);

#endif
