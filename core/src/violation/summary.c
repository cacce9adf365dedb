/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/summary.h"

#include <string.h>

#define TARGET_MAX 200 /* characters of a target in a line */

char *srt_violation_allow_command(const SrtViolationRecord *record)
{
    const char *rule = record->rule ? record->rule : "";
    const char *option = "";
    if (record->flags & (SRT_VIOLATION_TAMPERING | SRT_RECORD_ALTERED))
        return NULL;
    /* What a deny rule takes, a grant does not give back. */
    if (strstr(rule, "deny") == NULL ? g_str_has_prefix(rule, "protected name")
                                     : !g_str_has_prefix(rule, "filesystem.denyRead"))
        return NULL;
    switch (record->operation) {
    case SRT_OP_READ:
        option = "--read ";
        break;
    case SRT_OP_WRITE:
    case SRT_OP_CREATE:
    case SRT_OP_DELETE:
    case SRT_OP_RENAME:
    case SRT_OP_CONNECT:
        break;
    case SRT_OP_UNIX:
        option = "--socket ";
        break;
    default:
        return NULL;
    }
    g_autofree char *quoted = strpbrk(record->target, " \t'\"\\$`!&;|*?()[]{}<>#~")
                                  ? g_shell_quote(record->target)
                                  : g_strdup(record->target);
    return g_strdup_printf("srtctl allow %s%s", option, quoted);
}

/* Making a file and writing it is one thing to whoever did it. */
static srt_operation kind_of(const SrtViolationRecord *record)
{
    return record->operation == SRT_OP_CREATE ? SRT_OP_WRITE : record->operation;
}

/* Sums up records that differ only in program, rule or reason. */
static GPtrArray *group(const GPtrArray *records)
{
    GPtrArray *groups = srt_violation_records_new();
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < records->len; i++) {
        const SrtViolationRecord *record = g_ptr_array_index(records, i);
        char *key = g_strdup_printf("%d %s", (int)kind_of(record), record->target);
        SrtViolationRecord *same = g_hash_table_lookup(known, key);
        if (same) {
            srt_violation_record_merge(same, record);
            g_free(key);
            continue;
        }
        SrtViolationRecord *copy = srt_violation_record_copy(record);
        g_ptr_array_add(groups, copy);
        g_hash_table_insert(known, key, copy);
    }
    return groups;
}

static gint more_often(gconstpointer left, gconstpointer right)
{
    const SrtViolationRecord *a = *(SrtViolationRecord *const *)left;
    const SrtViolationRecord *b = *(SrtViolationRecord *const *)right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->time_us < b->time_us ? -1 : a->time_us > b->time_us;
}

static char *line_of(const SrtViolationRecord *record)
{
    g_autofree char *command = srt_violation_allow_command(record);
    g_autofree char *times =
        record->count > 1 ? g_strdup_printf(" (%" G_GUINT64_FORMAT "×)", record->count) : NULL;
    g_autofree char *target = g_utf8_strlen(record->target, -1) > TARGET_MAX
                                  ? g_utf8_substring(record->target, 0, TARGET_MAX)
                                  : NULL;
    gboolean allow = command && !target;
    return g_strdup_printf("refused %s %s%s%s by %s%s%s", srt_operation_name(record->operation),
                           target ? target : record->target, target ? "…" : "", times ? times : "",
                           srt_violation_rule(record), allow ? "; allow it: " : "",
                           allow ? command : "");
}

GPtrArray *srt_violation_summary(const GPtrArray *records, guint most)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) groups = group(records);
    g_ptr_array_sort(groups, more_often);
    for (guint i = 0; i < MIN(groups->len, most); i++)
        g_ptr_array_add(lines, line_of(g_ptr_array_index(groups, i)));
    if (groups->len > most)
        g_ptr_array_add(lines,
                        g_strdup_printf("refused %u more: srtctl violations --last shows all",
                                        groups->len - most));
    return lines;
}
