/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that somebody outside answers: a few are open at a time, more wait
 * in order, beyond that none is taken. Pure; whoever shares one between threads
 * locks around every call. */
#ifndef SRT_NET_QUESTIONS_H
#define SRT_NET_QUESTIONS_H

#include <glib.h>
#include <stdbool.h>

#define SRT_QUESTIONS_OPEN_MAX 64u
#define SRT_QUESTIONS_WAITING_MAX 1024u

typedef enum {
    SRT_REPLY_NONE, /* not yet; of one that was taken out: there will be none */
    SRT_REPLY_ALLOW,
    SRT_REPLY_REFUSE,
} SrtReply;

/* Zeroed before it is added. */
typedef struct SrtQuestion {
    GList link; /* link.data is the question while it is open or waits, else NULL */
    guint64 id; /* 0 until it is open */
    SrtReply reply;
} SrtQuestion;

/* Zeroed at first. */
typedef struct SrtQuestions {
    GQueue open;
    GQueue waiting;
    guint64 last_id;
    bool closed; /* nothing is taken or opened any more */
} SrtQuestions;

typedef enum {
    SRT_QUESTION_OPEN,  /* to be asked now */
    SRT_QUESTION_WAITS, /* srt_questions_open_next will give it */
    SRT_QUESTION_NO_ROOM,
    SRT_QUESTION_CLOSED,
} SrtQuestionPlace;

/* The question must live until it is taken out; not taken in the last two cases. */
SrtQuestionPlace srt_questions_add(SrtQuestions *questions, SrtQuestion *question);

/* The first that waits, open now, to be asked; NULL when none waits or there is
 * no room. */
SrtQuestion *srt_questions_open_next(SrtQuestions *questions);

/* Notes a reply. FALSE: no such question is open, or it has one already. */
gboolean srt_questions_reply(SrtQuestions *questions, guint64 id, gboolean allow);

/* From now on every question is settled. FALSE: there is none, or it was closed. */
gboolean srt_questions_close(SrtQuestions *questions);

/* Takes out one that has a reply, or, once closed, any; NULL when there is none. */
SrtQuestion *srt_questions_take_settled(SrtQuestions *questions);

/* Takes it out; nothing happens when it is not in. */
void srt_questions_remove(SrtQuestions *questions, SrtQuestion *question);

#endif
