/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/un.h>

#include "host_lists.h"
#include "policy/addresses.h"
#include "support/unit.h"

typedef struct Resolved {
    const char *name;
    unsigned port;
    const char *address;
    const char *class; /* NULL: may be dialled */
} Resolved;

static void check(const HostLists *lists, const Resolved *table, gsize count)
{
    g_autoptr(SrtNetPolicy) policy = host_policy(lists);
    for (gsize i = 0; i < count; i++) {
        struct sockaddr_storage storage;
        const char *class = NULL;
        SrtHost name = host_of(table[i].name);
        const struct sockaddr *address = host_sockaddr(table[i].address, &storage);
        gboolean ok =
            srt_net_policy_judge_address(policy, &name, (uint16_t)table[i].port, address, &class);
        if (g_strcmp0(class, table[i].class) != 0)
            printf("  %s -> %s\n", table[i].name, table[i].address);
        SRT_ASSERT_STR(class, table[i].class);
        CU_ASSERT_EQUAL(ok, table[i].class == NULL);
    }
}

static void ordinary_names(void)
{
    static const char *const own[] = {"203.0.113.9", "2001:db8::9",  "127.0.0.1",
                                      "::1",         "fe80::9%eth0", NULL};
    static const HostLists lists = {.allowed = "example.com localhost", .own = own};
    static const Resolved table[] = {
        {"example.com", 443, "93.184.216.34", NULL},
        {"example.com", 443, "2606:2800:220::1", NULL},
        {"example.com", 443, "10.0.0.1", NULL},
        {"example.com", 443, "192.168.0.1", NULL},
        {"example.com", 443, "fd12::1", NULL},
        {"example.com", 443, "127.0.0.1", SRT_CLASS_LOOPBACK},
        {"example.com", 443, "127.255.0.1", SRT_CLASS_LOOPBACK},
        {"example.com", 443, "::1", SRT_CLASS_LOOPBACK},
        {"example.com", 443, "0.0.0.0", SRT_CLASS_UNSPECIFIED},
        {"example.com", 443, "0.1.2.3", SRT_CLASS_UNSPECIFIED},
        {"example.com", 443, "::", SRT_CLASS_UNSPECIFIED},
        {"example.com", 443, "169.254.169.254", SRT_CLASS_LINK_LOCAL},
        {"example.com", 443, "fe80::1", SRT_CLASS_LINK_LOCAL},
        {"example.com", 443, "224.0.0.1", SRT_CLASS_MULTICAST},
        {"example.com", 443, "ff02::fb", SRT_CLASS_MULTICAST},
        {"example.com", 443, "255.255.255.255", SRT_CLASS_BROADCAST},
        {"example.com", 443, "100.100.100.200", SRT_CLASS_METADATA},
        {"example.com", 443, "fd00:ec2::254", SRT_CLASS_METADATA},
        {"example.com", 443, "203.0.113.9", SRT_CLASS_OWN},
        {"example.com", 443, "203.0.113.8", NULL},
        {"example.com", 443, "2001:db8::9", SRT_CLASS_OWN},
        {"example.com", 443, "2001:db8::8", NULL},
    };
    check(&lists, table, G_N_ELEMENTS(table));
}

static void embedded_forms(void)
{
    static const char *const own[] = {"203.0.113.9", NULL};
    static const HostLists lists = {
        .allowed = "example.com 198.51.100.1",
        .denied = "198.51.100.7",
        .listed = "10.0.0.0/8",
        .own = own,
    };
    static const struct {
        const char *inner, *six_to_four, *class;
    } inner[] = {
        {"127.0.0.1", "2002:7f00:1::1", SRT_CLASS_LOOPBACK},
        {"0.0.0.0", "2002::1", SRT_CLASS_UNSPECIFIED},
        {"169.254.169.254", "2002:a9fe:a9fe::1", SRT_CLASS_LINK_LOCAL},
        {"224.0.0.1", "2002:e000:1::", SRT_CLASS_MULTICAST},
        {"255.255.255.255", "2002:ffff:ffff::", SRT_CLASS_BROADCAST},
        {"168.63.129.16", "2002:a83f:8110::", SRT_CLASS_METADATA},
        {"198.51.100.7", "2002:c633:6407::", SRT_CLASS_DENIED},
        {"10.1.2.3", "2002:a01:203::", SRT_CLASS_LISTED},
        {"203.0.113.9", "2002:cb00:7109::", SRT_CLASS_OWN},
        {"8.8.8.8", "2002:808:808::", NULL},
    };
    static const char *const forms[] = {"%s", "::ffff:%s", "::ffff:0:%s", "64:ff9b::%s", "::%s"};
    for (gsize i = 0; i < G_N_ELEMENTS(inner); i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(forms); j++) {
            char address[64];
            g_strlcpy(address, forms[j], sizeof address);
            *strstr(address, "%s") = 0;
            g_strlcat(address, inner[i].inner, sizeof address);
            Resolved one = {"example.com", 80, address, inner[i].class};
            check(&lists, &one, 1);
        }
        Resolved one = {"example.com", 80, inner[i].six_to_four, inner[i].class};
        check(&lists, &one, 1);
    }
}

