/* SPDX-License-Identifier: Apache-2.0 */
/* srt -> manager */
#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "channel/address.h"
#include "channel/message.h"
#include "channel/message_read.h"

#define HOST_MAX 255
#define STATUS_MAX 255

static const char *const kinds[] = {
    [SRT_TO_MANAGER_HELLO] = "hello",
    [SRT_TO_MANAGER_STARTED] = "started",
    [SRT_TO_MANAGER_VIOLATION] = "violation",
    [SRT_TO_MANAGER_LOST] = "lost",
    [SRT_TO_MANAGER_ASK] = "ask",
    [SRT_TO_MANAGER_ERROR] = "error",
    [SRT_TO_MANAGER_NOTICE] = "notice",
    [SRT_TO_MANAGER_ENDED] = "ended",
};
static const char *const protocols[] = {
    [SRT_ASK_HTTP] = "http",
    [SRT_ASK_HTTPS] = "https",
    [SRT_ASK_SOCKS] = "socks",
};

static gboolean wrong(const char *key, const char *expected, GError **error)
{
    g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED, "\"%s\": expected %s", key, expected);
    return FALSE;
}

static gboolean read_hello(json_object *o, SrtToManager *ret, GError **error)
{
    guint64 version = 0, pid = 0;
    if (!srt_message_number(o, "hello", TRUE, 1, UINT_MAX, &version, error) ||
        !srt_message_text(o, "version", FALSE, &ret->version, error) ||
        !srt_message_number(o, "pid", FALSE, 0, INT_MAX, &pid, error) ||
        !srt_message_text(o, "token", FALSE, &ret->token, error))
        return FALSE;
    ret->protocol_version = (guint)version;
    ret->pid = (int)pid;
    return !ret->token || srt_channel_is_token(ret->token) ||
           wrong("token", "32 lower-case hexadecimal digits", error);
}

static gboolean read_ask(json_object *o, SrtToManager *ret, GError **error)
{
    g_autofree char *protocol = NULL;
    guint64 port = 0;
    if (!srt_message_number(o, "ask", TRUE, 0, SRT_CHANNEL_NUMBER_MAX, &ret->number, error) ||
        !srt_message_text(o, "host", TRUE, &ret->host, error) ||
        !srt_message_number(o, "port", TRUE, 1, G_MAXUINT16, &port, error) ||
        !srt_message_text(o, "protocol", TRUE, &protocol, error))
        return FALSE;
    if (!*ret->host || strlen(ret->host) > HOST_MAX)
        return wrong("host", "1 to 255 bytes", error);
    ret->port = (guint16)port;
    for (guint i = 0; i < G_N_ELEMENTS(protocols); i++)
        if (strcmp(protocol, protocols[i]) == 0) {
            ret->ask_protocol = (SrtAskProtocol)i;
            return TRUE;
        }
    return wrong("protocol", "\"http\", \"https\" or \"socks\"", error);
}

