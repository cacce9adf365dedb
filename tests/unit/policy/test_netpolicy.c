/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "host_lists.h"
#include "support/unit.h"

#define LISTED "host is on the deny list"
#define UNLISTED "host is not on the allow list"
#define MALFORMED "malformed host"

typedef struct Asked {
    const char *host;
    unsigned port;
    SrtNetVerdict verdict;
    const char *reason;
    const char *canonical;
} Asked;

static void check(const HostLists *lists, const Asked *asked, gsize count)
{
    g_autoptr(SrtNetPolicy) policy = host_policy(lists);
    for (gsize i = 0; i < count; i++) {
        SrtNetDecision decision;
        memset(&decision, 0x55, sizeof decision);
        srt_net_policy_decide(policy, asked[i].host, strlen(asked[i].host), (uint16_t)asked[i].port,
                              &decision);
        if (decision.verdict != asked[i].verdict)
            printf("  %s:%u\n", asked[i].host, asked[i].port);
        CU_ASSERT_EQUAL(decision.verdict, asked[i].verdict);
        SRT_ASSERT_STR(decision.reason, asked[i].reason);
        SRT_ASSERT_STR(decision.host.text, asked[i].canonical ? asked[i].canonical : "");
        CU_ASSERT_EQUAL(decision.port, asked[i].port);
        bool by_rule = decision.verdict == SRT_NET_ALLOWED ||
                       (decision.verdict == SRT_NET_DENIED && asked[i].canonical);
        CU_ASSERT_EQUAL(decision.rule != NULL, by_rule);
    }
}

static void order(void)
{
    static const HostLists lists = {
        .allowed = "example.com *.example.com github.com:443 localhost",
        .denied = "bad.example.com *.internal.example.com example.com:22 *:25",
    };
    static const Asked asked[] = {
        {"example.com", 443, SRT_NET_ALLOWED, NULL, "example.com"},
        {"EXAMPLE.com.", 443, SRT_NET_ALLOWED, NULL, "example.com"},
        {"api.example.com", 80, SRT_NET_ALLOWED, NULL, "api.example.com"},
        {"localhost", 3000, SRT_NET_ALLOWED, NULL, "localhost"},
        {"github.com", 443, SRT_NET_ALLOWED, NULL, "github.com"},
        {"github.com", 22, SRT_NET_UNLISTED, UNLISTED, "github.com"},
        {"bad.example.com", 443, SRT_NET_DENIED, LISTED, "bad.example.com"},
        {"BAD.Example.com.", 443, SRT_NET_DENIED, LISTED, "bad.example.com"},
        {"x.bad.example.com", 443, SRT_NET_ALLOWED, NULL, "x.bad.example.com"},
        {"db.internal.example.com", 443, SRT_NET_DENIED, LISTED, "db.internal.example.com"},
        {"internal.example.com", 443, SRT_NET_ALLOWED, NULL, "internal.example.com"},
        {"example.com", 22, SRT_NET_DENIED, LISTED, "example.com"},
        {"example.com", 25, SRT_NET_DENIED, LISTED, "example.com"},
        {"1.2.3.4", 25, SRT_NET_DENIED, LISTED, "1.2.3.4"},
        {"1.2.3.4", 80, SRT_NET_UNLISTED, UNLISTED, "1.2.3.4"},
        {"intranet", 80, SRT_NET_UNLISTED, UNLISTED, "intranet"},
        {"a_b.example.com", 80, SRT_NET_ALLOWED, NULL, "a_b.example.com"},
        {"foo.localhost", 80, SRT_NET_UNLISTED, UNLISTED, "foo.localhost"},
    };
    check(&lists, asked, G_N_ELEMENTS(asked));
}

