/* SPDX-License-Identifier: Apache-2.0 */
/* Apart from find.c, so that a backend links the programs of one machine only. */
#include <stddef.h>

#include "programs/programs.h"
#include "rules/machine.h"

#define JOIN(a, b) a##b
#define PROGRAMS_OF(machine) JOIN(srt_filter_, machine)

const srt_filter_program *srt_filter_native(uint32_t variant)
{
#ifdef SRT_MACHINE
    const srt_filter_program *programs = PROGRAMS_OF(SRT_MACHINE);
    return variant < SRT_FILTER_VARIANTS && programs[variant].count != 0 ? &programs[variant]
                                                                         : NULL;
#else
    (void)variant;
    return NULL;
#endif
}
