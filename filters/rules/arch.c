/* SPDX-License-Identifier: Apache-2.0 */
#include "arch.h"

#include <linux/audit.h>
#include <string.h>

#ifndef AUDIT_ARCH_RISCV64
#define AUDIT_ARCH_RISCV64 (243 | __AUDIT_ARCH_64BIT | __AUDIT_ARCH_LE)
#endif

const srt_arch_info srt_arches[SRT_ARCHES] = {
    [SRT_ARCH_X86_64] = {"x86_64", AUDIT_ARCH_X86_64, false},
    [SRT_ARCH_I386] = {"i386", AUDIT_ARCH_I386, false},
    [SRT_ARCH_AARCH64] = {"aarch64", AUDIT_ARCH_AARCH64, false},
    [SRT_ARCH_ARM] = {"arm", AUDIT_ARCH_ARM, false},
    [SRT_ARCH_RISCV64] = {"riscv64", AUDIT_ARCH_RISCV64, false},
    [SRT_ARCH_PPC64LE] = {"ppc64le", AUDIT_ARCH_PPC64LE, false},
    [SRT_ARCH_S390X] = {"s390x", AUDIT_ARCH_S390X, true},
};

int srt_arch_find(const char *name)
{
    for (int i = 0; i < SRT_ARCHES; i++)
        if (strcmp(srt_arches[i].name, name) == 0)
            return i;
    return -1;
}

int srt_syscall_number(enum srt_arch arch, const char *name)
{
    for (size_t i = 0; i < srt_n_syscalls; i++)
        if (strcmp(srt_syscalls[i].name, name) == 0)
            return srt_syscalls[i].number[arch];
    return -2;
}

const char *srt_syscall_name(enum srt_arch arch, uint32_t number)
{
    for (size_t i = 0; i < srt_n_syscalls; i++)
        if (srt_syscalls[i].number[arch] >= 0 && (uint32_t)srt_syscalls[i].number[arch] == number)
            return srt_syscalls[i].name;
    return NULL;
}