static void confusion(void)
{
    static const HostLists lists = {.allowed = "allowed.com *.allowed.com 127.0.0.1"};
    static const char *const unlisted[] = {
        "notallowed.com",
        "allowed.com.evil.com",
        "x.allowed.com.evil.com",
        "allowed.co",
        "llowed.com",
        "allowed.comm",
        "allowed-com",
        "allowedxcom",
        "xn--allowed.com",
        "evil.com",
        "1.0.0.127",
        "127.0.0.2",
        "127.0.0.1.evil.com",
        "allowed.com.evil",
        "0",
        "[::1]",
    };
    static const char *const malformed[] = {
        "",
        "allowed.com\r\n",
        "allowed.com\n.evil.com",
        "allowed.com ",
        " allowed.com",
        "evil.com%00.allowed.com",
        "evil.com%2eallowed.com",
        "evil.com@allowed.com",
        "allowed.com@evil.com",
        "evil.com\\.allowed.com",
        "evil.com/.allowed.com",
        "evil.com#.allowed.com",
        "evil.com?.allowed.com",
        "evil.com:80.allowed.com",
        "allowed.com:80",
        "x..allowed.com",
        ".allowed.com",
        "allowed.com..",
        "*.allowed.com",
        "*",
        "[allowed.com]",
        "evil.com\t.allowed.com",
        "evil.com\x7f.allowed.com",
        "\xff.allowed.com",
        "evil\xef\xbc\x8f.allowed.com",
        "[127.0.0.1]",
        "127.0.0.1.5",
        "127.0.0.256",
        "::1%lo",
        "[::1%25lo]",
        "fe80::1%eth0",
    };
    g_autoptr(SrtNetPolicy) policy = host_policy(&lists);
    for (gsize i = 0; i < G_N_ELEMENTS(unlisted); i++) {
        SrtNetDecision decision;
        srt_net_policy_decide(policy, unlisted[i], strlen(unlisted[i]), 80, &decision);
        CU_ASSERT_EQUAL(decision.verdict, SRT_NET_UNLISTED);
        SRT_ASSERT_STR(decision.reason, UNLISTED);
        CU_ASSERT_PTR_NULL(decision.rule);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(malformed); i++) {
        Asked one = {malformed[i], 80, SRT_NET_DENIED, MALFORMED, NULL};
        check(&lists, &one, 1);
    }
}

static void bytes_after_nul(void)
{
    static const HostLists lists = {.allowed = "*.allowed.com evil.com"};
    static const char host[] = "evil.com\0.allowed.com";
    g_autoptr(SrtNetPolicy) policy = host_policy(&lists);
    SrtNetDecision decision;
    srt_net_policy_decide(policy, host, sizeof host - 1, 80, &decision);
    CU_ASSERT_EQUAL(decision.verdict, SRT_NET_DENIED);
    SRT_ASSERT_STR(decision.reason, MALFORMED);
    SRT_ASSERT_STR(decision.host.text, "");
    char longest[300];
    memset(longest, 'a', sizeof longest);
    for (gsize i = 10; i < sizeof longest; i += 11)
        longest[i] = '.';
    memcpy(longest + sizeof longest - 12, ".allowed.com", 12);
    srt_net_policy_decide(policy, longest, sizeof longest, 80, &decision);
    SRT_ASSERT_STR(decision.reason, MALFORMED);
    srt_net_policy_decide(policy, longest + 44, sizeof longest - 44, 80, &decision);
    SRT_ASSERT_STR(decision.reason, MALFORMED);
    srt_net_policy_decide(policy, longest + 55, sizeof longest - 55, 80, &decision);
    CU_ASSERT_EQUAL(decision.verdict, SRT_NET_ALLOWED);
}

static void port_zero(void)
{
    static const HostLists lists = {.allowed = "example.com"};
    static const Asked asked[] = {{"example.com", 0, SRT_NET_DENIED, MALFORMED, NULL}};
    check(&lists, asked, 1);
}

