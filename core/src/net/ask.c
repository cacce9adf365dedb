/* SPDX-License-Identifier: Apache-2.0 */
#include "net/ask.h"

#include <string.h>

#define LIMIT_MS (10 * 60 * 1000)

#define UNLISTED "host is not on the allow list"
#define REFUSED UNLISTED "; asked and refused"
#define NOT_ANSWERED UNLISTED "; asked and not answered"
#define NO_ROOM UNLISTED "; too many questions are open"

struct SrtAsking {
    SrtQuestion question; /* under the proxy's lock while it is open or waits */
    SrtDeadline deadline;
    SrtConn *conn;
    SrtProtocol protocol;
    SrtNetPolicy **policy;
    SrtNetDecision *decision;
    SrtAskDone done;
};

#define FROM_MEMBER(type, pointer, member)                                                         \
    ((type *)(void *)((char *)(pointer)-G_STRUCT_OFFSET(type, member)))

/* A reply may have come that was not carried out yet: it is returned. */
static SrtReply take_out(SrtAsking *asking)
{
    SrtProxy *proxy = asking->conn->proxy;
    pthread_mutex_lock(&proxy->lock);
    srt_questions_remove(&proxy->questions, &asking->question);
    pthread_mutex_unlock(&proxy->lock);
    return asking->question.reply;
}

/* The question is out of the queue. Frees. */
static void release(SrtAsking *asking)
{
    SrtConn *conn = asking->conn;
    SrtProxy *proxy = conn->proxy;
    if (asking->question.id && asking->question.reply == SRT_REPLY_NONE && proxy->ask_dropped)
        proxy->ask_dropped(proxy->ask_data, asking->question.id);
    if (asking->question.id)
        srt_task_queue(proxy->loop, &proxy->ask_more);
    srt_deadline_clear(proxy->loop, &asking->deadline);
    conn->asking = NULL;
    g_free(asking);
}

/* What the rules in force say now. */
static void judge_again(SrtAsking *asking)
{
    SrtNetDecision again;
    srt_net_policy_unref(*asking->policy);
    *asking->policy = srt_proxy_policy(asking->conn->proxy);
    srt_net_policy_decide(*asking->policy, asking->decision->host.text,
                          strlen(asking->decision->host.text), asking->decision->port, &again);
    *asking->decision = again;
}

/* What the rules deny now stays denied, and a host that they have come to allow
 * needs the yes that was asked for all the same. otherwise: why not, without it. */
static void decide(SrtAsking *asking, const char *otherwise)
{
    SrtNetDecision *decision = asking->decision;
    judge_again(asking);
    if (decision->verdict == SRT_NET_DENIED)
        return;
    gboolean may =
        decision->verdict == SRT_NET_ALLOWED || srt_net_policy_may_ask(*asking->policy, decision);
    gboolean allow = asking->question.reply == SRT_REPLY_ALLOW;
    decision->verdict = may && allow ? SRT_NET_ALLOWED : SRT_NET_UNLISTED;
    decision->reason = may && allow ? NULL : allow ? UNLISTED : otherwise;
    if (!allow)
        decision->rule = NULL;
}

static void tell_done(SrtAsking *asking)
{
    SrtConn *conn = asking->conn;
    SrtAskDone done = asking->done;
    release(asking);
    done(conn);
    if (!conn->dead)
        srt_conn_run(conn);
}

static void settle(SrtAsking *asking)
{
    const char *otherwise = asking->question.reply == SRT_REPLY_REFUSE ? REFUSED
                            : asking->question.id                      ? NOT_ANSWERED
                                                                       : UNLISTED;
    decide(asking, otherwise);
    tell_done(asking);
}

void srt_ask_settle(SrtProxy *proxy)
{
    for (;;) {
        pthread_mutex_lock(&proxy->lock);
        gboolean stopping = proxy->stopping; /* then connections are closed, not answered */
        SrtQuestion *question = stopping ? NULL : srt_questions_take_settled(&proxy->questions);
        pthread_mutex_unlock(&proxy->lock);
        if (!question)
            return;
        settle(FROM_MEMBER(SrtAsking, question, question));
    }
}

static void on_deadline(SrtDeadline *deadline)
{
    SrtAsking *asking = FROM_MEMBER(SrtAsking, deadline, deadline);
    SrtReply reply = take_out(asking);
    if (reply != SRT_REPLY_NONE) {
        settle(asking);
        return;
    }
    decide(asking, asking->question.id ? NOT_ANSWERED : NO_ROOM);
    tell_done(asking);
}

static void put(SrtAsking *asking)
{
    SrtProxy *proxy = asking->conn->proxy;
    srt_deadline_set(proxy->loop, &asking->deadline, SRT_DEADLINE_ANSWER);
    proxy->ask(proxy->ask_data, asking->question.id, asking->decision, asking->protocol);
}

