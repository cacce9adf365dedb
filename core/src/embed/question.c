/* SPDX-License-Identifier: Apache-2.0 */
/* "May this host be reached?", on its way from srt to the caller and back. */
#include "embed/private.h"

struct srt_question {
    SrtLink *link; /* a reference */
    guint64 number;
    char *host;
    guint16 port;
    SrtAskProtocol protocol;
};

static void answer(SrtLink *link, guint64 number, gboolean allow)
{
    SrtFromManager message = {.kind = SRT_FROM_MANAGER_ANSWER, .answer = number, .allow = allow};
    g_autofree char *line = srt_from_manager_line(&message, NULL);
    pthread_mutex_lock(&link->session->lock);
    srt_link_send_locked(link, line);
    pthread_mutex_unlock(&link->session->lock);
}

void srt_question_put(SrtLink *link, const SrtToManager *message)
{
    const srt_session *session = link->session;
    if (!session->ask) {
        answer(link, message->number, FALSE);
        return;
    }
    srt_question *question = g_new0(srt_question, 1);
    question->link = srt_link_ref(link);
    question->number = message->number;
    question->host = g_strdup(message->host);
    question->port = message->port;
    question->protocol = message->ask_protocol;
    session->ask(session->data, question);
}

const char *srt_question_host(const srt_question *question)
{
    return question ? question->host : NULL;
}

uint16_t srt_question_port(const srt_question *question)
{
    return question ? question->port : 0;
}

const char *srt_question_protocol(const srt_question *question)
{
    static const char *const names[] = {
        [SRT_ASK_HTTP] = "http", [SRT_ASK_HTTPS] = "https", [SRT_ASK_SOCKS] = "socks"};
    return question ? names[question->protocol] : NULL;
}

const char *srt_question_command_id(const srt_question *question)
{
    if (!question)
        return NULL;
    return question->link->given_id ? question->link->given_id : "";
}

const char *srt_question_command(const srt_question *question)
{
    return question ? question->link->text : NULL;
}

void srt_question_answer(srt_question *question, bool allow)
{
    if (!question)
        return;
    answer(question->link, question->number, allow);
    srt_link_unref(question->link);
    g_free(question->host);
    g_free(question);
}
