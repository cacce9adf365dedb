/* SPDX-License-Identifier: Apache-2.0 */
/* The machine that this is compiled for, by the name it has in arch.h: SRT_MACHINE
 * is not defined where there is none. x32 is not a machine of its own: its
 * processes carry x86-64's mark, and every base program refuses its numbers. */
#ifndef SRT_FILTERS_MACHINE_H
#define SRT_FILTERS_MACHINE_H

#if defined __x86_64__ && !defined __ILP32__
#define SRT_MACHINE x86_64
#elif defined __i386__
#define SRT_MACHINE i386
#elif defined __aarch64__ && defined __AARCH64EL__ && !defined __ILP32__
#define SRT_MACHINE aarch64
#elif defined __arm__ && defined __ARM_EABI__ && defined __ARMEL__
#define SRT_MACHINE arm
#elif defined __riscv && __riscv_xlen == 64
#define SRT_MACHINE riscv64
#elif defined __powerpc64__ && defined __LITTLE_ENDIAN__
#define SRT_MACHINE ppc64le
#elif defined __s390x__
#define SRT_MACHINE s390x
#endif

#endif
