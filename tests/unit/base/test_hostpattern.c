/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hostname.h"
#include "support/unit.h"

/* How each list takes a pattern: allowedDomains, deniedDomains, mitmProxy. */
typedef struct Taken {
    const char *text;
    bool allowed, denied, plain;
} Taken;

static const Taken taken[] = {
    {"example.com", 1, 1, 1},
    {"EXAMPLE.com", 1, 1, 1},
    {"localhost", 1, 1, 1},
    {"LocalHost", 1, 1, 1},
    {"*.example.com", 1, 1, 1},
    {"*.co.uk", 1, 1, 1},
    {"a_b.example.com", 1, 1, 1},
    {"m\xc3\xbcnchen.de", 1, 1, 1},
    {"*.m\xc3\xbcnchen.de", 1, 1, 1},
    {"1.2.3.4", 1, 1, 1},
    {"127.1", 1, 1, 1},
    {"[::1]", 1, 1, 1},
    {"[::ffff:1.2.3.4]", 1, 1, 1},
    {"example.com:443", 1, 1, 0},
    {"example.com:1", 1, 1, 0},
    {"example.com:65535", 1, 1, 0},
    {"*.example.com:22", 1, 1, 0},
    {"localhost:3000", 1, 1, 0},
    {"[::1]:8080", 1, 1, 0},
    {"1.2.3.4:80", 1, 1, 0},
    {"*", 0, 1, 0},
    {"*:443", 0, 1, 0},
    {"", 0, 0, 0},
    {":80", 0, 0, 0},
    {"intranet", 0, 0, 0},
    {"3000", 0, 0, 0},
    {"0x7f000001", 0, 0, 0},
    {"http://example.com", 0, 0, 0},
    {"example.com/path", 0, 0, 0},
    {"10.0.0.0/8", 0, 0, 0},
    {"example.com.", 0, 0, 0},
    {".example.com", 0, 0, 0},
    {"*.", 0, 0, 0},
    {"*.com", 0, 0, 0},
    {"*.localhost", 0, 0, 0},
    {"*.1", 0, 0, 0},
    {"*.a..b", 0, 0, 0},
    {"*.example.com.", 0, 0, 0},
    {"*.*.example.com", 0, 0, 0},
    {"**.example.com", 0, 0, 0},
    {"*example.com", 0, 0, 0},
    {"ex*mple.com", 0, 0, 0},
    {"example.*", 0, 0, 0},
    {"example.com:0", 0, 0, 0},
    {"example.com:0443", 0, 0, 0},
    {"example.com:65536", 0, 0, 0},
    {"example.com:99999999999", 0, 0, 0},
    {"example.com:", 0, 0, 0},
    {"example.com:http", 0, 0, 0},
    {"example.com:+80", 0, 0, 0},
    {"example.com: 80", 0, 0, 0},
    {"example.com:*", 0, 0, 0},
    {"::1", 0, 0, 0},
    {"2001:db8::2", 0, 0, 0},
    {"[::1", 0, 0, 0},
    {"[::1]x", 0, 0, 0},
    {"[::1]:", 0, 0, 0},
    {"[]", 0, 0, 0},
    {"[127.0.0.1]", 0, 0, 0},
    {"[fe80::1%eth0]", 0, 0, 0},
    {"[example.com]", 0, 0, 0},
    /* Matching nothing is harmless where entries grant. */
    {"x .com", 1, 0, 1},
    {"a..b", 1, 0, 1},
    {"256.1.1.1", 1, 0, 1},
    {"*.0.0.1", 1, 0, 1},
    {"*.exa mple.com", 1, 0, 1},
    {"user@example.com", 1, 0, 1},
    {"fa\xc3\x9f.de", 1, 0, 1},
    {"bad\xff.example.com", 1, 0, 1},
};

static void check_one(const char *text, gboolean in_denied, gboolean with_port, bool accepted)
{
    const char *wrong = srt_domain_pattern_check(text, in_denied, with_port);
    if (accepted != !wrong)
        printf("  %s (denied %d, port %d): %s\n", text, in_denied, with_port,
               wrong ? wrong : "accepted");
    CU_ASSERT_EQUAL(accepted, wrong == NULL);
}

static void grammar(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(taken); i++) {
        check_one(taken[i].text, FALSE, TRUE, taken[i].allowed);
        check_one(taken[i].text, TRUE, TRUE, taken[i].denied);
        check_one(taken[i].text, FALSE, FALSE, taken[i].plain);
    }
}

