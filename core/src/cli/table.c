/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include <string.h>

#include "base/error.h"
#include "cli/ctl.h"

#define FIELDS_MAX 8
#define SEPARATOR "\x1f" /* in no sanitised text */

static const char *operation_of(const SrtViolationRecord *r)
{
    return srt_operation_name(r->operation);
}
static const char *target_of(const SrtViolationRecord *r)
{
    return r->target;
}
static const char *program_of(const SrtViolationRecord *r)
{
    return r->program;
}
static const char *command_of(const SrtViolationRecord *r)
{
    return r->command;
}
static const char *backend_of(const SrtViolationRecord *r)
{
    return r->backend;
}
static const char *reason_of(const SrtViolationRecord *r)
{
    return r->reason;
}
static const char *session_of(const SrtViolationRecord *r)
{
    return r->session;
}

static const struct {
    const char *name;
    const char *(*get)(const SrtViolationRecord *record);
} fields[] = {
    {"operation", operation_of}, {"target", target_of},   {"rule", srt_violation_rule},
    {"program", program_of},     {"command", command_of}, {"backend", backend_of},
    {"reason", reason_of},       {"session", session_of},
};

static char *time_of(gint64 time_us)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(time_us / G_USEC_PER_SEC);
    return time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : g_strdup("?");
}

void srt_ctl_print_records(const GPtrArray *records, gboolean header)
{
    if (header)
        srt_ctl_line("%-19s %6s %-9s %-9s %s", "TIME", "COUNT", "KIND", "RESULT",
                     "TARGET, RULE, PROGRAM");
    for (guint i = 0; i < records->len; i++) {
        const SrtViolationRecord *r = g_ptr_array_index(records, i);
        g_autofree char *time = time_of(r->last_us);
        g_autofree char *program =
            r->program ? g_strdup_printf(" (%s, %d)", r->program, r->pid) : g_strdup("");
        srt_ctl_line("%-19s %6" G_GUINT64_FORMAT " %-9s %-9s %s by %s%s", time, r->count,
                     srt_operation_name(r->operation),
                     r->flags & SRT_VIOLATION_TAMPERING ? "tampering"
                     : r->flags & SRT_VIOLATION_ATTEMPT ? "tried"
                                                        : "refused",
                     r->target, srt_violation_rule(r), program);
    }
}

static gboolean find_fields(const char *text, guint *ret_fields, guint *ret_n, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    for (char **word = words; *word; word++) {
        gsize i = 0;
        while (i < G_N_ELEMENTS(fields) && strcmp(fields[i].name, *word) != 0)
            i++;
        if (i == G_N_ELEMENTS(fields) || *ret_n == FIELDS_MAX) {
            g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                        "--count-by: found '%s', expected some of operation, target, rule, "
                        "program, command, backend, reason, session",
                        *word);
            return FALSE;
        }
        ret_fields[(*ret_n)++] = (guint)i;
    }
    return TRUE;
}

typedef struct Sum {
    char **values;
    guint64 count;
} Sum;

static void free_sum(gpointer data)
{
    Sum *sum = data;
    g_strfreev(sum->values);
    g_free(sum);
}

static gint more(gconstpointer left, gconstpointer right)
{
    const Sum *a = *(Sum *const *)left, *b = *(Sum *const *)right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    for (guint i = 0; a->values[i] && b->values[i]; i++) {
        int order = strcmp(a->values[i], b->values[i]);
        if (order)
            return order;
    }
    return 0;
}

static GPtrArray *sums_of(const GPtrArray *records, const guint *which, guint n)
{
    GPtrArray *sums = g_ptr_array_new_with_free_func(free_sum);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < records->len; i++) {
        const SrtViolationRecord *record = g_ptr_array_index(records, i);
        char **values = g_new0(char *, n + 1);
        for (guint k = 0; k < n; k++) {
            const char *value = fields[which[k]].get(record);
            values[k] = g_strdup(value ? value : "-");
        }
        char *key = g_strjoinv(SEPARATOR, values);
        Sum *sum = g_hash_table_lookup(known, key);
        if (sum) {
            g_strfreev(values);
            g_free(key);
        } else {
            sum = g_new0(Sum, 1);
            sum->values = values;
            g_ptr_array_add(sums, sum);
            g_hash_table_insert(known, key, sum);
        }
        sum->count += record->count;
    }
    g_ptr_array_sort(sums, more);
    return sums;
}

static void print_sum_json(const Sum *sum, const guint *which)
{
    json_object *object = json_object_new_object();
    json_object_object_add(object, "count", json_object_new_int64((gint64)sum->count));
    for (guint k = 0; sum->values[k]; k++)
        json_object_object_add(object, fields[which[k]].name, srt_ctl_json_text(sum->values[k]));
    srt_ctl_line("%s", json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                                  JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

gboolean srt_ctl_print_counts(const GPtrArray *records, const char *text, gboolean json,
                              GError **error)
{
    guint which[FIELDS_MAX], n = 0;
    if (!find_fields(text, which, &n, error))
        return FALSE;
    g_autoptr(GPtrArray) sums = sums_of(records, which, n);
    for (guint i = 0; i < sums->len; i++) {
        const Sum *sum = g_ptr_array_index(sums, i);
        if (json) {
            print_sum_json(sum, which);
            continue;
        }
        g_autofree char *values = g_strjoinv("  ", sum->values);
        srt_ctl_line("%8" G_GUINT64_FORMAT "  %s", sum->count, values);
    }
    return TRUE;
}
