/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/ignore.h"

#include <string.h>

#include "violation/text.h"

static gboolean contains_any(const char *text, const char *const *parts)
{
    for (; parts && *parts; parts++)
        if (strstr(text, *parts))
            return TRUE;
    return FALSE;
}

gboolean srt_violation_is_ignored(GHashTable *rules, const SrtViolationRecord *record)
{
    GHashTableIter iter;
    gpointer pattern, parts;
    if (!rules)
        return FALSE;
    g_autofree char *line = record->operation == SRT_OP_CONNECT ? srt_violation_line(record) : NULL;
    g_hash_table_iter_init(&iter, rules);
    while (g_hash_table_iter_next(&iter, &pattern, &parts)) {
        gboolean applies = strcmp(pattern, "*") == 0 ||
                           (record->command && strstr(record->command, pattern) != NULL);
        if (applies && (contains_any(record->target, parts) || (line && contains_any(line, parts))))
            return TRUE;
    }
    return FALSE;
}

struct SrtCommands {
    GHashTable *texts; /* id -> text */
    GQueue order;      /* ids, owned by the table, the oldest first */
};

SrtCommands *srt_commands_new(void)
{
    SrtCommands *commands = g_new0(SrtCommands, 1);
    commands->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_queue_init(&commands->order);
    return commands;
}

void srt_commands_free(SrtCommands *commands)
{
    if (!commands)
        return;
    g_queue_clear(&commands->order);
    g_hash_table_destroy(commands->texts);
    g_free(commands);
}

const char *srt_commands_add(SrtCommands *commands, const char *id, const char *text)
{
    gpointer kept = NULL;
    char *clean = srt_violation_clean_command(id && *id ? id : text);
    if (g_hash_table_lookup_extended(commands->texts, clean, &kept, NULL)) {
        g_free(clean);
        g_hash_table_insert(commands->texts, g_strdup(kept), srt_violation_clean_command(text));
        return kept;
    }
    if (g_queue_get_length(&commands->order) >= SRT_COMMANDS_MAX)
        g_hash_table_remove(commands->texts, g_queue_pop_head(&commands->order));
    g_hash_table_insert(commands->texts, clean, srt_violation_clean_command(text));
    g_queue_push_tail(&commands->order, clean);
    return clean;
}

const char *srt_commands_text(const SrtCommands *commands, const char *id)
{
    return id ? g_hash_table_lookup(commands->texts, id) : NULL;
}
