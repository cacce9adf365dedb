/* SPDX-License-Identifier: Apache-2.0 */
#include "cubes.h"

typedef struct cube_list {
    srt_cube *cubes;
    int count; /* -1: full */
} cube_list;

static void add(cube_list *list, uint32_t mask, uint32_t value)
{
    if (list->count < 0 || list->count == SRT_CUBES)
        list->count = -1;
    else
        list->cubes[list->count++] = (srt_cube){mask, value};
}

static void add_single_bits(cube_list *list, uint32_t mask)
{
    for (int bit = 31; bit >= 0; bit--)
        if ((mask & (1u << bit)) != 0)
            add(list, 1u << bit, 1u << bit);
}

static bool any_value_in(const srt_rule_test *test, srt_cube prefix)
{
    for (unsigned i = 0; i < test->n_values; i++)
        if ((test->values[i] & prefix.mask) == prefix.value)
            return true;
    return false;
}

/* The complement of the values below a prefix: a prefix without a value is one
 * cube, otherwise the next of the bits decides. */
static void add_complement(cube_list *list, const srt_rule_test *test, uint32_t bits,
                           srt_cube prefix)
{
    if (!any_value_in(test, prefix)) {
        add(list, prefix.mask, prefix.value);
        return;
    }
    if (bits == 0)
        return;
    const uint32_t bit = 1u << (31 - __builtin_clz(bits));
    const srt_cube with = {prefix.mask | bit, prefix.value | bit};
    const srt_cube without = {prefix.mask | bit, prefix.value};
    add_complement(list, test, bits & ~bit, with);
    add_complement(list, test, bits & ~bit, without);
}

int srt_cubes(const srt_rule_test *test, srt_cube cubes[SRT_CUBES])
{
    cube_list list = {.cubes = cubes};
    uint32_t used = 0;
    switch (test->kind) {
    case SRT_TEST_END:
        break;
    case SRT_TEST_IS:
        add(&list, test->mask, test->values[0]);
        break;
    case SRT_TEST_ANY_BIT:
        add_single_bits(&list, test->mask);
        break;
    case SRT_TEST_NONE_OF:
        /* A bit that no value has decides alone; the others branch. */
        for (unsigned i = 0; i < test->n_values; i++)
            used |= test->values[i];
        add_single_bits(&list, test->mask & ~used);
        add_complement(&list, test, test->mask & used, (srt_cube){0, 0});
        break;
    }
    return list.count;
}
