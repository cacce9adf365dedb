/* SPDX-License-Identifier: Apache-2.0 */
/* The hand-written table on the programs of every architecture. */
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rules/rules.h"
#include "support/unit.h"

static void rows_hold(void)
{
    unsigned checks = 0;
    CU_ASSERT_EQUAL(expect_check(&checks), 0);
    CU_ASSERT(checks > 20000);
}

static void foreign_calls_are_missing(void)
{
    unsigned checks = 0;
    CU_ASSERT_EQUAL(expect_check_foreign(&checks), 0);
    CU_ASSERT(checks > 6000);
}

static bool a_row_meets(const srt_rule *rule, enum srt_arch arch)
{
    for (unsigned i = 0; i < expect_n_rows; i++) {
        const expect_row *row = &expect_rows[i];
        struct seccomp_data call = {.nr = srt_syscall_number(arch, row->call)};
        memcpy(call.args, row->args, sizeof row->args);
        if (strcmp(row->call, rule->syscall) != 0 || strcmp(row->error, "allow") == 0 ||
            (row->arches != 0 && (row->arches & (1u << arch)) == 0))
            continue;
        if (srt_rule_matches(rule, arch, rule->only, &call))
            return true;
    }
    return false;
}

static void every_rule_has_a_row(void)
{
    unsigned met = 0;
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        for (size_t i = 0; i < srt_n_rules; i++) {
            if (!srt_rule_applies(&srt_rules[i], (enum srt_arch)arch, srt_rules[i].only))
                continue;
            const bool has = a_row_meets(&srt_rules[i], (enum srt_arch)arch);
            if (!has)
                fprintf(stderr, "%s: no row for rule %zu, %s\n", srt_arches[arch].name, i,
                        srt_rules[i].syscall);
            CU_ASSERT(has);
            met += has;
        }
    CU_ASSERT(met > 300);
}

/* A call that the rules name and that is allowed in some form has a row for it. */
static void every_conditional_call_has_an_allowed_row(void)
{
    for (size_t i = 0; i < srt_n_rules; i++) {
        bool has = srt_rules[i].tests[0].kind == SRT_TEST_END;
        for (unsigned r = 0; r < expect_n_rows; r++)
            has |= strcmp(expect_rows[r].call, srt_rules[i].syscall) == 0 &&
                   strcmp(expect_rows[r].error, "allow") == 0;
        CU_ASSERT(has);
    }
}

static const srt_unit_case cases[] = {
    {"rows_hold", rows_hold},
    {"foreign_calls_are_missing", foreign_calls_are_missing},
    {"every_rule_has_a_row", every_rule_has_a_row},
    {"every_conditional_call_has_an_allowed_row", every_conditional_call_has_an_allowed_row},
};

SRT_UNIT_MAIN("filters.expect", cases)
