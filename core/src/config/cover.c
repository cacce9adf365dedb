/* SPDX-License-Identifier: Apache-2.0 */
#include "config/cover.h"

#include <string.h>

#include "base/hostname.h"

/* Every entry has one key; who asks tries the keys of everything that would
 * allow it, so that long lists cost no more than short ones. */
struct SrtCover {
    SrtForm form;
    gboolean ignore_ports;
    GHashTable *texts; /* as written -> item */
    GHashTable *keys;  /* key -> item */
};

static const SrtConfigItem *find_key(const SrtCover *cover, const char *key)
{
    return g_hash_table_lookup(cover->keys, key);
}

gboolean srt_is_glob(const char *path)
{
    return strpbrk(path, "*?[]") != NULL;
}

/* Without empty and "." parts and without a last "**" part; a relative path becomes
 * "./…", "/" the empty text. NULL when there is a "..": links may lead it anywhere. */
static char *path_key(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    gboolean home = *path == '~' && (path[1] == '/' || !path[1]);
    if (*path != '/')
        g_string_append_c(out, home ? '~' : '.');
    for (guint i = home ? 1 : 0; parts[i]; i++) {
        if (strcmp(parts[i], "..") == 0)
            return NULL;
        gboolean everything = strcmp(parts[i], "**") == 0 && !parts[i + 1];
        if (*parts[i] && strcmp(parts[i], ".") != 0 && !everything)
            g_string_append_printf(out, "/%s", parts[i]);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static const SrtConfigItem *find_path(const SrtCover *cover, const char *text)
{
    g_autofree char *key = path_key(text);
    const SrtConfigItem *item = key ? find_key(cover, key) : NULL;
    while (key && !item && *key) {
        char *slash = strrchr(key, '/');
        /* Behind the first part of "./a" and "~/a" only "/" is left. */
        *(slash ? slash : key) = '\0';
        item = srt_is_glob(key) ? NULL : find_key(cover, key);
    }
    return item;
}

static char *domain_key(const SrtCover *cover, gboolean wildcard, const char *host, guint port)
{
    return g_strdup_printf("%s%s:%u", wildcard ? "*." : "", host, cover->ignore_ports ? 0 : port);
}

static char *domain_key_of(const SrtCover *cover, const char *text)
{
    SrtDomainPattern pattern;
    if (srt_domain_pattern_parse(text, TRUE, TRUE, &pattern) ||
        (pattern.kind != SRT_PATTERN_EXACT && pattern.kind != SRT_PATTERN_WILDCARD))
        return NULL;
    return domain_key(cover, pattern.kind == SRT_PATTERN_WILDCARD, pattern.host.text, pattern.port);
}

static const SrtConfigItem *find_host(const SrtCover *cover, gboolean wildcard, const char *host,
                                      guint port)
{
    g_autofree char *any = domain_key(cover, wildcard, host, 0);
    g_autofree char *one = domain_key(cover, wildcard, host, port);
    const SrtConfigItem *item = find_key(cover, any);
    return item ? item : find_key(cover, one);
}

static const SrtConfigItem *find_domain(const SrtCover *cover, const char *text)
{
    SrtDomainPattern pattern;
    if (srt_domain_pattern_parse(text, TRUE, TRUE, &pattern) ||
        (pattern.kind != SRT_PATTERN_EXACT && pattern.kind != SRT_PATTERN_WILDCARD))
        return NULL;
    const char *host = pattern.host.text;
    const SrtConfigItem *item =
        find_host(cover, pattern.kind == SRT_PATTERN_WILDCARD, host, pattern.port);
    /* A wildcard never stands for an address. */
    while (!item && !pattern.host.is_address && (host = strchr(host, '.')))
        item = find_host(cover, TRUE, ++host, pattern.port);
    return item;
}

static const SrtConfigItem *find_mach(const SrtCover *cover, const char *text)
{
    g_autofree char *key = g_strconcat(text, "*", NULL);
    const SrtConfigItem *item = NULL;
    for (gsize n = strlen(text) + 1; n-- > 0 && !item;) {
        key[n] = '*';
        key[n + 1] = '\0';
        item = find_key(cover, key);
    }
    return item;
}

static char *key_of(const SrtCover *cover, const char *text)
{
    switch (cover->form) {
    case SRT_FORM_ALLOWED_DOMAIN:
    case SRT_FORM_PLAIN_DOMAIN:
        return domain_key_of(cover, text);
    case SRT_FORM_PATH:
        return path_key(text);
    case SRT_FORM_MACH_NAME:
        return g_strdup(text);
    default:
        return NULL;
    }
}

SrtCover *srt_cover_new(SrtForm form, const SrtConfigList *list, gboolean ignore_ports)
{
    SrtCover *cover = g_new0(SrtCover, 1);
    cover->form = form;
    cover->ignore_ports = ignore_ports;
    cover->texts = g_hash_table_new(g_str_hash, g_str_equal);
    cover->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; list && i < list->len; i++) {
        SrtConfigItem *item = g_ptr_array_index(list, i);
        char *key = key_of(cover, item->text);
        g_hash_table_insert(cover->texts, item->text, item);
        if (key)
            g_hash_table_insert(cover->keys, key, item);
    }
    return cover;
}

void srt_cover_free(SrtCover *cover)
{
    if (!cover)
        return;
    g_hash_table_unref(cover->texts);
    g_hash_table_unref(cover->keys);
    g_free(cover);
}

const SrtConfigItem *srt_cover_find(const SrtCover *cover, const char *text)
{
    const SrtConfigItem *item = g_hash_table_lookup(cover->texts, text);
    if (item)
        return item;
    switch (cover->form) {
    case SRT_FORM_ALLOWED_DOMAIN:
    case SRT_FORM_PLAIN_DOMAIN:
        return find_domain(cover, text);
    case SRT_FORM_PATH:
        return find_path(cover, text);
    case SRT_FORM_MACH_NAME:
        return find_mach(cover, text);
    default:
        return NULL;
    }
}
