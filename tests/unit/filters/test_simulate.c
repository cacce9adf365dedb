/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator against programs whose meaning is plain, in both byte orders. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rules.h"
#include "simulate/simulate.h"
#include "support/unit.h"

#define LOAD(offset)                                                                               \
    {                                                                                              \
        BPF_LD | BPF_W | BPF_ABS, 0, 0, (offset)                                                   \
    }
#define JUMP(op, value, yes, no)                                                                   \
    {                                                                                              \
        BPF_JMP | (op) | BPF_K, (yes), (no), (value)                                               \
    }
#define RET(answer)                                                                                \
    {                                                                                              \
        BPF_RET | BPF_K, 0, 0, (answer)                                                            \
    }

static const struct seccomp_data call = {
    .nr = 0x01020304,
    .arch = 0x11121314,
    .instruction_pointer = 0x2122232425262728u,
    .args = {0x3132333435363738u, 0x4142434445464748u, 3, 4, 5, 0x8182838485868788u},
};

/* Whether the word at an offset is the value. */
static bool word_is(uint32_t offset, bool big_endian, uint32_t value)
{
    const struct sock_filter code[] = {LOAD(offset), JUMP(BPF_JEQ, value, 0, 1), RET(1), RET(2)};
    uint32_t answer = 0;
    CU_ASSERT_EQUAL(srt_simulate(code, 4, big_endian, &call, &answer, NULL, NULL), 0);
    return answer == 1;
}

static void words_lie_as_on_the_machine(void)
{
    for (int big = 0; big < 2; big++) {
        CU_ASSERT(word_is(0, big, 0x01020304));
        CU_ASSERT(word_is(4, big, 0x11121314));
        CU_ASSERT(word_is(big ? 12 : 8, big, 0x25262728));
        CU_ASSERT(word_is(big ? 8 : 12, big, 0x21222324));
        CU_ASSERT(word_is(big ? 20 : 16, big, 0x35363738));
        CU_ASSERT(word_is(big ? 16 : 20, big, 0x31323334));
        CU_ASSERT(word_is(big ? 28 : 24, big, 0x45464748));
        CU_ASSERT(word_is(big ? 60 : 56, big, 0x85868788));
        CU_ASSERT(word_is(big ? 56 : 60, big, 0x81828384));
        CU_ASSERT(!word_is(4, big, 0x11121315));
    }
}

/* On this machine the words are where the struct has them. */
static void words_agree_with_the_struct(void)
{
    const bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (uint32_t offset = 0; offset < sizeof call; offset += 4) {
        uint32_t word;
        memcpy(&word, (const char *)&call + offset, sizeof word);
        CU_ASSERT(word_is(offset, big, word));
    }
}

static bool jumps(uint16_t op, uint32_t value)
{
    const struct sock_filter code[] = {LOAD(32), JUMP(op, value, 1, 0), RET(2), RET(1)};
    uint32_t answer = 0, steps = 0;
    CU_ASSERT_EQUAL(srt_simulate(code, 4, false, &call, &answer, &steps, NULL), 0);
    CU_ASSERT_EQUAL(steps, 3);
    return answer == 1;
}

static void comparisons_are_right(void)
{
    CU_ASSERT(jumps(BPF_JEQ, 3) && !jumps(BPF_JEQ, 2));
    CU_ASSERT(jumps(BPF_JGT, 2) && !jumps(BPF_JGT, 3) && !jumps(BPF_JGT, 0xffffffffu));
    CU_ASSERT(jumps(BPF_JGE, 3) && !jumps(BPF_JGE, 4));
    CU_ASSERT(jumps(BPF_JSET, 6) && !jumps(BPF_JSET, 4));
}

static void and_and_goto_are_right(void)
{
    const struct sock_filter code[] = {
        LOAD(0),
        {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xff00},
        {BPF_JMP | BPF_JA, 0, 0, 1},
        RET(3),
        JUMP(BPF_JEQ, 0x0300, 0, 1),
        RET(1),
        RET(2),
    };
    uint32_t answer = 0;
    CU_ASSERT_EQUAL(srt_simulate(code, 7, false, &call, &answer, NULL, NULL), 0);
    CU_ASSERT_EQUAL(answer, 1);
}

