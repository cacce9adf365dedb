/* SPDX-License-Identifier: Apache-2.0 */
/* What is put to a supervisor, as data. What no rule names goes on. Pure. */
#ifndef SRT_FILTERS_NOTIFY_H
#define SRT_FILTERS_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

enum srt_notify_test {
    SRT_NOTIFY_ALWAYS,
    SRT_NOTIFY_ANY_BIT,  /* of the low 32 bits of the argument */
    SRT_NOTIFY_NULL,     /* the argument, all of it, is 0 */
    SRT_NOTIFY_NOT_NULL, /* … is not */
};

/* Rules of one call add up: it is notified when any of the set's rules holds. Only
 * what lies in registers is tested, for memory changes under the eyes. */
typedef struct srt_notify_rule {
    const char *syscall;
    uint32_t sets; /* SRT_NOTIFY_* that have this rule */
    enum srt_notify_test test;
    uint8_t arg;
    uint32_t bits;
} srt_notify_rule;

extern const srt_notify_rule srt_notify_rules[];
extern const size_t srt_n_notify_rules;

#endif
