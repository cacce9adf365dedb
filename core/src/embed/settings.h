/* SPDX-License-Identifier: Apache-2.0 */
/* Settings as JSON that has been checked. Private to this room. */
#ifndef SRT_EMBED_SETTINGS_H
#define SRT_EMBED_SETTINGS_H

#include <glib.h>
#include <json-c/json.h>
#include <srt/srt.h>

struct srt_settings {
    json_object *json; /* an object; names in "extends" are absolute */
    char *label;       /* what messages call it */
    char *directory;   /* what "extends" is relative to; NULL: only absolute names */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(srt_settings, srt_settings_free)

/* Where the names in "extends" start from, as srt is told: NULL without any. */
const char *srt_settings_base(const srt_settings *settings);
/* Takes json in place of what settings holds when it is right; puts it in any case. 0 or -1. */
int srt_settings_replace(srt_settings *settings, json_object *json, srt_error **error);
/* The JSON value that a text is, to be put. label: what messages call it. NULL with *error. */
json_object *srt_settings_read_value(const char *text, const char *label, srt_error **error);
/* A copy of the settings with over (may be NULL) put over them. NULL with *error. */
srt_settings *srt_settings_combine(const srt_settings *settings, const srt_settings *over,
                                   srt_error **error);

#endif
