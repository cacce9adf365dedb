/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/un.h>

#include "policy/addresses.h"
#include "support/unit.h"

static SrtAddress address_of(const char *text)
{
    SrtAddress address = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};
    CU_ASSERT_EQUAL_FATAL(inet_pton(address.family, text, address.bytes), 1);
    return address;
}

static void classes(void)
{
    static const struct {
        const char *address, *class;
    } table[] = {
        {"127.0.0.0", SRT_CLASS_LOOPBACK},
        {"127.255.255.255", SRT_CLASS_LOOPBACK},
        {"126.255.255.255", NULL},
        {"128.0.0.0", NULL},
        {"::1", SRT_CLASS_LOOPBACK},
        {"::2", NULL},
        {"0.0.0.0", SRT_CLASS_UNSPECIFIED},
        {"0.255.255.255", SRT_CLASS_UNSPECIFIED},
        {"1.0.0.0", NULL},
        {"::", SRT_CLASS_UNSPECIFIED},
        {"169.254.0.0", SRT_CLASS_LINK_LOCAL},
        {"169.254.169.254", SRT_CLASS_LINK_LOCAL},
        {"169.254.255.255", SRT_CLASS_LINK_LOCAL},
        {"169.253.255.255", NULL},
        {"169.255.0.0", NULL},
        {"fe80::1", SRT_CLASS_LINK_LOCAL},
        {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SRT_CLASS_LINK_LOCAL},
        {"fe7f::1", NULL},
        {"fec0::1", NULL},
        {"223.255.255.255", NULL},
        {"224.0.0.0", SRT_CLASS_MULTICAST},
        {"239.255.255.255", SRT_CLASS_MULTICAST},
        {"240.0.0.0", NULL},
        {"ff02::1", SRT_CLASS_MULTICAST},
        {"feff::1", NULL},
        {"255.255.255.255", SRT_CLASS_BROADCAST},
        {"255.255.255.254", NULL},
        {"100.100.100.200", SRT_CLASS_METADATA},
        {"100.100.100.201", NULL},
        {"168.63.129.16", SRT_CLASS_METADATA},
        {"192.0.0.192", SRT_CLASS_METADATA},
        {"fd00:ec2::254", SRT_CLASS_METADATA},
        {"fd00:ec2:ffff::1", SRT_CLASS_METADATA},
        {"fd00:ec3::1", NULL},
        {"fd20:ce::254", SRT_CLASS_METADATA},
        {"fd20:ce::255", NULL},
        {"fd00:c1::a9fe:a9fe", SRT_CLASS_METADATA},
        {"fd00:42::42", SRT_CLASS_METADATA},
        {"fd00:a9fe:a9fe::1", SRT_CLASS_METADATA},
        {"fd00:100::100:200", SRT_CLASS_METADATA},
        {"10.0.0.1", NULL},
        {"172.16.0.1", NULL},
        {"192.168.1.1", NULL},
        {"100.64.0.1", NULL},
        {"fd12:3456::1", NULL},
        {"8.8.8.8", NULL},
        {"2001:db8::1", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        SrtAddress address = address_of(table[i].address);
        SRT_ASSERT_STR(srt_address_class(&address), table[i].class);
    }
}

static void embedded(void)
{
    static const struct {
        const char *address, *inner;
    } table[] = {
        {"::ffff:1.2.3.4", "1.2.3.4"},
        {"::1.2.3.4", "1.2.3.4"},
        {"::ffff:0:1.2.3.4", "1.2.3.4"},
        {"64:ff9b::1.2.3.4", "1.2.3.4"},
        {"2002:102:304::", "1.2.3.4"},
        {"2002:102:304:ffff:ffff:ffff:ffff:ffff", "1.2.3.4"},
        {"::1", "0.0.0.1"},
        {"64:ff9b:0:0:0:1:102:304", NULL},
        {"64:ff9b:1::1.2.3.4", NULL},
        {"64:ff9c::1.2.3.4", NULL},
        {"::fffe:1.2.3.4", NULL},
        {"::1:ffff:1.2.3.4", NULL},
        {"1::ffff:1.2.3.4", NULL},
        {"::fffe:0:1.2.3.4", NULL},
        {"2003:102:304::", NULL},
        {"2001:db8::1.2.3.4", NULL},
        {"1.2.3.4", NULL},
        {"0.0.0.0", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        SrtAddress address = address_of(table[i].address), inner = {0};
        char text[INET_ADDRSTRLEN];
        bool has = srt_address_embedded(&address, &inner);
        const char *shown = has ? inet_ntop(AF_INET, inner.bytes, text, sizeof text) : NULL;
        SRT_ASSERT_STR(shown, table[i].inner);
        CU_ASSERT_EQUAL(inner.family, has ? AF_INET : 0);
    }
}

static void from_sockaddr(void)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x01020304)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = {{{[15] = 1}}}};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    SrtAddress address = {0}, one = address_of("1.2.3.4"), two = address_of("::1");
    CU_ASSERT_TRUE(srt_address_from_sockaddr((const struct sockaddr *)&v4, &address));
    CU_ASSERT_EQUAL(memcmp(&address, &one, sizeof one), 0);
    CU_ASSERT_TRUE(srt_address_from_sockaddr((const struct sockaddr *)&v6, &address));
    CU_ASSERT_EQUAL(memcmp(&address, &two, sizeof two), 0);
    CU_ASSERT_FALSE(srt_address_from_sockaddr((const struct sockaddr *)&un, &address));
}

