/* SPDX-License-Identifier: Apache-2.0 */
#include "run/manager.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <srt/version.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "channel/line.h"
#include "channel/place.h"
#include "run/outbox.h"
#include "run/session.h"

#define START_WAIT_US (10 * G_USEC_PER_SEC)
#define END_GRACE_MS 1000
#define ERRORS_MAX (32u * 1024) /* bytes of texts that are gathered */

struct SrtManager {
    int fd;
    SrtLines *in;
    SrtOutbox *out;
    SrtFromManager first; /* "start" */
    SrtManagerHandlers handlers;
    gboolean ended; /* the manager is gone, or what it says makes no sense */
    pthread_mutex_t lock;
    GString *errors; /* that were said; guarded by lock */
};

/* On any thread. */
static void said(void *data, gboolean is_error, const char *text)
{
    SrtManager *m = data;
    if (!is_error) {
        g_autofree char *copy = g_strdup(text);
        const SrtToManager message = {.kind = SRT_TO_MANAGER_NOTICE, .text = copy};
        srt_outbox_put(m->out, srt_to_manager_line(&message));
        return;
    }
    pthread_mutex_lock(&m->lock);
    if (m->errors->len + strlen(text) <= ERRORS_MAX)
        g_string_append_printf(m->errors, "%s%s", m->errors->len ? "\n" : "", text);
    pthread_mutex_unlock(&m->lock);
}

static void say_hello(SrtManager *m, const SrtChannelAddress *address)
{
    g_autofree char *version = g_strdup(SRT_VERSION);
    const SrtToManager hello = {.kind = SRT_TO_MANAGER_HELLO,
                                .protocol_version = SRT_CHANNEL_VERSION,
                                .version = version,
                                .pid = (int)getpid(),
                                .token = address->token};
    srt_outbox_put(m->out, srt_to_manager_line(&hello));
}

/* The descriptor came from whoever started srt, so it may lead anywhere. */
static gboolean check_descriptor(int fd, GError **error)
{
    struct sockaddr_storage peer;
    int type = 0;
    socklen_t size = sizeof type, peer_size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 ||
        getpeername(fd, (struct sockaddr *)&peer, &peer_size) < 0)
        return srt_set_errno(error, SRT_ERROR_USAGE, errno,
                             "--session=fd:%d is not usable, expected a connected stream socket",
                             fd);
    if (type == SOCK_STREAM)
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                "--session=fd:%d is not usable: found a socket of another kind, expected a "
                "connected stream socket",
                fd);
    return FALSE;
}

SrtManager *srt_manager_open(const SrtChannelAddress *address, GError **error)
{
    srt_autofd int fd = -1;
    g_autofree char *home = srt_run_home();
    if (address->path)
        fd = srt_channel_check_place(address->path, home, error)
                 ? srt_channel_connect(address->path, error)
                 : -1;
    else if (check_descriptor(address->fd, error))
        fd = address->fd;
    if (fd < 0)
        return NULL;
    SrtManager *m = g_new0(SrtManager, 1);
    m->fd = srt_fd_steal(&fd);
    m->in = srt_lines_new(SRT_CHANNEL_TO_SRT_MAX);
    m->out = srt_outbox_new(m->fd);
    m->errors = g_string_new(NULL);
    pthread_mutex_init(&m->lock, NULL);
    srt_log_set_listener(said, m);
    say_hello(m, address);
    return m;
}

/* One read of what is there. FALSE: there is an end. */
static gboolean read_some(SrtManager *m, GError **error)
{
    struct pollfd p = {.fd = m->fd, .events = POLLIN};
    if (poll(&p, 1, 0) <= 0)
        return TRUE;
    ssize_t n = srt_lines_read(m->in, m->fd);
    if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
        return TRUE;
    if (n == 0)
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_FAILED,
                            "the program that embeds srt has closed the channel");
    else
        srt_set_errno(error, SRT_ERROR_FAILED, errno, "the channel of the session cannot be read");
    return FALSE;
}

/* The next message. FALSE with *error: the line is wrong; without: there is none yet. */
static gboolean next_message(SrtManager *m, SrtFromManager *ret, GError **error)
{
    const char *line;
    gsize length;
    switch (srt_lines_next(m->in, &line, &length)) {
    case SRT_LINE_NONE:
        return FALSE;
    case SRT_LINE_READY:
        break;
    case SRT_LINE_TOO_LONG:
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_FAILED,
                            "found a line longer than 4 MiB, expected a shorter one");
        return FALSE;
    }
    if (srt_from_manager_parse(line, length, ret, error))
        return TRUE;
    srt_from_manager_clear(ret);
    return FALSE;
}

static gboolean take_start(SrtManager *m, GError **error)
{
    if (!next_message(m, &m->first, error)) {
        if (*error)
            g_prefix_error(error, "what the program that embeds srt says makes no sense: ");
        return FALSE;
    }
    if (m->first.kind == SRT_FROM_MANAGER_START)
        return TRUE;
    g_set_error_literal(error, SRT_ERROR, SRT_ERROR_FAILED,
                        "what the program that embeds srt says makes no sense: found another "
                        "message first, expected \"start\"");
    return FALSE;
}

