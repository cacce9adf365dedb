/* SPDX-License-Identifier: Apache-2.0 */
#include "run/backend_options.h"

static void add(GHashTable *options, const char *name, char *value)
{
    if (value)
        g_hash_table_insert(options, (gpointer)(gsize)name, value);
}

static char *on(SrtTri tri)
{
    return tri == SRT_TRI_TRUE ? g_strdup("true") : NULL;
}

static char *lines(const SrtConfigList *list)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; list && i < list->len; i++)
        g_string_append_printf(text, "%s\n", ((const SrtConfigItem *)list->pdata[i])->text);
    return g_string_free(text, text->len == 0);
}

GHashTable *srt_run_backend_options(const SrtConfig *config)
{
    GHashTable *options = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    if (!config)
        return options;
    add(options, "bwrapPath", g_strdup(config->bwrap_path));
    add(options, "allowLocalBinding", on(config->network.allow_local_binding));
    add(options, "allowMachLookup", lines(config->network.allow_mach_lookup));
    add(options, "enableWeakerNetworkIsolation", on(config->weaker_network_isolation));
    add(options, "allowAppleEvents", on(config->allow_apple_events));
    add(options, "allowPty", on(config->allow_pty));
    return options;
}
