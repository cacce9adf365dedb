/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: made, copied, checked. */
#include "embed/settings.h"

#include <string.h>

#include "base/fd.h"
#include "config/config.h"
#include "config/document.h"
#include "embed/error.h"

#define DEFAULT_NAME ".srt-settings.json"
#define PRINT_FLAGS                                                                                \
    (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)

static srt_settings *make(json_object *json, const char *label, const char *directory)
{
    srt_settings *settings = g_new0(srt_settings, 1);
    settings->json = json;
    settings->label = g_strdup(label);
    settings->directory = g_strdup(directory);
    return settings;
}

srt_settings *srt_settings_new(void)
{
    return make(json_object_new_object(), "settings", NULL);
}

static json_object *copy_json(json_object *from)
{
    json_object *copy = NULL;
    if (json_object_deep_copy(from, &copy, NULL) != 0)
        g_error("out of memory");
    return copy;
}

srt_settings *srt_settings_copy(const srt_settings *settings)
{
    return settings ? make(copy_json(settings->json), settings->label, settings->directory) : NULL;
}

void srt_settings_free(srt_settings *settings)
{
    if (!settings)
        return;
    json_object_put(settings->json);
    g_free(settings->label);
    g_free(settings->directory);
    g_free(settings);
}

char *srt_settings_to_json(const srt_settings *settings)
{
    return settings ? g_strdup(json_object_to_json_string_ext(settings->json, PRINT_FLAGS)) : NULL;
}

const char *srt_settings_base(const srt_settings *settings)
{
    return json_object_object_get_ex(settings->json, "extends", NULL) ? "/" : NULL;
}

/* An absolute name, or NULL: then it stays as it is, for the check to complain about. */
static char *absolute(const char *name, const char *directory)
{
    const char *home = g_getenv("HOME");
    if (*name == '/')
        return g_strdup(name);
    if (name[0] == '~' && (name[1] == '/' || !name[1]))
        return home && *home == '/' ? g_build_filename(home, name + 1, NULL) : NULL;
    return directory && *name ? g_build_filename(directory, name, NULL) : NULL;
}

/* Makes the names in "extends" absolute. FALSE when one has no place to start from; *ret_home tells
 * that one began with "~". */
static gboolean settle_extends(json_object *json, const char *directory, gboolean *ret_home)
{
    json_object *list;
    *ret_home = FALSE;
    if (!json_object_object_get_ex(json, "extends", &list) ||
        !json_object_is_type(list, json_type_array))
        return TRUE;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *entry = json_object_array_get_idx(list, i);
        if (!json_object_is_type(entry, json_type_string))
            continue;
        g_autofree char *name = absolute(json_object_get_string(entry), directory);
        if (!name)
            return FALSE;
        *ret_home |= *json_object_get_string(entry) == '~';
        json_object_array_put_idx(list, i, json_object_new_string(name));
    }
    return TRUE;
}

static int check(const char *text, gsize length, const char *label, const char *directory,
                 srt_error **error)
{
    GError *wrong = NULL;
    SrtConfig *config = srt_config_parse(text, length, label, directory, &wrong);
    if (!config)
        return srt_embed_take_error(error, wrong);
    srt_config_free(config);
    return 0;
}

int srt_settings_replace(srt_settings *settings, json_object *json, srt_error **error)
{
    gboolean home;
    gboolean settled = settle_extends(json, settings->directory, &home);
    g_autofree char *text = g_strdup(json_object_to_json_string_ext(json, PRINT_FLAGS));
    if (check(text, strlen(text), settings->label, settled ? "/" : NULL, error) < 0) {
        json_object_put(json);
        return -1;
    }
    json_object_put(settings->json);
    settings->json = json;
    return 0;
}

/* The JSON of a text. NULL with *error. */
static json_object *read_json(const char *text, gsize length, const char *label, srt_error **error)
{
    g_autoptr(SrtProblems) problems = srt_problems_new();
    SrtDocument *document = srt_document_new(text, length, label, problems);
    GError *wrong = NULL;
    if (!document) {
        srt_problems_settle(problems, &wrong);
        srt_embed_take_error(error, wrong);
        return NULL;
    }
    json_object *json = json_object_get(document->json);
    srt_document_free(document);
    return json;
}

