/* SPDX-License-Identifier: Apache-2.0 */
/* Adds entries to the lists of a settings text and leaves every other byte of it alone. Pure. */
#ifndef SRT_CONFIG_EDIT_H
#define SRT_CONFIG_EDIT_H

#include <glib.h>

typedef struct SrtSettingsEntry {
    const char *section; /* "filesystem" */
    const char *key;     /* "allowWrite" */
    const char *value;
    const char *first; /* what a list that is not there stands for, and must then be named: "."
                          for allowWrite; NULL: nothing */
} SrtSettingsEntry;

/* The text with the entries added at the end of their lists, which are made where they are
 * missing; an entry that is there already is not added again. An empty text is taken for
 * "{}". Errors: SRT_ERROR_SETTINGS, "FILE: …". Caller frees. */
char *srt_settings_add(const char *text, gsize length, const char *file,
                       const SrtSettingsEntry *entries, guint n, GError **error);

/* text as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. Caller frees. */
char *srt_json_quote(const char *text);

#endif
