/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static gint debug_on;
static gint quiet_on;

typedef void (*Listener)(void *data, gboolean is_error, const char *text);
static Listener listener;
static void *listener_data;

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

void srt_log_set_listener(Listener said, void *data)
{
    listener_data = data;
    listener = said;
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

static void write_line(const char *prefix, const char *text)
{
    g_autofree char *line = g_strdup_printf("srt: %s%s\n", prefix, text);
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

typedef enum { SAID_ERROR, SAID_WARNING, SAID_DEBUG } Said;

static void G_GNUC_PRINTF(2, 0) say(Said kind, const char *format, va_list args)
{
    static const char *const prefixes[] = {"", "warning: ", "debug: "};
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_autofree char *clean = srt_log_sanitise(text, TRUE);
    if (kind != SAID_WARNING || !g_atomic_int_get(&quiet_on))
        write_line(prefixes[kind], clean);
    if (kind != SAID_DEBUG && listener)
        listener(listener_data, kind == SAID_ERROR, clean);
}

#define SAY(kind)                                                                                  \
    do {                                                                                           \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        say(kind, format, args);                                                                   \
        va_end(args);                                                                              \
    } while (0)

void srt_log_error(const char *format, ...)
{
    SAY(SAID_ERROR);
}

void srt_log_warning(const char *format, ...)
{
    if (listener || !g_atomic_int_get(&quiet_on))
        SAY(SAID_WARNING);
}

void srt_log_debug(const char *format, ...)
{
    if (srt_log_debug_on())
        SAY(SAID_DEBUG);
}
