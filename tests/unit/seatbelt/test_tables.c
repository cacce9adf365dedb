/* SPDX-License-Identifier: Apache-2.0 */
/* The tables, and that they have teeth: without the rules of any one family at least
 * one of their lines goes wrong. */
#include <stdio.h>
#include <string.h>

#include "profiles.h"
#include "support/unit.h"

static void lint_says(void *data, int line, const char *text)
{
    printf("\n  %s: line %d: %s\n", (const char *)data, line, text);
}

static void test_tables(void)
{
    unsigned questions = 0;
    for (size_t i = 0; i < n_configs; i++) {
        const config *c = &configs[i];
        profile p;
        profile_make(&p, c, -1);
        char name[80];
        snprintf(name, sizeof name, "%s", c->name);
        CU_ASSERT_EQUAL(sbpl_lint(p.rules, lint_says, name), 0);
        for (size_t k = 0; k < MOST_CHECKS && c->checks[k]; k++) {
            unsigned wrong = profile_check(&p, c->checks[k], false);
            if (wrong)
                printf("  (%s)\n", c->name);
            CU_ASSERT_EQUAL(wrong, 0);
            questions++;
        }
        profile_clear(&p);
    }
    printf("%zu configurations, %u questions, each six times ", n_configs, questions);
    CU_ASSERT_TRUE(n_configs >= 30);
}

static bool is_caught(int family)
{
    for (size_t i = 0; i < n_configs; i++) {
        profile p;
        unsigned wrong = 0;
        profile_make(&p, &configs[i], family);
        for (size_t k = 0; k < MOST_CHECKS && configs[i].checks[k]; k++)
            wrong += profile_check(&p, configs[i].checks[k], true);
        profile_clear(&p);
        if (wrong)
            return true;
    }
    return false;
}

static void test_mutations(void)
{
    for (int family = 0; family < SB_FAMILY_COUNT; family++) {
        bool caught = is_caught(family);
        if (!caught)
            printf("\n  nothing goes wrong without %s\n", family_word(family));
        CU_ASSERT_TRUE(caught);
    }
}

static const srt_unit_case cases[] = {
    {"expectations", test_tables},
    {"every family is needed", test_mutations},
};

SRT_UNIT_MAIN("seatbelt tables", cases)
