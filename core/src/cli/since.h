/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SRT_CLI_SINCE_H
#define SRT_CLI_SINCE_H

#include <glib.h>

/* A point in time as people name it: "90s", "30m", "1h", "2d", "1w" ago, or a date with or without
 * a time ("2026-01-31", "2026-01-31T12:00", with seconds, with "Z" or "+01:00"; else
 * local). In µs since 1970. SRT_ERROR_USAGE. Pure. */
gboolean srt_since_parse(const char *text, gint64 now_us, gint64 *ret_us, GError **error);

#endif
