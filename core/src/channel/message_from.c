/* SPDX-License-Identifier: Apache-2.0 */
/* manager -> srt */
#include "base/error.h"
#include "channel/message.h"
#include "channel/message_read.h"

static const char *const kinds[] = {
    [SRT_FROM_MANAGER_START] = "start",
    [SRT_FROM_MANAGER_UPDATE] = "update",
    [SRT_FROM_MANAGER_ANSWER] = "answer",
};

static gboolean read_start(json_object *object, SrtStart *start, GError **error)
{
    json_object *o;
    if (!srt_message_inner(object, kinds[SRT_FROM_MANAGER_START], &o, error) ||
        !srt_message_text(o, "settings", TRUE, &start->settings, error) ||
        !srt_message_text(o, "label", FALSE, &start->label, error) ||
        !srt_message_text(o, "directory", FALSE, &start->directory, error) ||
        !srt_message_text(o, "backend", FALSE, &start->backend, error) ||
        !srt_message_text(o, "allowUnenforced", FALSE, &start->allow_unenforced, error) ||
        !srt_message_text(o, "commandId", FALSE, &start->command_id, error) ||
        !srt_message_text(o, "commandText", FALSE, &start->command_text, error) ||
        !srt_message_flag(o, "ask", FALSE, &start->ask, error) ||
        !srt_message_flag(o, "live", FALSE, &start->live, error) ||
        !srt_message_flag(o, "endWithSession", FALSE, &start->end_with_session, error) ||
        !srt_message_flag(o, "quiet", FALSE, &start->quiet, error))
        return FALSE;
    if (start->directory && *start->directory != '/') {
        g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED,
                    "\"directory\": found '%s', expected an absolute path", start->directory);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_message(json_object *object, SrtFromManager *ret, GError **error)
{
    int kind = srt_message_kind(object, kinds, G_N_ELEMENTS(kinds), error);
    if (kind < 0)
        return FALSE;
    ret->kind = (SrtFromManagerKind)kind;
    switch (ret->kind) {
    case SRT_FROM_MANAGER_START:
        return read_start(object, &ret->start, error);
    case SRT_FROM_MANAGER_UPDATE:
        return srt_message_text(object, kinds[kind], TRUE, &ret->update, error);
    case SRT_FROM_MANAGER_ANSWER:
        return srt_message_number(object, kinds[kind], TRUE, 0, SRT_CHANNEL_NUMBER_MAX,
                                  &ret->answer, error) &&
               srt_message_flag(object, "allow", TRUE, &ret->allow, error);
    }
    return FALSE;
}

gboolean srt_from_manager_parse(const char *line, gsize length, SrtFromManager *ret, GError **error)
{
    *ret = (SrtFromManager){.update = NULL};
    json_object *object = srt_message_object(line, length, error);
    if (!object)
        return FALSE;
    gboolean right = read_message(object, ret, error);
    json_object_put(object);
    return right;
}

void srt_from_manager_clear(SrtFromManager *message)
{
    SrtStart *start = &message->start;
    g_free(start->settings);
    g_free(start->label);
    g_free(start->directory);
    g_free(start->backend);
    g_free(start->allow_unenforced);
    g_free(start->command_id);
    g_free(start->command_text);
    g_free(message->update);
    *message = (SrtFromManager){.update = NULL};
}

/* Settings are not to be changed on the way: a text that is no UTF-8 has no line. */
static gboolean add_exactly(json_object *object, const char *key, const char *text, GError **error)
{
    if (text && !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED, "\"%s\": expected UTF-8 text", key);
        return FALSE;
    }
    srt_message_add_text(object, key, text);
    return TRUE;
}

static void add_flag(json_object *object, const char *key, gboolean on)
{
    if (on)
        json_object_object_add(object, key, json_object_new_boolean(TRUE));
}

static gboolean add_start(json_object *object, const SrtStart *start, GError **error)
{
    json_object *o = json_object_new_object();
    json_object_object_add(object, kinds[SRT_FROM_MANAGER_START], o);
    if (!add_exactly(o, "settings", start->settings, error) ||
        !add_exactly(o, "label", start->label, error) ||
        !add_exactly(o, "directory", start->directory, error) ||
        !add_exactly(o, "backend", start->backend, error) ||
        !add_exactly(o, "allowUnenforced", start->allow_unenforced, error))
        return FALSE;
    srt_message_add_text(o, "commandId", start->command_id);
    srt_message_add_text(o, "commandText", start->command_text);
    add_flag(o, "ask", start->ask);
    add_flag(o, "live", start->live);
    add_flag(o, "endWithSession", start->end_with_session);
    add_flag(o, "quiet", start->quiet);
    return TRUE;
}

char *srt_from_manager_line(const SrtFromManager *message, GError **error)
{
    json_object *object = json_object_new_object();
    gboolean right = TRUE;
    switch (message->kind) {
    case SRT_FROM_MANAGER_START:
        right = add_start(object, &message->start, error);
        break;
    case SRT_FROM_MANAGER_UPDATE:
        right = add_exactly(object, kinds[message->kind], message->update, error);
        break;
    case SRT_FROM_MANAGER_ANSWER:
        json_object_object_add(object, kinds[message->kind],
                               json_object_new_int64((gint64)message->answer));
        json_object_object_add(object, "allow", json_object_new_boolean(message->allow));
        break;
    }
    if (!right) {
        json_object_put(object);
        return NULL;
    }
    char *line = srt_message_line(object, SRT_CHANNEL_TO_SRT_MAX);
    if (!line)
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_FAILED,
                            "the settings are too long: expected a message of at most 4 MiB");
    return line;
}
