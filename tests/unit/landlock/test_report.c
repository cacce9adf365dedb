/* SPDX-License-Identifier: Apache-2.0 */
/* What is promised at which level. */
#include <string.h>

#include "support/unit.h"

#include "backend.h"

typedef struct answers {
    srt_enforcement how[SRT_RULE_CLASS_COUNT];
    bool has_why[SRT_RULE_CLASS_COUNT];
    int count[SRT_RULE_CLASS_COUNT];
} answers;

static void note(const srt_host *host, srt_rule_class rule, srt_enforcement how, const char *why)
{
    answers *a = host->data;
    a->how[rule] = how;
    a->has_why[rule] = why && *why;
    a->count[rule]++;
}

static void ask(answers *a, int abi, bool supervised, srt_policy *policy)
{
    const srt_host host = {.struct_size = sizeof host, .data = a, .report = note};
    const ll_facts facts = {.abi = abi, .supervised = supervised};
    *a = (answers){0};
    ll_report(&host, policy, &facts);
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++) {
        CU_ASSERT_EQUAL(a->count[i], 1);
        CU_ASSERT(a->how[i] == SRT_ENFORCED || a->has_why[i]);
    }
}

#define BIT(name) (1u << SRT_RULE_##name)

static uint32_t unsupported(const answers *a)
{
    uint32_t bits = 0;
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        bits |= a->how[i] == SRT_UNSUPPORTED ? 1u << i : 0;
    return bits;
}

static void test_supervised(void)
{
    static const struct {
        int abi;
        uint32_t not ;
    } rows[] = {
        {1, BIT(WRITE_ALLOW) | BIT(WRITE_DENY) | BIT(PROCESS)},
        {2, BIT(WRITE_ALLOW) | BIT(WRITE_DENY) | BIT(PROCESS)},
        {3, BIT(PROCESS)},
        {5, BIT(PROCESS)},
        {6, 0},
        {9, 0},
    };
    srt_policy policy = {.net_mode = SRT_NET_PROXY};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        answers a;
        ask(&a, rows[i].abi, true, &policy);
        CU_ASSERT_EQUAL(unsupported(&a), rows[i].not );
    }
}

static void test_alone(void)
{
    const uint32_t always = BIT(READ_DENY) | BIT(WRITE_ALLOW) | BIT(WRITE_DENY) |
                            BIT(WRITE_DENY_MISSING) | BIT(GLOB_LATER) | BIT(UNIX_PATH);
    srt_policy policy = {.net_mode = SRT_NET_PROXY};
    answers a;
    ask(&a, 7, false, &policy);
    CU_ASSERT_EQUAL(unsupported(&a), always | BIT(NET_ISOLATE));
    policy.net_mode = SRT_NET_NONE;
    ask(&a, 7, false, &policy);
    CU_ASSERT_EQUAL(unsupported(&a), always);
    ask(&a, 3, false, &policy);
    CU_ASSERT_EQUAL(unsupported(&a), always | BIT(NET_ISOLATE) | BIT(PROCESS));
}

static void test_patterns(void)
{
    srt_pending_rule rule = {.struct_size = sizeof rule, .access = SRT_ACCESS_READ};
    const srt_pending_rule *rules[] = {&rule};
    srt_policy policy = {.pending = rules, .n_pending = 1};
    answers a;
    ask(&a, 7, true, &policy);
    CU_ASSERT_EQUAL(a.how[SRT_RULE_GLOB_LATER], SRT_ENFORCED);
    rule.access = SRT_ACCESS_HIDDEN;
    ask(&a, 7, true, &policy);
    CU_ASSERT_EQUAL(a.how[SRT_RULE_GLOB_LATER], SRT_SNAPSHOT);
}

static void test_judge(void)
{
    char why[LL_TEXT] = "";
    CU_ASSERT_EQUAL(ll_judge(&(ll_facts){.abi = 1}, why), 0);
    CU_ASSERT_EQUAL(ll_judge(&(ll_facts){.abi = 0}, why), -95); /* ENOTSUP: go on to the next */
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "lsm="));
    CU_ASSERT_EQUAL(ll_judge(&(ll_facts){.abi = -22}, why), -22);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "SRT_LANDLOCK_ABI"));
}

static const srt_unit_case cases[] = {
    {"supervised", test_supervised},
    {"alone", test_alone},
    {"patterns", test_patterns},
    {"judge", test_judge},
};
SRT_UNIT_MAIN("landlock.report", cases)