/* The rules may have changed while it waited: asked is only what they leave open. */
static void put_late(SrtAsking *asking)
{
    judge_again(asking);
    if (srt_net_policy_may_ask(*asking->policy, asking->decision)) {
        put(asking);
        return;
    }
    (void)take_out(asking);
    asking->question.id = 0; /* nobody was asked */
    tell_done(asking);
}

static void on_room(SrtTask *task)
{
    SrtProxy *proxy = FROM_MEMBER(SrtProxy, task, ask_more);
    for (;;) {
        pthread_mutex_lock(&proxy->lock);
        SrtQuestion *question = srt_questions_open_next(&proxy->questions);
        pthread_mutex_unlock(&proxy->lock);
        if (!question)
            return;
        put_late(FROM_MEMBER(SrtAsking, question, question));
    }
}

/* The step while an answer is waited for. An end is all that is ever seen of a
 * client that was killed, so one that only half-closed counts as gone too. */
static void wait_for_answer(SrtConn *conn)
{
    SrtAsking *asking = conn->asking;
    SrtReadResult got;
    do
        got = srt_conn_read_client(conn, SRT_CONN_AHEAD_MAX);
    while (got == SRT_READ_SOME);
    if (got == SRT_READ_NOTHING && !(conn->client.ready & (SRT_ENDED | SRT_BROKEN)))
        return;
    SrtNetDecision told = *asking->decision;
    told.reason = asking->question.id ? NOT_ANSWERED : UNLISTED;
    srt_proxy_tell_refused(conn, &told, asking->protocol, told.reason);
    srt_conn_close(conn);
}

static SrtQuestionPlace add(SrtAsking *asking)
{
    SrtProxy *proxy = asking->conn->proxy;
    pthread_mutex_lock(&proxy->lock);
    SrtQuestionPlace place = srt_questions_add(&proxy->questions, &asking->question);
    pthread_mutex_unlock(&proxy->lock);
    return place;
}

static void begin(SrtAsking *asking)
{
    SrtConn *conn = asking->conn;
    SrtAskDone done = asking->done;
    SrtQuestionPlace place = add(asking);
    switch (place) {
    case SRT_QUESTION_OPEN:
        put(asking);
        return;
    case SRT_QUESTION_WAITS:
        srt_deadline_set(conn->proxy->loop, &asking->deadline, SRT_DEADLINE_ANSWER);
        return;
    default:
        asking->decision->reason = place == SRT_QUESTION_NO_ROOM ? NO_ROOM : UNLISTED;
        release(asking);
        done(conn);
        return;
    }
}

void srt_ask_start(SrtConn *conn, SrtProtocol protocol, SrtNetPolicy **policy,
                   SrtNetDecision *decision, SrtAskDone done)
{
    SrtAsking *asking = g_new0(SrtAsking, 1);
    asking->conn = conn;
    asking->protocol = protocol;
    asking->policy = policy;
    asking->decision = decision;
    asking->done = done;
    asking->deadline.call = on_deadline;
    conn->asking = asking;
    srt_conn_close_server(conn); /* of a request before, to another host */
    srt_deadline_clear(conn->proxy->loop, &conn->deadline);
    srt_conn_set_step(conn, wait_for_answer);
    wait_for_answer(conn);
    if (!conn->dead)
        begin(asking);
}

void srt_ask_cancel(SrtConn *conn)
{
    if (!conn->asking)
        return;
    (void)take_out(conn->asking);
    release(conn->asking);
}

gboolean srt_ask_may(SrtProxy *proxy, const SrtNetPolicy *policy, const SrtNetDecision *decision)
{
    return proxy->ask && srt_net_policy_may_ask(policy, decision);
}

void srt_ask_init(SrtProxy *proxy, const SrtProxyOptions *options)
{
    proxy->ask = options->ask;
    proxy->ask_dropped = options->ask_dropped;
    proxy->ask_data = options->ask_data;
    proxy->ask_limit = options->ask_limit_ms ? options->ask_limit_ms : LIMIT_MS;
    proxy->ask_more.call = on_room;
}

/* Only while a question is open is there surely a loop to wake. */
void srt_proxy_answer(SrtProxy *proxy, guint64 id, gboolean allow)
{
    pthread_mutex_lock(&proxy->lock);
    if (srt_questions_reply(&proxy->questions, id, allow))
        uv_async_send(&proxy->wake);
    pthread_mutex_unlock(&proxy->lock);
}

void srt_proxy_stop_asking(SrtProxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    if (srt_questions_close(&proxy->questions))
        uv_async_send(&proxy->wake);
    pthread_mutex_unlock(&proxy->lock);
}
