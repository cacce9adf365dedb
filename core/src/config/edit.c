/* SPDX-License-Identifier: Apache-2.0 */
#include "config/edit.h"

#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "config/scan.h"

char *srt_json_quote(const char *text)
{
    GString *out = g_string_new("\"");
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (const char *p = valid; *p; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_printf(out, "\\%c", *p);
        else if ((guchar)*p < 0x20 || *p == 0x7f)
            g_string_append_printf(out, "\\u%04x", (guint)(guchar)*p);
        else
            g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}

static gboolean fail(const char *file, const char *what, GError **error)
{
    g_set_error(error, SRT_ERROR, SRT_ERROR_SETTINGS, "%s: %s", file, what);
    return FALSE;
}

static const SrtNode *last_of(const SrtNode *container)
{
    const SrtNode *last = container->first;
    while (last && last->next)
        last = last->next;
    return last;
}

/* The white space before a member or entry: what separates it from what is before. */
static char *space_before(const char *text, const SrtNode *node)
{
    gsize end = node->key ? node->key_at : node->at;
    gsize begin = end;
    while (begin > 0 && strchr(" \t\r\n", text[begin - 1]))
        begin--;
    return g_strndup(text + begin, end - begin);
}

/* Puts item behind what is in the container, in the manner of the last one there. */
static void append_item(GString *text, const SrtNode *container, const char *item, gboolean root)
{
    const SrtNode *last = last_of(container);
    if (last) {
        g_autofree char *space = space_before(text->str, last);
        g_autofree char *added = g_strconcat(",", space, item, NULL);
        g_string_insert(text, (gssize)last->end, added);
        return;
    }
    g_autofree char *added = root ? g_strconcat("\n  ", item, "\n", NULL) : g_strdup(item);
    g_string_erase(text, (gssize)container->at + 1, (gssize)(container->end - container->at) - 2);
    g_string_insert(text, (gssize)container->at + 1, added);
}

/* Makes sure that the object has the member, and says where. One change at most; then the
 * text is to be scanned again. */
static const SrtNode *member_or_add(GString *text, const SrtNode *object, const char *key,
                                    const char *fresh, gboolean root)
{
    const SrtNode *member = srt_node_member(object, key);
    if (!member) {
        g_autofree char *item = g_strdup_printf("\"%s\": %s", key, fresh);
        append_item(text, object, item, root);
    }
    return member;
}

static gboolean holds(const GString *text, const SrtNode *list, const char *quoted)
{
    for (const SrtNode *entry = list->first; entry; entry = entry->next)
        if (entry->end - entry->at == strlen(quoted) &&
            memcmp(text->str + entry->at, quoted, strlen(quoted)) == 0)
            return TRUE;
    return FALSE;
}

typedef enum { STEP_FAILED, STEP_AGAIN, STEP_DONE } Step;

static Step step(GString *text, const char *file, const SrtSettingsEntry *entry, GError **error)
{
    g_autofree char *quoted = srt_json_quote(entry->value);
    g_autoptr(SrtScan) scan = srt_scan_new(text->str, text->len);
    if (scan->fault || scan->repeated->len > 0) {
        fail(file, scan->fault ? scan->fault : "found a key that comes twice", error);
        return STEP_FAILED;
    }
    if (text->str[scan->root->at] != '{') {
        fail(file, "found something else, expected an object", error);
        return STEP_FAILED;
    }
    const SrtNode *section = member_or_add(text, scan->root, entry->section, "{}", TRUE);
    if (!section)
        return STEP_AGAIN;
    if (text->str[section->at] != '{') {
        fail(file, "found a section that is no object", error);
        return STEP_FAILED;
    }
    g_autofree char *first = entry->first ? srt_json_quote(entry->first) : g_strdup("");
    g_autofree char *fresh = g_strdup_printf("[%s]", first);
    const SrtNode *list = member_or_add(text, section, entry->key, fresh, FALSE);
    if (!list)
        return STEP_AGAIN;
    if (text->str[list->at] != '[') {
        fail(file, "found a value that is no list where an entry is to be added", error);
        return STEP_FAILED;
    }
    if (!holds(text, list, quoted)) {
        /* The second one in a list on one line. */
        const SrtNode *last = last_of(list);
        gboolean only = last && last == list->first && last->at == list->at + 1;
        g_autofree char *item = g_strconcat(only ? " " : "", quoted, NULL);
        append_item(text, list, item, FALSE);
    }
    return STEP_DONE;
}

char *srt_settings_add(const char *text, gsize length, const char *file,
                       const SrtSettingsEntry *entries, guint n, GError **error)
{
    g_autoptr(GString) out = g_string_new_len(text, (gssize)length);
    if (strspn(out->str, " \t\r\n") == out->len)
        g_string_assign(out, "{}\n");
    if (length > SRT_CONFIG_MAX_BYTES || strlen(out->str) != out->len ||
        !g_utf8_validate(out->str, (gssize)out->len, NULL)) {
        fail(file, "found no UTF-8 text of at most 4 MiB", error);
        return NULL;
    }
    for (guint i = 0; i < n; i++) {
        Step done = STEP_AGAIN;
        while (done == STEP_AGAIN)
            done = step(out, file, &entries[i], error);
        if (done == STEP_FAILED)
            return NULL;
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