static gboolean read_violation(json_object *o, SrtToManager *ret, GError **error)
{
    json_object *record;
    if (!srt_message_inner(o, "violation", &record, error))
        return FALSE;
    ret->violation = g_strdup(json_object_to_json_string_ext(
        record, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    return TRUE;
}

static gboolean read_status(json_object *o, const char *key, SrtToManager *ret, GError **error)
{
    guint64 status = 0;
    gboolean right = srt_message_number(o, key, TRUE, 0, STATUS_MAX, &status, error);
    ret->status = (int)status;
    return right;
}

static gboolean read_message(json_object *o, SrtToManager *ret, GError **error)
{
    guint64 pid = 0;
    int kind = srt_message_kind(o, kinds, G_N_ELEMENTS(kinds), error);
    if (kind < 0)
        return FALSE;
    ret->kind = (SrtToManagerKind)kind;
    switch (ret->kind) {
    case SRT_TO_MANAGER_HELLO:
        return read_hello(o, ret, error);
    case SRT_TO_MANAGER_STARTED:
        if (!srt_message_number(o, "started", TRUE, 0, INT_MAX, &pid, error))
            return FALSE;
        ret->pid = (int)pid;
        return TRUE;
    case SRT_TO_MANAGER_VIOLATION:
        return read_violation(o, ret, error);
    case SRT_TO_MANAGER_LOST:
        return srt_message_number(o, "lost", TRUE, 1, SRT_CHANNEL_NUMBER_MAX, &ret->number, error);
    case SRT_TO_MANAGER_ASK:
        return read_ask(o, ret, error);
    case SRT_TO_MANAGER_ERROR:
        return srt_message_text(o, "error", TRUE, &ret->text, error) &&
               read_status(o, "status", ret, error);
    case SRT_TO_MANAGER_NOTICE:
        return srt_message_text(o, "notice", TRUE, &ret->text, error);
    case SRT_TO_MANAGER_ENDED:
        return read_status(o, "ended", ret, error);
    }
    return FALSE;
}

gboolean srt_to_manager_parse(const char *line, gsize length, SrtToManager *ret, GError **error)
{
    *ret = (SrtToManager){.version = NULL};
    json_object *object = srt_message_object(line, length, error);
    if (!object)
        return FALSE;
    gboolean right = read_message(object, ret, error);
    json_object_put(object);
    return right;
}

void srt_to_manager_clear(SrtToManager *message)
{
    g_free(message->version);
    g_free(message->token);
    g_free(message->violation);
    g_free(message->host);
    g_free(message->text);
    *message = (SrtToManager){.version = NULL};
}

static void add_number(json_object *object, const char *key, guint64 number)
{
    json_object_object_add(object, key,
                           json_object_new_int64((gint64)MIN(number, SRT_CHANNEL_NUMBER_MAX)));
}

static void fill(json_object *object, const SrtToManager *m, const char *text)
{
    const char *key = kinds[m->kind];
    switch (m->kind) {
    case SRT_TO_MANAGER_HELLO:
        add_number(object, key, m->protocol_version);
        srt_message_add_text(object, "version", m->version);
        add_number(object, "pid", (guint64)m->pid);
        srt_message_add_text(object, "token", m->token);
        break;
    case SRT_TO_MANAGER_STARTED:
        add_number(object, key, (guint64)m->pid);
        break;
    case SRT_TO_MANAGER_VIOLATION:
        break; /* its text is there already */
    case SRT_TO_MANAGER_LOST:
        add_number(object, key, m->number);
        break;
    case SRT_TO_MANAGER_ASK:
        add_number(object, key, m->number);
        srt_message_add_text(object, "host", m->host);
        add_number(object, "port", m->port);
        srt_message_add_text(object, "protocol", protocols[m->ask_protocol]);
        break;
    case SRT_TO_MANAGER_ERROR:
        srt_message_add_text(object, key, text);
        add_number(object, "status", (guint64)m->status);
        break;
    case SRT_TO_MANAGER_NOTICE:
        srt_message_add_text(object, key, text);
        break;
    case SRT_TO_MANAGER_ENDED:
        add_number(object, key, (guint64)m->status);
        break;
    }
}

static char *violation_line(const char *record)
{
    gsize length = strcspn(record, "\n");
    char *line = g_strdup_printf("{\"violation\":%.*s}\n", (int)length, record);
    if (strlen(line) <= SRT_CHANNEL_TO_MANAGER_MAX + 1)
        return line;
    g_free(line);
    return NULL;
}

char *srt_to_manager_line(const SrtToManager *message)
{
    if (message->kind == SRT_TO_MANAGER_VIOLATION)
        return violation_line(message->violation);
    g_autofree char *text = message->text ? g_utf8_make_valid(message->text, -1) : NULL;
    char *line;
    do {
        json_object *object = json_object_new_object();
        fill(object, message, text);
        line = srt_message_line(object, SRT_CHANNEL_TO_MANAGER_MAX);
        gsize length = text ? strlen(text) : 0;
        if (line || length == 0)
            break;
        char *cut = g_utf8_find_prev_char(text, text + length / 2 + 1);
        *(cut ? cut : text) = '\0';
    } while (TRUE);
    return line;
}
