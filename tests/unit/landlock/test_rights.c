/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "support/unit.h"

#include "srt-filters/landlock.h"

/* The kernel's documentation: how many rights an ABI has. */
static void test_known(void)
{
    static const struct {
        int abi;
        uint64_t fs, net, scope;
    } rows[] = {
        {0, 0, 0, 0},      {1, 0x1fff, 0, 0},  {2, 0x3fff, 0, 0},   {3, 0x7fff, 0, 0},
        {4, 0x7fff, 3, 0}, {5, 0xffff, 3, 0},  {6, 0xffff, 3, 3},   {7, 0xffff, 3, 3},
        {8, 0xffff, 3, 3}, {9, 0x1ffff, 3, 3}, {99, 0x1ffff, 3, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(srt_landlock_known(SRT_LANDLOCK_OF_FS, rows[i].abi), rows[i].fs);
        CU_ASSERT_EQUAL(srt_landlock_known(SRT_LANDLOCK_OF_NET, rows[i].abi), rows[i].net);
        CU_ASSERT_EQUAL(srt_landlock_known(SRT_LANDLOCK_OF_SCOPE, rows[i].abi), rows[i].scope);
    }
}

static void test_lowered(void)
{
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, NULL), 7);
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, ""), 7);
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, "3"), 3);
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, "0"), 0);
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, "9"), 7);
    CU_ASSERT_EQUAL(srt_landlock_lowered(0, "9"), 0);
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, "x"), -EINVAL);
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, "-1"), -EINVAL);
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, "3 "), -EINVAL);
    CU_ASSERT_EQUAL(srt_landlock_lowered(7, "99999999999999999999"), -EINVAL);
}

static const srt_unit_case cases[] = {
    {"known", test_known},
    {"lowered", test_lowered},
};
SRT_UNIT_MAIN("landlock.rights", cases)