json_object *srt_settings_read_value(const char *text, const char *label, srt_error **error)
{
    /* The reader wants an object at the top. */
    g_autofree char *object = g_strdup_printf("{\"\":%s}", text);
    json_object *json = read_json(object, strlen(object), label, error);
    if (!json)
        return NULL;
    json_object *value = NULL;
    if (json_object_object_length(json) == 1)
        value = json_object_get(json_object_object_get(json, ""));
    json_object_put(json);
    if (!value)
        srt_embed_fail(error, SRT_E_SETTINGS, "%s: found \"%s\", expected one JSON value", label,
                       text);
    return value;
}

static srt_settings *from_text(const char *text, gsize length, const char *label,
                               const char *directory, srt_error **error)
{
    gboolean home = FALSE;
    if (length > SRT_CONFIG_MAX_BYTES) {
        check(text, length, label, directory, error);
        return NULL;
    }
    json_object *json = read_json(text, length, label, error);
    if (!json)
        return NULL;
    g_autoptr(srt_settings) settings = make(json_object_new_object(), label, directory);
    if (json_object_is_type(json, json_type_object))
        settle_extends(json, directory, &home);
    /* The text as it was written gives the better places in messages. */
    if (!home && check(text, length, label, directory, error) < 0) {
        json_object_put(json);
        return NULL;
    }
    if (home)
        return srt_settings_replace(settings, json, error) < 0 ? NULL : g_steal_pointer(&settings);
    json_object_put(settings->json);
    settings->json = json;
    return g_steal_pointer(&settings);
}

srt_settings *srt_settings_from_text(const char *json, size_t length, const char *label,
                                     const char *directory, srt_error **error)
{
    if (!json && length)
        srt_embed_misuse(error, __func__, "json is NULL");
    else if (directory && *directory != '/')
        srt_embed_misuse(error, __func__, "found the directory \"%s\", expected an absolute path",
                         directory);
    else
        return from_text(json ? json : "", length, label ? label : "settings", directory, error);
    return NULL;
}

/* What the loader says of a file that cannot be read: its words are better. */
static srt_settings *explain(const char *path, const char *home, srt_error **error)
{
    GError *wrong = NULL;
    SrtConfig *config = srt_config_load(path, home, &wrong);
    if (!config) {
        srt_embed_take_error(error, wrong);
        return NULL;
    }
    /* The default file is not there. */
    srt_config_free(config);
    return path ? srt_settings_from_file(path, error) : srt_settings_new();
}

srt_settings *srt_settings_from_file(const char *path, srt_error **error)
{
    const char *home = g_getenv("HOME");
    gsize length = 0;
    if (!path && (!home || *home != '/'))
        return explain(NULL, home, error);
    g_autofree char *name = path ? g_strdup(path) : g_build_filename(home, DEFAULT_NAME, NULL);
    g_autofree char *text =
        *name ? srt_fd_read_file(name, SRT_CONFIG_MAX_BYTES, &length, NULL, NULL) : NULL;
    if (!text)
        return explain(path, home, error);
    g_autofree char *full = g_canonicalize_filename(name, NULL);
    g_autofree char *directory = g_path_get_dirname(full);
    return from_text(text, length, name, directory, error);
}

/* over's members go into to, objects member by member. */
static void put_over(json_object *to, json_object *over)
{
    json_object_object_foreach(over, key, value)
    {
        json_object *old;
        if (json_object_is_type(value, json_type_object) &&
            json_object_object_get_ex(to, key, &old) && json_object_is_type(old, json_type_object))
            put_over(old, value);
        else
            json_object_object_add(to, key, copy_json(value));
    }
}

int srt_settings_merge(srt_settings *settings, const srt_settings *over, srt_error **error)
{
    if (!settings || !over)
        return srt_embed_misuse(error, __func__, "settings are NULL");
    json_object *json = copy_json(settings->json);
    put_over(json, over->json);
    return srt_settings_replace(settings, json, error);
}

srt_settings *srt_settings_combine(const srt_settings *settings, const srt_settings *over,
                                   srt_error **error)
{
    g_autoptr(srt_settings) copy = srt_settings_copy(settings);
    if (over && srt_settings_merge(copy, over, error) < 0)
        return NULL;
    return g_steal_pointer(&copy);
}