static void literals(void)
{
    static const HostLists lists = {
        .allowed = "127.1 [2001:DB8::0:2]:8081 198.18.0.2 *.example.com [64:ff9b::9.9.9.9]",
        .denied = "[::ffff:10.0.0.1] 9.9.9.9 0x8.8.8.8 [fd00::0001]:443",
    };
    static const Asked asked[] = {
        {"127.0.0.1", 80, SRT_NET_ALLOWED, NULL, "127.0.0.1"},
        {"2130706433", 80, SRT_NET_ALLOWED, NULL, "127.0.0.1"},
        {"0x7f.1", 80, SRT_NET_ALLOWED, NULL, "127.0.0.1"},
        {"[::ffff:127.0.0.1]", 80, SRT_NET_ALLOWED, NULL, "127.0.0.1"},
        {"::ffff:c612:2", 80, SRT_NET_ALLOWED, NULL, "198.18.0.2"},
        {"2001:db8::2", 8081, SRT_NET_ALLOWED, NULL, "2001:db8::2"},
        {"[2001:db8:0:0:0:0:0:2]", 8081, SRT_NET_ALLOWED, NULL, "2001:db8::2"},
        {"2001:db8::2", 8082, SRT_NET_UNLISTED, UNLISTED, "2001:db8::2"},
        {"127.0.0.2", 80, SRT_NET_UNLISTED, UNLISTED, "127.0.0.2"},
        {"10.0.0.1", 80, SRT_NET_DENIED, LISTED, "10.0.0.1"},
        {"167772161", 80, SRT_NET_DENIED, LISTED, "10.0.0.1"},
        {"8.8.8.8", 80, SRT_NET_DENIED, LISTED, "8.8.8.8"},
        {"[fd00::1]", 443, SRT_NET_DENIED, LISTED, "fd00::1"},
        {"[fd00::1]", 80, SRT_NET_UNLISTED, UNLISTED, "fd00::1"},
        /* A denied IPv4 address is denied in every IPv6 form that carries it. */
        {"64:ff9b::9.9.9.9", 80, SRT_NET_DENIED, LISTED, "64:ff9b::909:909"},
        {"2002:909:909::1", 80, SRT_NET_DENIED, LISTED, "2002:909:909::1"},
        {"::9.9.9.9", 80, SRT_NET_DENIED, LISTED, "::909:909"},
        {"::ffff:0:9.9.9.9", 80, SRT_NET_DENIED, LISTED, "::ffff:0:909:909"},
        /* An allowed one is not allowed by what carries it. */
        {"64:ff9b::127.0.0.1", 80, SRT_NET_UNLISTED, UNLISTED, "64:ff9b::7f00:1"},
        {"::127.0.0.1", 80, SRT_NET_UNLISTED, UNLISTED, "::7f00:1"},
    };
    check(&lists, asked, G_N_ELEMENTS(asked));
}

static void wildcards_are_for_names(void)
{
    /* "*.3.4" in an allow list matches nothing; "*" in a deny list everything. */
    static const HostLists lists = {.allowed = "*.3.4 *.example.com", .denied = "*:22"};
    static const Asked asked[] = {
        {"1.2.3.4", 80, SRT_NET_UNLISTED, UNLISTED, "1.2.3.4"},
        {"1.2.3.4", 22, SRT_NET_DENIED, LISTED, "1.2.3.4"},
        {"[::1]", 22, SRT_NET_DENIED, LISTED, "::1"},
        {"a.example.com", 22, SRT_NET_DENIED, LISTED, "a.example.com"},
        {"a.example.com", 23, SRT_NET_ALLOWED, NULL, "a.example.com"},
    };
    check(&lists, asked, G_N_ELEMENTS(asked));
    static const HostLists all = {.allowed = "example.com 1.2.3.4", .denied = "*"};
    static const Asked asked_all[] = {
        {"example.com", 80, SRT_NET_DENIED, LISTED, "example.com"},
        {"1.2.3.4", 80, SRT_NET_DENIED, LISTED, "1.2.3.4"},
        {"other.net", 80, SRT_NET_DENIED, LISTED, "other.net"},
    };
    check(&all, asked_all, G_N_ELEMENTS(asked_all));
}

