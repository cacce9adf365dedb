/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gint debug_on;

void srt_log_set_debug(gboolean on)
{
    g_atomic_int_set(&debug_on, on ? 1 : 0);
}

gboolean srt_log_debug_on(void)
{
    return g_atomic_int_get(&debug_on) != 0;
}

char *srt_log_sanitise(const char *text, gboolean keep_newlines)
{
    GString *out = g_string_new(NULL);
    const char *p = text;
    while (*p) {
        gunichar c = g_utf8_get_char_validated(p, -1);
        gboolean bad = c == (gunichar)-1 || c == (gunichar)-2;
        if (bad || (g_unichar_iscntrl(c) && !(keep_newlines && c == '\n')) ||
            g_unichar_type(c) == G_UNICODE_FORMAT) {
            gsize n = bad ? 1 : (gsize)(g_utf8_next_char(p) - p);
            for (gsize i = 0; i < n; i++)
                g_string_append_printf(out, "\\x%02x", (unsigned char)p[i]);
            p += n;
            continue;
        }
        const char *next = g_utf8_next_char(p);
        g_string_append_len(out, p, next - p);
        p = next;
    }
    return g_string_free(out, FALSE);
}

static void say(const char *prefix, const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_autofree char *clean = srt_log_sanitise(text, TRUE);
    g_autofree char *line = g_strdup_printf("%s%s\n", prefix, clean);
    /* One write, so that lines of several processes do not mix. */
    size_t left = strlen(line);
    const char *p = line;
    while (left > 0) {
        ssize_t n = write(STDERR_FILENO, p, left);
        if (n <= 0)
            return;
        p += n;
        left -= (size_t)n;
    }
}

#define SAY(prefix)             \
    do {                        \
        va_list args;           \
        va_start(args, format); \
        say(prefix, format, args); \
        va_end(args);           \
    } while (0)

void srt_log_error(const char *format, ...)
{
    SAY("srt: ");
}

void srt_log_warning(const char *format, ...)
{
    SAY("srt: warning: ");
}

void srt_log_debug(const char *format, ...)
{
    if (srt_log_debug_on())
        SAY("srt: debug: ");
}
