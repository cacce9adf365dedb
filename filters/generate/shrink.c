/* SPDX-License-Identifier: Apache-2.0 */
#include "shrink.h"

#include <stdbool.h>
#include <string.h>

#define MOST 4096

#define LOAD (BPF_LD | BPF_W | BPF_ABS)
#define AND (BPF_ALU | BPF_AND | BPF_K)
#define EQUAL (BPF_JMP | BPF_JEQ | BPF_K)
#define GOTO (BPF_JMP | BPF_JA)
#define RETURN (BPF_RET | BPF_K)

/* Jumps are by absolute place here, so that instructions can go. */
typedef struct instruction {
    uint16_t code;
    uint32_t k, yes, no; /* GOTO: yes */
    bool is_gone, is_target;
} instruction;

typedef struct shrinking {
    uint32_t count;
    instruction at[MOST + 1]; /* one more: of an unknown kind */
} shrinking;

static bool is_branch(uint16_t code)
{
    return BPF_CLASS(code) == BPF_JMP && code != GOTO;
}

static void take_apart(shrinking *s, const struct sock_filter *code, uint32_t count)
{
    memset(s, 0, sizeof *s);
    s->count = count;
    s->at[count].code = 0xffff;
    for (uint32_t i = 0; i < count; i++) {
        instruction *to = &s->at[i];
        to->code = code[i].code;
        to->k = code[i].k;
        to->yes = i + 1 + (to->code == GOTO ? code[i].k : code[i].jt);
        to->no = i + 1 + code[i].jf;
        if (BPF_CLASS(to->code) != BPF_JMP)
            continue;
        /* What just comes next is not a jump's target: the text flows into it. */
        if (to->yes != i + 1)
            s->at[to->yes].is_target = true;
        if (to->code != GOTO && to->no != i + 1)
            s->at[to->no].is_target = true;
    }
}

/* Whether what comes there does not ask what the accumulator holds. */
static bool starts_anew(const shrinking *s, uint32_t at)
{
    while (s->at[at].code == GOTO)
        at = s->at[at].yes;
    return s->at[at].code == LOAD || s->at[at].code == RETURN;
}

/* "A = field; A &= bits; if A == value …" that is only entered at its beginning. */
static bool is_test(const shrinking *s, uint32_t at)
{
    const instruction *f = &s->at[at];
    return s->count - at > 3 && f[0].code == LOAD && f[1].code == AND && f[2].code == EQUAL &&
           !f[1].is_target && !f[2].is_target;
}

static bool is_bit_test(const shrinking *s, uint32_t at)
{
    const instruction *f = &s->at[at];
    return is_test(s, at) && f[1].k == f[2].k && __builtin_popcount(f[1].k) == 1;
}

static void take_out(shrinking *s, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        s->at[i].is_gone = true;
}

/* A run of tests of one bit each that lead to the same place becomes one. */
static uint32_t fold_bits(shrinking *s, uint32_t at)
{
    instruction *f = &s->at[at];
    uint32_t mask = f[1].k, end = at + 3;
    for (; s->at[end - 1].no == end && is_bit_test(s, end); end += 3) {
        const instruction *next = &s->at[end];
        if (next->is_target || next->k != f[0].k || next[2].yes != f[2].yes)
            break;
        mask |= next[1].k;
    }
    const uint32_t no = s->at[end - 1].no;
    if (!starts_anew(s, no) || !starts_anew(s, f[2].yes))
        return 1;
    f[1] = (instruction){BPF_JMP | BPF_JSET | BPF_K, mask, f[2].yes, no, false, false};
    take_out(s, at + 2, end);
    return end - at;
}

/* "A = upper half; A &= 0; if A == 0": always. */
static uint32_t skip_nothing(shrinking *s, uint32_t at)
{
    instruction *f = &s->at[at];
    if (!is_test(s, at) || f[1].k != 0 || f[2].k != 0 || !starts_anew(s, f[2].yes))
        return 0;
    if (f[2].yes == at + 3) {
        take_out(s, at, at + 3);
    } else {
        f[0] = (instruction){GOTO, 0, f[2].yes, 0, false, f[0].is_target};
        take_out(s, at + 1, at + 3);
    }
    return 3;
}

static void drop_unreachable(shrinking *s)
{
    static bool reached[MOST + 1];
    memset(reached, 0, sizeof reached);
    reached[0] = true;
    for (uint32_t i = 0; i < s->count; i++) {
        const instruction *f = &s->at[i];
        if (!reached[i])
            s->at[i].is_gone = true;
        else if (f->is_gone || BPF_CLASS(f->code) != BPF_JMP)
            reached[i + 1] |= f->code != RETURN;
        else
            reached[f->yes] = reached[f->code == GOTO ? f->yes : f->no] = true;
    }
}

/* A jump to something gone leads to what follows it. Every way became shorter,
 * so it fits where it fitted before; but a folded test may lead farther than its
 * last part did: then the program stays as it was. */
static uint32_t put_together(const shrinking *s, struct sock_filter *code)
{
    static struct sock_filter out[MOST];
    static uint32_t place[MOST + 1];
    uint32_t n = 0;
    for (uint32_t i = 0; i <= s->count; i++) {
        place[i] = n;
        n += i < s->count && !s->at[i].is_gone;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        const instruction *f = &s->at[i];
        if (f->is_gone)
            continue;
        struct sock_filter *to = &out[place[i]];
        const uint32_t yes = place[f->yes] - place[i] - 1, no = place[f->no] - place[i] - 1;
        *to = (struct sock_filter){f->code, 0, 0, f->code == GOTO ? yes : f->k};
        if (!is_branch(f->code))
            continue;
        if (yes > 255 || no > 255)
            return s->count;
        to->jt = (uint8_t)yes;
        to->jf = (uint8_t)no;
    }
    memcpy(code, out, n * sizeof *out);
    return n;
}

uint32_t srt_shrink(struct sock_filter *code, uint32_t count)
{
    static shrinking s;
    if (count > MOST)
        return count;
    take_apart(&s, code, count);
    for (uint32_t i = 0; i < count;) {
        uint32_t length = skip_nothing(&s, i);
        if (length == 0)
            length = is_bit_test(&s, i) ? fold_bits(&s, i) : 1;
        i += length;
    }
    drop_unreachable(&s);
    return put_together(&s, code);
}