static void international(void)
{
    static const HostLists lists = {
        .allowed = "m\xc3\xbcnchen.de *.xn--r8jz45g.jp",
        .denied = "b\xc3\xb6se.de",
    };
    static const Asked asked[] = {
        {"m\xc3\xbcnchen.de", 80, SRT_NET_ALLOWED, NULL, "xn--mnchen-3ya.de"},
        {"M\xc3\x9cNCHEN.de", 80, SRT_NET_ALLOWED, NULL, "xn--mnchen-3ya.de"},
        {"XN--Mnchen-3ya.DE", 80, SRT_NET_ALLOWED, NULL, "xn--mnchen-3ya.de"},
        {"a.\xe4\xbe\x8b\xe3\x81\x88.jp", 80, SRT_NET_ALLOWED, NULL, "a.xn--r8jz45g.jp"},
        {"xn--bse-sna.de", 80, SRT_NET_DENIED, LISTED, "xn--bse-sna.de"},
        {"b\xc3\xb6se.de", 80, SRT_NET_DENIED, LISTED, "xn--bse-sna.de"},
    };
    /* A Cyrillic letter that looks like a Latin one makes another name. */
    static const char lookalike[] = "m\xc3\xbcnch\xd0\xb5n.de";
    SrtNetDecision decision;
    check(&lists, asked, G_N_ELEMENTS(asked));
    g_autoptr(SrtNetPolicy) policy = host_policy(&lists);
    srt_net_policy_decide(policy, lookalike, strlen(lookalike), 80, &decision);
    CU_ASSERT_EQUAL(decision.verdict, SRT_NET_UNLISTED);
    CU_ASSERT_TRUE(g_str_has_prefix(decision.host.text, "xn--"));
}

static void reasons(void)
{
    static const char *const texts[] = {"bad.example.com", "Ask the team first.", "*.example.org",
                                        "Old name.",       "Spelled.example.com", "Case counts.",
                                        "other.net",       "Never used.",         NULL};
    static const HostLists lists = {
        .allowed = "*.example.com *.example.org",
        .denied = "bad.example.com *.example.org worse.example.com spelled.example.com",
        .reasons = texts,
    };
    static const Asked asked[] = {
        {"bad.example.com", 80, SRT_NET_DENIED, "Ask the team first.", "bad.example.com"},
        {"BAD.example.com.", 80, SRT_NET_DENIED, "Ask the team first.", "bad.example.com"},
        {"x.example.org", 80, SRT_NET_DENIED, "Old name.", "x.example.org"},
        {"worse.example.com", 80, SRT_NET_DENIED, LISTED, "worse.example.com"},
        {"spelled.example.com", 80, SRT_NET_DENIED, LISTED, "spelled.example.com"},
        {"other.net", 80, SRT_NET_UNLISTED, UNLISTED, "other.net"},
    };
    check(&lists, asked, G_N_ELEMENTS(asked));
}

static void deciding_rule(void)
{
    static const HostLists lists = {
        .allowed = "example.com *.example.com",
        .denied = "*.bad.example.com:443 *.bad.example.com",
    };
    g_autoptr(SrtNetPolicy) policy = host_policy(&lists);
    SrtNetDecision decision;
    srt_net_policy_decide(policy, "a.example.com", 13, 80, &decision);
    SRT_ASSERT_STR(decision.rule->pointer, "network.allowedDomains[1]");
    SRT_ASSERT_STR(decision.rule->text, "*.example.com");
    SRT_ASSERT_STR(decision.rule->file, "settings.json");
    CU_ASSERT_EQUAL(decision.rule->line, 2);
    srt_net_policy_decide(policy, "x.bad.example.com", 17, 443, &decision);
    SRT_ASSERT_STR(decision.rule->pointer, "network.deniedDomains[0]");
    srt_net_policy_decide(policy, "x.bad.example.com", 17, 80, &decision);
    SRT_ASSERT_STR(decision.rule->pointer, "network.deniedDomains[1]");
}