static void parsed(void)
{
    static const struct {
        const char *text;
        SrtPatternKind kind;
        const char *host;
        unsigned port;
    } table[] = {
        {"EXAMPLE.com:443", SRT_PATTERN_EXACT, "example.com", 443},
        {"*.Example.COM", SRT_PATTERN_WILDCARD, "example.com", 0},
        {"*.m\xc3\xbcnchen.de:8", SRT_PATTERN_WILDCARD, "xn--mnchen-3ya.de", 8},
        {"127.1:80", SRT_PATTERN_EXACT, "127.0.0.1", 80},
        {"[0:0::1]:65535", SRT_PATTERN_EXACT, "::1", 65535},
        {"[::ffff:1.2.3.4]", SRT_PATTERN_EXACT, "1.2.3.4", 0},
        {"*", SRT_PATTERN_ANY, "", 0},
        {"*:22", SRT_PATTERN_ANY, "", 22},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        SrtDomainPattern pattern;
        SRT_ASSERT_STR(srt_domain_pattern_parse(table[i].text, TRUE, TRUE, &pattern), NULL);
        CU_ASSERT_EQUAL(pattern.kind, table[i].kind);
        SRT_ASSERT_STR(pattern.host.text, table[i].host);
        CU_ASSERT_EQUAL(pattern.port, table[i].port);
    }
    SrtDomainPattern never;
    SRT_ASSERT_STR(srt_domain_pattern_parse("x .com:80", FALSE, TRUE, &never), NULL);
    CU_ASSERT_EQUAL(never.kind, SRT_PATTERN_NEVER);
    SRT_ASSERT_STR(never.host.text, "");
}

static void messages(void)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(srt_domain_pattern_check("::1", TRUE, TRUE), "brackets"));
    CU_ASSERT_PTR_NOT_NULL(strstr(srt_domain_pattern_check("*", FALSE, TRUE), "deniedDomains"));
    CU_ASSERT_PTR_NOT_NULL(strstr(srt_domain_pattern_check("a.b:0", TRUE, TRUE), "1 to 65535"));
    CU_ASSERT_PTR_NOT_NULL(strstr(srt_domain_pattern_check("a.b:1", TRUE, FALSE), "port"));
    CU_ASSERT_PTR_NOT_NULL(strstr(srt_domain_pattern_check("fa\xc3\x9f.de", TRUE, TRUE), "xn--"));
    CU_ASSERT_PTR_NOT_NULL(strstr(srt_address_pattern_check("x"), "CIDR"));
    CU_ASSERT_PTR_NOT_NULL(strstr(srt_address_pattern_check("10.0.0.0/33"), "prefix"));
}

static void show_range(const SrtAddressRange *range, char *to, gsize size)
{
    char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN];
    inet_ntop(range->family, range->first, first, sizeof first);
    inet_ntop(range->family, range->last, last, sizeof last);
    g_snprintf(to, size, "%s-%s", first, last);
}

static void addresses(void)
{
    static const struct {
        const char *text, *range;
    } table[] = {
        {"10.0.0.0/8", "10.0.0.0-10.255.255.255"},
        {"10.1.2.3/8", "10.0.0.0-10.255.255.255"},
        {"10.1.2.3", "10.1.2.3-10.1.2.3"},
        {"10.1.2.3/32", "10.1.2.3-10.1.2.3"},
        {"10.1.2.3/31", "10.1.2.2-10.1.2.3"},
        {"100.64.0.0/10", "100.64.0.0-100.127.255.255"},
        {"0.0.0.0/0", "0.0.0.0-255.255.255.255"},
        {"fd00::/8", "fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"fe80::/10", "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"2001:db8::1", "2001:db8::1-2001:db8::1"},
        {"::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"::ffff:10.0.0.0/104", "10.0.0.0-10.255.255.255"},
        {"::ffff:10.0.0.1", "10.0.0.1-10.0.0.1"},
        {"::ffff:0:0/96", "0.0.0.0-255.255.255.255"},
        {"::ffff:0:0/95", "::fffe:0:0-::ffff:255.255.255.255"},
    };
    static const char *const wrong[] = {
        "",
        "x",
        "10",
        "10.0.0",
        "10.1",
        "010.0.0.1",
        "0x0a.0.0.1",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "fd00::/129",
        "[::1]",
        "::1%lo",
        "::1/x",
        "10.0.0.1:80",
        "10.0.0.0 /8",
        "*",
        "example.com",
        "/8",
        "10.0.0.0/+8",
        "256.0.0.1",
        "fd00::/ 8",
        "0000:0000:0000:0000:0000:ffff:255.255.255.2555",
        "::ffff:10.0.0.0/300",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        SrtAddressRange range;
        char text[2 * INET6_ADDRSTRLEN];
        SRT_ASSERT_STR(srt_address_pattern_parse(table[i].text, &range), NULL);
        show_range(&range, text, sizeof text);
        SRT_ASSERT_STR(text, table[i].range);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        if (!srt_address_pattern_check(wrong[i]))
            printf("  accepted: %s\n", wrong[i]);
        CU_ASSERT_PTR_NOT_NULL(srt_address_pattern_check(wrong[i]));
    }
}

static const srt_unit_case cases[] = {
    {"grammar", grammar},
    {"parsed", parsed},
    {"messages", messages},
    {"addresses", addresses},
};

SRT_UNIT_MAIN("base.hostpattern", cases)
