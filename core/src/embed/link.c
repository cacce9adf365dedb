/* SPDX-License-Identifier: Apache-2.0 */
/* One srt that is connected with a session. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "embed/error.h"
#include "embed/private.h"

#define READS_MAX 16             /* of one link before others have their turn */
#define NOTICES_MAX (64u * 1024) /* bytes */

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* the socket itself has the option there */
#endif

SrtLink *srt_link_new(srt_session *session, int fd)
{
    SrtLink *link = g_new0(SrtLink, 1);
    link->refs = 1;
    link->session = srt_session_ref(session);
    link->fd = fd;
    link->lines = srt_lines_new(SRT_CHANNEL_TO_MANAGER_MAX);
    link->out = g_string_new(NULL);
    link->notices = g_string_new(NULL);
    return link;
}

SrtLink *srt_link_ref(SrtLink *link)
{
    g_atomic_int_inc(&link->refs);
    return link;
}

void srt_link_unref(SrtLink *link)
{
    if (!g_atomic_int_dec_and_test(&link->refs))
        return;
    srt_fd_clear(&link->fd);
    srt_lines_free(link->lines);
    g_string_free(link->out, TRUE);
    g_string_free(link->notices, TRUE);
    g_free(link->id);
    g_free(link->given_id);
    g_free(link->text);
    g_free(link->failure);
    srt_settings_free(link->over);
    if (link->process)
        srt_process_unref(link->process);
    srt_session_unref(link->session);
    g_free(link);
}

void srt_link_name(SrtLink *link, const char *id, const char *text, const srt_settings *over)
{
    link->id = g_strdup(id ? id : text);
    link->given_id = g_strdup(id);
    link->text = g_strdup(text);
    link->over = srt_settings_copy(over);
}

void srt_link_send_locked(SrtLink *link, const char *line)
{
    if (link->fd < 0 || link->half_closed || !line)
        return;
    g_string_append(link->out, line);
    srt_session_wake_locked(link->session);
}

gboolean srt_link_start_locked(SrtLink *link, srt_error **error)
{
    const srt_session *session = link->session;
    GError *wrong = NULL;
    g_autoptr(srt_settings) all = srt_settings_combine(session->settings, link->over, error);
    if (!all)
        return FALSE;
    g_autofree char *text = srt_settings_to_json(all);
    SrtFromManager message = {.kind = SRT_FROM_MANAGER_START};
    message.start = (SrtStart){
        .settings = text,
        .label = all->label,
        .directory = (char *)(gsize)srt_settings_base(all),
        .backend = session->backend,
        .allow_unenforced = session->allow_unenforced,
        .command_id = link->given_id,
        .command_text = link->text,
        .ask = session->ask != NULL,
        .live = TRUE, /* srt_session_update reaches every command */
        .end_with_session = link->ends,
        .quiet = (session->flags & SRT_SESSION_QUIET) != 0,
    };
    g_autofree char *line = srt_from_manager_line(&message, &wrong);
    if (!line) {
        srt_embed_take_error(error, wrong);
        return FALSE;
    }
    srt_link_send_locked(link, line);
    return TRUE;
}

