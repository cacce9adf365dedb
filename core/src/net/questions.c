/* SPDX-License-Identifier: Apache-2.0 */
#include "net/questions.h"

static void open_one(SrtQuestions *questions, SrtQuestion *question)
{
    question->id = ++questions->last_id;
    g_queue_push_tail_link(&questions->open, &question->link);
}

SrtQuestionPlace srt_questions_add(SrtQuestions *questions, SrtQuestion *question)
{
    if (questions->closed)
        return SRT_QUESTION_CLOSED;
    gboolean turn = questions->waiting.length == 0; /* nobody is overtaken */
    if (turn && questions->open.length < SRT_QUESTIONS_OPEN_MAX) {
        question->link.data = question;
        open_one(questions, question);
        return SRT_QUESTION_OPEN;
    }
    if (questions->waiting.length >= SRT_QUESTIONS_WAITING_MAX)
        return SRT_QUESTION_NO_ROOM;
    question->link.data = question;
    g_queue_push_tail_link(&questions->waiting, &question->link);
    return SRT_QUESTION_WAITS;
}

SrtQuestion *srt_questions_open_next(SrtQuestions *questions)
{
    if (questions->closed || questions->open.length >= SRT_QUESTIONS_OPEN_MAX ||
        questions->waiting.length == 0)
        return NULL;
    SrtQuestion *question = g_queue_pop_head_link(&questions->waiting)->data;
    open_one(questions, question);
    return question;
}

gboolean srt_questions_reply(SrtQuestions *questions, guint64 id, gboolean allow)
{
    for (GList *l = questions->open.head; l; l = l->next) {
        SrtQuestion *question = l->data;
        if (question->id != id)
            continue;
        if (question->reply != SRT_REPLY_NONE)
            return FALSE;
        question->reply = allow ? SRT_REPLY_ALLOW : SRT_REPLY_REFUSE;
        return TRUE;
    }
    return FALSE;
}

gboolean srt_questions_close(SrtQuestions *questions)
{
    gboolean was = questions->closed;
    questions->closed = true;
    return !was && (questions->open.length || questions->waiting.length);
}

static SrtQuestion *find_settled(SrtQuestions *questions)
{
    for (GList *l = questions->open.head; l; l = l->next) {
        SrtQuestion *question = l->data;
        if (questions->closed || question->reply != SRT_REPLY_NONE)
            return question;
    }
    return questions->closed && questions->waiting.head ? questions->waiting.head->data : NULL;
}

SrtQuestion *srt_questions_take_settled(SrtQuestions *questions)
{
    SrtQuestion *question = find_settled(questions);
    if (question)
        srt_questions_remove(questions, question);
    return question;
}

void srt_questions_remove(SrtQuestions *questions, SrtQuestion *question)
{
    if (!question->link.data)
        return;
    g_queue_unlink(question->id ? &questions->open : &questions->waiting, &question->link);
    question->link.data = NULL;
}
