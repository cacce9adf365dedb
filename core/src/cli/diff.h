/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SRT_CLI_DIFF_H
#define SRT_CLI_DIFF_H

#include <glib.h>

/* The lines that differ, as `diff -u` shows them; "" when none do. Pure. Caller frees. */
char *srt_diff(const char *before, const char *after, const char *name);

#endif
