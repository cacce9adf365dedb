/* SPDX-License-Identifier: Apache-2.0 */
/* Records as the interface has them. Private to this room. */
#ifndef SRT_EMBED_RECORDS_H
#define SRT_EMBED_RECORDS_H

#include <srt/srt.h>

#include "violation/record.h"

/* The record that one JSON object is; NULL when it is none. Pure. */
SrtViolationRecord *srt_record_from_json(const char *json);
/* Borrows from record and line. */
void srt_record_fill(srt_record *ret, const SrtViolationRecord *record, const char *line);
/* Takes the list (SrtViolationRecord *, owned). */
srt_records *srt_records_new(GPtrArray *list);

#endif
