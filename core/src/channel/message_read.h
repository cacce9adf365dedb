/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing the JSON of one line. Private to this room. */
#ifndef SRT_CHANNEL_MESSAGE_READ_H
#define SRT_CHANNEL_MESSAGE_READ_H

#include <glib.h>
#include <json-c/json.h>

/* The object that a line is, or NULL. To be put. */
json_object *srt_message_object(const char *line, gsize length, GError **error);

/* Which of the keys the object has, as an index; exactly one, else -1. */
int srt_message_kind(json_object *object, const char *const *keys, guint n, GError **error);

/* Each FALSE with *error when the value has another type, is out of range, or is absent and
 * needed; absent and not needed leaves *ret as it is. A text holds no NUL; it is the caller's. */
gboolean srt_message_text(json_object *object, const char *key, gboolean needed, char **ret,
                          GError **error);
gboolean srt_message_number(json_object *object, const char *key, gboolean needed, guint64 min,
                            guint64 max, guint64 *ret, GError **error);
gboolean srt_message_flag(json_object *object, const char *key, gboolean needed, gboolean *ret,
                          GError **error);
gboolean srt_message_inner(json_object *object, const char *key, json_object **ret, GError **error);

/* Adds a text, made UTF-8 where it is not; NULL adds nothing. */
void srt_message_add_text(json_object *object, const char *key, const char *text);

/* The line, with its end; puts the object. NULL when it is longer than max. */
char *srt_message_line(json_object *object, gsize max);

#endif
