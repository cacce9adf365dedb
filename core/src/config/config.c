/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

SrtConfigItem *srt_config_item_new(const char *text, const char *pointer, const char *file,
                                   guint line, guint column)
{
    SrtConfigItem *item = g_new0(SrtConfigItem, 1);
    item->text = g_strdup(text);
    item->pointer = g_strdup(pointer);
    item->file = g_strdup(file);
    item->line = line;
    item->column = column;
    return item;
}

SrtConfigItem *srt_config_item_copy(const SrtConfigItem *item)
{
    SrtConfigItem *copy =
        srt_config_item_new(item->text, item->pointer, item->file, item->line, item->column);
    if (item->within)
        copy->within = srt_config_item_copy(item->within);
    return copy;
}

void srt_config_item_free(SrtConfigItem *item)
{
    if (!item)
        return;
    g_free(item->text);
    g_free(item->pointer);
    g_free(item->file);
    srt_config_item_free(item->within);
    g_free(item);
}

SrtConfig *srt_config_defaults(void)
{
    SrtConfig *config = g_new0(SrtConfig, 1);
    SrtTri *const switches[] = {
        &config->network.allow_all_unix_sockets,
        &config->network.allow_dangerous_sockets,
        &config->network.allow_local_binding,
        &config->network.strict_allowlist,
        &config->filesystem.allow_git_config,
        &config->filesystem.disabled,
        &config->env.scrub_secrets,
        &config->violations.store,
        &config->violations.syslog,
        &config->weaker_nested_sandbox,
        &config->weaker_network_isolation,
        &config->allow_apple_events,
        &config->allow_pty,
        &config->allow_user_namespaces,
    };
    for (guint i = 0; i < G_N_ELEMENTS(switches); i++)
        *switches[i] = SRT_TRI_UNSET;
    config->files = g_ptr_array_new_with_free_func(g_free);
    config->notes = g_ptr_array_new_with_free_func(g_free);
    return config;
}

static void clear_network(SrtConfigNetwork *network)
{
    g_clear_pointer(&network->allowed_domains, g_ptr_array_unref);
    g_clear_pointer(&network->denied_domains, g_ptr_array_unref);
    g_clear_pointer(&network->denied_reasons, g_hash_table_unref);
    g_clear_pointer(&network->denied_resolved_addresses, g_ptr_array_unref);
    g_clear_pointer(&network->allow_unix_sockets, g_ptr_array_unref);
    g_clear_pointer(&network->allow_mach_lookup, g_ptr_array_unref);
    g_clear_pointer(&network->mitm_domains, g_ptr_array_unref);
    g_free(network->mitm_socket_path);
    g_free(network->parent_http);
    g_free(network->parent_https);
    g_free(network->parent_no_proxy);
}

static void clear_filesystem(SrtConfigFilesystem *filesystem)
{
    g_clear_pointer(&filesystem->deny_read, g_ptr_array_unref);
    g_clear_pointer(&filesystem->allow_read, g_ptr_array_unref);
    g_clear_pointer(&filesystem->allow_write, g_ptr_array_unref);
    g_clear_pointer(&filesystem->deny_write, g_ptr_array_unref);
    g_clear_pointer(&filesystem->mandatory_add, g_ptr_array_unref);
    g_clear_pointer(&filesystem->mandatory_remove, g_ptr_array_unref);
    g_free(filesystem->protect_missing);
}

void srt_config_free(SrtConfig *config)
{
    if (!config)
        return;
    clear_network(&config->network);
    clear_filesystem(&config->filesystem);
    g_clear_pointer(&config->env.pass, g_ptr_array_unref);
    g_clear_pointer(&config->env.deny, g_ptr_array_unref);
    g_clear_pointer(&config->env.set, g_hash_table_unref);
    g_clear_pointer(&config->ignore_violations, g_hash_table_unref);
    srt_config_item_free(config->backend);
    g_clear_pointer(&config->allow_unenforced, g_ptr_array_unref);
    g_free(config->bwrap_path);
    g_free(config->monitor);
    g_clear_pointer(&config->layers, g_ptr_array_unref);
    g_clear_pointer(&config->git_safe_directories, g_ptr_array_unref);
    g_clear_pointer(&config->files, g_ptr_array_unref);
    g_clear_pointer(&config->notes, g_ptr_array_unref);
    g_free(config);
}
