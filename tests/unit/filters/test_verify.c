/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that the check before loading must refuse, each for its own reason. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "srt-filters/filter.h"
#include "support/unit.h"

#define LOAD(offset)                                                                               \
    {                                                                                              \
        BPF_LD | BPF_W | BPF_ABS, 0, 0, (offset)                                                   \
    }
#define JEQ(value, yes, no)                                                                        \
    {                                                                                              \
        BPF_JMP | BPF_JEQ | BPF_K, (yes), (no), (value)                                            \
    }
#define GOTO(n)                                                                                    \
    {                                                                                              \
        BPF_JMP | BPF_JA, 0, 0, (n)                                                                \
    }
#define AND(mask)                                                                                  \
    {                                                                                              \
        BPF_ALU | BPF_AND | BPF_K, 0, 0, (mask)                                                    \
    }
#define RET(answer)                                                                                \
    {                                                                                              \
        BPF_RET | BPF_K, 0, 0, (answer)                                                            \
    }
#define ALLOW SECCOMP_RET_ALLOW
#define NOTIFY SECCOMP_RET_USER_NOTIF
#define REFUSE (SECCOMP_RET_ERRNO | ENOSYS)
#define ARCH LOAD(4), JEQ(AUDIT_ARCH_X86_64, 1, 0), RET(REFUSE)

#define MOST 12

typedef struct program {
    const char *why; /* NULL: good */
    uint32_t count;
    struct sock_filter code[MOST];
} program;

#define FORM "an instruction is not known"
#define JUMP "a jump leads out of it"
#define READ "a load lies outside the call's data"
#define ANSWER "it returns an answer that this filter does not use"
#define FIRST "its first test is not of the architecture"
#define FOREIGN "it does not refuse other architectures"

/* clang-format off */
static const program programs[] = {
    {NULL, 4, {ARCH, RET(ALLOW)}},
    {NULL, 4, {LOAD(4), JEQ(AUDIT_ARCH_X86_64, 0, 1), RET(ALLOW), RET(REFUSE)}},
    {NULL, 5, {LOAD(4), JEQ(1, 0, 1), RET(ALLOW), GOTO(0), RET(REFUSE)}},
    {NULL, 4, {LOAD(4), JEQ(1, 1, 0), RET(SECCOMP_RET_KILL_PROCESS), RET(ALLOW)}},
    {NULL, 8, {ARCH, LOAD(60), AND(15), JEQ(1, 0, 1), RET(REFUSE), RET(ALLOW)}},
    {NULL, 4, {LOAD(4), JEQ(1, 0, 1), RET(NOTIFY), RET(ALLOW)}},
    {NULL, 6, {LOAD(4), JEQ(1, 1, 0), GOTO(1), RET(NOTIFY), GOTO(0), RET(ALLOW)}},
    {NULL, 5, {ARCH, RET(SECCOMP_RET_ERRNO), RET(ALLOW)}},
    {NULL, 6, {ARCH, LOAD(0), {BPF_JMP | BPF_JGE | BPF_K, 0, 0, 7}, RET(ALLOW)}},

    {"it is not 3 to 4096 instructions", 0, {{0}}},
    {"it is not 3 to 4096 instructions", 2, {LOAD(4), RET(REFUSE)}},
    {"it does not end in a return", 5, {ARCH, RET(ALLOW), LOAD(0)}},
    {JUMP, 5, {ARCH, JEQ(1, 1, 0), RET(ALLOW)}},
    {JUMP, 5, {ARCH, JEQ(1, 0, 1), RET(ALLOW)}},
    {JUMP, 5, {ARCH, JEQ(1, 255, 0), RET(ALLOW)}},
    {JUMP, 5, {ARCH, GOTO(1), RET(ALLOW)}},
    {JUMP, 5, {ARCH, GOTO(0xffffffffu), RET(ALLOW)}},
    {JUMP, 5, {ARCH, GOTO(0xfffffffbu), RET(ALLOW)}},
    {READ, 5, {ARCH, LOAD(64), RET(ALLOW)}},
    {READ, 5, {ARCH, LOAD(61), RET(ALLOW)}},
    {READ, 5, {ARCH, LOAD(2), RET(ALLOW)}},
    {READ, 5, {ARCH, LOAD(0xfffffffcu), RET(ALLOW)}},
    {FORM, 5, {ARCH, {BPF_LD | BPF_H | BPF_ABS, 0, 0, 0}, RET(ALLOW)}},
    {FORM, 5, {ARCH, {BPF_LD | BPF_W | BPF_IND, 0, 0, 0}, RET(ALLOW)}},
    {FORM, 5, {ARCH, {BPF_LD | BPF_MEM, 0, 0, 0}, RET(ALLOW)}},
    {FORM, 5, {ARCH, {BPF_ST, 0, 0, 99}, RET(ALLOW)}},
    {FORM, 5, {ARCH, {BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0}, RET(ALLOW)}},
    {FORM, 5, {ARCH, {BPF_ALU | BPF_AND | BPF_X, 0, 0, 0}, RET(ALLOW)}},
    {FORM, 5, {ARCH, {BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 0}, RET(ALLOW)}},
    {FORM, 4, {ARCH, {BPF_RET | BPF_A, 0, 0, 0}}},
    {FORM, 5, {ARCH, {0xffff, 0, 0, 0}, RET(ALLOW)}},
    {ANSWER, 5, {ARCH, RET(SECCOMP_RET_ERRNO | 4096), RET(ALLOW)}},
    {ANSWER, 5, {ARCH, RET(SECCOMP_RET_USER_NOTIF | 1), RET(ALLOW)}},
    {ANSWER, 5, {ARCH, RET(SECCOMP_RET_USER_NOTIF), RET(ALLOW)}},
    {ANSWER, 6, {LOAD(4), JEQ(1, 0, 3), RET(NOTIFY), RET(REFUSE), RET(ALLOW), RET(ALLOW)}},
    {ANSWER, 5, {LOAD(4), JEQ(1, 0, 2), RET(NOTIFY), RET(SECCOMP_RET_KILL_PROCESS), RET(ALLOW)}},
    {"it does not leave other architectures alone", 4, {LOAD(4), JEQ(1, 1, 0), RET(NOTIFY), RET(ALLOW)}},
    {"it does not leave other architectures alone", 5, {LOAD(4), JEQ(1, 0, 1), RET(ALLOW), LOAD(0), RET(NOTIFY)}},
    {ANSWER, 5, {ARCH, RET(SECCOMP_RET_TRACE), RET(ALLOW)}},
    {ANSWER, 5, {ARCH, RET(SECCOMP_RET_LOG), RET(ALLOW)}},
    {ANSWER, 5, {ARCH, RET(SECCOMP_RET_ALLOW | 1), RET(ALLOW)}},
    {FIRST, 4, {LOAD(0), JEQ(1, 1, 0), RET(REFUSE), RET(ALLOW)}},
    {FIRST, 3, {LOAD(4), RET(ALLOW), RET(REFUSE)}},
    {FIRST, 3, {RET(ALLOW), LOAD(4), RET(REFUSE)}},
    {FIRST, 5, {LOAD(0), ARCH, RET(ALLOW)}},
    {FIRST, 4, {LOAD(4), {BPF_JMP | BPF_JGE | BPF_K, 1, 0, 1}, RET(REFUSE), RET(ALLOW)}},
    {FIRST, 4, {LOAD(4), JEQ(1, 1, 1), RET(ALLOW), RET(REFUSE)}},
    {FOREIGN, 4, {LOAD(4), JEQ(1, 1, 0), RET(ALLOW), RET(REFUSE)}},
    {FOREIGN, 4, {LOAD(4), JEQ(1, 0, 1), RET(REFUSE), RET(ALLOW)}},
    {FOREIGN, 5, {LOAD(4), JEQ(1, 0, 1), RET(REFUSE), GOTO(0), RET(ALLOW)}},
    {FOREIGN, 5, {LOAD(4), JEQ(1, 1, 0), LOAD(0), RET(ALLOW), RET(REFUSE)}},
};
/* clang-format on */

