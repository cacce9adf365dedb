/* SPDX-License-Identifier: Apache-2.0 */
/* Building settings, key by key. */
#include <string.h>

#include "config/keys.h"
#include "embed/error.h"
#include "embed/settings.h"

/* Where a key leads. */
typedef struct Place {
    json_object *copy; /* of all, to be changed */
    json_object *in;   /* the object that has the member, or NULL: it is not there */
    char *name;
} Place;

static const SrtKey *member(const SrtKey *object, const char *name)
{
    for (const SrtKey *key = object->members; key && key->name; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

static int unknown(const SrtKey *object, const char *key, const char *name, srt_error **error)
{
    g_autofree char *near = srt_key_suggest(object, name);
    return srt_embed_fail(error, SRT_E_SETTINGS,
                          "found the key \"%s\", expected one that srt-settings(5) names%s%s%s",
                          key, near ? "; did you mean \"" : "", near ? near : "",
                          near ? "\"?" : "");
}

/* The names that a key consists of: dots separate names of settings; what lies in a map has the
 * rest as its name. */
static GPtrArray *split(const char *key, srt_error **error)
{
    const SrtKey *at = &srt_config_keys;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *rest = key;
    while (*rest || !names->len) {
        gboolean map = at->kind == SRT_KEY_MAP || at->kind == SRT_KEY_MAP_LISTS;
        const char *dot = map ? NULL : strchr(rest, '.');
        char *name = dot ? g_strndup(rest, (gsize)(dot - rest)) : g_strdup(rest);
        g_ptr_array_add(names, name);
        if (map)
            break;
        const SrtKey *next = at->kind == SRT_KEY_OBJECT ? member(at, name) : NULL;
        if (!next || (dot && !dot[1])) {
            unknown(at, key, name, error);
            return NULL;
        }
        at = next;
        rest = dot ? dot + 1 : "";
    }
    return g_steal_pointer(&names);
}

/* make: objects on the way that are missing are made. */
static gboolean find(const srt_settings *settings, const char *function, const char *key,
                     gboolean make, Place *ret, srt_error **error)
{
    if (!settings || !key) {
        srt_embed_misuse(error, function, "%s is NULL", settings ? "the key" : "settings");
        return FALSE;
    }
    g_autoptr(GPtrArray) names = split(key, error);
    if (!names)
        return FALSE;
    ret->copy = NULL;
    if (json_object_deep_copy(settings->json, &ret->copy, NULL) != 0)
        g_error("out of memory");
    ret->in = ret->copy;
    for (guint i = 0; ret->in && i + 1 < names->len; i++) {
        json_object *next = NULL;
        if (!json_object_object_get_ex(ret->in, names->pdata[i], &next) && make) {
            next = json_object_new_object();
            json_object_object_add(ret->in, names->pdata[i], next);
        }
        ret->in = next;
    }
    ret->name = g_strdup(names->pdata[names->len - 1]);
    return TRUE;
}

/* Takes value. */
static int set(srt_settings *settings, const char *function, const char *key, json_object *value,
               srt_error **error)
{
    Place place;
    if (!find(settings, function, key, TRUE, &place, error)) {
        json_object_put(value);
        return -1;
    }
    json_object_object_add(place.in, place.name, value);
    g_free(place.name);
    return srt_settings_replace(settings, place.copy, error);
}

static gboolean is_text(const char *function, const char *value, srt_error **error)
{
    if (value && g_utf8_validate(value, -1, NULL))
        return TRUE;
    srt_embed_misuse(error, function, value ? "the value is no UTF-8 text" : "the value is NULL");
    return FALSE;
}

int srt_settings_set_text(srt_settings *settings, const char *key, const char *value,
                          srt_error **error)
{
    if (!is_text(__func__, value, error))
        return -1;
    return set(settings, __func__, key, json_object_new_string(value), error);
}

int srt_settings_set_bool(srt_settings *settings, const char *key, bool value, srt_error **error)
{
    return set(settings, __func__, key, json_object_new_boolean(value), error);
}

int srt_settings_set_number(srt_settings *settings, const char *key, int64_t value,
                            srt_error **error)
{
    return set(settings, __func__, key, json_object_new_int64(value), error);
}

int srt_settings_set_json(srt_settings *settings, const char *key, const char *json,
                          srt_error **error)
{
    if (!is_text(__func__, json, error))
        return -1;
    json_object *value = srt_settings_read_value(json, key ? key : "settings", error);
    return value ? set(settings, __func__, key, value, error) : -1;
}

static gboolean holds(json_object *list, const char *value)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *entry = json_object_array_get_idx(list, i);
        if (json_object_is_type(entry, json_type_string) &&
            strcmp(json_object_get_string(entry), value) == 0)
            return TRUE;
    }
    return FALSE;
}

int srt_settings_append(srt_settings *settings, const char *key, const char *value,
                        srt_error **error)
{
    Place place;
    json_object *list = NULL;
    if (!is_text(__func__, value, error) || !find(settings, __func__, key, TRUE, &place, error))
        return -1;
    gboolean there = json_object_object_get_ex(place.in, place.name, &list);
    if (there && !json_object_is_type(list, json_type_array)) {
        g_free(place.name);
        json_object_put(place.copy);
        return srt_embed_fail(error, SRT_E_SETTINGS, "%s: found another value, expected a list",
                              key);
    }
    if (!there) {
        list = json_object_new_array();
        json_object_object_add(place.in, place.name, list);
    }
    g_free(place.name);
    if (!holds(list, value))
        json_object_array_add(list, json_object_new_string(value));
    return srt_settings_replace(settings, place.copy, error);
}

int srt_settings_unset(srt_settings *settings, const char *key, srt_error **error)
{
    Place place;
    if (!find(settings, __func__, key, FALSE, &place, error))
        return -1;
    if (place.in)
        json_object_object_del(place.in, place.name);
    g_free(place.name);
    return srt_settings_replace(settings, place.copy, error);
}
