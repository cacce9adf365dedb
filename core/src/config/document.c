/* SPDX-License-Identifier: Apache-2.0 */
#include "config/document.h"

#include <string.h>

static void index_lines(SrtDocument *document)
{
    gsize at = 0;
    document->lines = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_array_append_val(document->lines, at);
    const char *newline;
    while (at < document->length &&
           (newline = memchr(document->text + at, '\n', document->length - at))) {
        at = (gsize)(newline - document->text) + 1;
        g_array_append_val(document->lines, at);
    }
}

void srt_document_locate(const SrtDocument *document, gsize at, guint *ret_line, guint *ret_column)
{
    guint low = 0, high = document->lines->len;
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(document->lines, gsize, middle) <= at)
            low = middle;
        else
            high = middle;
    }
    *ret_line = low + 1;
    *ret_column = (guint)(at - g_array_index(document->lines, gsize, low)) + 1;
}

static void G_GNUC_PRINTF(4, 5)
    complain(const SrtDocument *document, SrtProblems *problems, gsize at, const char *format, ...)
{
    guint line, column;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    srt_document_locate(document, at, &line, &column);
    srt_problems_add(problems, document->file, line, column, "not valid JSON", "%s", text);
}

static gboolean check_encoding(const SrtDocument *document, SrtProblems *problems)
{
    const char *text = document->text, *bad;
    if (document->length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        complain(document, problems, 0,
                 "found a byte order mark, expected '{'; save the file as UTF-8 without it");
        return FALSE;
    }
    if (g_utf8_validate_len(text, document->length, &bad))
        return TRUE;
    complain(document, problems, (gsize)(bad - text), "found the byte 0x%02x, expected UTF-8 text",
             (unsigned char)*bad);
    return FALSE;
}

static gboolean check_scan(const SrtDocument *document, SrtProblems *problems)
{
    const SrtScan *scan = document->scan;
    if (scan->fault) {
        complain(document, problems, scan->fault_at, "%s", scan->fault);
        return FALSE;
    }
    for (guint i = 0; i < scan->repeated->len; i++) {
        const SrtNode *node = g_ptr_array_index(scan->repeated, i);
        guint line, column;
        g_autofree char *key = srt_problems_quote(node->key);
        srt_document_locate(document, node->key_at, &line, &column);
        complain(document, problems, node->again->key_at,
                 "found the key %s a second time (it stands at line %u, column %u already), "
                 "expected each key once; keep one of the two",
                 key, line, column);
    }
    return scan->repeated->len == 0;
}

/* Gives every node its value; FALSE if the two readers saw different things. */
static gboolean attach(SrtNode *node, struct json_object *value)
{
    size_t i = 0;
    node->value = value;
    if (json_object_is_type(value, json_type_array)) {
        for (SrtNode *entry = node->first; entry; entry = entry->next, i++)
            if (i >= json_object_array_length(value) ||
                !attach(entry, json_object_array_get_idx(value, i)))
                return FALSE;
        return i == json_object_array_length(value);
    }
    if (json_object_is_type(value, json_type_object)) {
        for (SrtNode *member = node->first; member; member = member->next, i++) {
            struct json_object *inner;
            if (!json_object_object_get_ex(value, member->key, &inner) || !attach(member, inner))
                return FALSE;
        }
        return i == (size_t)json_object_object_length(value);
    }
    return node->first == NULL;
}

static gboolean read_values(SrtDocument *document, SrtProblems *problems)
{
    /* Two more than the scanner lets pass: json-c counts the root as well. */
    struct json_tokener *tokener = json_tokener_new_ex(SRT_SCAN_MAX_DEPTH + 2);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    /* Only blanks are behind the root, as the scanner has seen. */
    document->json = json_tokener_parse_ex(tokener, document->text, (int)document->scan->root->end);
    enum json_tokener_error code = json_tokener_get_error(tokener);
    gsize end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (code != json_tokener_success || !document->json) {
        complain(document, problems, MIN(end, document->length), "%s",
                 json_tokener_error_desc(code));
        return FALSE;
    }
    if (!attach(document->scan->root, document->json)) {
        complain(document, problems, 0,
                 "found text that two JSON readers understand differently, "
                 "expected plain JSON");
        return FALSE;
    }
    return TRUE;
}

SrtDocument *srt_document_new(const char *text, gsize length, const char *file,
                              SrtProblems *problems)
{
    g_autoptr(SrtDocument) document = g_new0(SrtDocument, 1);
    document->file = g_strdup(file);
    document->text = g_malloc(length + 1);
    if (length)
        memcpy(document->text, text, length);
    document->text[length] = '\0';
    document->length = length;
    index_lines(document);
    if (!check_encoding(document, problems))
        return NULL;
    if (strspn(document->text, " \t\r\n") == length) {
        srt_problems_add(
            problems, file, 1, 1, NULL,
            "found nothing, expected a JSON object; \"{}\" means the built-in defaults");
        return NULL;
    }
    document->scan = srt_scan_new(document->text, length);
    if (!check_scan(document, problems) || !read_values(document, problems))
        return NULL;
    return g_steal_pointer(&document);
}

void srt_document_free(SrtDocument *document)
{
    if (!document)
        return;
    g_free(document->file);
    g_free(document->text);
    srt_scan_free(document->scan);
    if (document->json)
        json_object_put(document->json);
    g_array_unref(document->lines);
    g_free(document);
}

char *srt_document_describe(const SrtDocument *document, const SrtNode *node)
{
    switch (json_object_get_type(node->value)) {
    case json_type_object:
        return g_strdup(node->first ? "an object" : "an empty object");
    case json_type_array:
        return g_strdup(node->first ? "a list" : "an empty list");
    case json_type_string:
        return srt_problems_quote(json_object_get_string(node->value));
    default:
        return g_strdup_printf("%.*s", (int)MIN(node->end - node->at, 40),
                               document->text + node->at);
    }
}

const char *srt_node_text(const SrtNode *node)
{
    return node && srt_node_is(node, json_type_string) ? json_object_get_string(node->value) : NULL;
}

gboolean srt_node_is(const SrtNode *node, enum json_type type)
{
    return json_object_is_type(node->value, type);
}
