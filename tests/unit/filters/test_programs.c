/* SPDX-License-Identifier: Apache-2.0 */
/* The checked-in programs: found, sound, and the rules' equal on every probe. */
#include <stdio.h>
#include <string.h>

#include "probes.h"
#include "rules/rules.h"
#include "simulate/simulate.h"
#include "support/unit.h"

static void all_are_found_and_sound(void)
{
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++) {
            const char *why = "";
            const srt_filter_program *p = srt_filter_find(srt_arches[arch].name, variant);
            if (!srt_variant_exists(variant)) {
                CU_ASSERT_PTR_NULL(p);
                continue;
            }
            CU_ASSERT_PTR_NOT_NULL_FATAL(p);
            SRT_ASSERT_STR(p->arch, srt_arches[arch].name);
            CU_ASSERT_EQUAL(p->variant, variant);
            CU_ASSERT_EQUAL(srt_filter_verify(p->code, p->count, &why), 0);
            SRT_ASSERT_STR(why, "");
        }
}

static void others_are_not_found(void)
{
    CU_ASSERT_PTR_NULL(srt_filter_find("mips", 0));
    CU_ASSERT_PTR_NULL(srt_filter_find("", 0));
    CU_ASSERT_PTR_NULL(srt_filter_find("x86_64", SRT_FILTER_VARIANTS));
    CU_ASSERT_PTR_NULL(srt_filter_native(SRT_FILTER_VARIANTS));
    CU_ASSERT_PTR_NULL(srt_filter_native(UINT32_MAX));
    CU_ASSERT_PTR_NULL(srt_filter_native(SRT_FILTER_ALLOW_UNIX | SRT_FILTER_SUPERVISED_UNIX));
    CU_ASSERT_PTR_NULL(srt_filter_find("s390x", SRT_FILTER_VARIANTS - 1));
}

static void the_native_one_is_of_this_machine(void)
{
#if defined __x86_64__
    const char *name = "x86_64";
#elif defined __aarch64__
    const char *name = "aarch64";
#else
    const char *name = NULL;
    srt_unit_skip("this test does not know the machine");
    return;
#endif
    for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++)
        CU_ASSERT_PTR_EQUAL(srt_filter_native(variant), srt_filter_find(name, variant));
}

/* The first word decides about the architecture; two programs never share it. */
static void each_is_of_its_architecture(void)
{
    for (int arch = 0; arch < SRT_ARCHES; arch++) {
        const srt_filter_program *p = srt_filter_find(srt_arches[arch].name, 0);
        const struct sock_filter *code = p->code;
        CU_ASSERT_EQUAL(code[1].k, srt_arches[arch].audit);
    }
}

typedef struct comparison {
    enum srt_arch arch;
    uint32_t variant;
    const srt_filter_program *program;
    unsigned wrong;
} comparison;

static void compare(void *data, const struct seccomp_data *call)
{
    comparison *c = data;
    uint32_t answer = 0;
    const char *why = "";
    char buffers[2][16];
    const uint32_t wanted = srt_rules_answer(c->arch, c->variant, call);
    const int r = srt_simulate(c->program->code, c->program->count, srt_arches[c->arch].big_endian,
                               call, &answer, NULL, &why);
    if (r == 0 && answer == wanted)
        return;
    if (c->wrong++ < 5)
        fprintf(stderr, "%s %s: call %d(0x%llx, 0x%llx, 0x%llx): %s, the rules say %s\n",
                srt_arches[c->arch].name, srt_variant_name(c->variant), call->nr,
                (unsigned long long)call->args[0], (unsigned long long)call->args[1],
                (unsigned long long)call->args[2],
                r == 0 ? srt_answer_name(answer, buffers[0]) : why,
                srt_answer_name(wanted, buffers[1]));
}

static void programs_say_what_the_rules_say(void)
{
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++) {
            if (!srt_variant_exists(variant))
                continue;
            comparison c = {(enum srt_arch)arch, variant,
                            srt_filter_find(srt_arches[arch].name, variant), 0};
            const unsigned n = probes_each((enum srt_arch)arch, compare, &c);
            CU_ASSERT(n > 10000);
            CU_ASSERT_EQUAL(c.wrong, 0);
        }
}

static const srt_unit_case cases[] = {
    {"all_are_found_and_sound", all_are_found_and_sound},
    {"others_are_not_found", others_are_not_found},
    {"the_native_one_is_of_this_machine", the_native_one_is_of_this_machine},
    {"each_is_of_its_architecture", each_is_of_its_architecture},
    {"programs_say_what_the_rules_say", programs_say_what_the_rules_say},
};

SRT_UNIT_MAIN("filters.programs", cases)
