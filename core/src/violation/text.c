/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/text.h"

#include <glib.h>
#include <stdbool.h>

static bool is_unseen(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return true;
    default:
        return g_unichar_iszerowidth(c) && !g_unichar_ismark(c);
    }
}

/* Appends what stands for the character at text; returns its length in bytes. */
static gsize append_clean(GString *out, const char *text, bool brackets, bool *in_run)
{
    gunichar c = g_utf8_get_char_validated(text, -1);
    if (c == (gunichar)-1 || c == (gunichar)-2) {
        g_string_append_printf(out, "\\x%02x", (guint)(guchar)*text);
        *in_run = false;
        return 1;
    }
    gsize length = (gsize)g_utf8_skip[(guchar)*text];
    if (is_unseen(c)) {
        if (!*in_run)
            g_string_append_c(out, ' ');
        *in_run = true;
    } else if (brackets || (c != '<' && c != '>')) {
        g_string_append_len(out, text, (gssize)length);
        *in_run = false;
    }
    return length;
}

static char *clean(const char *text, bool brackets)
{
    if (!text)
        return NULL;
    GString *out = g_string_new(NULL);
    bool in_run = false;
    while (*text) {
        gsize before = out->len;
        text += append_clean(out, text, brackets, &in_run);
        if (out->len > SRT_VIOLATION_TEXT_MAX - 3) {
            g_string_truncate(out, before);
            g_string_append(out, "...");
            break;
        }
    }
    return g_strstrip(g_string_free(out, FALSE));
}

char *srt_violation_clean(const char *text)
{
    return clean(text, false);
}

char *srt_violation_clean_command(const char *text)
{
    return clean(text, true);
}
