/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded queue of violations between the supervisor's threads and who drains it. Any
 * thread puts; one drains. */
#ifndef SRT_SUPERVISE_RECORDS_H
#define SRT_SUPERVISE_RECORDS_H

#include <stdint.h>

#include <srt/violation.h>

#define SUP_RECORDS_MAX 4096                 /* entries */
#define SUP_RECORDS_BYTES (2u * 1024 * 1024) /* of text */

typedef struct sup_records sup_records;

sup_records *sup_records_new(void); /* NULL with errno */
void sup_records_free(sup_records *records);
int sup_records_fd(const sup_records *records); /* readable while something waits */

/* Copies. One that is equal to one that waits, but for the process, is counted there. rule and
 * reason must be constant for the life of the queue. */
void sup_records_put(sup_records *records, const srt_violation *violation);
void sup_records_drain(sup_records *records,
                       void (*each)(void *data, const srt_violation *violation), void *data,
                       uint64_t *ret_lost);

#endif
