/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/since.h"

#include <string.h>

#include "base/error.h"

#define TEXT_MAX 40

/* A number of units; FALSE when it is not of that form. */
static gboolean parse_ago(const char *text, gint64 now_us, gint64 *ret_us)
{
    static const struct {
        char letter;
        gint64 seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    gsize digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9 || strlen(text) != digits + 1)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        if (text[digits] == units[i].letter) {
            gint64 ago = g_ascii_strtoll(text, NULL, 10) * units[i].seconds;
            *ret_us = ago > now_us / G_USEC_PER_SEC ? 0 : now_us - ago * G_USEC_PER_SEC;
            return TRUE;
        }
    return FALSE;
}

static gboolean parse_date(const char *text, gint64 *ret_us)
{
    gsize length = strlen(text);
    if (length < 10 || length > TEXT_MAX || strspn(text, "0123456789-:+.TZ ") != length)
        return FALSE;
    /* The library wants seconds, people leave them out. */
    g_autofree char *full = length == 10   ? g_strconcat(text, "T00:00:00", NULL)
                            : length == 16 ? g_strconcat(text, ":00", NULL)
                                           : g_strdup(text);
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(full, zone);
    if (!time)
        return FALSE;
    *ret_us = MAX(g_date_time_to_unix(time), 0) * G_USEC_PER_SEC;
    return TRUE;
}

gboolean srt_since_parse(const char *text, gint64 now_us, gint64 *ret_us, GError **error)
{
    if (parse_ago(text, now_us, ret_us) || parse_date(text, ret_us))
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                "--since: found '%.60s', expected a time as in 90s, 30m, 1h, 2d, 1w, 2026-01-31 or "
                "2026-01-31T12:00",
                text);
    return FALSE;
}
