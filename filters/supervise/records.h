/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded queue of violations between the supervisor's threads and who drains it. Any
 * thread puts; one drains. */
#ifndef SRT_SUPERVISE_RECORDS_H
#define SRT_SUPERVISE_RECORDS_H

#include <stdint.h>

#include <srt/violation.h>

#define SUP_RECORDS_MAX 4096                 /* entries */
#define SUP_RECORDS_BYTES (2u * 1024 * 1024) /* of text */
#define SUP_RECORDS_RATE 5000u               /* a second; what is refused more often waits */
#define SUP_RECORDS_BURST_US 400000          /* worth of that are free at the start */

typedef struct sup_records sup_records;

sup_records *sup_records_new(void); /* NULL with errno */
void sup_records_free(sup_records *records);
int sup_records_fd(const sup_records *records); /* readable while something waits */

/* Copies. One that is equal to one that waits, but for the process, is counted there. rule and
 * reason must be constant for the life of the queue. Returns for how many microseconds the caller
 * should be made to wait, mostly 0: a program that does nothing but being refused costs less than
 * a processor then, and what it does is recorded in full. */
unsigned sup_records_put(sup_records *records, const srt_violation *violation);
void sup_records_drain(sup_records *records,
                       void (*each)(void *data, const srt_violation *violation), void *data,
                       uint64_t *ret_lost);

#endif
