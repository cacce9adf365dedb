/* SPDX-License-Identifier: Apache-2.0 */
/* Architectures and their system call numbers, as data. Pure, any thread. */
#ifndef SRT_FILTERS_ARCH_H
#define SRT_FILTERS_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum srt_arch {
    SRT_ARCH_X86_64,
    SRT_ARCH_I386,
    SRT_ARCH_AARCH64,
    SRT_ARCH_ARM,
    SRT_ARCH_RISCV64,
    SRT_ARCH_PPC64LE,
    SRT_ARCH_S390X,
    SRT_ARCHES
};

typedef struct srt_arch_info {
    const char *name;
    uint32_t audit; /* AUDIT_ARCH_*: what the kernel puts into seccomp_data.arch */
    bool big_endian;
} srt_arch_info;

extern const srt_arch_info srt_arches[SRT_ARCHES];

/* The architecture of a name, or -1. */
int srt_arch_find(const char *name);

/* Numbers of one system call; -1 where the architecture does not have it. */
typedef struct srt_syscall {
    const char *name;
    int16_t number[SRT_ARCHES];
} srt_syscall;

extern const srt_syscall srt_syscalls[];
extern const size_t srt_n_syscalls;

/* -1 when this architecture has no such call, -2 when nobody knows the name. */
int srt_syscall_number(enum srt_arch arch, const char *name);
/* NULL when the table does not have the number. */
const char *srt_syscall_name(enum srt_arch arch, uint32_t number);

#endif
