/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hostname.h"
#include "support/unit.h"

typedef struct Spelling {
    const char *text;
    const char *canonical; /* NULL: refused */
} Spelling;

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void check(const Spelling *table, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        SrtHost host, again;
        memset(&host, 0x55, sizeof host);
        gboolean ok = srt_host_parse(table[i].text, strlen(table[i].text), &host);
        if (ok != (table[i].canonical != NULL))
            printf("  %s: %s\n", table[i].text, ok ? "accepted" : "refused");
        CU_ASSERT_EQUAL(ok, table[i].canonical != NULL);
        if (!ok || !table[i].canonical)
            continue;
        SRT_ASSERT_STR(host.text, table[i].canonical);
        CU_ASSERT_TRUE(srt_host_parse(host.text, strlen(host.text), &again));
        CU_ASSERT_EQUAL(memcmp(&host, &again, sizeof host), 0);
    }
}

static void names(void)
{
    static const Spelling table[] = {
        {"example.com", "example.com"},
        {"EXAMPLE.Com", "example.com"},
        {"example.com.", "example.com"},
        {"localhost", "localhost"},
        {"LOCALHOST.", "localhost"},
        {"intranet", "intranet"},
        {"_dmarc.example.com", "_dmarc.example.com"},
        {"a_b", "a_b"},
        {"-x-.example.com", "-x-.example.com"},
        {"xn--mnchen-3ya.de", "xn--mnchen-3ya.de"},
        {"1.example.com", "1.example.com"},
        {"example.1a", "example.1a"},
        {"0xg.0xzz", "0xg.0xzz"},
        {A63 ".com", A63 ".com"},
        {A63 "a.com", NULL},
        {A63 "." A63 "." A63 "."
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         A63 "." A63 "." A63 "."
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        {A63 "." A63 "." A63 "."
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         NULL},
        {A63 "." A63 "." A63 "." A63 "." A63, NULL},
    };
    check(table, G_N_ELEMENTS(table));
}

static void not_hosts(void)
{
    static const char *const table[] = {
        "",
        ".",
        "..",
        ".example.com",
        "example..com",
        "example.com..",
        " ",
        "a b.com",
        " a.com",
        "a.com ",
        "a\tb.com",
        "a\rb.com",
        "a\nb.com",
        "a.com\r\n",
        "a%00.com",
        "a%2ecom",
        "u@a.com",
        "a.com/",
        "a.com\\",
        "a.com:80",
        "a.com#b",
        "a.com?b",
        "a*.com",
        "*.a.com",
        "a,b.com",
        "a;b",
        "a\"b",
        "a'b",
        "a<b>",
        "a|b",
        "a\x7f.com",
        "a\x01.com",
        "a\xff.com",
        "\xc3.com",
        "[a.com]",
        "[]",
        "[",
        "]",
        "[::1",
        "::1]",
        "[[::1]]",
        "[127.0.0.1]",
        "http://a.com",
        "$a.com",
        "a+b.com",
        "a=b.com",
        "~a.com",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        Spelling one = {table[i], NULL};
        check(&one, 1);
    }
}

static void bytes_that_end_text_elsewhere(void)
{
    SrtHost host = {.text = "untouched"};
    CU_ASSERT_FALSE(srt_host_parse("evil.net\0.example.com", 21, &host));
    CU_ASSERT_FALSE(srt_host_parse("example.com\0", 12, &host));
    CU_ASSERT_FALSE(srt_host_parse("\0", 1, &host));
    CU_ASSERT_FALSE(srt_host_parse("::1\0", 4, &host));
    CU_ASSERT_FALSE(srt_host_parse("[::1\0]", 6, &host));
    CU_ASSERT_FALSE(srt_host_parse("b\xc3\xbc\0.de", 7, &host));
    SRT_ASSERT_STR(host.text, "untouched");
    /* Only the given length counts. */
    CU_ASSERT_TRUE(srt_host_parse("example.community", 11, &host));
    SRT_ASSERT_STR(host.text, "example.com");
}

static void longest(void)
{
    char text[300];
    SrtHost host;
    memset(text, 'a', sizeof text);
    for (gsize i = 50; i < sizeof text; i += 50)
        text[i] = '.';
    CU_ASSERT_TRUE(srt_host_parse(text, 253, &host));
    CU_ASSERT_EQUAL(strlen(host.text), 253);
    CU_ASSERT_FALSE(srt_host_parse(text, 254, &host));
    CU_ASSERT_FALSE(srt_host_parse(text, 255, &host));
    CU_ASSERT_FALSE(srt_host_parse(text, 256, &host));
    text[253] = '.';
    CU_ASSERT_TRUE(srt_host_parse(text, 254, &host));
    CU_ASSERT_EQUAL(strlen(host.text), 253);
}

static void ipv4_spellings(void)
{
    static const Spelling table[] = {
        {"127.0.0.1", "127.0.0.1"},
        {"127.0.0.1.", "127.0.0.1"},
        {"127.1", "127.0.0.1"},
        {"127.0.1", "127.0.0.1"},
        {"127.65535", "127.0.255.255"},
        {"127.65536", "127.1.0.0"},
        {"2130706433", "127.0.0.1"},
        {"0x7f000001", "127.0.0.1"},
        {"0X7F000001", "127.0.0.1"},
        {"017700000001", "127.0.0.1"},
        {"0x7f.0.0.1", "127.0.0.1"},
        {"0x7f.1", "127.0.0.1"},
        {"0177.0.0.01", "127.0.0.1"},
        {"0177.0x0.0.1", "127.0.0.1"},
        {"00000177.1", "127.0.0.1"},
        {"0", "0.0.0.0"},
        {"0x", "0.0.0.0"},
        {"0x.0x.0x.0x", "0.0.0.0"},
        {"00", "0.0.0.0"},
        {"010.0.0.1", "8.0.0.1"},
        {"4294967295", "255.255.255.255"},
        {"0xffffffff", "255.255.255.255"},
        {"0x00000000ffffffff", "255.255.255.255"},
        {"1.16777215", "1.255.255.255"},
        {"1.2.65535", "1.2.255.255"},
        {"169.254.43518", "169.254.169.254"},
        {"0xa9fea9fe", "169.254.169.254"},
        {"1.2.3.4", "1.2.3.4"},
        {"100.10.20.200", "100.10.20.200"},
        {"4294967296", NULL},
        {"0x100000000", NULL},
        {"99999999999999999999999", NULL},
        {"256.1.1.1", NULL},
        {"1.256.1.1", NULL},
        {"1.1.1.256", NULL},
        {"1.2.65536", NULL},
        {"1.16777216", NULL},
        {"1.2.3.4.5", NULL},
        {"1.2.3.4..", NULL},
        {"1..2", NULL},
        {"08.0.0.1", NULL},
        {"1.2.3.08", NULL},
        {"0x7g.1", NULL},
        {"a.1", NULL},
        {"example.com.0x1", NULL},
        {"example.0x", NULL},
        {"-1.2.3.4", NULL},
        {"1.2.3.4_", "1.2.3.4_"},
    };
    check(table, G_N_ELEMENTS(table));
}

static void ipv6_spellings(void)
{
    static const Spelling table[] = {
        {"::1", "::1"},
        {"[::1]", "::1"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"0000:0000:0000:0000:0000:0000:0000:0001", "::1"},
        {"::", "::"},
        {"[2001:DB8::0:2]", "2001:db8::2"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
        {"1::8", "1::8"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"1:0:0:4:5:6:0:0", "1::4:5:6:0:0"},
        {"fe80::", "fe80::"},
        {"::ffff:127.0.0.1", "127.0.0.1"},
        {"[::FFFF:7f00:1]", "127.0.0.1"},
        {"0:0:0:0:0:ffff:a9fe:a9fe", "169.254.169.254"},
        {"::127.0.0.1", "::7f00:1"},
        {"::ffff:0:127.0.0.1", "::ffff:0:7f00:1"},
        {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
        {"ABCD:ef01:2345:6789:abcd:ef01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
        {"fe80::1%eth0", NULL},
        {"[fe80::1%25eth0]", NULL},
        {":", NULL},
        {":::", NULL},
        {"1:2:3:4:5:6:7:8:9", NULL},
        {"1::2::3", NULL},
        {"12345::", NULL},
        {"::g", NULL},
        {"::1.", NULL},
        {"::127.1", NULL},
        {"::ffff:0x7f.0.0.1", NULL},
        {"::1 ", NULL},
        {"[::1].", NULL},
        {"[::1]:80", NULL},
    };
    check(table, G_N_ELEMENTS(table));
}

static void families(void)
{
    static const uint8_t loopback[4] = {127, 0, 0, 1};
    static const uint8_t loopback6[16] = {[15] = 1};
    SrtHost host;
    CU_ASSERT_TRUE(srt_host_parse("0x7f.1", 6, &host));
    CU_ASSERT_TRUE(host.is_address);
    CU_ASSERT_EQUAL(host.family, AF_INET);
    CU_ASSERT_EQUAL(memcmp(host.address, loopback, 4), 0);
    CU_ASSERT_TRUE(srt_host_parse("[::1]", 5, &host));
    CU_ASSERT_TRUE(host.is_address);
    CU_ASSERT_EQUAL(host.family, AF_INET6);
    CU_ASSERT_EQUAL(memcmp(host.address, loopback6, 16), 0);
    CU_ASSERT_TRUE(srt_host_parse("::ffff:127.0.0.1", 16, &host));
    CU_ASSERT_EQUAL(host.family, AF_INET);
    CU_ASSERT_EQUAL(memcmp(host.address, loopback, 4), 0);
    CU_ASSERT_TRUE(srt_host_parse("example.com", 11, &host));
    CU_ASSERT_FALSE(host.is_address);
    srt_host_from_address(AF_INET, loopback, &host);
    SRT_ASSERT_STR(host.text, "127.0.0.1");
    srt_host_from_address(AF_INET6, loopback6, &host);
    SRT_ASSERT_STR(host.text, "::1");
}

static void international(void)
{
    static const Spelling table[] = {
        {"m\xc3\xbcnchen.de", "xn--mnchen-3ya.de"},
        {"M\xc3\x9cNCHEN.DE", "xn--mnchen-3ya.de"},
        {"mu\xcc\x88nchen.de", "xn--mnchen-3ya.de"}, /* u and a combining diaeresis */
        {"m\xc3\xbcnchen.de.", "xn--mnchen-3ya.de"},
        {"m\xc3\xbcnchen\xe3\x80\x82"
         "de",
         "xn--mnchen-3ya.de"},
        {"\xe4\xbe\x8b\xe3\x81\x88.jp", "xn--r8jz45g.jp"},
        /* Full-width letters, digits and dots are the plain ones. */
        {"\xef\xbd\x85xample.com", "example.com"},
        {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97\xef\xbc\x8e"
         "1",
         "127.0.0.1"},
        {"exa\xc2\xadmple.com", "example.com"},
        /* What normalises to something that is no host. */
        {"a\xef\xbc\x8f"
         "b.com",
         NULL}, /* full-width '/' */
        {"a\xef\xbc\xa0"
         "b.com",
         NULL},                      /* full-width '@' */
        {"a\xe2\x84\x80.com", NULL}, /* "a/c" */
        {"a\xef\xbc\x85"
         "00.com",
         NULL}, /* full-width '%' */
        {"a\xe2\x80\xa6"
         "b.com",
         NULL}, /* "..." */
        {"a\xe3\x80\x80"
         "b.com",
         NULL},                             /* ideographic blank */
        {"\xef\xbc\x8a.example.com", NULL}, /* full-width '*' */
        {"\xef\xbc\xbb::1\xef\xbc\xbd", NULL},
        /* Two names to two readers. */
        {"fa\xc3\x9f.de", NULL},
        {"FA\xe1\xba\x9e.de", NULL},
        {"\xcf\x83\xcf\x82.gr", NULL},
        {"a\xe2\x80\x8d"
         "b.com",
         NULL},
        {"a\xe2\x80\x8c"
         "b.com",
         NULL},
        /* Not UTF-8. */
        {"m\xfcnchen.de", NULL},
        {"a\xc0\xae"
         "com",
         NULL},
        {"a\xed\xa0\x80.com", NULL},
    };
    check(table, G_N_ELEMENTS(table));
}

static const srt_unit_case cases[] = {
    {"names", names},
    {"not_hosts", not_hosts},
    {"bytes_that_end_text_elsewhere", bytes_that_end_text_elsewhere},
    {"longest", longest},
    {"ipv4_spellings", ipv4_spellings},
    {"ipv6_spellings", ipv6_spellings},
    {"families", families},
    {"international", international},
};

SRT_UNIT_MAIN("base.hostname", cases)
