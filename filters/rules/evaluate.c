/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "rules.h"
#include "srt-filters/filter.h"

bool srt_variant_exists(uint32_t variant)
{
    const uint32_t both = SRT_FILTER_ALLOW_UNIX | SRT_FILTER_SUPERVISED_UNIX;
    return variant < SRT_FILTER_VARIANTS && (variant & both) != both;
}

bool srt_rule_applies(const srt_rule *rule, enum srt_arch arch, uint32_t variant)
{
    if ((rule->unless & variant) != 0 || (rule->only != 0 && (rule->only & variant) == 0))
        return false;
    if (rule->arches != 0 && (rule->arches & (1u << arch)) == 0)
        return false;
    return srt_syscall_number(arch, rule->syscall) >= 0;
}

static bool test_holds(const srt_rule_test *test, const struct seccomp_data *call)
{
    const uint32_t value = (uint32_t)call->args[test->arg] & test->mask;
    switch (test->kind) {
    case SRT_TEST_END:
        return true;
    case SRT_TEST_IS:
        return value == test->values[0];
    case SRT_TEST_ANY_BIT:
        return value != 0;
    case SRT_TEST_NONE_OF:
        for (unsigned i = 0; i < test->n_values; i++)
            if (value == test->values[i])
                return false;
        return true;
    }
    return true;
}

static bool tests_hold(const srt_rule *rule, const struct seccomp_data *call)
{
    for (unsigned i = 0; i < SRT_RULE_TESTS; i++)
        if (!test_holds(&rule->tests[i], call))
            return false;
    return true;
}

bool srt_rule_matches(const srt_rule *rule, enum srt_arch arch, uint32_t variant,
                      const struct seccomp_data *call)
{
    const char *name = srt_syscall_name(arch, (uint32_t)call->nr);
    return name && strcmp(name, rule->syscall) == 0 && srt_rule_applies(rule, arch, variant) &&
           tests_hold(rule, call);
}

uint32_t srt_rules_answer(enum srt_arch arch, uint32_t variant, const struct seccomp_data *call)
{
    if (call->arch != srt_arches[arch].audit)
        return SECCOMP_RET_ERRNO | SRT_FOREIGN_ERROR;
    /* -1 is what a tracer puts there to skip a call; no system has it. */
    if (arch == SRT_ARCH_X86_64 && (uint32_t)call->nr >= SRT_X32_BIT && call->nr != -1)
        return SECCOMP_RET_ERRNO | SRT_FOREIGN_ERROR;
    const char *name = srt_syscall_name(arch, (uint32_t)call->nr);
    for (size_t i = 0; name && i < srt_n_rules; i++)
        if (strcmp(name, srt_rules[i].syscall) == 0 &&
            srt_rule_applies(&srt_rules[i], arch, variant) && tests_hold(&srt_rules[i], call))
            return SECCOMP_RET_ERRNO | (uint32_t)srt_rules[i].error;
    return SECCOMP_RET_ALLOW;
}