static void nothing_allowed(void)
{
    static const HostLists none = {0}, empty = {.allowed = "", .denied = ""};
    static const Asked asked[] = {
        {"example.com", 80, SRT_NET_UNLISTED, UNLISTED, "example.com"},
        {"localhost", 80, SRT_NET_UNLISTED, UNLISTED, "localhost"},
        {"127.0.0.1", 80, SRT_NET_UNLISTED, UNLISTED, "127.0.0.1"},
    };
    check(&none, asked, G_N_ELEMENTS(asked));
    check(&empty, asked, G_N_ELEMENTS(asked));
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    SrtConfigNetwork network = {.allowed_domains = NULL};
    CU_ASSERT_FALSE(srt_net_may_reach_anything(&network));
    network.allowed_domains = list;
    CU_ASSERT_FALSE(srt_net_may_reach_anything(&network));
    g_ptr_array_add(list, srt_config_item_new("example.com", "network.allowedDomains[0]", "x", 1, 1));
    CU_ASSERT_TRUE(srt_net_may_reach_anything(&network));
}

static void external_proxy(void)
{
    SrtConfigNetwork network = {.http_proxy_port = 3199};
    CU_ASSERT_TRUE(srt_net_may_reach_anything(&network));
    network = (SrtConfigNetwork){.socks_proxy_port = 1};
    CU_ASSERT_TRUE(srt_net_may_reach_anything(&network));
}

static void strict(void)
{
    static const HostLists table[] = {
        {.strict = SRT_TRI_UNSET}, {.strict = SRT_TRI_FALSE}, {.strict = SRT_TRI_TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(SrtNetPolicy) policy = host_policy(&table[i]);
        CU_ASSERT_EQUAL(srt_net_policy_is_strict(policy), table[i].strict == SRT_TRI_TRUE);
    }
}

static void may_be_asked_about(void)
{
    static const HostLists open = {.allowed = "listed.example.com 127.0.0.2:80",
                                   .denied = "denied.example.com *:25 198.51.100.7",
                                   .listed = "10.0.0.0/8"};
    static const HostLists strict_lists = {.strict = SRT_TRI_TRUE};
    static const struct {
        const char *host;
        uint16_t port;
        bool expected;
    } table[] = {
        {"a.example.com", 443, true},       {"localhost", 443, true},
        {"192.0.2.1", 443, true},           {"2001:db8::1", 443, true},
        {"192.168.0.1", 443, true},         {"listed.example.com", 443, false},
        {"127.0.0.2", 80, false},           {"127.0.0.2", 81, false},
        {"denied.example.com", 443, false}, {"a.example.com", 25, false},
        {"a.example.com", 0, false},        {"a b", 443, false},
        {"127.0.0.1", 443, false},          {"::1", 443, false},
        {"0.0.0.0", 443, false},            {"169.254.169.254", 80, false},
        {"224.0.0.1", 443, false},          {"255.255.255.255", 443, false},
        {"::ffff:127.0.0.1", 443, false},   {"64:ff9b::7f00:1", 443, false},
        {"198.51.100.7", 443, false},       {"64:ff9b::c633:6407", 443, false},
        {"10.1.2.3", 443, false},           {"203.0.113.1", 443, false}};
    const char *own[] = {"203.0.113.1", NULL};
    HostLists lists = open;
    lists.own = own;
    g_autoptr(SrtNetPolicy) policy = host_policy(&lists);
    g_autoptr(SrtNetPolicy) strict_policy = host_policy(&strict_lists);
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        SrtNetDecision decision;
        gsize length = strlen(table[i].host);
        srt_net_policy_decide(policy, table[i].host, length, table[i].port, &decision);
        if (srt_net_policy_may_ask(policy, &decision) != table[i].expected)
            fprintf(stderr, "wrong: %s:%u\n", table[i].host, table[i].port);
        CU_ASSERT_EQUAL(srt_net_policy_may_ask(policy, &decision), table[i].expected);
        srt_net_policy_decide(strict_policy, table[i].host, length, table[i].port, &decision);
        CU_ASSERT_FALSE(srt_net_policy_may_ask(strict_policy, &decision));
    }
}

