/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "host_lists.h"
#include "policy/domain_set.h"
#include "support/unit.h"

static SrtDomainSet *make(const char *patterns, gboolean in_denied)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = host_list("list", patterns);
    SrtDomainSet *set = srt_domain_set_new(list, in_denied, TRUE, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(set);
    return set;
}

static const char *found(const SrtDomainSet *set, const char *name, uint16_t port)
{
    SrtHost host = host_of(name);
    SrtHostKey key;
    srt_host_key_init(&key, &host);
    const SrtConfigItem *item = srt_domain_set_find(set, &key, port);
    return item ? item->text : NULL;
}

static bool has_exact(const SrtDomainSet *set, const char *name, uint16_t port)
{
    SrtHost host = host_of(name);
    SrtHostKey key;
    srt_host_key_init(&key, &host);
    return srt_domain_set_find_exact(set, &key, port) != NULL;
}

static void labels(void)
{
    g_autoptr(SrtDomainSet) set = make("example.com *.example.org a.b.c.d.example.net", FALSE);
    SRT_ASSERT_STR(found(set, "example.com", 80), "example.com");
    SRT_ASSERT_STR(found(set, "a.example.org", 80), "*.example.org");
    SRT_ASSERT_STR(found(set, "a.b.c.d.e.f.example.org", 80), "*.example.org");
    SRT_ASSERT_STR(found(set, "a.b.c.d.example.net", 80), "a.b.c.d.example.net");
    SRT_ASSERT_STR(found(set, "example.org", 80), NULL);
    SRT_ASSERT_STR(found(set, "a.example.com", 80), NULL);
    SRT_ASSERT_STR(found(set, "notexample.com", 80), NULL);
    SRT_ASSERT_STR(found(set, "notexample.org", 80), NULL);
    SRT_ASSERT_STR(found(set, "x.notexample.org", 80), NULL);
    SRT_ASSERT_STR(found(set, "example.com.evil.net", 80), NULL);
    SRT_ASSERT_STR(found(set, "a.example.org.evil.net", 80), NULL);
    SRT_ASSERT_STR(found(set, "example.co", 80), NULL);
    SRT_ASSERT_STR(found(set, "xample.com", 80), NULL);
    SRT_ASSERT_STR(found(set, "com", 80), NULL);
    SRT_ASSERT_STR(found(set, "b.c.d.example.net", 80), NULL);
}

static void ports(void)
{
    g_autoptr(SrtDomainSet) set =
        make("a.example.com:443 b.example.com *.example.org:8080 [::1]:1 *.example.org:22", FALSE);
    SRT_ASSERT_STR(found(set, "a.example.com", 443), "a.example.com:443");
    SRT_ASSERT_STR(found(set, "a.example.com", 80), NULL);
    SRT_ASSERT_STR(found(set, "a.example.com", 0), NULL);
    SRT_ASSERT_STR(found(set, "b.example.com", 1), "b.example.com");
    SRT_ASSERT_STR(found(set, "b.example.com", 65535), "b.example.com");
    SRT_ASSERT_STR(found(set, "x.example.org", 8080), "*.example.org:8080");
    SRT_ASSERT_STR(found(set, "x.example.org", 22), "*.example.org:22");
    SRT_ASSERT_STR(found(set, "x.example.org", 443), NULL);
    SRT_ASSERT_STR(found(set, "::1", 1), "[::1]:1");
    SRT_ASSERT_STR(found(set, "::1", 2), NULL);
}

static void the_first_entry_decides(void)
{
    g_autoptr(SrtDomainSet) set =
        make("*.example.com:443 a.example.com *.example.com A.example.com *.a.example.com", FALSE);
    SRT_ASSERT_STR(found(set, "a.example.com", 443), "*.example.com:443");
    SRT_ASSERT_STR(found(set, "a.example.com", 80), "a.example.com");
    SRT_ASSERT_STR(found(set, "b.example.com", 80), "*.example.com");
    SRT_ASSERT_STR(found(set, "x.a.example.com", 80), "*.example.com");
    SrtHost host = host_of("a.example.com");
    SrtHostKey key;
    srt_host_key_init(&key, &host);
    const SrtConfigItem *item = srt_domain_set_find(set, &key, 80);
    SRT_ASSERT_STR(item->pointer, "list[1]");
    SRT_ASSERT_STR(item->file, "settings.json");
    CU_ASSERT_EQUAL(item->line, 2);
    CU_ASSERT_EQUAL(item->column, 3);
}

