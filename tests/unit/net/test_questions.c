/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of questions by itself: ids, limits, order. */
#include "net/questions.h"
#include "support/unit.h"

#define ALL (SRT_QUESTIONS_OPEN_MAX + SRT_QUESTIONS_WAITING_MAX)

static SrtQuestions questions;
static SrtQuestion all[ALL + 1];

static void fill(guint n)
{
    questions = (SrtQuestions){.closed = false};
    memset(all, 0, sizeof all);
    for (guint i = 0; i < n; i++) {
        SrtQuestionPlace expected =
            i < SRT_QUESTIONS_OPEN_MAX ? SRT_QUESTION_OPEN : SRT_QUESTION_WAITS;
        CU_ASSERT_EQUAL(srt_questions_add(&questions, &all[i]), expected);
    }
}

static void ids_and_replies(void)
{
    fill(3);
    CU_ASSERT_EQUAL(all[0].id, 1);
    CU_ASSERT_EQUAL(all[2].id, 3);
    CU_ASSERT_PTR_NULL(srt_questions_take_settled(&questions));
    CU_ASSERT_FALSE(srt_questions_reply(&questions, 0, TRUE));
    CU_ASSERT_FALSE(srt_questions_reply(&questions, 4, TRUE));
    CU_ASSERT_TRUE(srt_questions_reply(&questions, 2, TRUE));
    CU_ASSERT_FALSE(srt_questions_reply(&questions, 2, FALSE)); /* the first counts */
    CU_ASSERT_TRUE(srt_questions_reply(&questions, 1, FALSE));
    CU_ASSERT_PTR_EQUAL(srt_questions_take_settled(&questions), &all[0]);
    CU_ASSERT_PTR_EQUAL(srt_questions_take_settled(&questions), &all[1]);
    CU_ASSERT_PTR_NULL(srt_questions_take_settled(&questions));
    CU_ASSERT_EQUAL(all[0].reply, SRT_REPLY_REFUSE);
    CU_ASSERT_EQUAL(all[1].reply, SRT_REPLY_ALLOW);
    CU_ASSERT_FALSE(srt_questions_reply(&questions, 2, TRUE));
    memset(&all[0], 0, sizeof all[0]);
    CU_ASSERT_EQUAL(srt_questions_add(&questions, &all[0]), SRT_QUESTION_OPEN);
    CU_ASSERT_EQUAL(all[0].id, 4); /* never twice */
}

static void limits_and_order(void)
{
    fill(ALL);
    CU_ASSERT_EQUAL(srt_questions_add(&questions, &all[ALL]), SRT_QUESTION_NO_ROOM);
    CU_ASSERT_PTR_NULL(all[ALL].link.data);
    CU_ASSERT_PTR_NULL(srt_questions_open_next(&questions));
    CU_ASSERT_EQUAL(all[SRT_QUESTIONS_OPEN_MAX].id, 0);
    CU_ASSERT_FALSE(srt_questions_reply(&questions, SRT_QUESTIONS_OPEN_MAX + 1, TRUE));
    srt_questions_remove(&questions, &all[5]);                      /* open */
    srt_questions_remove(&questions, &all[SRT_QUESTIONS_OPEN_MAX]); /* waits */
    srt_questions_remove(&questions, &all[5]);                      /* twice is nothing */
    CU_ASSERT_EQUAL(srt_questions_add(&questions, &all[ALL]),
                    SRT_QUESTION_WAITS); /* no overtaking */
    CU_ASSERT_PTR_EQUAL(srt_questions_open_next(&questions), &all[SRT_QUESTIONS_OPEN_MAX + 1]);
    CU_ASSERT_EQUAL(all[SRT_QUESTIONS_OPEN_MAX + 1].id, SRT_QUESTIONS_OPEN_MAX + 1);
    CU_ASSERT_PTR_NULL(srt_questions_open_next(&questions));
    for (guint i = 0; i < SRT_QUESTIONS_OPEN_MAX; i++)
        srt_questions_remove(&questions, &all[i]);
    CU_ASSERT_PTR_EQUAL(srt_questions_open_next(&questions), &all[SRT_QUESTIONS_OPEN_MAX + 2]);
}

static void closing(void)
{
    fill(SRT_QUESTIONS_OPEN_MAX + 2);
    CU_ASSERT_TRUE(srt_questions_reply(&questions, 1, TRUE));
    CU_ASSERT_TRUE(srt_questions_close(&questions));
    CU_ASSERT_FALSE(srt_questions_close(&questions));
    CU_ASSERT_EQUAL(srt_questions_add(&questions, &all[ALL]), SRT_QUESTION_CLOSED);
    CU_ASSERT_PTR_NULL(srt_questions_open_next(&questions));
    for (guint i = 0; i < SRT_QUESTIONS_OPEN_MAX + 2; i++)
        CU_ASSERT_PTR_EQUAL(srt_questions_take_settled(&questions), &all[i]);
    CU_ASSERT_PTR_NULL(srt_questions_take_settled(&questions));
    CU_ASSERT_EQUAL(all[0].reply, SRT_REPLY_ALLOW);
    CU_ASSERT_EQUAL(all[1].reply, SRT_REPLY_NONE);
    fill(0);
    CU_ASSERT_FALSE(srt_questions_close(&questions)); /* nobody to tell */
}

static const srt_unit_case cases[] = {
    {"ids and replies", ids_and_replies},
    {"limits and order", limits_and_order},
    {"closing", closing},
};

SRT_UNIT_MAIN("net questions", cases)
