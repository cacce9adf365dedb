/* SPDX-License-Identifier: Apache-2.0 */
/* The notify filter on every architecture, and the assembler that makes it. */
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "expect_notify.h"
#include "rules/assemble.h"
#include "rules/notify.h"
#include "simulate/simulate.h"
#include "support/unit.h"

static void rows_hold(void)
{
    unsigned checks = 0;
    CU_ASSERT_EQUAL(notify_check(&checks), 0);
    CU_ASSERT(checks > 500000);
}

/* Notified under the rule's set and left alone without. */
static void every_rule_has_rows(void)
{
    for (size_t i = 0; i < srt_n_notify_rules; i++) {
        const srt_notify_rule *rule = &srt_notify_rules[i];
        unsigned arches = 0;
        bool yes = false, no = false;
        for (int arch = 0; arch < SRT_ARCHES; arch++)
            arches += srt_syscall_number((enum srt_arch)arch, rule->syscall) >= 0;
        for (unsigned r = 0; r < notify_n_rows; r++) {
            if (strcmp(notify_rows[r].call, rule->syscall) != 0)
                continue;
            yes |= (notify_rows[r].sets & rule->sets) != 0;
            no |= (notify_rows[r].sets & rule->sets) == 0;
        }
        CU_ASSERT(arches > 0);
        CU_ASSERT(rule->sets != 0 && (rule->sets & ~(uint32_t)SRT_NOTIFY_ALL) == 0);
        CU_ASSERT_EQUAL(rule->bits != 0, rule->test == SRT_NOTIFY_ANY_BIT);
        if (!yes || (rule->test != SRT_NOTIFY_ALWAYS && !no))
            fprintf(stderr, "no row for rule %zu, %s\n", i, rule->syscall);
        CU_ASSERT(yes);
        CU_ASSERT(no || rule->test == SRT_NOTIFY_ALWAYS);
    }
}

static void what_is_unknown_gives_no_program(void)
{
    struct sock_filter code[SRT_NOTIFY_MAX];
    CU_ASSERT_EQUAL(srt_notify_program("mips", SRT_NOTIFY_ALL, code), 0);
    CU_ASSERT_EQUAL(srt_notify_program("", SRT_NOTIFY_ALL, code), 0);
    CU_ASSERT_EQUAL(srt_notify_program("x86_64", 0, code), 0);
    CU_ASSERT_EQUAL(srt_notify_program("x86_64", SRT_NOTIFY_ALL + 1, code), 0);
}

static void this_machines_is_found_without_a_name(void)
{
    struct sock_filter mine[SRT_NOTIFY_MAX], named[SRT_NOTIFY_MAX];
    const srt_filter_program *base = srt_filter_native(0);
    if (!base) {
        srt_unit_skip("there are no programs for this machine");
        return;
    }
    const uint32_t n = srt_notify_program(NULL, SRT_NOTIFY_ALL, mine);
    CU_ASSERT_FATAL(n > 0);
    CU_ASSERT_EQUAL(srt_notify_program(base->arch, SRT_NOTIFY_ALL, named), n);
    CU_ASSERT_EQUAL(memcmp(mine, named, n * sizeof *mine), 0);
}

/* The bound is far away, and what is not notified passes quickly. */
static void programs_are_short(void)
{
    struct sock_filter code[SRT_NOTIFY_MAX];
    uint32_t longest = 0, most_steps = 0;
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        for (uint32_t set = 1; set <= SRT_NOTIFY_ALL; set++) {
            const uint32_t n = srt_notify_program(srt_arches[arch].name, set, code);
            longest = n > longest ? n : longest;
            struct seccomp_data call = {.arch = srt_arches[arch].audit};
            for (call.nr = 0; call.nr < 500; call.nr++) {
                uint32_t answer, steps;
                CU_ASSERT_EQUAL_FATAL(srt_simulate(code, n, srt_arches[arch].big_endian, &call,
                                                   &answer, &steps, NULL),
                                      0);
                if (answer == SECCOMP_RET_ALLOW && steps > most_steps)
                    most_steps = steps;
            }
        }
    CU_ASSERT(longest > 60 && longest <= 200);
    CU_ASSERT(most_steps <= 24);
}

static void labels_are_resolved(void)
{
    static srt_assembly a;
    struct sock_filter code[SRT_NOTIFY_MAX];
    srt_assemble_start(&a);
    const uint16_t far = srt_assemble_label(&a), near = srt_assemble_label(&a);
    srt_assemble_load(&a, 4);
    srt_assemble_branch(&a, BPF_JEQ, 7, near, far);
    srt_assemble_return(&a, 1);
    srt_assemble_place(&a, near);
    srt_assemble_return(&a, 2);
    srt_assemble_place(&a, far);
    srt_assemble_return(&a, 3);
    CU_ASSERT_EQUAL(srt_assemble_finish(&a, code), 5);
    CU_ASSERT_EQUAL(code[1].jt, 1);
    CU_ASSERT_EQUAL(code[1].jf, 2);
    CU_ASSERT_EQUAL(code[4].k, 3);
}

static uint32_t jump_over(unsigned n, bool place_before, bool place_after)
{
    static srt_assembly a;
    struct sock_filter code[SRT_NOTIFY_MAX];
    srt_assemble_start(&a);
    const uint16_t label = srt_assemble_label(&a);
    if (place_before)
        srt_assemble_place(&a, label);
    srt_assemble_branch(&a, BPF_JEQ, 7, label, SRT_LABEL_NEXT);
    for (unsigned i = 0; i < n; i++)
        srt_assemble_load(&a, 0);
    if (place_after)
        srt_assemble_place(&a, label);
    srt_assemble_return(&a, 2);
    return srt_assemble_finish(&a, code);
}

static void what_cannot_be_assembled_is_refused(void)
{
    CU_ASSERT_EQUAL(jump_over(255, false, true), 257);
    CU_ASSERT_EQUAL(jump_over(256, false, true), 0); /* too far */
    CU_ASSERT_EQUAL(jump_over(1, true, false), 0);   /* back */
    CU_ASSERT_EQUAL(jump_over(1, false, false), 0);  /* nowhere */
    CU_ASSERT_EQUAL(jump_over(1, true, true), 0);    /* twice */
    CU_ASSERT_EQUAL(jump_over(600, false, false), 0);
}

static void a_label_too_many_is_refused(void)
{
    static srt_assembly a;
    struct sock_filter code[SRT_NOTIFY_MAX];
    srt_assemble_start(&a);
    for (unsigned i = 0; i < SRT_LABELS; i++)
        srt_assemble_label(&a);
    srt_assemble_return(&a, 0);
    CU_ASSERT_EQUAL(srt_assemble_finish(&a, code), 0);
}

static const srt_unit_case cases[] = {
    {"rows_hold", rows_hold},
    {"every_rule_has_rows", every_rule_has_rows},
    {"what_is_unknown_gives_no_program", what_is_unknown_gives_no_program},
    {"this_machines_is_found_without_a_name", this_machines_is_found_without_a_name},
    {"programs_are_short", programs_are_short},
    {"labels_are_resolved", labels_are_resolved},
    {"what_cannot_be_assembled_is_refused", what_cannot_be_assembled_is_refused},
    {"a_label_too_many_is_refused", a_label_too_many_is_refused},
};

SRT_UNIT_MAIN("filters.notify", cases)
