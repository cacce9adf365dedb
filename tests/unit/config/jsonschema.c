/* SPDX-License-Identifier: Apache-2.0 */
#include "jsonschema.h"

#include <string.h>

typedef struct json_object Json;

typedef struct Check {
    const char *unknown;
    char *wrong;
} Check;

static gboolean check(Check *c, Json *schema, Json *value, const char *at);

static gboolean G_GNUC_PRINTF(3, 4) no(Check *c, const char *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_free(c->wrong);
    c->wrong = g_strdup_printf("%s: %s", at, text);
    return FALSE;
}

static gboolean is_type(const char *type, Json *value)
{
    switch (json_object_get_type(value)) {
    case json_type_object:
        return strcmp(type, "object") == 0;
    case json_type_array:
        return strcmp(type, "array") == 0;
    case json_type_string:
        return strcmp(type, "string") == 0;
    case json_type_boolean:
        return strcmp(type, "boolean") == 0;
    case json_type_int:
        return strcmp(type, "integer") == 0;
    case json_type_double: /* 2.0 is an integer for JSON Schema */
        return strcmp(type, "integer") == 0 &&
               json_object_get_double(value) == (double)json_object_get_int64(value);
    default:
        return FALSE;
    }
}

static gboolean check_string(Check *c, const char *keyword, Json *rule, Json *value, const char *at)
{
    if (!json_object_is_type(value, json_type_string))
        return TRUE;
    const char *text = json_object_get_string(value);
    glong length = g_utf8_strlen(text, -1);
    if (strcmp(keyword, "minLength") == 0)
        return length >= json_object_get_int64(rule) || no(c, at, "too short");
    if (strcmp(keyword, "maxLength") == 0)
        return length <= json_object_get_int64(rule) || no(c, at, "too long");
    return g_regex_match_simple(json_object_get_string(rule), text,
                                (GRegexCompileFlags)(G_REGEX_DOLLAR_ENDONLY | G_REGEX_DOTALL),
                                (GRegexMatchFlags)0) ||
           no(c, at, "\"%s\" does not match", text);
}

static gboolean check_number(Check *c, const char *keyword, Json *rule, Json *value, const char *at)
{
    if (!is_type("integer", value) && !json_object_is_type(value, json_type_double))
        return TRUE;
    double number = json_object_get_double(value), limit = json_object_get_double(rule);
    return (strcmp(keyword, "minimum") == 0 ? number >= limit : number <= limit) ||
           no(c, at, "out of range");
}

static gboolean check_array(Check *c, const char *keyword, Json *rule, Json *value, const char *at)
{
    if (!json_object_is_type(value, json_type_array))
        return TRUE;
    size_t length = json_object_array_length(value);
    if (strcmp(keyword, "minItems") == 0)
        return length >= (size_t)json_object_get_int64(rule) || no(c, at, "too few");
    if (strcmp(keyword, "maxItems") == 0)
        return length <= (size_t)json_object_get_int64(rule) || no(c, at, "too many");
    for (size_t i = 0; i < length; i++) {
        g_autofree char *entry = g_strdup_printf("%s[%zu]", at, i);
        if (!check(c, rule, json_object_array_get_idx(value, i), entry))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_required(Check *c, Json *rule, Json *value, const char *at)
{
    for (size_t i = 0; i < json_object_array_length(rule); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(rule, i));
        if (!json_object_object_get_ex(value, name, NULL))
            return no(c, at, "no \"%s\"", name);
    }
    return TRUE;
}

static gboolean check_members(Check *c, Json *schema, const char *keyword, Json *rule, Json *value,
                              const char *at)
{
    Json *known = NULL, *inner;
    json_object_object_get_ex(schema, "properties", &known);
    json_object_object_foreach(value, name, member)
    {
        g_autofree char *below = g_strdup_printf("%s.%s", at, name);
        gboolean named = known && json_object_object_get_ex(known, name, &inner), good = TRUE;
        if (strcmp(keyword, "properties") == 0) {
            good = !named || check(c, inner, member, below);
        } else if (strcmp(keyword, "propertyNames") == 0) {
            Json *text = json_object_new_string(name);
            good = check(c, rule, text, below);
            json_object_put(text);
        } else if (!named) {
            good = check(c, rule, member, below);
        }
        if (!good)
            return FALSE;
    }
    return TRUE;
}

static gboolean check_enum(Check *c, Json *rule, Json *value, const char *at)
{
    for (size_t i = 0; i < json_object_array_length(rule); i++)
        if (json_object_equal(json_object_array_get_idx(rule, i), value))
            return TRUE;
    return no(c, at, "none of the choices");
}

static gboolean check_not(Check *c, Json *rule, Json *value, const char *at)
{
    if (!check(c, rule, value, at)) {
        g_clear_pointer(&c->wrong, g_free);
        return TRUE;
    }
    return no(c, at, "must not be there");
}

static gboolean check_keyword(Check *c, Json *schema, const char *keyword, Json *rule, Json *value,
                              const char *at)
{
    static const char *const silent[] = {"$schema", "title", "description", NULL};
    static const char *const strings[] = {"minLength", "maxLength", "pattern", NULL};
    static const char *const numbers[] = {"minimum", "maximum", NULL};
    static const char *const arrays[] = {"items", "minItems", "maxItems", NULL};
    static const char *const objects[] = {"properties", "propertyNames", "additionalProperties",
                                          NULL};
    gboolean object = json_object_is_type(value, json_type_object);
    if (g_strv_contains(silent, keyword))
        return TRUE;
    if (strcmp(keyword, "type") == 0)
        return is_type(json_object_get_string(rule), value) ||
               no(c, at, "no %s", json_object_get_string(rule));
    if (strcmp(keyword, "enum") == 0)
        return check_enum(c, rule, value, at);
    if (strcmp(keyword, "not") == 0)
        return check_not(c, rule, value, at);
    if (g_strv_contains(strings, keyword))
        return check_string(c, keyword, rule, value, at);
    if (g_strv_contains(numbers, keyword))
        return check_number(c, keyword, rule, value, at);
    if (g_strv_contains(arrays, keyword))
        return check_array(c, keyword, rule, value, at);
    if (g_strv_contains(objects, keyword))
        return !object || check_members(c, schema, keyword, rule, value, at);
    if (strcmp(keyword, "required") == 0)
        return !object || check_required(c, rule, value, at);
    c->unknown = keyword;
    return TRUE;
}

static gboolean check(Check *c, Json *schema, Json *value, const char *at)
{
    if (json_object_is_type(schema, json_type_boolean))
        return json_object_get_boolean(schema) || no(c, at, "nothing may be here");
    json_object_object_foreach(schema, keyword, rule) if (!check_keyword(c, schema, keyword, rule,
                                                                         value, at)) return FALSE;
    return TRUE;
}

char *jsonschema_check(Json *schema, Json *value, const char **ret_unknown)
{
    Check c = {0};
    check(&c, schema, value, "");
    *ret_unknown = c.unknown;
    return c.wrong;
}
