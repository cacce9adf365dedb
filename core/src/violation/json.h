/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SRT_VIOLATION_JSON_H
#define SRT_VIOLATION_JSON_H

#include "violation/record.h"

/* One JSON object on one line, ended by a newline, ASCII only. session: NULL takes the
 * record's own. Caller frees. */
char *srt_violation_json(const SrtViolationRecord *record, const char *session);
/* {"session":…,"lost":N}. */
char *srt_violation_json_lost(guint64 lost, const char *session);
/* "2026-01-31T12:00:00.123456Z". Caller frees. */
char *srt_violation_time(gint64 time_us);

#endif