static void embedding_never_allows(void)
{
    static const HostLists lists = {.allowed = "example.com 127.0.0.1 localhost"};
    static const Resolved table[] = {
        {"example.com", 80, "127.0.0.1", NULL},
        {"example.com", 80, "::ffff:127.0.0.1", NULL}, /* the same address */
        {"example.com", 80, "::127.0.0.1", SRT_CLASS_LOOPBACK},
        {"example.com", 80, "64:ff9b::127.0.0.1", SRT_CLASS_LOOPBACK},
        {"example.com", 80, "2002:7f00:1::", SRT_CLASS_LOOPBACK},
        {"localhost", 80, "64:ff9b::127.0.0.2", SRT_CLASS_NOT_LOOPBACK},
        {"localhost", 80, "::127.0.0.2", SRT_CLASS_NOT_LOOPBACK},
    };
    check(&lists, table, G_N_ELEMENTS(table));
}

static void listed_literals(void)
{
    static const HostLists lists = {
        .allowed = "example.com 127.0.0.1:8080 [::1] 169.254.169.254 10.0.0.5 [64:ff9b::a00:6]",
        .denied = "127.0.0.9 [2001:db8::7] 192.0.2.1:443 10.0.0.5:81 *:25",
        .listed = "10.0.0.0/8 2001:db8:1::/48",
    };
    static const Resolved table[] = {
        {"example.com", 8080, "127.0.0.1", NULL},
        {"example.com", 80, "127.0.0.1", SRT_CLASS_LOOPBACK},
        {"example.com", 80, "::1", NULL},
        {"example.com", 80, "169.254.169.254", NULL},
        {"example.com", 80, "10.0.0.5", NULL},
        {"example.com", 81, "10.0.0.5", SRT_CLASS_DENIED},
        {"example.com", 80, "10.0.0.6", SRT_CLASS_LISTED},
        {"example.com", 80, "64:ff9b::10.0.0.6", NULL},
        {"example.com", 80, "64:ff9b::10.0.0.7", SRT_CLASS_LISTED},
        {"example.com", 80, "2001:db8:1::5", SRT_CLASS_LISTED},
        {"example.com", 80, "2001:db8:2::5", NULL},
        {"example.com", 80, "127.0.0.9", SRT_CLASS_DENIED},
        {"example.com", 80, "2001:db8::7", SRT_CLASS_DENIED},
        {"example.com", 443, "192.0.2.1", SRT_CLASS_DENIED},
        {"example.com", 80, "192.0.2.1", NULL},
        {"example.com", 25, "192.0.2.1", NULL}, /* "*" is no literal */
    };
    check(&lists, table, G_N_ELEMENTS(table));
}

static void whole_families(void)
{
    static const HostLists v4 = {.allowed = "example.com", .listed = "0.0.0.0/0"};
    static const HostLists v6 = {.allowed = "example.com", .listed = "::/0"};
    static const HostLists mapped = {.allowed = "example.com", .listed = "::ffff:0:0/96"};
    static const Resolved no_v4[] = {{"example.com", 80, "8.8.8.8", SRT_CLASS_LISTED},
                                     {"example.com", 80, "::ffff:8.8.8.8", SRT_CLASS_LISTED},
                                     {"example.com", 80, "64:ff9b::8.8.8.8", SRT_CLASS_LISTED},
                                     {"example.com", 80, "2001:db8::1", NULL}};
    static const Resolved no_v6[] = {{"example.com", 80, "8.8.8.8", NULL},
                                     {"example.com", 80, "::ffff:8.8.8.8", SRT_CLASS_LISTED},
                                     {"example.com", 80, "2001:db8::1", SRT_CLASS_LISTED}};
    check(&v4, no_v4, G_N_ELEMENTS(no_v4));
    check(&mapped, no_v4, G_N_ELEMENTS(no_v4));
    check(&v6, no_v6, G_N_ELEMENTS(no_v6));
}

