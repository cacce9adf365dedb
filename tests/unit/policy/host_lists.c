/* SPDX-License-Identifier: Apache-2.0 */
#include "host_lists.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "support/unit.h"

static void free_item(gpointer data)
{
    SrtConfigItem *item = data;
    g_free(item->text);
    g_free(item->pointer);
    g_free(item->file);
    g_free(item);
}

SrtConfigList *host_list(const char *name, const char *text)
{
    if (!text)
        return NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func(free_item);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word; word++) {
        if (!**word)
            continue;
        SrtConfigItem *item = g_new0(SrtConfigItem, 1);
        /* A percent sign stands for a blank, which sets words apart here. */
        item->text = g_strdelimit(g_strdup(*word), "%", ' ');
        item->pointer = g_strdup_printf("%s[%u]", name, list->len);
        item->file = g_strdup("settings.json");
        item->line = list->len + 1;
        item->column = 3;
        g_ptr_array_add(list, item);
    }
    return list;
}

static void clear_network(SrtConfigNetwork *network)
{
    g_clear_pointer(&network->allowed_domains, g_ptr_array_unref);
    g_clear_pointer(&network->denied_domains, g_ptr_array_unref);
    g_clear_pointer(&network->mitm_domains, g_ptr_array_unref);
    g_clear_pointer(&network->denied_resolved_addresses, g_ptr_array_unref);
    g_clear_pointer(&network->denied_reasons, g_hash_table_unref);
}

SrtNetPolicy *host_policy(const HostLists *lists)
{
    g_autoptr(GError) error = NULL;
    SrtConfigNetwork network = {
        .allowed_domains = host_list("network.allowedDomains", lists->allowed),
        .denied_domains = host_list("network.deniedDomains", lists->denied),
        .mitm_domains = host_list("network.mitmProxy.domains", lists->mitm),
        .denied_resolved_addresses = host_list("network.deniedResolvedAddresses", lists->listed),
        .strict_allowlist = lists->strict,
    };
    if (lists->reasons) {
        network.denied_reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        for (const char *const *pair = lists->reasons; *pair; pair += 2)
            g_hash_table_insert(network.denied_reasons, g_strdup(pair[0]), g_strdup(pair[1]));
    }
    SrtNetPolicy *policy = srt_net_policy_new(&network, lists->own, &error);
    if (error)
        printf("  %s\n", error->message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
    /* What the policy gives must not lean on the settings. */
    clear_network(&network);
    return policy;
}

SrtHost host_of(const char *text)
{
    SrtHost host = {0};
    CU_ASSERT_TRUE_FATAL(srt_host_parse(text, strlen(text), &host));
    return host;
}

const struct sockaddr *host_sockaddr(const char *text, struct sockaddr_storage *into)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
    memset(into, 0, sizeof *into);
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(into, &v4, sizeof v4);
    } else {
        CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
        memcpy(into, &v6, sizeof v6);
    }
    return (const struct sockaddr *)into;
}
