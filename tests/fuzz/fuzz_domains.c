/* SPDX-License-Identifier: Apache-2.0 */
/* Lines: the host asked for, its port, then patterns; one that begins with '-'
 * is denied, with '~' is a denied resolved address. The compiled policy must
 * decide as a walk through the lists does, and so must the address guard. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/netpolicy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Lists {
    GPtrArray *items; /* owns all */
    GPtrArray *allowed, *denied, *addresses;
    bool wrong; /* some entry is */
} Lists;

static void free_item(gpointer data)
{
    SrtConfigItem *item = data;
    g_free(item->text);
    g_free(item);
}

static Lists make_lists(char **lines)
{
    Lists lists = {g_ptr_array_new_with_free_func(free_item), g_ptr_array_new(), g_ptr_array_new(),
                   g_ptr_array_new(), false};
    for (; *lines; lines++) {
        char kind = **lines;
        SrtConfigItem *item = g_new0(SrtConfigItem, 1);
        item->text = g_strdup(*lines + (kind == '-' || kind == '~'));
        g_ptr_array_add(lists.items, item);
        g_ptr_array_add(kind == '-'   ? lists.denied
                        : kind == '~' ? lists.addresses
                                      : lists.allowed,
                        item);
        if (kind == '~' ? srt_address_pattern_check(item->text) != NULL
                        : srt_domain_pattern_check(item->text, kind == '-', TRUE) != NULL)
            lists.wrong = true;
    }
    return lists;
}

static void clear_lists(Lists *lists)
{
    g_ptr_array_unref(lists->allowed);
    g_ptr_array_unref(lists->denied);
    g_ptr_array_unref(lists->addresses);
    g_ptr_array_unref(lists->items);
}

static bool matches(const SrtDomainPattern *pattern, const SrtHost *host, uint16_t port)
{
    if (pattern->port != 0 && pattern->port != port)
        return false;
    switch (pattern->kind) {
    case SRT_PATTERN_ANY:
        return true;
    case SRT_PATTERN_EXACT:
        return strcmp(pattern->host.text, host->text) == 0;
    case SRT_PATTERN_WILDCARD:
        break;
    case SRT_PATTERN_NEVER:
        return false;
    }
    g_autofree char *suffix = g_strconcat(".", pattern->host.text, NULL);
    return !host->is_address && g_str_has_suffix(host->text, suffix);
}

static const SrtConfigItem *walk(const GPtrArray *list, gboolean in_denied, const SrtHost *host,
                                 uint16_t port)
{
    for (guint i = 0; i < list->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(list, i);
        SrtDomainPattern pattern;
        g_assert(srt_domain_pattern_parse(item->text, in_denied, TRUE, &pattern) == NULL);
        if (matches(&pattern, host, port))
            return item;
    }
    return NULL;
}

static void check_decision(const SrtNetPolicy *policy, const Lists *lists, const char *text,
                           uint16_t port)
{
    SrtNetDecision decision;
    SrtHost host;
    srt_net_policy_decide(policy, text, strlen(text), port, &decision);
    if (port == 0 || !srt_host_parse(text, strlen(text), &host)) {
        g_assert(decision.verdict == SRT_NET_DENIED && decision.rule == NULL);
        g_assert_cmpstr(decision.reason, ==, "malformed host");
        return;
    }
    const SrtConfigItem *denied = walk(lists->denied, TRUE, &host, port);
    const SrtConfigItem *allowed = walk(lists->allowed, FALSE, &host, port);
    if (decision.verdict == SRT_NET_DENIED && !denied) {
        g_assert(host.family == AF_INET6); /* by the IPv4 address that it carries */
        return;
    }
    const SrtConfigItem *expected = denied ? denied : allowed;
    g_assert(decision.verdict == (denied    ? SRT_NET_DENIED
                                  : allowed ? SRT_NET_ALLOWED
                                            : SRT_NET_UNLISTED));
    g_assert((decision.rule != NULL) == (expected != NULL));
    if (expected)
        g_assert_cmpstr(decision.rule->text, ==, expected->text);
}

static bool in_ranges(const GPtrArray *list, int family, const uint8_t *address)
{
    for (guint i = 0; i < list->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(list, i);
        SrtAddressRange range;
        g_assert(srt_address_pattern_parse(item->text, &range) == NULL);
        size_t n = family == AF_INET ? 4 : 16;
        if (range.family == family && memcmp(range.first, address, n) <= 0 &&
            memcmp(address, range.last, n) <= 0)
            return true;
    }
    return false;
}

/* A host that is an address, as if a name had led to it: a listed address
 * passes only as a literal of the allow list. */
static void check_guard(const SrtNetPolicy *policy, const Lists *lists, const char *text,
                        uint16_t port)
{
    SrtHost host, name;
    const char *class = NULL;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (!srt_host_parse(text, strlen(text), &host) || !host.is_address)
        return;
    g_assert(srt_host_parse("name.example.com", 16, &name));
    memcpy(&v4.sin_addr, host.address, 4);
    memcpy(&v6.sin6_addr, host.address, 16);
    const struct sockaddr *address =
        host.family == AF_INET ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;
    gboolean ok = srt_net_policy_judge_address(policy, &name, port, address, &class);
    g_assert(ok == (class == NULL));
    if (ok && in_ranges(lists->addresses, host.family, host.address))
        g_assert(walk(lists->allowed, FALSE, &host, port) != NULL);
    if (ok && host.family == AF_INET && (host.address[0] == 127 || host.address[0] == 0))
        g_assert(walk(lists->allowed, FALSE, &host, port) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 16384)
        return 0;
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 64);
    if (g_strv_length(lines) < 2)
        return 0;
    uint16_t port = (uint16_t)strtoul(lines[1], NULL, 10);
    Lists lists = make_lists(lines + 2);
    SrtConfigNetwork network = {.allowed_domains = lists.allowed,
                                .denied_domains = lists.denied,
                                .denied_resolved_addresses = lists.addresses};
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtNetPolicy) policy = srt_net_policy_new(&network, NULL, &error);
    g_assert((policy == NULL) == lists.wrong);
    g_assert((error != NULL) == lists.wrong);
    if (policy) {
        check_decision(policy, &lists, lines[0], port);
        check_guard(policy, &lists, lines[0], port);
    }
    clear_lists(&lists);
    return 0;
}