static void each_is_judged_rightly(void)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        const char *why = NULL;
        const int r = srt_filter_verify(programs[i].code, programs[i].count, &why);
        CU_ASSERT_EQUAL(r, programs[i].why ? -1 : 0);
        if ((r == 0) != (programs[i].why == NULL))
            printf("program %zu\n", i);
        SRT_ASSERT_STR(why, programs[i].why);
    }
}

static void nothing_and_too_much_are_refused(void)
{
    static struct sock_filter large[4097];
    const struct sock_filter start[] = {ARCH};
    const struct sock_filter end = RET(ALLOW);
    CU_ASSERT_EQUAL(srt_filter_verify(NULL, 10, NULL), -1);
    memcpy(large, start, sizeof start);
    for (size_t i = 3; i < 4097; i++)
        large[i] = end;
    CU_ASSERT_EQUAL(srt_filter_verify(large, 4096, NULL), 0);
    CU_ASSERT_EQUAL(srt_filter_verify(large, 4097, NULL), -1);
    CU_ASSERT_EQUAL(srt_filter_verify(large, UINT32_MAX, NULL), -1);
}

/* Jumps reach nearly to the end; only a last return that nothing leads to may go. */
static void a_program_cut_short_is_refused(void)
{
    const srt_filter_program *p = srt_filter_find("x86_64", 0);
    unsigned accepted = 0;
    for (uint32_t count = 0; count < p->count; count++)
        accepted += srt_filter_verify(p->code, count, NULL) == 0;
    CU_ASSERT(accepted <= 1);
}

static const srt_unit_case cases[] = {
    {"each_is_judged_rightly", each_is_judged_rightly},
    {"nothing_and_too_much_are_refused", nothing_and_too_much_are_refused},
    {"a_program_cut_short_is_refused", a_program_cut_short_is_refused},
};

SRT_UNIT_MAIN("filters.verify", cases)
