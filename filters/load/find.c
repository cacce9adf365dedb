/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <string.h>

#include "programs/programs.h"

static const srt_filter_program *const families[] = {
    srt_filter_x86_64,  srt_filter_i386,    srt_filter_aarch64, srt_filter_arm,
    srt_filter_riscv64, srt_filter_ppc64le, srt_filter_s390x,
};

const srt_filter_program *srt_filter_find(const char *arch, uint32_t variant)
{
    if (variant >= SRT_FILTER_VARIANTS)
        return NULL;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strcmp(families[i]->arch, arch) == 0)
            return families[i][variant].count != 0 ? &families[i][variant] : NULL;
    return NULL;
}
