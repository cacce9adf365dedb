/* SPDX-License-Identifier: Apache-2.0 */
/* "Any of these bits" is many rules for libseccomp, which knows no such test, and
 * three instructions for each; BPF has one instruction for all. The kernel
 * compiles the filter at every start of a sandbox, so the length counts. */
#include <stdbool.h>
#include <string.h>

#include "generate.h"

typedef struct shrinker {
    const struct sock_filter *code;
    uint32_t count;
    bool is_target[SRT_GENERATE_MAX + 1]; /* of a jump over something */
} shrinker;

/* A run of tests "A = field; A &= bit; if A == bit goto there". */
typedef struct run {
    uint32_t length; /* in instructions; 0: none */
    uint32_t mask;
    uint32_t to;
} run;

static bool is_branch(const struct sock_filter *f)
{
    return BPF_CLASS(f->code) == BPF_JMP && BPF_OP(f->code) != BPF_JA;
}

static void mark_targets(shrinker *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const struct sock_filter *f = &s->code[i];
        if (is_branch(f)) {
            s->is_target[i + 1 + f->jt] |= f->jt > 0;
            s->is_target[i + 1 + f->jf] |= f->jf > 0;
        } else if (f->code == (BPF_JMP | BPF_JA)) {
            s->is_target[i + 1 + f->k] = true;
        }
    }
}

/* Whether what A holds is not looked at from here on. */
static bool is_dead(const shrinker *s, uint32_t at)
{
    while (s->code[at].code == (BPF_JMP | BPF_JA))
        at += 1 + s->code[at].k;
    return BPF_CLASS(s->code[at].code) == BPF_LD || BPF_CLASS(s->code[at].code) == BPF_RET;
}

static bool is_bit_test(const shrinker *s, uint32_t at)
{
    const struct sock_filter *f = &s->code[at];
    return s->count - at > 3 && f[0].code == (BPF_LD | BPF_W | BPF_ABS) &&
           f[1].code == (BPF_ALU | BPF_AND | BPF_K) && f[2].code == (BPF_JMP | BPF_JEQ | BPF_K) &&
           f[1].k == f[2].k && __builtin_popcount(f[1].k) == 1 && f[2].jf == 0 &&
           !s->is_target[at + 1] && !s->is_target[at + 2] && is_dead(s, at + 3 + f[2].jt);
}

static run run_at(const shrinker *s, uint32_t at)
{
    run r = {0};
    for (uint32_t i = at; is_bit_test(s, i); i += 3) {
        const uint32_t to = i + 3 + s->code[i + 2].jt;
        if (i != at && (s->is_target[i] || s->code[i].k != s->code[at].k || to != r.to))
            break;
        r.mask |= s->code[i + 1].k;
        r.to = to;
        r.length += 3;
    }
    if (!is_dead(s, at + r.length))
        r.length = 0;
    return r;
}

/* Turns targets, which are old places until here, into distances. */
static void link(struct sock_filter *code, uint32_t count, const uint32_t (*targets)[2],
                 const uint32_t *places)
{
    for (uint32_t i = 0; i < count; i++) {
        if (is_branch(&code[i])) {
            code[i].jt = (uint8_t)(places[targets[i][0]] - i - 1);
            code[i].jf = (uint8_t)(places[targets[i][1]] - i - 1);
        } else if (code[i].code == (BPF_JMP | BPF_JA)) {
            code[i].k = places[targets[i][0]] - i - 1;
        }
    }
}

uint32_t srt_shrink(struct sock_filter *code, uint32_t count)
{
    shrinker s = {.code = code, .count = count};
    struct sock_filter out[SRT_GENERATE_MAX];
    uint32_t targets[SRT_GENERATE_MAX][2], places[SRT_GENERATE_MAX], n = 0;
    mark_targets(&s);
    for (uint32_t i = 0; i < count;) {
        const run r = run_at(&s, i);
        places[i] = n;
        out[n] = code[i];
        if (r.length > 0) {
            n++;
            out[n] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, r.mask, 0, 0);
            targets[n][0] = r.to;
            targets[n][1] = i + r.length;
        } else if (is_branch(&code[i])) {
            targets[n][0] = i + 1 + code[i].jt;
            targets[n][1] = i + 1 + code[i].jf;
        } else if (code[i].code == (BPF_JMP | BPF_JA)) {
            targets[n][0] = i + 1 + code[i].k;
        }
        n++;
        i += r.length > 0 ? r.length : 1;
    }
    link(out, n, targets, places);
    memcpy(code, out, n * sizeof *out);
    return n;
}
