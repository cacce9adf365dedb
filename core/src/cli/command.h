/* SPDX-License-Identifier: Apache-2.0 */
/* Operands -> the words that are executed. */
#ifndef SRT_CLI_COMMAND_H
#define SRT_CLI_COMMAND_H

#include <glib.h>

/* Shell text becomes the shell, its text, and the operands ($0, $1, ...); without
 * it the operands are the words. SRT_ERROR_NOT_FOUND: there is no shell. Free with
 * g_strfreev. */
char **srt_cli_command(const char *shell_text, const char *const *operands, GError **error);

#endif
