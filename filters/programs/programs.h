/* SPDX-License-Identifier: Apache-2.0 */
/* The generated programs, one file an architecture. */
#ifndef SRT_FILTERS_PROGRAMS_H
#define SRT_FILTERS_PROGRAMS_H

#include "srt-filters/filter.h"

extern const srt_filter_program srt_filter_x86_64[SRT_FILTER_VARIANTS];
extern const srt_filter_program srt_filter_i386[SRT_FILTER_VARIANTS];
extern const srt_filter_program srt_filter_aarch64[SRT_FILTER_VARIANTS];
extern const srt_filter_program srt_filter_arm[SRT_FILTER_VARIANTS];
extern const srt_filter_program srt_filter_riscv64[SRT_FILTER_VARIANTS];
extern const srt_filter_program srt_filter_ppc64le[SRT_FILTER_VARIANTS];
extern const srt_filter_program srt_filter_s390x[SRT_FILTER_VARIANTS];

#endif
