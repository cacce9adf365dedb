/* SPDX-License-Identifier: Apache-2.0 */
/* What was refused, in a few lines for people. Pure. */
#ifndef SRT_VIOLATION_SUMMARY_H
#define SRT_VIOLATION_SUMMARY_H

#include "violation/record.h"

/* "refused write /etc/hosts (3×) by filesystem.allowWrite; allow it: srtctl allow /etc/hosts",
 * one for each operation and target, those refused most often first, at most `most`; then
 * one that says how many there are beside. char *, owned. */
GPtrArray *srt_violation_summary(const GPtrArray *records, guint most);

/* The srtctl command that would allow it; NULL where none could. Caller frees. */
char *srt_violation_allow_command(const SrtViolationRecord *record);

#endif