static void everything(void)
{
    g_autoptr(SrtDomainSet) set = make("* *:22", TRUE);
    SRT_ASSERT_STR(found(set, "example.com", 80), "*");
    SRT_ASSERT_STR(found(set, "localhost", 80), "*");
    SRT_ASSERT_STR(found(set, "1.2.3.4", 80), "*");
    SRT_ASSERT_STR(found(set, "[::1]", 22), "*");
    g_autoptr(SrtDomainSet) one_port = make("*:22", TRUE);
    SRT_ASSERT_STR(found(one_port, "example.com", 22), "*:22");
    SRT_ASSERT_STR(found(one_port, "1.2.3.4", 22), "*:22");
    SRT_ASSERT_STR(found(one_port, "example.com", 80), NULL);
    SRT_ASSERT_STR(found(one_port, "1.2.3.4", 80), NULL);
}

static void exact_only(void)
{
    g_autoptr(SrtDomainSet) set = make("* 1.2.3.4:80 [::1] *.example.com", TRUE);
    CU_ASSERT_TRUE(has_exact(set, "1.2.3.4", 80));
    CU_ASSERT_FALSE(has_exact(set, "1.2.3.4", 81));
    CU_ASSERT_TRUE(has_exact(set, "::1", 81));
    CU_ASSERT_FALSE(has_exact(set, "1.2.3.5", 80));
    CU_ASSERT_FALSE(has_exact(set, "a.example.com", 80));
    CU_ASSERT_FALSE(has_exact(set, "example.com", 80));
}

static void key_of_a_host(void)
{
    SrtHost host = host_of("a.bc.example.com");
    SrtHostKey key;
    srt_host_key_init(&key, &host);
    CU_ASSERT_EQUAL_FATAL(key.labels, 4);
    CU_ASSERT_EQUAL(key.length, 16);
    SRT_ASSERT_STR(host.text + key.start[0], "com");
    SRT_ASSERT_STR(host.text + key.start[1], "example.com");
    SRT_ASSERT_STR(host.text + key.start[2], "bc.example.com");
    SRT_ASSERT_STR(host.text + key.start[3], "a.bc.example.com");
    /* The most labels that fit. */
    memset(host.text, 'a', SRT_HOST_MAX);
    for (gsize i = 1; i < SRT_HOST_MAX; i += 2)
        host.text[i] = '.';
    host.text[SRT_HOST_MAX] = 0;
    srt_host_key_init(&key, &host);
    CU_ASSERT_EQUAL(key.labels, G_N_ELEMENTS(key.start));
}

static void canonical_entries(void)
{
    g_autoptr(SrtDomainSet) set = make("EXAMPLE.com *.M\xc3\xbcnchen.de 127.1 [::FFFF:1.2.3.4] "
                                       "[0:0:0:0:0:0:0:1] 0x8.0x8.010.8",
                                       FALSE);
    SRT_ASSERT_STR(found(set, "example.COM.", 80), "EXAMPLE.com");
    SRT_ASSERT_STR(found(set, "a.xn--mnchen-3ya.de", 80), "*.M\xc3\xbcnchen.de");
    SRT_ASSERT_STR(found(set, "A.m\xc3\x9cnchen.de", 80), "*.M\xc3\xbcnchen.de");
    SRT_ASSERT_STR(found(set, "2130706433", 80), "127.1");
    SRT_ASSERT_STR(found(set, "1.2.3.4", 80), "[::FFFF:1.2.3.4]");
    SRT_ASSERT_STR(found(set, "[::1]", 80), "[0:0:0:0:0:0:0:1]");
    SRT_ASSERT_STR(found(set, "8.8.8.8", 80), "0x8.0x8.010.8");
}

