/* SPDX-License-Identifier: Apache-2.0 */
/* The base filter as data: what is refused, how, and why. What no rule names is
 * allowed. Pure, any thread. */
#ifndef SRT_FILTERS_RULES_H
#define SRT_FILTERS_RULES_H

#include <linux/seccomp.h>

#include "arch.h"

#define SRT_RULE_TESTS 2
#define SRT_RULE_VALUES 6

/* A test looks at the low 32 bits of one argument and at nothing else: every
 * argument tested here is an int or unsigned int (or flags of 32 bits) for the
 * kernel, which drops the upper half of the register. */
enum srt_test_kind {
    SRT_TEST_END,
    SRT_TEST_IS,      /* (argument & mask) == values[0] */
    SRT_TEST_NONE_OF, /* (argument & mask) is none of the values */
    SRT_TEST_ANY_BIT, /* (argument & mask) != 0 */
};

typedef struct srt_rule_test {
    enum srt_test_kind kind;
    uint8_t arg; /* 0..5 */
    uint8_t n_values;
    uint32_t mask;
    uint32_t values[SRT_RULE_VALUES];
} srt_rule_test;

/* Rules of one call may overlap only when they give the same error: there is no
 * order among them. A test holds the table to that. */
typedef struct srt_rule {
    const char *syscall;
    int error;       /* errno value the call fails with; 0: it does nothing and succeeds */
    uint32_t unless; /* SRT_FILTER_*: variants that leave this rule out */
    uint32_t only;   /* SRT_FILTER_*: variants that alone have this rule; 0: all */
    uint32_t arches; /* 1 << srt_arch; 0: all */
    srt_rule_test tests[SRT_RULE_TESTS]; /* all must hold; none: always */
    const char *reason;
} srt_rule;

extern const srt_rule srt_rules[];
extern const size_t srt_n_rules;

/* What the calls of a foreign architecture and of x32 fail with. */
#define SRT_FOREIGN_ERROR ENOSYS
#define SRT_X32_BIT 0x40000000u

/* Whether there is a program for a variant: some switches contradict each other. */
bool srt_variant_exists(uint32_t variant);

/* Whether a rule is part of a program at all. */
bool srt_rule_applies(const srt_rule *rule, enum srt_arch arch, uint32_t variant);

/* The answer that the table gives to a call: SECCOMP_RET_*. The programs must
 * give the same; this shares no code with the way they are made. */
uint32_t srt_rules_answer(enum srt_arch arch, uint32_t variant, const struct seccomp_data *call);

/* The same for one rule: whether it matches the call. */
bool srt_rule_matches(const srt_rule *rule, enum srt_arch arch, uint32_t variant,
                      const struct seccomp_data *call);

#endif
