/* SPDX-License-Identifier: Apache-2.0 */
/* The table of keys as a JSON Schema. What a schema cannot say (rules about
 * several keys, lengths in bytes) only the validation knows. */
#include <json-c/json.h>

#include "config/config.h"
#include "config/keys.h"

static struct json_object *schema_of(const SrtKey *key);

static void put(struct json_object *object, const char *name, struct json_object *value)
{
    json_object_object_add(object, name, value);
}

static struct json_object *typed(const char *type)
{
    struct json_object *object = json_object_new_object();
    put(object, "type", json_object_new_string(type));
    return object;
}

static struct json_object *schema_of_text(SrtForm form)
{
    const SrtFormInfo *info = srt_form(form);
    struct json_object *object = typed("string");
    if (info->choices) {
        struct json_object *list = json_object_new_array();
        for (guint i = 0; info->choices[i]; i++)
            json_object_array_add(list, json_object_new_string(info->choices[i]));
        put(object, "enum", list);
        return object;
    }
    if (info->shortest)
        put(object, "minLength", json_object_new_int64(info->shortest));
    put(object, "maxLength", json_object_new_int64(info->longest));
    if (info->pattern)
        put(object, "pattern", json_object_new_string(info->pattern));
    return object;
}

static struct json_object *schema_of_number(const SrtKey *key)
{
    struct json_object *object = typed("integer");
    put(object, "minimum", json_object_new_int64(key->minimum));
    put(object, "maximum", json_object_new_int64(key->maximum));
    return object;
}

static struct json_object *list_of(struct json_object *entry, gint64 fewest, gint64 most)
{
    struct json_object *object = typed("array");
    put(object, "items", entry);
    if (fewest)
        put(object, "minItems", json_object_new_int64(fewest));
    if (most)
        put(object, "maxItems", json_object_new_int64(most));
    return object;
}

static struct json_object *map_of(SrtForm names, struct json_object *value)
{
    struct json_object *object = typed("object");
    put(object, "propertyNames", schema_of_text(names));
    put(object, "additionalProperties", value);
    return object;
}

static struct json_object *schema_of_object(const SrtKey *key)
{
    struct json_object *object = typed("object"), *members = json_object_new_object();
    struct json_object *required = json_object_new_array();
    for (const SrtKey *inner = key->members; inner->name; inner++) {
        put(members, inner->name, schema_of(inner));
        if (inner->required)
            json_object_array_add(required, json_object_new_string(inner->name));
    }
    put(object, "properties", members);
    if (json_object_array_length(required))
        put(object, "required", required);
    else
        json_object_put(required);
    put(object, "additionalProperties", json_object_new_boolean(FALSE));
    return object;
}

static struct json_object *schema_by_kind(const SrtKey *key)
{
    struct json_object *object;
    switch (key->kind) {
    case SRT_KEY_OBJECT:
        return schema_of_object(key);
    case SRT_KEY_BOOL:
        return typed("boolean");
    case SRT_KEY_INT:
        return schema_of_number(key);
    case SRT_KEY_STRING:
    case SRT_KEY_ITEM:
        return schema_of_text(key->form);
    case SRT_KEY_LIST:
        return list_of(schema_of_text(key->form), key->minimum, key->maximum);
    case SRT_KEY_MAP:
        return map_of(key->name_form, schema_of_text(key->form));
    case SRT_KEY_MAP_LISTS:
        return map_of(key->name_form, list_of(schema_of_text(key->form), 0, 0));
    case SRT_KEY_OBJECTS:
        return list_of(schema_of_object(key), key->minimum, key->maximum);
    case SRT_KEY_INT_PAIR:
        return list_of(schema_of_number(key), 2, 2);
    default:
        object = json_object_new_object();
        put(object, "not", json_object_new_object());
        return object;
    }
}

static struct json_object *schema_of(const SrtKey *key)
{
    struct json_object *object = schema_by_kind(key);
    g_autofree char *help =
        key->where == SRT_WHERE_ANY
            ? g_strdup(key->help)
            : g_strdup_printf("Has a meaning only %s. %s", srt_key_where(key), key->help);
    put(object, "description", json_object_new_string(help));
    return object;
}

char *srt_config_schema(void)
{
    struct json_object *object = json_object_new_object(), *keys = schema_of(&srt_config_keys);
    put(object, "$schema", json_object_new_string("https://json-schema.org/draft/2020-12/schema"));
    put(object, "title", json_object_new_string("Settings of srt"));
    json_object_object_foreach(keys, name, value) put(object, name, json_object_get(value));
    json_object_put(keys);
    char *text = g_strconcat(
        json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                   JSON_C_TO_STRING_NOSLASHESCAPE),
        "\n", NULL);
    json_object_put(object);
    return text;
}