static void entries_that_match_nothing(void)
{
    g_autoptr(SrtDomainSet) set = make("x%.com a..b 256.1.1.1 *.0.0.1 example.com", FALSE);
    CU_ASSERT_EQUAL(srt_domain_set_count(set), 5);
    SRT_ASSERT_STR(found(set, "example.com", 80), "example.com");
    SRT_ASSERT_STR(found(set, "127.0.0.1", 80), NULL);
    SRT_ASSERT_STR(found(set, "1.0.0.1", 80), NULL);
}

static void empty(void)
{
    g_autoptr(SrtDomainSet) none = srt_domain_set_new(NULL, FALSE, TRUE, NULL);
    g_autoptr(SrtDomainSet) nothing = make("", TRUE);
    SRT_ASSERT_STR(found(none, "example.com", 80), NULL);
    SRT_ASSERT_STR(found(nothing, "1.2.3.4", 80), NULL);
    CU_ASSERT_EQUAL(srt_domain_set_count(none), 0);
    srt_domain_set_free(NULL);
}

static void wrong_entries(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = host_list("network.deniedDomains", "example.com a..b");
    CU_ASSERT_PTR_NULL(srt_domain_set_new(list, TRUE, TRUE, &error));
    CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_POLICY));
    CU_ASSERT_TRUE(g_str_has_prefix(error->message,
                                    "settings.json:2:3: network.deniedDomains[1]: found \"a..b\""));
}

/* Deep names, and labels enough to share the last bit of the depths. */
static void deep_names(void)
{
    GString *deep = g_string_new("example.com");
    for (int i = 0; i < 100; i++)
        g_string_prepend(deep, "a.");
    g_autofree char *patterns = g_strdup_printf("*.%s *.example.com:1", deep->str);
    g_autoptr(SrtDomainSet) set = make(patterns, FALSE);
    SRT_ASSERT_STR(found(set, deep->str, 80), NULL);
    SRT_ASSERT_STR(found(set, deep->str, 1), "*.example.com:1");
    g_string_prepend(deep, "b.");
    CU_ASSERT_PTR_NOT_NULL(found(set, deep->str, 80));
    g_string_prepend(deep, "b.");
    CU_ASSERT_PTR_NOT_NULL(found(set, deep->str, 80));
    g_string_erase(deep, 4, 2);
    CU_ASSERT_PTR_NULL(found(set, deep->str, 80));
    g_string_free(deep, TRUE);
}

static void many(void)
{
    GString *patterns = g_string_new(NULL);
    for (int i = 0; i < 20000; i++)
        g_string_append_printf(patterns, "%sh%d.example%d.com%s ", i % 3 ? "" : "*.", i, i % 7,
                               i % 5 ? "" : ":443");
    g_autoptr(SrtDomainSet) set = make(patterns->str, FALSE);
    CU_ASSERT_EQUAL(srt_domain_set_count(set), 20000);
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        g_autofree char *name = g_strdup_printf("h%d.example%d.com", i, i % 7);
        g_autofree char *below = g_strdup_printf("x.%s", name);
        bool exact = i % 3, port = i % 5 == 0;
        wrong += (found(set, name, 443) != NULL) != exact;
        wrong += (found(set, below, 443) != NULL) != !exact;
        wrong += (found(set, name, 80) != NULL) != (exact && !port);
        wrong += (found(set, below, 80) != NULL) != (!exact && !port);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(srt_domain_set_index_bytes(set) < srt_domain_set_bytes(set));
    g_string_free(patterns, TRUE);
}

static const srt_unit_case cases[] = {
    {"labels", labels},
    {"ports", ports},
    {"the_first_entry_decides", the_first_entry_decides},
    {"everything", everything},
    {"exact_only", exact_only},
    {"key_of_a_host", key_of_a_host},
    {"canonical_entries", canonical_entries},
    {"entries_that_match_nothing", entries_that_match_nothing},
    {"empty", empty},
    {"wrong_entries", wrong_entries},
    {"deep_names", deep_names},
    {"many", many},
};

SRT_UNIT_MAIN("policy.domain_set", cases)
