/* SPDX-License-Identifier: Apache-2.0 */
#include "probes.h"

#include <string.h>

#include "rules/rules.h"

#define MOST 512
#define ARGS 4    /* that any rule looks at */
#define EVERY 300 /* values from 0 on that are all tried */

/* Of one argument: what every combination is made of, and what is tried while
 * the other arguments go through their few. */
typedef struct value_list {
    uint64_t few[MOST], many[MOST];
    unsigned n_few, n_many;
} value_list;

static void add(uint64_t *values, unsigned *n, uint64_t value)
{
    for (unsigned i = 0; i < *n; i++)
        if (values[i] == value)
            return;
    if (*n < MOST)
        values[(*n)++] = value;
}

static void add_test(value_list *list, const srt_rule_test *test)
{
    for (uint64_t value = 0; value < EVERY; value++)
        add(list->many, &list->n_many, value);
    for (unsigned bit = 0; bit < 32; bit++)
        add(list->many, &list->n_many, 1u << bit);
    for (unsigned i = 0; i < test->n_values; i++) {
        add(list->few, &list->n_few, test->values[i]);
        add(list->many, &list->n_many, test->values[i] | 0x500000000u);
        for (unsigned bit = 0; bit < 32; bit += bit < 9 ? 1 : 5)
            add(list->many, &list->n_many, test->values[i] ^ (1u << bit));
    }
    add(list->few, &list->n_few, test->mask);
    add(list->few, &list->n_few, 0xffffffffffffffffu);
}

/* What the rules of one call look at, argument by argument. */
static void collect(const char *name, enum srt_arch arch, value_list lists[ARGS])
{
    memset(lists, 0, ARGS * sizeof *lists);
    for (unsigned arg = 0; arg < ARGS; arg++)
        add(lists[arg].few, &lists[arg].n_few, 0);
    for (size_t i = 0; i < srt_n_rules; i++) {
        const srt_rule *rule = &srt_rules[i];
        if (strcmp(rule->syscall, name) != 0 || !srt_rule_applies(rule, arch, rule->only))
            continue;
        for (unsigned t = 0; t < SRT_RULE_TESTS && rule->tests[t].kind != SRT_TEST_END; t++)
            add_test(&lists[rule->tests[t].arg], &rule->tests[t]);
    }
}

/* The many of one argument with the few of the others. */
static unsigned probe_argument(const value_list lists[ARGS], unsigned arg,
                               struct seccomp_data *call, probe_fn fn, void *data)
{
    const unsigned b = (arg + 1) % ARGS, c = (arg + 2) % ARGS, d = (arg + 3) % ARGS;
    const unsigned n_others = lists[b].n_few * lists[c].n_few * lists[d].n_few;
    for (unsigned i = 0; i < lists[arg].n_many + lists[arg].n_few; i++)
        for (unsigned others = 0; others < n_others; others++) {
            const bool many = i < lists[arg].n_many;
            call->args[arg] = many ? lists[arg].many[i] : lists[arg].few[i - lists[arg].n_many];
            call->args[b] = lists[b].few[others % lists[b].n_few];
            call->args[c] = lists[c].few[others / lists[b].n_few % lists[c].n_few];
            call->args[d] = lists[d].few[others / lists[b].n_few / lists[c].n_few];
            fn(data, call);
        }
    return (lists[arg].n_many + lists[arg].n_few) * n_others;
}

static unsigned probe_call(enum srt_arch arch, const char *name, int number, probe_fn fn,
                           void *data)
{
    value_list lists[ARGS];
    unsigned n = 0;
    struct seccomp_data call = {.nr = number, .arch = srt_arches[arch].audit};
    collect(name, arch, lists);
    for (unsigned arg = 0; arg < ARGS; arg++)
        n += probe_argument(lists, arg, &call, fn, data);
    return n;
}

unsigned probes_each(enum srt_arch arch, probe_fn fn, void *data)
{
    unsigned n = 0;
    for (size_t i = 0; i < srt_n_syscalls; i++)
        if (srt_syscalls[i].number[arch] >= 0)
            n += probe_call(arch, srt_syscalls[i].name, srt_syscalls[i].number[arch], fn, data);
    /* Every number there is or may be, those of x32, and the strange ones. */
    struct seccomp_data call = {.arch = srt_arches[arch].audit, .args = {1, 2, 3, 4, 5, 6}};
    for (int number = 0; number < 2000; number++, n += 2) {
        call.nr = number;
        fn(data, &call);
        call.nr = (int)(0x40000000u | (unsigned)number);
        fn(data, &call);
    }
    static const uint32_t strange[] = {0xffffffffu, 0xfffffffeu, 0x80000000u,
                                       0x3fffffffu, 0x7fffffffu, 0xc0000000u};
    for (unsigned i = 0; i < sizeof strange / sizeof *strange; i++, n++) {
        call.nr = (int)strange[i];
        fn(data, &call);
    }
    call.nr = 0;
    for (int other = 0; other < SRT_ARCHES; other++, n++) {
        call.arch = srt_arches[other].audit;
        fn(data, &call);
    }
    return n;
}