static SrtAddressSet *set_of(const char *const *patterns)
{
    SrtAddressSet *set = srt_address_set_new();
    for (; *patterns; patterns++) {
        SrtAddressRange range;
        CU_ASSERT_PTR_NULL_FATAL(srt_address_pattern_parse(*patterns, &range));
        srt_address_set_add(set, &range);
    }
    srt_address_set_seal(set);
    return set;
}

static void sets(void)
{
    /* Overlapping, nested, adjacent, repeated, out of order, both families. */
    static const char *const patterns[] = {"10.1.0.0/16",     "192.168.1.1", "10.0.0.0/8",
                                           "10.255.255.255",  "11.0.0.0/8",  "192.168.1.1",
                                           "fd00::/8",        "fd00:1::/32", "2001:db8::5",
                                           "0.0.0.0/32",      "::/128",      "1.2.3.4/30",
                                           "255.255.255.255", NULL};
    static const char *const inside[] = {
        "10.0.0.0", "10.1.2.3", "10.255.255.255",  "11.255.255.255", "192.168.1.1", "0.0.0.0",
        "1.2.3.4",  "1.2.3.7",  "255.255.255.255", "fd00::",         "fdff::1",     "2001:db8::5",
        "::"};
    static const char *const outside[] = {
        "9.255.255.255", "12.0.0.0",        "192.168.1.0", "192.168.1.2",    "0.0.0.1",
        "1.2.3.3",       "1.2.3.8",         "fe00::",      "fc00::1",        "2001:db8::4",
        "::1",           "255.255.255.254", "a00::1",      "::ffff:10.0.0.1"};
    SrtAddressSet *set = set_of(patterns);
    for (gsize i = 0; i < G_N_ELEMENTS(inside); i++) {
        SrtAddress address = address_of(inside[i]);
        CU_ASSERT_TRUE(srt_address_set_contains(set, &address));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(outside); i++) {
        SrtAddress address = address_of(outside[i]);
        CU_ASSERT_FALSE(srt_address_set_contains(set, &address));
    }
    srt_address_set_unref(set);
    srt_address_set_unref(NULL);
}

static void empty_and_full_sets(void)
{
    static const char *const none[] = {NULL}, *const all[] = {"0.0.0.0/0", "::/0", NULL};
    SrtAddress v4 = address_of("1.2.3.4"), v6 = address_of("2001:db8::1");
    SrtAddressSet *empty = set_of(none), *full = set_of(all);
    CU_ASSERT_FALSE(srt_address_set_contains(empty, &v4));
    CU_ASSERT_FALSE(srt_address_set_contains(empty, &v6));
    CU_ASSERT_TRUE(srt_address_set_contains(full, &v4));
    CU_ASSERT_TRUE(srt_address_set_contains(full, &v6));
    srt_address_set_unref(empty);
    srt_address_set_unref(full);
}

static const srt_unit_case cases[] = {
    {"classes", classes},
    {"embedded", embedded},
    {"from_sockaddr", from_sockaddr},
    {"sets", sets},
    {"empty_and_full_sets", empty_and_full_sets},
};

SRT_UNIT_MAIN("policy.addresses", cases)
