/* SPDX-License-Identifier: Apache-2.0 */
/* Apart from find.c, so that a backend links the programs of one machine only. */
#include <stddef.h>

#include "programs/programs.h"

/* x32 is not a machine of its own: its processes carry x86-64's mark, and every
 * program refuses its numbers. */
#if defined __x86_64__ && !defined __ILP32__
#define NATIVE srt_filter_x86_64
#elif defined __i386__
#define NATIVE srt_filter_i386
#elif defined __aarch64__ && defined __AARCH64EL__ && !defined __ILP32__
#define NATIVE srt_filter_aarch64
#elif defined __arm__ && defined __ARM_EABI__ && defined __ARMEL__
#define NATIVE srt_filter_arm
#elif defined __riscv && __riscv_xlen == 64
#define NATIVE srt_filter_riscv64
#elif defined __powerpc64__ && defined __LITTLE_ENDIAN__
#define NATIVE srt_filter_ppc64le
#elif defined __s390x__
#define NATIVE srt_filter_s390x
#endif

const srt_filter_program *srt_filter_native(uint32_t variant)
{
#ifdef NATIVE
    return variant < SRT_FILTER_VARIANTS ? &NATIVE[variant] : NULL;
#else
    (void)variant;
    return NULL;
#endif
}