gboolean srt_link_write_locked(SrtLink *link)
{
    while (link->written < link->out->len) {
        ssize_t n = send(link->fd, link->out->str + link->written, link->out->len - link->written,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        link->written += (gsize)n;
    }
    /* A line of settings is long; it is not kept. */
    g_string_free(link->out, TRUE);
    link->out = g_string_new(NULL);
    link->written = 0;
    return TRUE;
}

static gboolean give_up(SrtLink *link, const char *why)
{
    if (!link->failure)
        link->failure = g_strdup_printf(
            "%s is not srt, or of a version that does not go with libsrt " SRT_VERSION ": %s",
            link->session->program, why);
    return FALSE;
}

static gboolean take_token(SrtLink *link, const char *token)
{
    srt_session *session = link->session;
    pthread_mutex_lock(&session->lock);
    const SrtShellText *text = token ? g_hash_table_lookup(session->texts, token) : NULL;
    gboolean known = text && !session->closing;
    if (known) {
        srt_link_name(link, text->id, text->text, text->over);
        link->greet_by = 0;
        known = srt_link_start_locked(link, NULL);
    }
    pthread_mutex_unlock(&session->lock);
    return known;
}

static gboolean greet(SrtLink *link, const SrtToManager *message)
{
    if (message->protocol_version != SRT_CHANNEL_VERSION) {
        g_free(link->failure);
        link->failure = g_strdup_printf("%s: found version %u of the session protocol (srt %s), "
                                        "expected version %d (libsrt %s); "
                                        "install srt and libsrt of one version",
                                        link->session->program, message->protocol_version,
                                        message->version ? message->version : "?",
                                        SRT_CHANNEL_VERSION, SRT_VERSION);
        return FALSE;
    }
    if (link->greeted)
        return give_up(link, "it said hello twice");
    link->greeted = TRUE;
    return link->text || take_token(link, message->token);
}

static void note(SrtLink *link, const char *text)
{
    if (link->notices->len + strlen(text) < NOTICES_MAX)
        g_string_append_printf(link->notices, "%s%s", link->notices->len ? "\n" : "", text);
}

static gboolean take_message(SrtLink *link, const SrtToManager *message)
{
    if (message->kind == SRT_TO_MANAGER_HELLO)
        return greet(link, message);
    if (message->kind == SRT_TO_MANAGER_ERROR) {
        g_free(link->failure);
        link->failure = g_strdup(message->text);
        link->failure_status = message->status;
        return TRUE;
    }
    if (!link->greeted)
        return give_up(link, "it did not begin with hello");
    switch (message->kind) {
    case SRT_TO_MANAGER_VIOLATION:
        return srt_session_add_record(link, message->violation) ||
               give_up(link, "a record is wrong");
    case SRT_TO_MANAGER_LOST:
        srt_violation_store_lose(link->session->store, message->number);
        return TRUE;
    case SRT_TO_MANAGER_ASK:
        srt_question_put(link, message);
        return TRUE;
    case SRT_TO_MANAGER_NOTICE:
        note(link, message->text);
        return TRUE;
    case SRT_TO_MANAGER_ENDED:
        link->ended = TRUE;
        link->status = message->status;
        return TRUE;
    case SRT_TO_MANAGER_HELLO:
    case SRT_TO_MANAGER_ERROR:
    case SRT_TO_MANAGER_STARTED:
        break;
    }
    return TRUE;
}

static gboolean take_lines(SrtLink *link)
{
    const char *line;
    gsize length;
    SrtLineResult result;
    while ((result = srt_lines_next(link->lines, &line, &length)) == SRT_LINE_READY) {
        g_auto(SrtToManager) message = {0};
        g_autoptr(GError) error = NULL;
        if (!srt_to_manager_parse(line, length, &message, &error))
            return give_up(link, error->message);
        if (!take_message(link, &message))
            return FALSE;
    }
    return result != SRT_LINE_TOO_LONG || give_up(link, "a line is too long");
}

gboolean srt_link_read(SrtLink *link)
{
    pthread_mutex_lock(&link->session->lock);
    gboolean last = link->exited; /* what srt wrote before is there already */
    pthread_mutex_unlock(&link->session->lock);
    for (int i = 0; last || i < READS_MAX; i++) {
        ssize_t n = srt_lines_read(link->lines, link->fd);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return !last;
        if (n <= 0 || !take_lines(link))
            return FALSE;
    }
    return TRUE;
}

void srt_link_over(SrtLink *link, gboolean detached)
{
    pthread_mutex_lock(&link->session->lock);
    if (link->fd >= 0)
        shutdown(link->fd, SHUT_RDWR); /* a child made by fork may hold it too */
    srt_fd_clear(&link->fd);
    pthread_mutex_unlock(&link->session->lock);
    if (link->process)
        srt_process_told(link->process, link, detached);
}
