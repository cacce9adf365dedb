/* SPDX-License-Identifier: Apache-2.0 */
/* The table itself: names and reasons are there, numbers are one call's each,
 * overlapping rules agree, so that no order among them is needed. */
#include <errno.h>
#include <string.h>

#include "probes.h"
#include "rules/rules.h"
#include "srt-filters/filter.h"
#include "support/unit.h"

static void every_rule_is_complete(void)
{
    for (size_t i = 0; i < srt_n_rules; i++) {
        const srt_rule *rule = &srt_rules[i];
        unsigned arches = 0;
        for (int arch = 0; arch < SRT_ARCHES; arch++) {
            CU_ASSERT_NOT_EQUAL(srt_syscall_number((enum srt_arch)arch, rule->syscall), -2);
            arches += srt_rule_applies(rule, (enum srt_arch)arch, 0);
        }
        CU_ASSERT(arches > 0);
        CU_ASSERT(rule->error > 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(rule->reason);
        CU_ASSERT(strlen(rule->reason) > 10);
        CU_ASSERT(rule->unless < SRT_FILTER_VARIANTS);
    }
}

static void test_is_sound(const srt_rule_test *test)
{
    CU_ASSERT(test->arg < 6);
    CU_ASSERT_NOT_EQUAL(test->mask, 0);
    CU_ASSERT(test->n_values <= SRT_RULE_VALUES);
    CU_ASSERT_EQUAL(test->n_values == 0, test->kind == SRT_TEST_ANY_BIT);
    for (unsigned v = 0; v < test->n_values; v++)
        CU_ASSERT_EQUAL(test->values[v] & ~test->mask, 0);
}

static void tests_are_sound(void)
{
    for (size_t i = 0; i < srt_n_rules; i++) {
        bool ended = false;
        for (unsigned t = 0; t < SRT_RULE_TESTS; t++) {
            const srt_rule_test *test = &srt_rules[i].tests[t];
            ended |= test->kind == SRT_TEST_END;
            CU_ASSERT_EQUAL(ended, test->kind == SRT_TEST_END);
            if (!ended)
                test_is_sound(test);
        }
        /* libseccomp takes one comparison an argument. */
        CU_ASSERT(srt_rules[i].tests[1].kind == SRT_TEST_END ||
                  srt_rules[i].tests[0].arg != srt_rules[i].tests[1].arg);
    }
}

static void a_number_is_of_one_call(void)
{
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        for (size_t i = 0; i < srt_n_syscalls; i++) {
            const int number = srt_syscalls[i].number[arch];
            CU_ASSERT(number >= -1 && number < 1000);
            if (number >= 0)
                SRT_ASSERT_STR(srt_syscall_name((enum srt_arch)arch, (uint32_t)number),
                               srt_syscalls[i].name);
        }
    CU_ASSERT_EQUAL(srt_syscall_number(SRT_ARCH_X86_64, "umount"), -1);
    CU_ASSERT_EQUAL(srt_syscall_number(SRT_ARCH_X86_64, "no_such_call"), -2);
    CU_ASSERT_PTR_NULL(srt_syscall_name(SRT_ARCH_X86_64, 999));
}

typedef struct agreement {
    enum srt_arch arch;
    unsigned disagree, refused, allowed;
} agreement;

static void count_errors(void *data, const struct seccomp_data *call)
{
    agreement *a = data;
    int error = 0;
    for (size_t i = 0; i < srt_n_rules; i++) {
        if (!srt_rule_matches(&srt_rules[i], a->arch, 0, call))
            continue;
        a->disagree += error != 0 && error != srt_rules[i].error;
        error = srt_rules[i].error;
    }
    a->refused += error != 0;
    a->allowed += error == 0;
}

static void overlapping_rules_agree(void)
{
    static const enum srt_arch some[] = {SRT_ARCH_X86_64, SRT_ARCH_S390X};
    for (unsigned i = 0; i < 2; i++) {
        agreement a = {.arch = some[i]};
        probes_each(some[i], count_errors, &a);
        CU_ASSERT_EQUAL(a.disagree, 0);
        CU_ASSERT(a.refused > 1000);
        CU_ASSERT(a.allowed > 1000);
    }
}

/* A variant only ever allows more. */
static void variants_only_open(void)
{
    for (size_t i = 0; i < srt_n_rules; i++)
        for (int arch = 0; arch < SRT_ARCHES; arch++)
            for (uint32_t v = 0; v < SRT_FILTER_VARIANTS; v++)
                CU_ASSERT(!srt_rule_applies(&srt_rules[i], (enum srt_arch)arch, v) ||
                          srt_rule_applies(&srt_rules[i], (enum srt_arch)arch, 0));
}

static void architectures_have_names(void)
{
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        CU_ASSERT_EQUAL(srt_arch_find(srt_arches[arch].name), arch);
    CU_ASSERT_EQUAL(srt_arch_find("x32"), -1);
}

static const srt_unit_case cases[] = {
    {"every_rule_is_complete", every_rule_is_complete},
    {"tests_are_sound", tests_are_sound},
    {"a_number_is_of_one_call", a_number_is_of_one_call},
    {"overlapping_rules_agree", overlapping_rules_agree},
    {"variants_only_open", variants_only_open},
    {"architectures_have_names", architectures_have_names},
};

SRT_UNIT_MAIN("filters.rules", cases)
