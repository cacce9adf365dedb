/* SPDX-License-Identifier: Apache-2.0 */
/* What Landlock refused, from the kernel's audit records (Linux 6.15). Pure.
 *
 * One refusal is several records with one serial number, in this order: what was refused
 * (1423), once for each domain whose domain it is (1424), then, where the process is
 * audited, the call (1300) and an end (1320). Those of two processors may be mixed. */
#ifndef SRT_SUPERVISE_AUDIT_READ_H
#define SRT_SUPERVISE_AUDIT_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <srt/violation.h>

#define SUP_AUDIT_PATH 4096
#define SUP_AUDIT_HELD 16   /* refusals whose end has not come yet */
#define SUP_AUDIT_DOMAINS 8 /* of one sandbox: a layer each */

typedef struct sup_audit_event {
    uint64_t serial; /* 0: unused */
    uint64_t domain;
    srt_operation operation;
    uint32_t pid; /* 0: not known */
    char path[SUP_AUDIT_PATH];
    char program[SUP_AUDIT_PATH]; /* "": not known */
} sup_audit_event;

typedef struct sup_audit {
    uint32_t owner; /* the process that put itself under Landlock: its domains are ours */
    uint64_t domains[SUP_AUDIT_DOMAINS];
    size_t n_domains;
    size_t oldest; /* of held */
    sup_audit_event held[SUP_AUDIT_HELD];
} sup_audit;

/* One record, not ended by NUL. true: *ret is a refusal of ours, complete: of reading a
 * file, of listing a directory, or of executing. */
bool sup_audit_read(sup_audit *audit, uint32_t type, const char *text, size_t length,
                    sup_audit_event *ret);
/* Whether something is held that is not complete, and may never be: without audit of calls
 * there is no end. Then, after some silence, this gives one after the other; false: no more. */
bool sup_audit_holds(const sup_audit *audit);
bool sup_audit_flush(sup_audit *audit, sup_audit_event *ret);

#endif
