/* SPDX-License-Identifier: Apache-2.0 */
/* ignoreViolations, and which command a refusal belongs to. Pure. */
#ifndef SRT_VIOLATION_IGNORE_H
#define SRT_VIOLATION_IGNORE_H

#include "violation/record.h"

/* Whether a record is not to be kept. rules: command pattern -> GStrv of texts, or
 * NULL. "*" is for every command, another pattern for commands whose text contains
 * it (none when the command is not known). A record is ignored when its target, or for
 * a connection its line, contains one of the texts. */
gboolean srt_violation_is_ignored(GHashTable *rules, const SrtViolationRecord *record);

#define SRT_COMMANDS_MAX 1024  /* remembered, the oldest are dropped */
#define SRT_COMMAND_ID_MAX 251 /* bytes of an id that a record can name */

/* Ids of commands and their texts. Not for several threads at once. */
typedef struct SrtCommands SrtCommands;
SrtCommands *srt_commands_new(void);
void srt_commands_free(SrtCommands *commands);
/* Both are copied and sanitised; id NULL or empty: the text is the id. Returns the id
 * under which it is kept; valid until 1,024 others were added. */
const char *srt_commands_add(SrtCommands *commands, const char *id, const char *text);
/* NULL when not known. Valid like the id. */
const char *srt_commands_text(const SrtCommands *commands, const char *id);

#endif
