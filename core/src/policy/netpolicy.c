/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/netpolicy.h"

#include <string.h>

#include "base/error.h"
#include "policy/addresses.h"
#include "policy/domain_set.h"

struct SrtNetPolicy {
    gatomicrefcount references;
    SrtDomainSet *allowed;
    SrtDomainSet *denied;
    SrtDomainSet *mitm;
    GHashTable *reasons; /* text of a denied entry -> reason; or NULL */
    SrtAddressSet *listed;
    SrtAddressSet *own;
    bool strict;
};

static GHashTable *copy_reasons(GHashTable *from)
{
    GHashTableIter iter;
    gpointer key, value;
    if (!from)
        return NULL;
    GHashTable *copy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(copy, g_strdup(key), g_strdup(value));
    return copy;
}

static gboolean fill_listed(SrtAddressSet *set, const SrtConfigList *list, GError **error)
{
    for (guint i = 0; list && i < list->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(list, i);
        SrtAddressRange range;
        const char *wrong = srt_address_pattern_parse(item->text, &range);
        if (wrong) {
            g_set_error(error, SRT_ERROR, SRT_ERROR_POLICY, "%s:%u:%u: %s: found \"%s\": %s",
                        item->file ? item->file : "settings", item->line, item->column,
                        item->pointer ? item->pointer : "network.deniedResolvedAddresses",
                        item->text, wrong);
            return FALSE;
        }
        srt_address_set_add(set, &range);
    }
    srt_address_set_seal(set);
    return TRUE;
}

static SrtAddressSet *own_set(const char *const *addresses, GError **error)
{
    SrtAddressSet *set = srt_address_set_new();
    for (; addresses && *addresses; addresses++) {
        /* The zone of a link-local address says through which interface. */
        g_autofree char *plain = g_strndup(*addresses, strcspn(*addresses, "%"));
        SrtAddressRange range;
        if (srt_address_pattern_parse(plain, &range) != NULL) {
            g_set_error(error, SRT_ERROR, SRT_ERROR_POLICY,
                        "this host's address \"%s\" is not an IP address", *addresses);
            srt_address_set_unref(set);
            return NULL;
        }
        srt_address_set_add(set, &range);
    }
    srt_address_set_seal(set);
    return set;
}

/* Takes over own. */
static SrtNetPolicy *compile(const SrtConfigNetwork *network, SrtAddressSet *own, GError **error)
{
    g_autoptr(SrtNetPolicy) policy = g_new0(SrtNetPolicy, 1);
    g_atomic_ref_count_init(&policy->references);
    policy->reasons = copy_reasons(network->denied_reasons);
    policy->listed = srt_address_set_new();
    policy->own = own;
    policy->strict = network->strict_allowlist == SRT_TRI_TRUE;
    policy->denied = srt_domain_set_new(network->denied_domains, TRUE, TRUE, error);
    if (!policy->denied)
        return NULL;
    policy->allowed = srt_domain_set_new(network->allowed_domains, FALSE, TRUE, error);
    if (!policy->allowed)
        return NULL;
    policy->mitm = srt_domain_set_new(network->mitm_domains, FALSE, FALSE, error);
    if (!policy->mitm || !fill_listed(policy->listed, network->denied_resolved_addresses, error))
        return NULL;
    return g_steal_pointer(&policy);
}

SrtNetPolicy *srt_net_policy_new(const SrtConfigNetwork *network, const char *const *own_addresses,
                                 GError **error)
{
    SrtAddressSet *own = own_set(own_addresses, error);
    return own ? compile(network, own, error) : NULL;
}

SrtNetPolicy *srt_net_policy_renew(const SrtNetPolicy *previous, const SrtConfigNetwork *network,
                                   GError **error)
{
    return compile(network, srt_address_set_ref(previous->own), error);
}

SrtNetPolicy *srt_net_policy_ref(SrtNetPolicy *policy)
{
    g_atomic_ref_count_inc(&policy->references);
    return policy;
}

void srt_net_policy_unref(SrtNetPolicy *policy)
{
    if (!policy || !g_atomic_ref_count_dec(&policy->references))
        return;
    srt_domain_set_free(policy->allowed);
    srt_domain_set_free(policy->denied);
    srt_domain_set_free(policy->mitm);
    g_clear_pointer(&policy->reasons, g_hash_table_unref);
    srt_address_set_unref(policy->listed);
    srt_address_set_unref(policy->own);
    g_free(policy);
}

gboolean srt_net_may_reach_anything(const SrtConfigNetwork *network)
{
    return (network->allowed_domains && network->allowed_domains->len > 0) ||
           network->http_proxy_port || network->socks_proxy_port;
}

gboolean srt_net_policy_is_strict(const SrtNetPolicy *policy)
{
    return policy->strict;
}

static const SrtConfigItem *denied_literal(const SrtNetPolicy *policy, const SrtAddress *address,
                                           uint16_t port)
{
    SrtHost host;
    SrtHostKey key;
    srt_host_from_address(address->family, address->bytes, &host);
    srt_host_key_init(&key, &host);
    return srt_domain_set_find_exact(policy->denied, &key, port);
}

