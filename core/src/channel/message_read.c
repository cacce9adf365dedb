/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/message_read.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"

#define DEPTH_MAX 32
#define SHOWN_MAX 60 /* bytes of a wrong line in a message */

static gboolean G_GNUC_PRINTF(2, 3) wrong(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, SRT_ERROR, SRT_ERROR_FAILED, "%s", text);
    return FALSE;
}

static json_object *no_object(const char *line, gsize length, const char *why, GError **error)
{
    g_autofree char *begin = g_strndup(line, MIN(length, SHOWN_MAX));
    g_autofree char *clean = srt_log_sanitise(begin, FALSE);
    wrong(error, "found '%s%s'%s%s, expected one JSON object a line", clean,
          length > SHOWN_MAX ? "..." : "", *why ? ": " : "", why);
    return NULL;
}

json_object *srt_message_object(const char *line, gsize length, GError **error)
{
    if (length > INT_MAX || !g_utf8_validate_len(line, length, NULL))
        return no_object(line, MIN(length, SHOWN_MAX), "no UTF-8 text", error);
    struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    json_object *object = json_tokener_parse_ex(tokener, line, (int)length);
    enum json_tokener_error code = json_tokener_get_error(tokener);
    gsize end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (code == json_tokener_success && end == length &&
        json_object_is_type(object, json_type_object))
        return object;
    json_object_put(object);
    const char *why = code == json_tokener_success    ? ""
                      : code == json_tokener_continue ? "the line ends too early"
                                                      : json_tokener_error_desc(code);
    return no_object(line, length, why, error);
}

/* NULL stands for absent as well. */
static json_object *value_of(json_object *object, const char *key)
{
    json_object *value = NULL;
    json_object_object_get_ex(object, key, &value);
    return value;
}

int srt_message_kind(json_object *object, const char *const *keys, guint n, GError **error)
{
    int kind = -1;
    for (guint i = 0; i < n; i++) {
        if (!value_of(object, keys[i]))
            continue;
        if (kind >= 0) {
            wrong(error, "found \"%s\" and \"%s\" in one line, expected one message a line",
                  keys[kind], keys[i]);
            return -1;
        }
        kind = (int)i;
    }
    if (kind < 0) {
        g_autoptr(GString) list = g_string_new(NULL);
        for (guint i = 0; i < n; i++)
            g_string_append_printf(list, "%s\"%s\"", i ? ", " : "", keys[i]);
        wrong(error, "found a message without a key that is known, expected one of %s", list->str);
    }
    return kind;
}

static gboolean lacks(const char *key, gboolean needed, GError **error)
{
    return needed ? wrong(error, "found a message without \"%s\"", key) : TRUE;
}

gboolean srt_message_text(json_object *object, const char *key, gboolean needed, char **ret,
                          GError **error)
{
    json_object *value = value_of(object, key);
    if (!value)
        return lacks(key, needed, error);
    if (!json_object_is_type(value, json_type_string))
        return wrong(error, "\"%s\": expected a text", key);
    const char *text = json_object_get_string(value);
    if (strlen(text) != (gsize)json_object_get_string_len(value))
        return wrong(error, "\"%s\": found a text with a NUL character in it", key);
    g_free(*ret);
    *ret = g_strdup(text);
    return TRUE;
}

gboolean srt_message_number(json_object *object, const char *key, gboolean needed, guint64 min,
                            guint64 max, guint64 *ret, GError **error)
{
    json_object *value = value_of(object, key);
    if (!value)
        return lacks(key, needed, error);
    /* What is too large for the type comes out as the largest. */
    gint64 number = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : -1;
    if (number < 0 || (guint64)number < min || (guint64)number > max)
        return wrong(error,
                     "\"%s\": expected a whole number from %" G_GUINT64_FORMAT
                     " to %" G_GUINT64_FORMAT,
                     key, min, max);
    *ret = (guint64)number;
    return TRUE;
}

gboolean srt_message_flag(json_object *object, const char *key, gboolean needed, gboolean *ret,
                          GError **error)
{
    json_object *value = value_of(object, key);
    if (!value)
        return lacks(key, needed, error);
    if (!json_object_is_type(value, json_type_boolean))
        return wrong(error, "\"%s\": expected true or false", key);
    *ret = json_object_get_boolean(value) ? TRUE : FALSE;
    return TRUE;
}

gboolean srt_message_inner(json_object *object, const char *key, json_object **ret, GError **error)
{
    *ret = value_of(object, key);
    return json_object_is_type(*ret, json_type_object)
               ? TRUE
               : wrong(error, "\"%s\": expected an object", key);
}

void srt_message_add_text(json_object *object, const char *key, const char *text)
{
    if (!text)
        return;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_object_object_add(object, key, json_object_new_string(valid));
}

char *srt_message_line(json_object *object, gsize max)
{
    size_t length = 0;
    const char *text = json_object_to_json_string_length(
        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
    char *line = text && length <= max ? g_strconcat(text, "\n", NULL) : NULL;
    json_object_put(object);
    return line;
}
