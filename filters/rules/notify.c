/* SPDX-License-Identifier: Apache-2.0 */
/* From rules to a program: a binary search over the numbers, so that a call that
 * is not notified comes through after a few comparisons, then the tests of those
 * that are notified under a condition. */
#include "notify.h"

#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "arch.h"
#include "assemble.h"
#include "machine.h"
#include "rules.h"

#define MOST_CALLS 96
#define CHAIN 3 /* so many numbers are compared one by one */

#define TEXT_OF(word) #word
#define NAME_OF(machine) TEXT_OF(machine)
#ifdef SRT_MACHINE
#define MACHINE NAME_OF(SRT_MACHINE)
#else
#define MACHINE ""
#endif

typedef struct noted_call {
    const char *name;
    uint32_t number;
    uint16_t label; /* of its tests, or of the return when it has none */
    bool tested;
} noted_call;

typedef struct notify_program {
    srt_assembly assembly;
    enum srt_arch arch;
    uint32_t set;
    uint16_t allow, notify; /* labels of the returns */
    noted_call calls[MOST_CALLS];
    unsigned n_calls;
} notify_program;

static noted_call *find_call(notify_program *p, const char *name)
{
    for (unsigned i = 0; i < p->n_calls; i++)
        if (strcmp(p->calls[i].name, name) == 0)
            return &p->calls[i];
    if (p->n_calls == MOST_CALLS)
        return NULL;
    noted_call *call = &p->calls[p->n_calls++];
    *call = (noted_call){.name = name, .tested = true};
    return call;
}

static int by_number(const void *a, const void *b)
{
    const noted_call *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* The calls of the set that the machine has, in the order of their numbers. */
static bool collect(notify_program *p)
{
    for (size_t i = 0; i < srt_n_notify_rules; i++) {
        const srt_notify_rule *rule = &srt_notify_rules[i];
        const int number = srt_syscall_number(p->arch, rule->syscall);
        if ((rule->sets & p->set) == 0 || number < 0)
            continue;
        noted_call *call = find_call(p, rule->syscall);
        if (!call)
            return false;
        call->number = (uint32_t)number;
        if (rule->test == SRT_NOTIFY_ALWAYS)
            call->tested = false;
    }
    qsort(p->calls, p->n_calls, sizeof *p->calls, by_number);
    for (unsigned i = 0; i < p->n_calls; i++)
        p->calls[i].label = p->calls[i].tested ? srt_assemble_label(&p->assembly) : p->notify;
    return true;
}

/* A is the number. */
static void search(notify_program *p, unsigned from, unsigned to)
{
    if (to - from > CHAIN) {
        const unsigned middle = from + (to - from) / 2;
        const uint16_t above = srt_assemble_label(&p->assembly);
        srt_assemble_branch(&p->assembly, BPF_JGE, p->calls[middle].number, above, SRT_LABEL_NEXT);
        search(p, from, middle);
        srt_assemble_place(&p->assembly, above);
        search(p, middle, to);
        return;
    }
    for (unsigned i = from; i < to; i++)
        srt_assemble_branch(&p->assembly, BPF_JEQ, p->calls[i].number, p->calls[i].label,
                            i + 1 == to ? p->allow : SRT_LABEL_NEXT);
}

static uint32_t half_of_argument(const notify_program *p, unsigned arg, bool low)
{
    const bool second = low == srt_arches[p->arch].big_endian;
    return (uint32_t)offsetof(struct seccomp_data, args) + 8 * arg + (second ? 4 : 0);
}

static void test_null(notify_program *p, unsigned arg, uint16_t null, uint16_t other)
{
    srt_assembly *a = &p->assembly;
    srt_assemble_load(a, half_of_argument(p, arg, true));
    srt_assemble_branch(a, BPF_JEQ, 0, SRT_LABEL_NEXT, other);
    srt_assemble_load(a, half_of_argument(p, arg, false));
    srt_assemble_branch(a, BPF_JEQ, 0, null, other);
}

/* To notify when it holds, else on to what comes next. */
static void test_rule(notify_program *p, const srt_notify_rule *rule)
{
    srt_assembly *a = &p->assembly;
    const uint16_t next = srt_assemble_label(a);
    switch (rule->test) {
    case SRT_NOTIFY_ALWAYS: /* has no tests */
        break;
    case SRT_NOTIFY_ANY_BIT:
        srt_assemble_load(a, half_of_argument(p, rule->arg, true));
        srt_assemble_branch(a, BPF_JSET, rule->bits, p->notify, next);
        break;
    case SRT_NOTIFY_NULL:
        test_null(p, rule->arg, p->notify, next);
        break;
    case SRT_NOTIFY_NOT_NULL:
        test_null(p, rule->arg, next, p->notify);
        break;
    }
    srt_assemble_place(a, next);
}

static void test_call(notify_program *p, const noted_call *call)
{
    srt_assemble_place(&p->assembly, call->label);
    for (size_t i = 0; i < srt_n_notify_rules; i++)
        if ((srt_notify_rules[i].sets & p->set) != 0 &&
            strcmp(srt_notify_rules[i].syscall, call->name) == 0)
            test_rule(p, &srt_notify_rules[i]);
    srt_assemble_return(&p->assembly, SECCOMP_RET_ALLOW);
}

static void assemble(notify_program *p)
{
    srt_assembly *a = &p->assembly;
    srt_assemble_load(a, offsetof(struct seccomp_data, arch));
    srt_assemble_branch(a, BPF_JEQ, srt_arches[p->arch].audit, SRT_LABEL_NEXT, p->allow);
    srt_assemble_load(a, offsetof(struct seccomp_data, nr));
    if (p->arch == SRT_ARCH_X86_64)
        srt_assemble_branch(a, BPF_JGE, SRT_X32_BIT, p->allow, SRT_LABEL_NEXT);
    search(p, 0, p->n_calls);
    for (unsigned i = 0; i < p->n_calls; i++)
        if (p->calls[i].tested)
            test_call(p, &p->calls[i]);
    srt_assemble_place(a, p->allow);
    srt_assemble_return(a, SECCOMP_RET_ALLOW);
    srt_assemble_place(a, p->notify);
    srt_assemble_return(a, SECCOMP_RET_USER_NOTIF);
}

uint32_t srt_notify_program(const char *arch, uint32_t set, void *code)
{
    const int found = srt_arch_find(arch ? arch : MACHINE);
    notify_program p = {.set = set};
    if (found < 0 || set == 0 || (set & ~(uint32_t)SRT_NOTIFY_ALL) != 0)
        return 0;
    p.arch = (enum srt_arch)found;
    srt_assemble_start(&p.assembly);
    p.allow = srt_assemble_label(&p.assembly);
    p.notify = srt_assemble_label(&p.assembly);
    if (!collect(&p))
        return 0;
    assemble(&p);
    return srt_assemble_finish(&p.assembly, code);
}