static void localhost(void)
{
    static const char *const own[] = {"127.0.0.1", "::1", "203.0.113.9", NULL};
    static const HostLists lists = {
        .allowed = "localhost app.localhost localhost.example.com 192.0.2.5",
        .denied = "127.0.0.7",
        .listed = "127.0.0.8",
        .own = own,
    };
    static const Resolved table[] = {
        {"localhost", 80, "127.0.0.1", NULL},
        {"localhost", 80, "::1", NULL},
        {"localhost", 80, "::ffff:127.0.0.1", NULL},
        {"LOCALHOST.", 80, "127.1.2.3", NULL},
        {"app.localhost", 80, "127.0.0.1", NULL},
        {"localhost", 80, "127.0.0.8", NULL},
        {"localhost", 80, "127.0.0.7", SRT_CLASS_DENIED},
        {"localhost", 80, "192.0.2.5", NULL},
        {"localhost", 80, "8.8.8.8", SRT_CLASS_NOT_LOOPBACK},
        {"localhost", 80, "10.0.0.1", SRT_CLASS_NOT_LOOPBACK},
        {"localhost", 80, "169.254.169.254", SRT_CLASS_NOT_LOOPBACK},
        {"localhost", 80, "203.0.113.9", SRT_CLASS_NOT_LOOPBACK},
        {"app.localhost", 80, "2001:db8::1", SRT_CLASS_NOT_LOOPBACK},
        {"localhost.example.com", 80, "127.0.0.1", SRT_CLASS_LOOPBACK},
        {"notlocalhost", 80, "127.0.0.1", SRT_CLASS_LOOPBACK},
    };
    check(&lists, table, G_N_ELEMENTS(table));
}

static void other_families(void)
{
    static const HostLists lists = {.allowed = "example.com"};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    SrtHost name = host_of("example.com");
    const char *class = NULL;
    g_autoptr(SrtNetPolicy) policy = host_policy(&lists);
    CU_ASSERT_FALSE(
        srt_net_policy_judge_address(policy, &name, 80, (const struct sockaddr *)&un, &class));
    SRT_ASSERT_STR(class, SRT_CLASS_UNPARSABLE);
    CU_ASSERT_FALSE(srt_net_policy_judge_address(policy, &name, 80, &none, &class));
}

static bool passes(const SrtNetPolicy *policy, const char *address)
{
    struct sockaddr_storage storage;
    const char *class = NULL;
    SrtHost name = host_of("example.com");
    return srt_net_policy_judge_address(policy, &name, 80, host_sockaddr(address, &storage),
                                        &class);
}

static void renewed(void)
{
    static const char *const own[] = {"203.0.113.9", NULL};
    static const HostLists before = {.allowed = "example.com", .listed = "10.0.0.0/8", .own = own};
    g_autoptr(GPtrArray) allowed = host_list("network.allowedDomains", "example.com 10.0.0.1");
    SrtConfigNetwork network = {.allowed_domains = allowed};
    SrtNetPolicy *first = host_policy(&before);
    g_autoptr(SrtNetPolicy) second = srt_net_policy_renew(first, &network, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    CU_ASSERT_FALSE(passes(first, "203.0.113.9"));
    CU_ASSERT_FALSE(passes(first, "10.0.0.2"));
    srt_net_policy_unref(first);
    /* The machine is the same, the lists are others. */
    CU_ASSERT_FALSE(passes(second, "203.0.113.9"));
    CU_ASSERT_TRUE(passes(second, "10.0.0.2"));
}

static void joined(void)
{
    static const char *const all[] = {
        SRT_CLASS_UNPARSABLE,  SRT_CLASS_NOT_LOOPBACK, SRT_CLASS_OWN,       SRT_CLASS_LISTED,
        SRT_CLASS_METADATA,    SRT_CLASS_BROADCAST,    SRT_CLASS_MULTICAST, SRT_CLASS_LINK_LOCAL,
        SRT_CLASS_UNSPECIFIED, SRT_CLASS_LOOPBACK,     SRT_CLASS_DENIED,    SRT_CLASS_OWN,
    };
    g_autofree char *text = srt_net_policy_join_classes(all, G_N_ELEMENTS(all));
    SRT_ASSERT_STR(text, "a deny-listed address / a loopback address / an unspecified address / "
                         "a link-local address / a multicast address / the broadcast address / "
                         "a cloud metadata address / a listed address / one of this host's "
                         "addresses / a non-loopback address / an unparsable address");
    static const char *const twice[] = {SRT_CLASS_LOOPBACK, SRT_CLASS_LOOPBACK};
    g_autofree char *once = srt_net_policy_join_classes(twice, 2);
    SRT_ASSERT_STR(once, "a loopback address");
    g_autofree char *nothing = srt_net_policy_join_classes(NULL, 0);
    SRT_ASSERT_STR(nothing, "");
}

static const srt_unit_case cases[] = {
    {"ordinary_names", ordinary_names},
    {"embedded_forms", embedded_forms},
    {"embedding_never_allows", embedding_never_allows},
    {"listed_literals", listed_literals},
    {"whole_families", whole_families},
    {"localhost", localhost},
    {"other_families", other_families},
    {"renewed", renewed},
    {"joined", joined},
};

SRT_UNIT_MAIN("policy.guard", cases)
