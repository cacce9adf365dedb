/* SPDX-License-Identifier: Apache-2.0 */
/* What is merged, and what has to stay as it is. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "generate/generate.h"
#include "support/unit.h"

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define AND(mask) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (mask))
#define JEQ(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define JSET(mask, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (mask), (yes), (no))
#define GOTO(n) BPF_STMT(BPF_JMP | BPF_JA, (n))
#define RET(answer) BPF_STMT(BPF_RET | BPF_K, (answer))
#define TEST(field, bit, to) LOAD(field), AND(bit), JEQ(bit, to, 0)

static void becomes(const struct sock_filter *code, uint32_t count,
                    const struct sock_filter *expected, uint32_t expected_count)
{
    struct sock_filter made[32];
    memcpy(made, code, count * sizeof *code);
    CU_ASSERT_EQUAL_FATAL(srt_shrink(made, count), expected_count);
    for (uint32_t i = 0; i < expected_count; i++) {
        CU_ASSERT_EQUAL(made[i].code, expected[i].code);
        CU_ASSERT_EQUAL(made[i].jt, expected[i].jt);
        CU_ASSERT_EQUAL(made[i].jf, expected[i].jf);
        CU_ASSERT_EQUAL(made[i].k, expected[i].k);
    }
}

#define COUNT(code) (uint32_t)(sizeof(code) / sizeof *(code))
#define BECOMES(code, expected) becomes(code, COUNT(code), expected, COUNT(expected))
#define STAYS(code) BECOMES(code, code)

static void runs_become_one_test(void)
{
    const struct sock_filter code[] = {JEQ(7, 0, 11),   TEST(16, 4, 7), TEST(16, 8, 4),
                                       TEST(16, 16, 1), RET(1),         RET(2),
                                       GOTO(0),         RET(3)};
    const struct sock_filter expected[] = {JEQ(7, 0, 4), LOAD(16), JSET(28, 1, 0), RET(1),
                                           RET(2),       GOTO(0),  RET(3)};
    BECOMES(code, expected);
}

static void runs_end_where_something_changes(void)
{
    const struct sock_filter field[] = {TEST(16, 4, 4), TEST(20, 8, 1), RET(1), RET(2)};
    const struct sock_filter fields[] = {LOAD(16),      JSET(4, 3, 0), LOAD(20),
                                         JSET(8, 1, 0), RET(1),        RET(2)};
    const struct sock_filter target[] = {TEST(16, 4, 5), TEST(16, 8, 1), RET(1), RET(2), RET(3)};
    const struct sock_filter targets[] = {LOAD(16), JSET(4, 4, 0), LOAD(16), JSET(8, 1, 0),
                                          RET(1),   RET(2),        RET(3)};
    BECOMES(field, fields);
    BECOMES(target, targets);
}

static void what_is_jumped_to_stays(void)
{
    const struct sock_filter entered[] = {JEQ(1, 3, 0), TEST(16, 4, 4), TEST(16, 8, 1), RET(1),
                                          RET(2)};
    const struct sock_filter split[] = {JEQ(1, 2, 0),  LOAD(16), JSET(4, 3, 0), LOAD(16),
                                        JSET(8, 1, 0), RET(1),   RET(2)};
    const struct sock_filter inside[] = {JEQ(1, 1, 0), TEST(16, 4, 1), RET(1), RET(2)};
    BECOMES(entered, split);
    STAYS(inside);
}

static void what_is_looked_at_later_stays(void)
{
    const struct sock_filter next[] = {TEST(16, 4, 2), AND(3), JEQ(3, 0, 1), RET(1), RET(2)};
    const struct sock_filter there[] = {TEST(16, 4, 1), RET(1), JEQ(4, 0, 1), RET(2), RET(3)};
    const struct sock_filter beyond[] = {TEST(16, 4, 1), RET(1), GOTO(0),
                                         JEQ(4, 0, 1),   RET(3), RET(4)};
    STAYS(next);
    STAYS(there);
    STAYS(beyond);
}

static void other_tests_stay(void)
{
    const struct sock_filter bits[] = {LOAD(16), AND(6), JEQ(6, 1, 0), RET(1), RET(2)};
    const struct sock_filter value[] = {LOAD(16), AND(4), JEQ(0, 1, 0), RET(1), RET(2)};
    const struct sock_filter negated[] = {LOAD(16), AND(4), JEQ(4, 0, 1), RET(1), RET(2)};
    const struct sock_filter turned[] = {LOAD(16), JSET(4, 0, 1), RET(1), RET(2)};
    STAYS(bits);
    STAYS(value);
    BECOMES(negated, turned);
}

static const srt_unit_case cases[] = {
    {"runs_become_one_test", runs_become_one_test},
    {"runs_end_where_something_changes", runs_end_where_something_changes},
    {"what_is_jumped_to_stays", what_is_jumped_to_stays},
    {"what_is_looked_at_later_stays", what_is_looked_at_later_stays},
    {"other_tests_stay", other_tests_stay},
};

SRT_UNIT_MAIN("filters.shrink", cases)
