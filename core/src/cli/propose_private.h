/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by propose_*.c. */
#ifndef SRT_CLI_PROPOSE_PRIVATE_H
#define SRT_CLI_PROPOSE_PRIVATE_H

#include <glib.h>

/* Whether path is dir or lies below it, as text. */
gboolean srt_propose_within(const char *path, const char *dir);
gboolean srt_propose_is_system(const char *path);
/* The directory of a tool to which a path belongs, or NULL. Caller frees. */
char *srt_propose_tool_place(const char *path, const char *home);

#endif
