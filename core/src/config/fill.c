/* SPDX-License-Identifier: Apache-2.0 */
#include "config/fill.h"

#include <string.h>

typedef struct Fill {
    SrtLayer *layer;
    const SrtDocument *document;
    SrtProblems *problems;
    GString *pointer; /* of the value at hand */
} Fill;

static void fill_value(Fill *fill, const SrtKey *key, const SrtNode *node);

static void *place_of(Fill *fill, const SrtKey *key)
{
    return key->place ? G_STRUCT_MEMBER_P(fill->layer->config, key->place - 1) : NULL;
}

/* "a.b", or a["odd name"] for what is no plain name. Returns the length to go back to. */
static gsize enter(Fill *fill, const char *name)
{
    gsize before = fill->pointer->len;
    gboolean plain = *name && !g_ascii_isdigit(*name);
    for (const char *p = name; *p && plain; p++)
        plain = g_ascii_isalnum(*p) || *p == '_' || *p == '$';
    if (plain) {
        g_string_append_printf(fill->pointer, "%s%s", before ? "." : "", name);
    } else {
        g_autofree char *quoted = srt_problems_quote(name);
        g_string_append_printf(fill->pointer, "[%s]", quoted);
    }
    return before;
}

static gsize enter_entry(Fill *fill, guint index)
{
    gsize before = fill->pointer->len;
    g_string_append_printf(fill->pointer, "[%u]", index);
    return before;
}

static void leave(Fill *fill, gsize before)
{
    g_string_truncate(fill->pointer, before);
}

static void G_GNUC_PRINTF(3, 4) complain(Fill *fill, gsize at, const char *format, ...)
{
    guint line, column;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    srt_document_locate(fill->document, at, &line, &column);
    srt_problems_add(fill->problems, fill->document->file, line, column,
                     fill->pointer->len ? fill->pointer->str : "(root)", "%s", text);
}

/* "found X, expected <text>" */
static void G_GNUC_PRINTF(4, 5)
    unexpected(Fill *fill, const SrtKey *key, const SrtNode *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *found = srt_document_describe(fill->document, node);
    const char *hint = srt_node_is(node, json_type_null) ? "leave the key out instead" : key->hint;
    complain(fill, node->at, "found %s, expected %s%s%s", found, text, hint ? "; " : "",
             hint ? hint : "");
}

static void remember(Fill *fill, const SrtNode *node)
{
    SrtPlace *place = g_new(SrtPlace, 1);
    srt_document_locate(fill->document, node->at, &place->line, &place->column);
    g_hash_table_insert(fill->layer->places, g_strdup(fill->pointer->str), place);
}

static SrtConfigItem *item_at(Fill *fill, const SrtNode *node)
{
    guint line, column;
    srt_document_locate(fill->document, node->at, &line, &column);
    return srt_config_item_new(srt_node_text(node), fill->pointer->str, fill->document->file, line,
                               column);
}

static gboolean good_text(Fill *fill, const SrtKey *key, SrtForm form, const SrtNode *node)
{
    const char *text = srt_node_text(node);
    if (!text) {
        unexpected(fill, key, node, "%s", srt_form(form)->expected);
        return FALSE;
    }
    g_autofree char *wrong = srt_form_check(form, text);
    if (wrong) {
        g_autofree char *found = srt_problems_quote(text);
        complain(fill, node->at, "found %s, %s", found, wrong);
    }
    return wrong == NULL;
}

static void unknown_key(Fill *fill, const SrtKey *object, const SrtNode *member)
{
    g_autofree char *near = srt_key_suggest(object, member->key);
    gsize before = enter(fill, member->key);
    if (near)
        complain(fill, member->key_at,
                 "found an unknown key, expected a known one; "
                 "did you mean \"%s\"?",
                 near);
    else
        complain(fill, member->key_at,
                 "found an unknown key, expected a known one; "
                 "srtctl schema lists them");
    leave(fill, before);
}

