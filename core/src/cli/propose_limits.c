/* SPDX-License-Identifier: Apache-2.0 */
/* What suggestions never grant. Pure. */
#include <fnmatch.h>
#include <string.h>

#include "cli/propose.h"
#include "cli/propose_private.h"
#include "cli/propose_tables.h"

gboolean srt_propose_within(const char *path, const char *dir)
{
    gsize n = strlen(dir);
    while (n > 0 && dir[n - 1] == '/')
        n--;
    return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static gboolean name_is_secret(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (char **part = parts; *part; part++)
        for (gsize i = 0; i < G_N_ELEMENTS(secret_names); i++)
            if (fnmatch(secret_names[i], *part, FNM_CASEFOLD) == 0)
                return TRUE;
    return FALSE;
}

const char *srt_propose_secret(const char *path, const char *home)
{
    static const char *const holds = "it holds keys, tokens, passwords or a history";
    static const char *const leads = "places with keys, tokens or passwords lie in it";
    for (gsize i = 0; i < G_N_ELEMENTS(secret_roots); i++) {
        if (srt_propose_within(path, secret_roots[i]))
            return holds;
        if (srt_propose_within(secret_roots[i], path))
            return leads;
    }
    for (gsize i = 0; home && i < G_N_ELEMENTS(secret_places); i++) {
        g_autofree char *place = g_build_filename(home, secret_places[i], NULL);
        if (srt_propose_within(path, place))
            return holds;
        if (srt_propose_within(place, path))
            return leads;
    }
    /* Below the home directory's own name, which nobody chose for this. */
    const char *rest = home && srt_propose_within(path, home) ? path + strlen(home) : path;
    return name_is_secret(rest) ? holds : NULL;
}

gboolean srt_propose_too_wide(const char *path, const char *home)
{
    const char *second = path[0] == '/' && path[1] ? strchr(path + 1, '/') : NULL;
    if (!second || !second[1]) /* "/" and what lies right in it */
        return TRUE;
    if (home && srt_propose_within(home, path))
        return TRUE;
    g_autofree char *up = g_path_get_dirname(path);
    /* Other people's homes. */
    return strcmp(up, "/home") == 0 || strcmp(up, "/Users") == 0 || strcmp(up, "/var") == 0;
}

gboolean srt_propose_is_system(const char *path)
{
    for (gsize i = 0; i < G_N_ELEMENTS(system_roots); i++)
        if (srt_propose_within(path, system_roots[i]))
            return TRUE;
    return FALSE;
}

char *srt_propose_tool_place(const char *path, const char *home)
{
    if (!home || !srt_propose_within(path, home) || strlen(path) <= strlen(home))
        return NULL;
    g_auto(GStrv) parts = g_strsplit(path + strlen(home) + 1, "/", -1);
    for (gsize i = 0; i < G_N_ELEMENTS(tool_places); i++) {
        g_auto(GStrv) pattern = g_strsplit(tool_places[i], "/", -1);
        guint n = g_strv_length(pattern), k = 0;
        while (k < n && parts[k] &&
               (strcmp(pattern[k], "*") == 0 ? *parts[k] : strcmp(pattern[k], parts[k]) == 0))
            k++;
        if (k < n)
            continue;
        GString *place = g_string_new(home);
        for (k = 0; k < n; k++)
            g_string_append_printf(place, "/%s", parts[k]);
        return g_string_free(place, FALSE);
    }
    return NULL;
}

static guint labels(const char *name)
{
    guint n = 1;
    for (; *name; name++)
        n += *name == '.';
    return n;
}

/* How many labels of the name are public suffix. */
static guint suffix_labels(const char *name)
{
    guint most = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(public_suffixes); i++) {
        gsize n = strlen(name), m = strlen(public_suffixes[i]);
        if (n >= m && strcmp(name + n - m, public_suffixes[i]) == 0 &&
            (n == m || name[n - m - 1] == '.'))
            most = MAX(most, labels(public_suffixes[i]));
    }
    return most;
}

char *srt_propose_wildcard(const char *host)
{
    const char *dot = strchr(host, '.');
    if (!dot || labels(host) < suffix_labels(host) + 2)
        return NULL;
    return g_strconcat("*", dot, NULL);
}
