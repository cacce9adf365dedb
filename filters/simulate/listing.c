/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rules.h"
#include "simulate.h"

/* What the accumulator holds, as far as it can be told: the offset that was
 * loaded last on every way that leads here. */
#define HOLDS_UNKNOWN 0xffffu
#define HOLDS_NOTHING_YET 0xfffeu

typedef struct listing {
    FILE *out;
    enum srt_arch arch;
    const struct sock_filter *code;
    uint32_t count;
    bool raw;
    bool *is_target;
    uint16_t *holds; /* before each instruction */
} listing;

static void print_test(FILE *out, const srt_rule_test *test)
{
    fprintf(out, " arg%u", test->arg);
    if (test->mask != 0xffffffffu && test->kind != SRT_TEST_ANY_BIT)
        fprintf(out, "&0x%x", test->mask);
    switch (test->kind) {
    case SRT_TEST_END:
        break;
    case SRT_TEST_IS:
        fprintf(out, "==%s%x", test->values[0] > 9 ? "0x" : "", test->values[0]);
        break;
    case SRT_TEST_ANY_BIT:
        fprintf(out, " has any of 0x%x", test->mask);
        break;
    case SRT_TEST_NONE_OF:
        fputs(" not", out);
        for (unsigned i = 0; i < test->n_values; i++)
            fprintf(out, "%c%u", i == 0 ? ' ' : ',', test->values[i]);
        break;
    }
}

void srt_list_rules(FILE *out, enum srt_arch arch)
{
    char buffer[16];
    fprintf(out, "Rules of %s; what none of them matches is allowed.\n", srt_arches[arch].name);
    for (size_t i = 0; i < srt_n_rules; i++) {
        const srt_rule *rule = &srt_rules[i];
        if (!srt_rule_applies(rule, arch, rule->only))
            continue;
        fprintf(out, "%4d %s", srt_syscall_number(arch, rule->syscall), rule->syscall);
        for (unsigned t = 0; t < SRT_RULE_TESTS && rule->tests[t].kind != SRT_TEST_END; t++)
            print_test(out, &rule->tests[t]);
        fprintf(out, ": %s", srt_answer_name(SECCOMP_RET_ERRNO | (uint32_t)rule->error, buffer));
        for (uint32_t bit = 1; bit < SRT_FILTER_VARIANTS; bit *= 2)
            if ((rule->unless & bit) != 0)
                fprintf(out, ", not in %s", srt_variant_name(bit));
        if (rule->only != 0)
            fprintf(out, ", only in %s", srt_variant_name(rule->only));
        fprintf(out, "\n     %s\n", rule->reason);
    }
}

static void flow(listing *l, uint64_t to, uint16_t holds)
{
    if (to >= l->count)
        return;
    if (l->holds[to] == HOLDS_NOTHING_YET)
        l->holds[to] = holds;
    else if (l->holds[to] != holds)
        l->holds[to] = HOLDS_UNKNOWN;
}

static void mark(listing *l, uint64_t to, uint16_t holds)
{
    if (to < l->count)
        l->is_target[to] = true;
    flow(l, to, holds);
}

/* Jumps lead forward, so one pass sees every way to an instruction before it. */
static void analyse(listing *l)
{
    for (uint32_t i = 0; i < l->count; i++) {
        const struct sock_filter *f = &l->code[i];
        const uint16_t holds = i == 0 ? HOLDS_UNKNOWN : l->holds[i];
        switch (BPF_CLASS(f->code)) {
        case BPF_LD:
            flow(l, i + 1, (uint16_t)f->k);
            break;
        case BPF_JMP:
            if (BPF_OP(f->code) == BPF_JA) {
                mark(l, (uint64_t)i + 1 + f->k, holds);
                break;
            }
            /* The next instruction needs no label: the text flows into it. */
            (f->jt ? mark : flow)(l, (uint64_t)i + 1 + f->jt, holds);
            (f->jf ? mark : flow)(l, (uint64_t)i + 1 + f->jf, holds);
            break;
        case BPF_RET:
            break;
        default: /* an AND: of the same field still, but no longer all of it */
            flow(l, i + 1, holds);
            break;
        }
    }
}

static void print_field(const listing *l, uint32_t offset)
{
    if (offset == offsetof(struct seccomp_data, nr)) {
        fputs("number", l->out);
    } else if (offset == offsetof(struct seccomp_data, arch)) {
        fputs("arch", l->out);
    } else if (offset < offsetof(struct seccomp_data, args)) {
        fprintf(l->out, "ip+%u", offset % 8);
    } else {
        const bool low = (offset % 8 != 0) == srt_arches[l->arch].big_endian;
        const uint32_t arg = (offset - (uint32_t)offsetof(struct seccomp_data, args)) / 8;
        fprintf(l->out, "arg%u.%s", arg, low ? "low" : "high");
    }
}

