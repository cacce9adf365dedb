/* SPDX-License-Identifier: Apache-2.0 */
/* A BPF assembler with labels, for programs that are made at run time. Errors
 * stick: look at what srt_assemble_finish returns. Pure. */
#ifndef SRT_FILTERS_ASSEMBLE_H
#define SRT_FILTERS_ASSEMBLE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#include "srt-filters/filter.h"

#define SRT_LABELS 256
#define SRT_LABEL_NEXT 0 /* whatever comes next */

typedef struct srt_assembly {
    uint32_t count, labels;
    bool failed;
    struct {
        struct sock_filter f;
        uint16_t yes, no; /* labels */
    } at[SRT_NOTIFY_MAX];
    uint16_t place[SRT_LABELS]; /* instruction + 1; 0: not placed */
} srt_assembly;

void srt_assemble_start(srt_assembly *a);
/* A new label, placed nowhere yet. Jumps lead forward only. */
uint16_t srt_assemble_label(srt_assembly *a);
void srt_assemble_place(srt_assembly *a, uint16_t label);
/* A = the 32-bit word at an offset of struct seccomp_data. */
void srt_assemble_load(srt_assembly *a, uint32_t offset);
/* test: BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET, of A with k. */
void srt_assemble_branch(srt_assembly *a, uint16_t test, uint32_t k, uint16_t yes, uint16_t no);
void srt_assemble_return(srt_assembly *a, uint32_t answer);
/* Writes the program; the number of instructions, 0 when anything went wrong: too
 * long, a label not placed, a jump that leads back or too far. */
uint32_t srt_assemble_finish(const srt_assembly *a, struct sock_filter *code);

#endif
