/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "simulate/simulate.h"

static unsigned check_call(enum srt_arch arch, uint32_t variant, const struct seccomp_data *call,
                           const char *what, const char *expected)
{
    const srt_filter_program *program = srt_filter_find(srt_arches[arch].name, variant);
    uint32_t answer = 0;
    const char *why = NULL;
    char buffer[16];
    const char *actual;
    if (!program) {
        actual = "no program";
    } else if (srt_simulate(program->code, program->count, srt_arches[arch].big_endian, call,
                            &answer, NULL, &why) != 0) {
        actual = why;
    } else {
        actual = srt_answer_name(answer, buffer);
    }
    if (strcmp(actual, expected) == 0)
        return 0;
    fprintf(stderr, "%s %s: %s(0x%llx, 0x%llx, 0x%llx, 0x%llx): %s, expected %s\n",
            srt_arches[arch].name, srt_variant_name(variant), what,
            (unsigned long long)call->args[0], (unsigned long long)call->args[1],
            (unsigned long long)call->args[2], (unsigned long long)call->args[3], actual, expected);
    return 1;
}

bool expect_variant(uint32_t variant)
{
    return (variant & SRT_FILTER_ALLOW_UNIX) == 0 || (variant & SRT_FILTER_SUPERVISED_UNIX) == 0;
}

static unsigned check_row(const expect_row *row, enum srt_arch arch, unsigned *checks)
{
    unsigned wrong = 0;
    const int number = srt_syscall_number(arch, row->call);
    struct seccomp_data call = {.nr = number, .arch = srt_arches[arch].audit};
    memcpy(call.args, row->args, sizeof row->args);
    if (number == -2) {
        fprintf(stderr, "%s is not in the table of numbers\n", row->call);
        return 1;
    }
    if (number < 0 || (row->arches != 0 && (row->arches & (1u << arch)) == 0))
        return 0;
    for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++) {
        const bool allowed =
            (row->unless & variant) != 0 || (row->only != 0 && (row->only & variant) == 0);
        if (!expect_variant(variant))
            continue;
        wrong += check_call(arch, variant, &call, row->call, allowed ? "allow" : row->error);
        ++*checks;
    }
    return wrong;
}

unsigned expect_check(unsigned *ret_checks)
{
    unsigned wrong = 0;
    *ret_checks = 0;
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        for (unsigned i = 0; i < expect_n_rows; i++)
            wrong += check_row(&expect_rows[i], (enum srt_arch)arch, ret_checks);
    return wrong;
}

/* Numbers that would be allowed, refused, or are nothing at all. */
static const uint32_t some_numbers[] = {0, 1, 20, 39, 41, 59, 102, 359, 425, 0xffffffffu};

unsigned expect_check_foreign(unsigned *ret_checks)
{
    static const uint32_t strange[] = {0, 0xffffffffu, 0x40000003u ^ 1u, 0xc000003eu ^ 0x80000000u};
    unsigned wrong = 0;
    *ret_checks = 0;
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++)
            for (unsigned n = 0; n < sizeof some_numbers / sizeof *some_numbers; n++) {
                struct seccomp_data call = {.nr = (int)some_numbers[n], .args = {2, 1, 0}};
                if (!expect_variant(variant))
                    continue;
                for (int other = 0; other < SRT_ARCHES + 4; other++) {
                    call.arch =
                        other < SRT_ARCHES ? srt_arches[other].audit : strange[other - SRT_ARCHES];
                    if (other == arch)
                        continue;
                    wrong += check_call((enum srt_arch)arch, variant, &call, "foreign", "ENOSYS");
                    ++*ret_checks;
                }
                if (arch != SRT_ARCH_X86_64 || call.nr == -1)
                    continue;
                call.arch = srt_arches[arch].audit;
                call.nr = (int)(some_numbers[n] | 0x40000000u);
                wrong += check_call((enum srt_arch)arch, variant, &call, "x32", "ENOSYS");
                ++*ret_checks;
            }
    return wrong;
}