static void inspected(void)
{
    static const HostLists lists = {.mitm = "api.example.com *.Example.org 127.1"};
    static const struct {
        const char *host;
        bool expected;
    } table[] = {{"api.example.com", true},  {"x.api.example.com", false}, {"a.example.org", true},
                 {"example.org", false},     {"127.0.0.1", true},          {"127.0.0.2", false},
                 {"xapi.example.com", false}};
    g_autoptr(SrtNetPolicy) policy = host_policy(&lists);
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        SrtHost host = host_of(table[i].host);
        CU_ASSERT_EQUAL(srt_net_policy_is_mitm(policy, &host), table[i].expected);
    }
}

/* Makes a policy that cannot be; returns the message. */
static char *failure(const char *allowed, const char *denied, const char *listed,
                     const char *const *own)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) a = host_list("network.allowedDomains", allowed);
    g_autoptr(GPtrArray) d = host_list("network.deniedDomains", denied);
    g_autoptr(GPtrArray) l = host_list("network.deniedResolvedAddresses", listed);
    SrtConfigNetwork network = {
        .allowed_domains = a, .denied_domains = d, .denied_resolved_addresses = l};
    CU_ASSERT_PTR_NULL(srt_net_policy_new(&network, own, &error));
    CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_POLICY));
    return error ? g_strdup(error->message) : NULL;
}

static void wrong_lists(void)
{
    static const char *const own[] = {"127.0.0.1", "eth0", NULL};
    g_autofree char *allowed = failure("example.com *", NULL, NULL, NULL);
    g_autofree char *denied = failure(NULL, "a..b", NULL, NULL);
    g_autofree char *listed = failure(NULL, NULL, "10.0.0.0/8 10.0.0.0/33", NULL);
    g_autofree char *interface = failure(NULL, NULL, NULL, own);
    CU_ASSERT_PTR_NOT_NULL(strstr(allowed, "settings.json:2:3: network.allowedDomains[1]: found"));
    CU_ASSERT_PTR_NOT_NULL(strstr(denied, "network.deniedDomains[0]: found \"a..b\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(listed, "deniedResolvedAddresses[1]: found \"10.0.0.0/33\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(interface, "\"eth0\""));
}

static void references(void)
{
    static const HostLists lists = {.allowed = "example.com"};
    SrtNetPolicy *policy = host_policy(&lists), *second = srt_net_policy_ref(policy);
    CU_ASSERT_PTR_EQUAL(policy, second);
    srt_net_policy_unref(policy);
    CU_ASSERT_FALSE(srt_net_policy_is_strict(second));
    srt_net_policy_unref(second);
    srt_net_policy_unref(NULL);
}

static const srt_unit_case cases[] = {
    {"order", order},
    {"confusion", confusion},
    {"bytes_after_nul", bytes_after_nul},
    {"port_zero", port_zero},
    {"literals", literals},
    {"wildcards_are_for_names", wildcards_are_for_names},
    {"international", international},
    {"reasons", reasons},
    {"deciding_rule", deciding_rule},
    {"nothing_allowed", nothing_allowed},
    {"external_proxy", external_proxy},
    {"strict", strict},
    {"may be asked about", may_be_asked_about},
    {"inspected", inspected},
    {"wrong_lists", wrong_lists},
    {"references", references},
};

SRT_UNIT_MAIN("policy.netpolicy", cases)
