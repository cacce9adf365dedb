/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/json.h"

char *srt_violation_time(gint64 time_us)
{
    g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autofree char *text = seconds ? g_date_time_format(seconds, "%Y-%m-%dT%H:%M:%S") : NULL;
    return text ? g_strdup_printf("%s.%06dZ", text, (int)(time_us % G_USEC_PER_SEC))
                : g_strdup("?");
}

static void append_char(GString *out, gunichar c)
{
    if (c == '"' || c == '\\')
        g_string_append_printf(out, "\\%c", (char)c);
    else if (c >= 0x20 && c < 0x7f)
        g_string_append_c(out, (char)c);
    else if (c < 0x10000)
        g_string_append_printf(out, "\\u%04x", (guint)c);
    else
        g_string_append_printf(out, "\\u%04x\\u%04x", (guint)(0xd800 + ((c - 0x10000) >> 10)),
                               (guint)(0xdc00 + ((c - 0x10000) & 0x3ff)));
}

static void append_key(GString *out, const char *key)
{
    g_string_append_printf(out, "%s\"%s\":", out->len > 1 ? "," : "", key);
}

static void append_text(GString *out, const char *key, const char *value)
{
    if (!value)
        return;
    append_key(out, key);
    g_string_append_c(out, '"');
    while (*value) {
        gunichar c = g_utf8_get_char_validated(value, -1);
        gboolean bad = c == (gunichar)-1 || c == (gunichar)-2;
        append_char(out, bad ? 0xfffd : c);
        value += bad ? 1 : g_utf8_skip[(guchar)*value];
    }
    g_string_append_c(out, '"');
}

static void append_number(GString *out, const char *key, gint64 value)
{
    append_key(out, key);
    g_string_append_printf(out, "%" G_GINT64_FORMAT, value);
}

char *srt_violation_json(const SrtViolationRecord *r, const char *session)
{
    GString *out = g_string_new("{");
    g_autofree char *first = srt_violation_time(r->time_us);
    g_autofree char *last = srt_violation_time(r->last_us);
    append_text(out, "time", first);
    if (r->last_us != r->time_us)
        append_text(out, "last", last);
    append_text(out, "session", session ? session : r->session);
    append_text(out, "operation", srt_operation_name(r->operation));
    append_text(out, "target", r->target);
    append_text(out, "rule", srt_violation_rule(r));
    append_text(out, "reason", r->reason);
    append_text(out, "backend", r->backend);
    if (r->pid > 0)
        append_number(out, "pid", r->pid);
    append_text(out, "program", r->program);
    append_text(out, "commandId", r->command_id);
    append_text(out, "command", r->command);
    append_number(out, "count", (gint64)r->count);
    append_key(out, "attempt");
    g_string_append(out, r->flags & SRT_VIOLATION_ATTEMPT ? "true" : "false");
    append_key(out, "tampering");
    g_string_append(out, r->flags & SRT_VIOLATION_TAMPERING ? "true}\n" : "false}\n");
    return g_string_free(out, FALSE);
}

char *srt_violation_json_lost(guint64 lost, const char *session)
{
    GString *out = g_string_new("{");
    append_text(out, "session", session);
    append_number(out, "lost", (gint64)lost);
    g_string_append(out, "}\n");
    return g_string_free(out, FALSE);
}
