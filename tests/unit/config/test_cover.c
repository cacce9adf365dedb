/* SPDX-License-Identifier: Apache-2.0 */
/* What one entry allows of another, and which key was meant. */
#include "config/cover.h"
#include "config/keys.h"
#include "support/unit.h"

static gboolean covers(SrtForm form, const char *outer, const char *inner, gboolean ignore_ports)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    g_ptr_array_add(list, srt_config_item_new("zzz.example", "p", "f", 1, 1));
    g_ptr_array_add(list, srt_config_item_new(outer, "p", "f", 1, 1));
    g_autoptr(SrtCover) cover = srt_cover_new(form, list, ignore_ports);
    const SrtConfigItem *found = srt_cover_find(cover, inner);
    CU_ASSERT_TRUE(!found || found == g_ptr_array_index(list, 1));
    return found != NULL;
}

static const struct {
    SrtForm form;
    const char *outer, *inner;
    gboolean covered;
} rows[] = {
    {SRT_FORM_ALLOWED_DOMAIN, "example.com", "example.com", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "Example.COM", "example.com", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "example.com", "example.com:443", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "example.com:443", "example.com:443", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "example.com:443", "example.com", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "example.com:443", "example.com:80", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.example.com", "a.example.com", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.example.com", "a.b.example.com:1", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.example.com", "example.com", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.example.com", "badexample.com", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.example.com", "*.a.example.com", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.a.example.com", "*.example.com", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "example.com", "*.example.com", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "a.example.com", "*.example.com", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.example.com:443", "a.example.com:443", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.example.com:443", "a.example.com", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "1.2.3.4", "0x01020304.", FALSE}, /* no pattern */
    {SRT_FORM_ALLOWED_DOMAIN, "1.2.3.4", "1.2.772", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "*.3.4", "1.2.3.4", FALSE},
    {SRT_FORM_ALLOWED_DOMAIN, "[::1]", "[0:0::1]:80", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "bücher.example", "xn--bcher-kva.example", TRUE},
    {SRT_FORM_ALLOWED_DOMAIN, "x .com", "x .com", TRUE},
    {SRT_FORM_PATH, "/a", "/a", TRUE},
    {SRT_FORM_PATH, "/a", "/a/b", TRUE},
    {SRT_FORM_PATH, "/a/", "/a/./b//c", TRUE},
    {SRT_FORM_PATH, "/a/**", "/a/b", TRUE},
    {SRT_FORM_PATH, "/a", "/a/**", TRUE},
    {SRT_FORM_PATH, "/a", "/ab", FALSE},
    {SRT_FORM_PATH, "/a/b", "/a", FALSE},
    {SRT_FORM_PATH, "/a", "/a/../etc", FALSE},
    {SRT_FORM_PATH, "/a/../b", "/a/../b", TRUE},
    {SRT_FORM_PATH, "..", "../x", FALSE},
    {SRT_FORM_PATH, "/", "/a", TRUE},
    {SRT_FORM_PATH, "/", "a", TRUE},
    {SRT_FORM_PATH, "/", "~/a", TRUE},
    {SRT_FORM_PATH, "/**", "~", TRUE},
    {SRT_FORM_PATH, ".", "a/b", TRUE},
    {SRT_FORM_PATH, ".", "./a", TRUE},
    {SRT_FORM_PATH, ".", "/a", FALSE},
    {SRT_FORM_PATH, ".", "~", FALSE},
    {SRT_FORM_PATH, ".", "~/a", FALSE},
    {SRT_FORM_PATH, ".", "~a", TRUE}, /* a name like any other */
    {SRT_FORM_PATH, "~", "~/a", TRUE},
    {SRT_FORM_PATH, "~/a", "~/a/b", TRUE},
    {SRT_FORM_PATH, "~/a", "a/b", FALSE},
    {SRT_FORM_PATH, "~", "~b/c", FALSE},
    {SRT_FORM_PATH, "./a", "a", TRUE},
    {SRT_FORM_PATH, "a*", "a*", TRUE},
    {SRT_FORM_PATH, "a*", "./a*", TRUE},
    {SRT_FORM_PATH, "a*", "ab", FALSE},
    {SRT_FORM_PATH, "a*", "a*/b", FALSE},
    {SRT_FORM_PATH, "a", "a/*", TRUE},
    {SRT_FORM_MACH_NAME, "com.a.*", "com.a.b", TRUE},
    {SRT_FORM_MACH_NAME, "com.a.*", "com.a.b*", TRUE},
    {SRT_FORM_MACH_NAME, "com.a.b", "com.a.*", FALSE},
    {SRT_FORM_MACH_NAME, "com.a.b", "com.a.b.c", FALSE},
    {SRT_FORM_MACH_NAME, "*", "x", TRUE},
    {SRT_FORM_RULE_CLASS, "ipc", "ipc", TRUE},
    {SRT_FORM_RULE_CLASS, "ipc", "process", FALSE},
    {SRT_FORM_ENV_NAME, "A", "a", FALSE},
};

static void test_rows(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gboolean covered = covers(rows[i].form, rows[i].outer, rows[i].inner, FALSE);
        if (covered != rows[i].covered)
            g_print("\n  %s covers %s: %d\n", rows[i].outer, rows[i].inner, covered);
        CU_ASSERT_EQUAL(covered, rows[i].covered);
    }
}

static void test_ports_left_out(void)
{
    CU_ASSERT_TRUE(covers(SRT_FORM_ALLOWED_DOMAIN, "example.com:443", "example.com", TRUE));
    CU_ASSERT_TRUE(covers(SRT_FORM_ALLOWED_DOMAIN, "*.example.com:443", "*.a.example.com", TRUE));
    CU_ASSERT_FALSE(covers(SRT_FORM_ALLOWED_DOMAIN, "example.com:443", "a.example.com", TRUE));
}

static void test_suggest(void)
{
    static const struct {
        const char *name, *meant;
    } names[] = {
        {"netwrok", "network"},
        {"Filesystem", "filesystem"},
        {"file_system", "filesystem"},
        {"allowWrite", "filesystem.allowWrite"},
        {"alowedDomains", "network.allowedDomains"},
        {"zzz", NULL},
        {"", NULL},
        {"e", NULL},
        {"enableWeakerNestedSandboxx", "enableWeakerNestedSandbox"},
        {"a-very-long-key-that-is-longer-than-every-key-of-the-table", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *meant = srt_key_suggest(&srt_config_keys, names[i].name);
        SRT_ASSERT_STR(meant, names[i].meant);
    }
}

static const srt_unit_case cases[] = {
    {"cover: hosts, paths, names", test_rows},
    {"cover: ports left out", test_ports_left_out},
    {"suggest: the key that was meant", test_suggest},
};

SRT_UNIT_MAIN("config.cover", cases)
