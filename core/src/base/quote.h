/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a command as one would type them into a shell. Pure. */
#ifndef SRT_BASE_QUOTE_H
#define SRT_BASE_QUOTE_H

#include <glib.h>

#define SRT_QUOTE_COMMAND_MAX 4096 /* where the text of a command in records ends */

/* The word, in quotes where a shell would need them. Caller frees. */
char *srt_quote_word(const char *word);

/* The words, blanks between them; no further word is added once the text has max bytes. Caller
 * frees. */
char *srt_quote_words(const char *const *words, gsize max);

#endif