gboolean srt_manager_wait_start(SrtManager *m, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    gint64 until = g_get_monotonic_time() + START_WAIT_US;
    while (!take_start(m, &wrong) && !wrong) {
        struct pollfd p = {.fd = m->fd, .events = POLLIN};
        gint64 left = (until - g_get_monotonic_time()) / 1000;
        if (left <= 0)
            g_set_error_literal(&wrong, SRT_ERROR, SRT_ERROR_FAILED,
                                "the program that embeds srt has not said within 10 seconds how "
                                "the command is to be run (\"start\")");
        else if (poll(&p, 1, (int)left) > 0 && !read_some(m, &wrong))
            m->ended = TRUE;
        if (wrong)
            break;
    }
    if (!wrong)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&wrong));
    return FALSE;
}

const SrtStart *srt_manager_start(const SrtManager *m)
{
    return &m->first.start;
}

void srt_manager_handle(SrtManager *m, const SrtManagerHandlers *handlers)
{
    m->handlers = *handlers;
}

void srt_manager_begin(SrtManager *m)
{
    srt_outbox_start(m->out);
}

int srt_manager_fd(const SrtManager *m)
{
    return m->ended ? -1 : m->fd;
}

static char *error_line(const char *text, int status)
{
    g_autofree char *copy = g_strdup(text);
    const SrtToManager message = {.kind = SRT_TO_MANAGER_ERROR, .text = copy, .status = status};
    return srt_to_manager_line(&message);
}

/* FALSE: the line makes no sense. */
static gboolean act_on(SrtManager *m, const SrtFromManager *message, GError **error)
{
    switch (message->kind) {
    case SRT_FROM_MANAGER_START:
        break;
    case SRT_FROM_MANAGER_UPDATE:
        m->handlers.update(m->handlers.data, message->update);
        return TRUE;
    case SRT_FROM_MANAGER_ANSWER:
        m->handlers.answer(m->handlers.data, message->answer, message->allow);
        return TRUE;
    }
    g_set_error_literal(error, SRT_ERROR, SRT_ERROR_FAILED,
                        "found \"start\" a second time, expected it once");
    return FALSE;
}

static gboolean act_on_all(SrtManager *m, GError **error)
{
    for (;;) {
        g_autoptr(GError) wrong = NULL;
        g_auto(SrtFromManager) message = {.update = NULL};
        gboolean there = next_message(m, &message, &wrong);
        if (!wrong && !there)
            return TRUE;
        if (!wrong && act_on(m, &message, &wrong))
            continue;
        g_propagate_prefixed_error(error, g_steal_pointer(&wrong),
                                   "what the program that embeds srt says makes no sense: ");
        return FALSE;
    }
}

gboolean srt_manager_read(SrtManager *m)
{
    g_autoptr(GError) wrong = NULL;
    if (m->ended)
        return FALSE;
    if (!act_on_all(m, &wrong)) {
        m->ended = TRUE;
    } else if (!read_some(m, NULL)) {
        m->ended = TRUE;
        srt_outbox_set_gone(m->out);
    } else if (!act_on_all(m, &wrong)) {
        m->ended = TRUE;
    }
    if (wrong) {
        srt_log_error("the channel of the session has ended: %s", wrong->message);
        srt_outbox_put_last(m->out, error_line(wrong->message, 125));
    }
    if (m->ended)
        m->handlers.ended(m->handlers.data);
    return !m->ended;
}

void srt_manager_started(SrtManager *m, int pid)
{
    const SrtToManager message = {.kind = SRT_TO_MANAGER_STARTED, .pid = MAX(pid, 0)};
    srt_outbox_put(m->out, srt_to_manager_line(&message));
}

void srt_manager_failed(SrtManager *m, int status)
{
    g_autofree char *text = NULL;
    pthread_mutex_lock(&m->lock);
    text = g_strdup(m->errors->str);
    g_string_truncate(m->errors, 0);
    pthread_mutex_unlock(&m->lock);
    if (*text)
        srt_outbox_put(m->out, error_line(text, status));
}

gboolean srt_manager_ask(SrtManager *m, guint64 question, const char *host, guint16 port,
                         SrtAskProtocol protocol)
{
    g_autofree char *copy = g_strdup(host);
    const SrtToManager message = {.kind = SRT_TO_MANAGER_ASK,
                                  .number = question,
                                  .host = copy,
                                  .port = port,
                                  .ask_protocol = protocol};
    return srt_outbox_put(m->out, srt_to_manager_line(&message)) == SRT_OUTBOX_TAKEN;
}

SrtSent srt_manager_send_record(void *manager, const char *record, guint64 lost, int wait_ms)
{
    SrtManager *m = manager;
    g_autofree char *copy = g_strdup(record);
    const SrtToManager message = {.kind = record ? SRT_TO_MANAGER_VIOLATION : SRT_TO_MANAGER_LOST,
                                  .violation = copy,
                                  .number = lost};
    char *line = srt_to_manager_line(&message);
    if (!line)
        return SRT_SENT_NEVER;
    return srt_outbox_put_slowly(m->out, line, wait_ms) == SRT_OUTBOX_FULL ? SRT_SENT_NOT_YET
                                                                           : SRT_SENT;
}

void srt_manager_end(SrtManager *m, int status)
{
    if (!m)
        return;
    const SrtToManager message = {.kind = SRT_TO_MANAGER_ENDED, .status = status};
    srt_log_set_listener(NULL, NULL);
    srt_outbox_put_last(m->out, srt_to_manager_line(&message));
    srt_outbox_stop(m->out, END_GRACE_MS);
    srt_lines_free(m->in);
    srt_from_manager_clear(&m->first);
    g_string_free(m->errors, TRUE);
    pthread_mutex_destroy(&m->lock);
    srt_fd_clear(&m->fd);
    g_free(m);
}
