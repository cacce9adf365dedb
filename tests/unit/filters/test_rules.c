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
            arches += srt_rule_applies(rule, (enum srt_arch)arch, rule->only);
        }
        CU_ASSERT(arches > 0);
        CU_ASSERT(rule->error >= 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(rule->reason);
        CU_ASSERT(strlen(rule->reason) > 10);
        CU_ASSERT(rule->unless < SRT_FILTER_VARIANTS);
        CU_ASSERT(rule->only < SRT_FILTER_VARIANTS);
        CU_ASSERT_EQUAL(rule->only & rule->unless, 0);
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
    uint32_t variant;
    unsigned disagree, refused, allowed;
} agreement;

static void count_errors(void *data, const struct seccomp_data *call)
{
    agreement *a = data;
    int error = -1;
    for (size_t i = 0; i < srt_n_rules; i++) {
        if (!srt_rule_matches(&srt_rules[i], a->arch, a->variant, call))
            continue;
        a->disagree += error >= 0 && error != srt_rules[i].error;
        error = srt_rules[i].error;
    }
    a->refused += error >= 0;
    a->allowed += error < 0;
}

/* All rules there are stand in one of these. */
static void overlapping_rules_agree(void)
{
    static const enum srt_arch some[] = {SRT_ARCH_X86_64, SRT_ARCH_S390X};
    static const uint32_t variants[] = {0, SRT_FILTER_SUPERVISED_UNIX | SRT_FILTER_SHARED_NET};
    for (unsigned i = 0; i < 2; i++)
        for (unsigned v = 0; v < 2; v++) {
            agreement a = {.arch = some[i], .variant = variants[v]};
            probes_each(some[i], count_errors, &a);
            CU_ASSERT_EQUAL(a.disagree, 0);
            CU_ASSERT(a.refused > 1000);
            CU_ASSERT(a.allowed > 1000);
        }
}

typedef struct widening {
    uint32_t less, more;
    unsigned wrong, wider;
} widening;

static void compare_variants(void *data, const struct seccomp_data *call)
{
    widening *w = data;
    const uint32_t less = srt_rules_answer(SRT_ARCH_X86_64, w->less, call);
    const uint32_t more = srt_rules_answer(SRT_ARCH_X86_64, w->more, call);
    w->wrong += less == SECCOMP_RET_ALLOW && more != SECCOMP_RET_ALLOW;
    w->wider += less != more;
}

static void compare_with(uint32_t bit, uint32_t others)
{
    widening w = {others, others | bit, 0, 0};
    if (bit == SRT_FILTER_SHARED_NET)
        w = (widening){others | bit, others, 0, 0};
    probes_each(SRT_ARCH_X86_64, compare_variants, &w);
    CU_ASSERT_EQUAL(w.wrong, 0);
    CU_ASSERT(w.wider > 0);
}

/* Three of the switches only ever allow more, the fourth only less: alone, and with
 * all others that they go with. */
static void switches_open_or_close(void)
{
    const uint32_t both = SRT_FILTER_ALLOW_NAMESPACES | SRT_FILTER_SHARED_NET;
    for (uint32_t bit = 1; bit < SRT_FILTER_VARIANTS; bit *= 2) {
        compare_with(bit, 0);
        compare_with(bit, (both & bit) == 0 ? both : (both ^ bit) | SRT_FILTER_SUPERVISED_UNIX);
    }
}

static void contradictions_do_not_exist(void)
{
    unsigned n = 0;
    for (uint32_t v = 0; v < SRT_FILTER_VARIANTS; v++)
        n += srt_variant_exists(v);
    CU_ASSERT_EQUAL(n, 12);
    CU_ASSERT_FALSE(srt_variant_exists(SRT_FILTER_ALLOW_UNIX | SRT_FILTER_SUPERVISED_UNIX));
    CU_ASSERT_FALSE(srt_variant_exists(SRT_FILTER_VARIANTS));
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
    {"switches_open_or_close", switches_open_or_close},
    {"contradictions_do_not_exist", contradictions_do_not_exist},
    {"architectures_have_names", architectures_have_names},
};

SRT_UNIT_MAIN("filters.rules", cases)