static const SrtKey *member_key(const SrtKey *object, const char *name)
{
    for (const SrtKey *key = object->members; key->name; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

static void fill_object(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    bool *present = place_of(fill, key);
    if (!srt_node_is(node, json_type_object)) {
        unexpected(fill, key, node, "an object");
        return;
    }
    if (present)
        *present = true;
    for (const SrtNode *member = node->first; member; member = member->next) {
        const SrtKey *known = member_key(key, member->key);
        if (!known) {
            unknown_key(fill, key, member);
            continue;
        }
        gsize before = enter(fill, known->name);
        fill_value(fill, known, member);
        leave(fill, before);
    }
    for (const SrtKey *known = key->members; known->name; known++)
        if (known->required && !srt_node_member(node, known->name))
            complain(fill, node->at, "found no key \"%s\", expected it here", known->name);
}

static void fill_bool(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    SrtTri *place = place_of(fill, key);
    const char *text = srt_node_text(node);
    if (!srt_node_is(node, json_type_boolean)) {
        gboolean quoted = text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0);
        unexpected(fill, key, node, "true or false%s", quoted ? ", without quotes" : "");
    } else if (place) {
        *place = json_object_get_boolean(node->value) ? SRT_TRI_TRUE : SRT_TRI_FALSE;
    }
}

/* 3 and 3.0 are the same number in JSON. */
static gboolean whole_number(const SrtKey *key, const SrtNode *node, gint64 *ret)
{
    double d = json_object_get_double(node->value);
    if (srt_node_is(node, json_type_int))
        *ret = json_object_get_int64(node->value);
    else if (srt_node_is(node, json_type_double) && d > -1e9 && d < 1e9 && d == (double)(gint64)d)
        *ret = (gint64)d;
    else
        return FALSE;
    return *ret >= key->minimum && *ret <= key->maximum;
}

static gboolean good_number(Fill *fill, const SrtKey *key, const SrtNode *node, gint64 *ret)
{
    if (whole_number(key, node, ret))
        return TRUE;
    unexpected(fill, key, node, "a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
               key->minimum, key->maximum);
    return FALSE;
}

static void fill_int(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    guint *place = place_of(fill, key);
    gint64 number;
    if (good_number(fill, key, node, &number) && place)
        *place = (guint)number;
}

static void fill_int_pair(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    gint64 number;
    guint i = 0;
    if (!srt_node_is(node, json_type_array) || json_object_array_length(node->value) != 2) {
        unexpected(fill, key, node, "a list of two whole numbers");
        return;
    }
    for (const SrtNode *entry = node->first; entry; entry = entry->next) {
        gsize before = enter_entry(fill, i++);
        good_number(fill, key, entry, &number);
        leave(fill, before);
    }
}

static void fill_string(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    char **place = place_of(fill, key);
    if (good_text(fill, key, key->form, node) && place)
        *place = g_strdup(srt_node_text(node));
}

static void fill_item(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    SrtConfigItem **place = place_of(fill, key);
    if (good_text(fill, key, key->form, node) && place)
        *place = item_at(fill, node);
}

static gboolean good_list(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    const char *plural = key->members ? "objects" : srt_form(key->form)->plural;
    if (!srt_node_is(node, json_type_array)) {
        const char *text = srt_node_text(node);
        g_autofree char *quoted = text ? srt_problems_quote(text) : NULL;
        g_autofree char *hint = quoted ? g_strdup_printf("; write [%s]", quoted) : g_strdup("");
        unexpected(fill, key, node, "a list of %s%s", plural, hint);
        return FALSE;
    }
    if (key->minimum > 0 && !node->first) {
        unexpected(fill, key, node, "a list with at least one entry");
        return FALSE;
    }
    return TRUE;
}

static void fill_list(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    SrtConfigList **place = place_of(fill, key);
    guint i = 0;
    if (fill->pointer->len && strcmp(fill->pointer->str, "extends") == 0)
        place = &fill->layer->extends;
    if (!good_list(fill, key, node))
        return;
    if (place)
        *place = g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    for (const SrtNode *entry = node->first; entry; entry = entry->next) {
        gsize before = enter_entry(fill, i++);
        if (good_text(fill, key, key->form, entry) && place)
            g_ptr_array_add(*place, item_at(fill, entry));
        leave(fill, before);
    }
}

static void fill_objects(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    guint i = 0;
    if (!good_list(fill, key, node))
        return;
    for (const SrtNode *entry = node->first; entry; entry = entry->next) {
        gsize before = enter_entry(fill, i++);
        fill_object(fill, key, entry);
        leave(fill, before);
    }
}

static gboolean good_name(Fill *fill, const SrtKey *key, const SrtNode *member)
{
    g_autofree char *wrong = srt_form_check(key->name_form, member->key);
    if (wrong)
        complain(fill, member->key_at, "found it as a name, %s", wrong);
    return wrong == NULL;
}

static void fill_map(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    GHashTable **place = place_of(fill, key);
    if (!srt_node_is(node, json_type_object)) {
        unexpected(fill, key, node, "an object of names and %s", srt_form(key->form)->plural);
        return;
    }
    *place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (const SrtNode *member = node->first; member; member = member->next) {
        gsize before = enter(fill, member->key);
        gboolean good = good_name(fill, key, member);
        if (good_text(fill, key, key->form, member) && good) {
            remember(fill, member);
            g_hash_table_insert(*place, g_strdup(member->key), g_strdup(srt_node_text(member)));
        }
        leave(fill, before);
    }
}

static void fill_map_list(Fill *fill, const SrtKey *key, const SrtNode *member, GHashTable *map)
{
    guint i = 0;
    if (!good_name(fill, key, member) || !good_list(fill, key, member))
        return;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (const SrtNode *entry = member->first; entry; entry = entry->next) {
        gsize before = enter_entry(fill, i++);
        if (good_text(fill, key, key->form, entry))
            g_ptr_array_add(texts, g_strdup(srt_node_text(entry)));
        leave(fill, before);
    }
    g_ptr_array_add(texts, NULL);
    g_hash_table_insert(map, g_strdup(member->key),
                        g_ptr_array_free(g_steal_pointer(&texts), FALSE));
}

static void fill_map_lists(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    GHashTable **place = place_of(fill, key);
    if (!srt_node_is(node, json_type_object)) {
        unexpected(fill, key, node, "an object of names and lists of texts");
        return;
    }
    *place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
    for (const SrtNode *member = node->first; member; member = member->next) {
        gsize before = enter(fill, member->key);
        fill_map_list(fill, key, member, *place);
        leave(fill, before);
    }
}

static void fill_refused(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    complain(fill, node->at, "found the key, expected it to be absent; %s", key->hint);
}

static void (*const fillers[])(Fill *, const SrtKey *, const SrtNode *) = {
    [SRT_KEY_OBJECT] = fill_object,   [SRT_KEY_BOOL] = fill_bool,
    [SRT_KEY_INT] = fill_int,         [SRT_KEY_STRING] = fill_string,
    [SRT_KEY_ITEM] = fill_item,       [SRT_KEY_LIST] = fill_list,
    [SRT_KEY_MAP] = fill_map,         [SRT_KEY_MAP_LISTS] = fill_map_lists,
    [SRT_KEY_OBJECTS] = fill_objects, [SRT_KEY_INT_PAIR] = fill_int_pair,
    [SRT_KEY_REFUSED] = fill_refused,
};

static void fill_value(Fill *fill, const SrtKey *key, const SrtNode *node)
{
    guint line, column;
    fillers[key->kind](fill, key, node);
    if (key->place)
        remember(fill, node);
    if (srt_key_has_meaning(key))
        return;
    srt_document_locate(fill->document, node->at, &line, &column);
    g_ptr_array_add(fill->layer->config->notes,
                    g_strdup_printf("%s:%u:%u: %s: has a meaning only %s; it changes nothing here",
                                    fill->document->file, line, column, fill->pointer->str,
                                    srt_key_where(key)));
}

void srt_layer_fill(SrtLayer *layer, const SrtDocument *document, SrtProblems *problems)
{
    Fill fill = {
        .layer = layer, .document = document, .problems = problems, .pointer = g_string_new(NULL)};
    fill_object(&fill, &srt_config_keys, document->scan->root);
    g_string_free(fill.pointer, TRUE);
}

SrtLayer *srt_layer_new(const char *name)
{
    SrtLayer *layer = g_new0(SrtLayer, 1);
    layer->name = g_strdup(name);
    layer->config = srt_config_defaults();
    layer->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return layer;
}

void srt_layer_free(SrtLayer *layer)
{
    if (!layer)
        return;
    g_free(layer->name);
    srt_config_free(layer->config);
    if (layer->extends)
        g_ptr_array_unref(layer->extends);
    g_hash_table_unref(layer->places);
    g_free(layer);
}