static const char *failure(const struct sock_filter *code, uint32_t count)
{
    uint32_t answer = 77;
    const char *why = NULL;
    CU_ASSERT_EQUAL(srt_simulate(code, count, false, &call, &answer, NULL, &why), -1);
    CU_ASSERT_EQUAL(answer, 77);
    return why;
}

static void bad_programs_stop(void)
{
    const struct sock_filter outside[] = {LOAD(64), RET(1)};
    const struct sock_filter crooked[] = {LOAD(6), RET(1)};
    const struct sock_filter endless[] = {LOAD(0), LOAD(0)};
    const struct sock_filter away[] = {{BPF_JMP | BPF_JA, 0, 0, 0xffffffffu}, RET(1)};
    const struct sock_filter strange[] = {{BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0}, RET(1)};
    SRT_ASSERT_STR(failure(outside, 2), "it reads outside the call's data");
    SRT_ASSERT_STR(failure(crooked, 2), "it reads outside the call's data");
    SRT_ASSERT_STR(failure(endless, 2), "it runs past its end");
    SRT_ASSERT_STR(failure(endless, 0), "it runs past its end");
    SRT_ASSERT_STR(failure(away, 2), "it runs past its end");
    SRT_ASSERT_STR(failure(strange, 2), "it holds an instruction that is not known");
}

static void answers_have_names(void)
{
    char buffer[16];
    SRT_ASSERT_STR(srt_answer_name(SECCOMP_RET_ALLOW, buffer), "allow");
    SRT_ASSERT_STR(srt_answer_name(SECCOMP_RET_KILL_PROCESS, buffer), "kill");
    SRT_ASSERT_STR(srt_answer_name(SECCOMP_RET_ERRNO | 9999, buffer), "0x0005270f");
    for (size_t i = 0; i < srt_n_rules; i++) {
        const uint32_t answer = SECCOMP_RET_ERRNO | (uint32_t)srt_rules[i].error;
        CU_ASSERT_EQUAL(srt_answer_errno(srt_answer_name(answer, buffer)), srt_rules[i].error);
    }
    CU_ASSERT_EQUAL(srt_answer_errno("EXYZ"), 0);
}

static char *listing(const struct sock_filter *code, uint32_t count, bool raw)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    srt_list_program(out, SRT_ARCH_X86_64, code, count, raw);
    fclose(out);
    return text;
}

static void listings_are_right(void)
{
    const struct sock_filter code[] = {
        LOAD(4),
        JUMP(BPF_JEQ, 0xc000003eu, 0, 9),
        LOAD(0),
        JUMP(BPF_JEQ, 41, 0, 6),
        LOAD(16),
        {BPF_ALU | BPF_AND | BPF_K, 0, 0, 8},
        JUMP(BPF_JEQ, 8, 4, 0),
        LOAD(16),
        {BPF_ALU | BPF_AND | BPF_K, 0, 0, 4},
        JUMP(BPF_JEQ, 4, 1, 0),
        RET(SECCOMP_RET_ALLOW),
        RET(SECCOMP_RET_ERRNO | EPERM),
    };
    char *folded = listing(code, 12, false), *raw = listing(code, 12, true);
    SRT_ASSERT_STR(folded, "  0000  A = arch\n"
                           "  0001  if A != 0xc000003e (x86_64) goto 0011\n"
                           "  0002  A = number\n"
                           "  0003  if A != 41 (socket) goto 0010\n"
                           "  0004  if arg0.low has any bit of 0xc goto 0011  # 2 tests\n"
                           "> 0010  return allow\n"
                           "> 0011  return EPERM\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(raw, "  0008  A &= 0x4\n"));
    CU_ASSERT_PTR_NULL(strstr(raw, "any bit"));
    free(folded);
    free(raw);
}

static const srt_unit_case cases[] = {
    {"words_lie_as_on_the_machine", words_lie_as_on_the_machine},
    {"words_agree_with_the_struct", words_agree_with_the_struct},
    {"comparisons_are_right", comparisons_are_right},
    {"and_and_goto_are_right", and_and_goto_are_right},
    {"bad_programs_stop", bad_programs_stop},
    {"answers_have_names", answers_have_names},
    {"listings_are_right", listings_are_right},
};

SRT_UNIT_MAIN("filters.simulate", cases)
