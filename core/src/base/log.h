/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people, on standard error, each prefixed "srt: ". Never on standard
 * output. Control characters in the text are written as \xHH, so nothing that
 * comes from outside can speak to the terminal. Any thread. */
#ifndef SRT_BASE_LOG_H
#define SRT_BASE_LOG_H

#include <glib.h>

/* Turns debug lines on or off; off at the start. */
void srt_log_set_debug(gboolean on);
gboolean srt_log_debug_on(void);

/* Turns warnings off or on; on at the start. Errors always show. */
void srt_log_set_quiet(gboolean on);

/* Whoever is to get errors and warnings as well, also warnings that are turned off: text as it is
 * shown, without "srt: ". Is called on any thread, and must log nothing. NULL: nobody, as at the
 * start; then no other thread may be logging. */
void srt_log_set_listener(void (*said)(void *data, gboolean is_error, const char *text),
                          void *data);

/* "srt: <text>" */
void srt_log_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* "srt: warning: <text>" */
void srt_log_warning(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* "srt: debug: <text>", only when debug is on */
void srt_log_debug(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* A copy of text with control characters (except newline when keep_newlines)
 * and bytes that are not valid UTF-8 written as \xHH. Free with g_free. */
char *srt_log_sanitise(const char *text, gboolean keep_newlines);

#endif