static const SrtConfigItem *find_denied(const SrtNetPolicy *policy, const SrtHostKey *key,
                                        uint16_t port)
{
    const SrtConfigItem *rule = srt_domain_set_find(policy->denied, key, port);
    SrtAddress address = {.family = key->host->family}, inner;
    if (rule || !key->host->is_address)
        return rule;
    memcpy(address.bytes, key->host->address, sizeof address.bytes);
    return srt_address_embedded(&address, &inner) ? denied_literal(policy, &inner, port) : NULL;
}

static const char *denial_reason(const SrtNetPolicy *policy, const SrtConfigItem *rule)
{
    const char *reason = policy->reasons ? g_hash_table_lookup(policy->reasons, rule->text) : NULL;
    return reason ? reason : "host is on the deny list";
}

void srt_net_policy_decide(const SrtNetPolicy *policy, const char *host, gsize length,
                           uint16_t port, SrtNetDecision *ret)
{
    *ret = (SrtNetDecision){.verdict = SRT_NET_DENIED, .port = port, .reason = "malformed host"};
    if (port == 0 || !srt_host_parse(host, length, &ret->host))
        return;
    SrtHostKey key;
    srt_host_key_init(&key, &ret->host);
    ret->rule = find_denied(policy, &key, port);
    if (ret->rule) {
        ret->reason = denial_reason(policy, ret->rule);
        return;
    }
    ret->rule = srt_domain_set_find(policy->allowed, &key, port);
    ret->verdict = ret->rule ? SRT_NET_ALLOWED : SRT_NET_UNLISTED;
    ret->reason = ret->rule ? NULL : "host is not on the allow list";
}

gboolean srt_net_policy_is_mitm(const SrtNetPolicy *policy, const SrtHost *host)
{
    SrtHostKey key;
    srt_host_key_init(&key, host);
    return srt_domain_set_find(policy->mitm, &key, 0) != NULL;
}

static bool is_localhost(const SrtHost *name)
{
    return strcmp(name->text, "localhost") == 0 || g_str_has_suffix(name->text, ".localhost");
}

/* What speaks against an address: its own kind, or that of the IPv4 address
 * that it carries. What carries only adds denials: the allow list looks at the
 * address alone (with mapped IPv4, which is the same address). */
static const char *judge(const SrtNetPolicy *policy, const SrtHost *name, uint16_t port,
                         const SrtAddress *address)
{
    SrtAddress inner = *address;
    SrtHost host;
    SrtHostKey key;
    srt_host_from_address(address->family, address->bytes, &host);
    srt_host_key_init(&key, &host);
    (void)srt_address_embedded(address, &inner);
    if (srt_domain_set_find_exact(policy->denied, &key, port) ||
        denied_literal(policy, &inner, port))
        return SRT_CLASS_DENIED;
    if (srt_domain_set_find_exact(policy->allowed, &key, port))
        return NULL;
    SrtAddress plain = {.family = host.family};
    memcpy(plain.bytes, host.address, sizeof plain.bytes);
    const char *class = srt_address_class(&plain);
    if (is_localhost(name))
        return class && strcmp(class, SRT_CLASS_LOOPBACK) == 0 ? NULL : SRT_CLASS_NOT_LOOPBACK;
    if (!class)
        class = srt_address_class(&inner);
    if (class)
        return class;
    if (srt_address_set_contains(policy->listed, address) ||
        srt_address_set_contains(policy->listed, &inner))
        return SRT_CLASS_LISTED;
    if (srt_address_set_contains(policy->own, address) ||
        srt_address_set_contains(policy->own, &inner))
        return SRT_CLASS_OWN;
    return NULL;
}

gboolean srt_net_policy_judge_address(const SrtNetPolicy *policy, const SrtHost *name,
                                      uint16_t port, const struct sockaddr *address,
                                      const char **ret_class)
{
    SrtAddress plain;
    const char *class = srt_address_from_sockaddr(address, &plain)
                            ? judge(policy, name, port, &plain)
                            : SRT_CLASS_UNPARSABLE;
    if (class)
        *ret_class = class;
    return class == NULL;
}

gboolean srt_net_policy_may_ask(const SrtNetPolicy *policy, const SrtNetDecision *decision)
{
    const SrtHost *host = &decision->host;
    if (decision->verdict != SRT_NET_UNLISTED || policy->strict)
        return FALSE;
    if (!host->is_address)
        return TRUE;
    SrtAddress address = {.family = host->family};
    memcpy(address.bytes, host->address, sizeof address.bytes);
    return judge(policy, host, decision->port, &address) == NULL;
}

char *srt_net_policy_join_classes(const char *const *classes, guint count)
{
    static const char *const order[] = {
        SRT_CLASS_DENIED,    SRT_CLASS_LOOPBACK,     SRT_CLASS_UNSPECIFIED, SRT_CLASS_LINK_LOCAL,
        SRT_CLASS_MULTICAST, SRT_CLASS_BROADCAST,    SRT_CLASS_METADATA,    SRT_CLASS_LISTED,
        SRT_CLASS_OWN,       SRT_CLASS_NOT_LOOPBACK, SRT_CLASS_UNPARSABLE,
    };
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        guint j = 0;
        while (j < count && strcmp(classes[j], order[i]) != 0)
            j++;
        if (j < count)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " / " : "", order[i]);
    }
    return g_string_free(text, FALSE);
}
