/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static gint debug_on;
static gint quiet_on;

void srt_log_set_debug(gboolean on)
{
    g_atomic_int_set(&debug_on, on ? 1 : 0);
}

gboolean srt_log_debug_on(void)
{
    return g_atomic_int_get(&debug_on) != 0;
}

void srt_log_set_quiet(gboolean on)
{
    g_atomic_int_set(&quiet_on, on ? 1 : 0);
}

char *srt_log_sanitise(const char *text, gboolean keep_newlines)
{
    GString *out = g_string_new(NULL);
    for (gsize n; *text; text += n) {
        gunichar c = g_utf8_get_char_validated(text, -1);
        bool invalid = c == (gunichar)-1 || c == (gunichar)-2;
        n = invalid ? 1 : (gsize)g_utf8_skip[(guchar)*text];
        bool hide = invalid || (g_unichar_iscntrl(c) && !(keep_newlines && c == '\n')) ||
                    g_unichar_type(c) == G_UNICODE_FORMAT;
        if (!hide) {
            g_string_append_len(out, text, (gssize)n);
            continue;
        }
        for (gsize i = 0; i < n; i++)
            g_string_append_printf(out, "\\x%02x", (guint)(guchar)text[i]);
    }
    return g_string_free(out, FALSE);
}

static void G_GNUC_PRINTF(2, 0) say(const char *prefix, const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_autofree char *clean = srt_log_sanitise(text, TRUE);
    g_autofree char *line = g_strdup_printf("%s%s\n", prefix, clean);
    /* One write, so that lines of several processes do not mix. */
    size_t left = strlen(line);
    const char *p = line;
    while (left > 0) {
        ssize_t n = write(STDERR_FILENO, p, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        p += n;
        left -= (size_t)n;
    }
}

#define SAY(prefix)                                                                                \
    do {                                                                                           \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        say(prefix, format, args);                                                                 \
        va_end(args);                                                                              \
    } while (0)

void srt_log_error(const char *format, ...)
{
    SAY("srt: ");
}

void srt_log_warning(const char *format, ...)
{
    if (!g_atomic_int_get(&quiet_on))
        SAY("srt: warning: ");
}

void srt_log_debug(const char *format, ...)
{
    if (srt_log_debug_on())
        SAY("srt: debug: ");
}
