/* SPDX-License-Identifier: Apache-2.0 */
#include "run/rate.h"
#include "support/unit.h"

#define SECOND G_USEC_PER_SEC

static void bounded(void)
{
    SrtRate rate = {0};
    for (int second = 0; second < 3; second++) {
        guint taken = 0;
        for (int i = 0; i < 10; i++)
            taken += srt_rate_take(&rate, second * SECOND + i, 4) ? 1 : 0;
        CU_ASSERT_EQUAL(taken, 4);
        CU_ASSERT_EQUAL(rate.over, 6u * (guint)(second + 1));
    }
    CU_ASSERT_EQUAL(srt_rate_over(&rate), 18);
    CU_ASSERT_EQUAL(srt_rate_over(&rate), 0);
}

static void seldom(void)
{
    SrtRate rate = {0};
    for (int i = 0; i < 100; i++)
        CU_ASSERT_TRUE(srt_rate_take(&rate, (gint64)i * SECOND / 4, 4));
    CU_ASSERT_EQUAL(srt_rate_over(&rate), 0);
}

static const srt_unit_case cases[] = {
    {"bounded", bounded},
    {"seldom", seldom},
};

SRT_UNIT_MAIN("run rate", cases)