static void print_constant(const listing *l, uint32_t at)
{
    const uint32_t k = l->code[at].k;
    const char *name = NULL;
    if (l->holds[at] == offsetof(struct seccomp_data, nr)) {
        name = srt_syscall_name(l->arch, k);
        fprintf(l->out, k < SRT_X32_BIT ? "%u" : "0x%x", k);
    } else {
        fprintf(l->out, "0x%x", k);
    }
    if (l->holds[at] == offsetof(struct seccomp_data, arch))
        for (int i = 0; i < SRT_ARCHES; i++)
            if (srt_arches[i].audit == k)
                name = srt_arches[i].name;
    if (name)
        fprintf(l->out, " (%s)", name);
}

static const char *operator_text(uint16_t code, bool negated)
{
    switch (BPF_OP(code)) {
    case BPF_JEQ:
        return negated ? "!=" : "==";
    case BPF_JGT:
        return negated ? "<=" : ">";
    case BPF_JGE:
        return negated ? "<" : ">=";
    default:
        return negated ? "has no bit of" : "has a bit of";
    }
}

static void print_branch(const listing *l, uint32_t at)
{
    const struct sock_filter *f = &l->code[at];
    const bool negated = f->jt == 0;
    fprintf(l->out, "if A %s ", operator_text(f->code, negated));
    print_constant(l, at);
    fprintf(l->out, " goto %04u", at + 1 + (negated ? f->jf : f->jt));
    if (f->jt != 0 && f->jf != 0)
        fprintf(l->out, " else %04u", at + 1 + f->jf);
}

static void print_instruction(const listing *l, uint32_t at)
{
    const struct sock_filter *f = &l->code[at];
    char buffer[16];
    switch (f->code) {
    case BPF_LD | BPF_W | BPF_ABS:
        fputs("A = ", l->out);
        print_field(l, f->k);
        break;
    case BPF_ALU | BPF_AND | BPF_K:
        fprintf(l->out, "A &= 0x%x", f->k);
        break;
    case BPF_JMP | BPF_JA:
        fprintf(l->out, "goto %04u", at + 1 + f->k);
        break;
    case BPF_RET | BPF_K:
        fprintf(l->out, "return %s", srt_answer_name(f->k, buffer));
        break;
    default:
        if (BPF_CLASS(f->code) == BPF_JMP)
            print_branch(l, at);
        else
            fprintf(l->out, "unknown 0x%02x %u %u 0x%x", f->code, f->jt, f->jf, f->k);
    }
}

/* "A = field; A &= bit; if A == bit goto there": the bit, or 0 for anything else. */
static uint32_t single_bit(const listing *l, uint32_t at, uint32_t *ret_to)
{
    const struct sock_filter *f = &l->code[at];
    if (l->count - at < 4 || f[0].code != (BPF_LD | BPF_W | BPF_ABS) ||
        f[1].code != (BPF_ALU | BPF_AND | BPF_K) || f[2].code != (BPF_JMP | BPF_JEQ | BPF_K) ||
        f[1].k != f[2].k || f[2].jf != 0 || f[2].jt == 0 || __builtin_popcount(f[1].k) != 1 ||
        l->is_target[at + 1] || l->is_target[at + 2])
        return 0;
    *ret_to = at + 3 + f[2].jt;
    return f[1].k;
}

/* Prints a run of such tests as one line. The number of instructions, or 0. */
static uint32_t print_run(const listing *l, uint32_t at)
{
    uint32_t to = 0, next_to = 0, length = 3;
    uint32_t mask = single_bit(l, at, &to);
    if (mask == 0)
        return 0;
    for (;; length += 3) {
        const uint32_t next = at + length;
        if (next >= l->count || l->is_target[next] || l->code[next].k != l->code[at].k)
            break;
        const uint32_t bit = single_bit(l, next, &next_to);
        if (bit == 0 || next_to != to)
            break;
        mask |= bit;
    }
    if (length < 6)
        return 0;
    fputs("if ", l->out);
    print_field(l, l->code[at].k);
    fprintf(l->out, " has any bit of 0x%x goto %04u  # %u tests", mask, to, length / 3);
    return length;
}

void srt_list_program(FILE *out, enum srt_arch arch, const struct sock_filter *code, uint32_t count,
                      bool raw)
{
    listing l = {.out = out, .arch = arch, .code = code, .count = count, .raw = raw};
    l.is_target = calloc(count ? count : 1, sizeof *l.is_target);
    l.holds = malloc((count ? count : 1) * sizeof *l.holds);
    if (!l.is_target || !l.holds) {
        fputs("  out of memory\n", out);
        free(l.is_target);
        free(l.holds);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        l.holds[i] = HOLDS_NOTHING_YET;
    analyse(&l);
    for (uint32_t i = 0; i < count;) {
        fprintf(out, "%c %04u  ", l.is_target[i] ? '>' : ' ', i);
        uint32_t length = raw ? 0 : print_run(&l, i);
        if (length == 0) {
            print_instruction(&l, i);
            length = 1;
        }
        fputc('\n', out);
        i += length;
    }
    free(l.is_target);
    free(l.holds);
}
