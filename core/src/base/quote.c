/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"

#include <string.h>

/* Letters of other languages mean nothing to a shell; '=' at the start does to some. */
static gboolean is_plain(const char *word)
{
    if (*word == '\0' || *word == '=')
        return FALSE;
    for (const char *c = word; *c; c++)
        if (!g_ascii_isalnum(*c) && (guchar)*c < 0x80 && !strchr("/._-+=:,@%", *c))
            return FALSE;
    return TRUE;
}

char *srt_quote_word(const char *word)
{
    return is_plain(word) ? g_strdup(word) : g_shell_quote(word);
}

char *srt_quote_words(const char *const *words, gsize max)
{
    GString *text = g_string_new(NULL);
    for (; *words && text->len < max; words++) {
        g_autofree char *word = srt_quote_word(*words);
        g_string_append_printf(text, "%s%s", text->len ? " " : "", word);
    }
    return g_string_free(text, FALSE);
}
