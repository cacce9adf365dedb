/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the programs from the rules with libseccomp. A host tool and its test. */
#ifndef SRT_FILTERS_GENERATE_H
#define SRT_FILTERS_GENERATE_H

#include <linux/filter.h>
#include <stdio.h>

#include "rules/rules.h"
#include "srt-filters/filter.h"

#define SRT_GENERATE_MAX 4096

typedef struct srt_generated {
    uint32_t count[SRT_FILTER_VARIANTS];
    struct sock_filter code[SRT_FILTER_VARIANTS][SRT_GENERATE_MAX]; /* host byte order */
} srt_generated;

/* "libseccomp 2.5.4": static text. */
const char *srt_generator_version(void);

/* 0, or -1 with a message on stderr. Each program is verified, and held to the
 * rules where rules meet calls. */
int srt_generate(enum srt_arch arch, srt_generated *ret);

/* Makes a program shorter that gives the same answers. It is a sound one of at
 * most SRT_GENERATE_MAX instructions. Pure; the new count. */
uint32_t srt_shrink(struct sock_filter *code, uint32_t count);

/* The two files of an architecture. */
void srt_write_program(FILE *out, enum srt_arch arch, const srt_generated *programs);
void srt_write_listing(FILE *out, enum srt_arch arch, const srt_generated *programs);

#endif
