/* SPDX-License-Identifier: Apache-2.0 */
/* Records as tables. */
#ifndef SRT_CLI_TABLE_H
#define SRT_CLI_TABLE_H

#include "violation/record.h"

/* One line each; header: a line with the names first. */
void srt_ctl_print_records(const GPtrArray *records, gboolean header);

/* Sums of counts for each combination of fields ("rule,target"), the highest first.
 * SRT_ERROR_USAGE for what is no field. */
gboolean srt_ctl_print_counts(const GPtrArray *records, const char *fields, gboolean json,
                              GError **error);

#endif
