/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of suggestions, times and differences. */
#include <string.h>

#include "cli/diff.h"
#include "cli/propose.h"
#include "cli/since.h"
#include "support/unit.h"

static void wildcards(void)
{
    static const struct {
        const char *host, *wild;
    } table[] = {
        {"a.example.com", "*.example.com"},
        {"x.y.example.com", "*.y.example.com"},
        {"example.com", NULL},
        {"com", NULL},
        {"example.co.uk", NULL},
        {"a.example.co.uk", "*.example.co.uk"},
        {"me.github.io", NULL},
        {"a.me.github.io", "*.me.github.io"},
        {"bucket.s3.amazonaws.com", NULL},
        {"notgithub.io", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *wild = srt_propose_wildcard(table[i].host);
        SRT_ASSERT_STR(wild ? wild : "none", table[i].wild ? table[i].wild : "none");
    }
}

static void secrets(void)
{
    static const char *const secret[] = {
        "/home/u/.ssh",
        "/home/u/.ssh/known_hosts",
        "/home/u/.config",
        "/home/u/.local/share",
        "/home/u/p/.env",
        "/home/u/p/.env.local",
        "/home/u/p/SERVER.KEY",
        "/home/u/.docker",
        "/home/u/.zsh_history",
        "/etc/shadow",
        "/root/x",
        "/home/u/.local/state/srt/x",
        "/home/u",
        "/etc",
    };
    static const char *const fine[] = {"/home/u/src", "/home/u/.cache/pip", "/home/u/keys-and-more",
                                       "/opt/data", "/home/u/.sshx"};
    for (gsize i = 0; i < G_N_ELEMENTS(secret); i++)
        CU_ASSERT_PTR_NOT_NULL(srt_propose_secret(secret[i], "/home/u"));
    for (gsize i = 0; i < G_N_ELEMENTS(fine); i++)
        CU_ASSERT_PTR_NULL(srt_propose_secret(fine[i], "/home/u"));
    /* The home directory's own name says nothing. */
    CU_ASSERT_PTR_NULL(srt_propose_secret("/srv/secrets/work", "/srv/secrets"));
}

static void too_wide(void)
{
    static const char *const wide[] = {"/", "/tmp", "/home", "/home/u", "/home/other", "/var/lib"};
    for (gsize i = 0; i < G_N_ELEMENTS(wide); i++)
        CU_ASSERT_TRUE(srt_propose_too_wide(wide[i], "/home/u"));
    CU_ASSERT_FALSE(srt_propose_too_wide("/home/u/src", "/home/u"));
    CU_ASSERT_TRUE(srt_propose_too_wide("/data/homes", "/data/homes/u"));
}

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

static void times(void)
{
    static const char *const wrong[] = {
        "",    "h",          "1",         "1y",           "-1h",
        "1 h", "2026-13-01", "yesterday", "99999999999h", "2026-01-01Tx",
        "1h1m"};
    gint64 now = 1000 * HOUR, at = 0;
    g_autoptr(GError) error = NULL;
    CU_ASSERT_TRUE(srt_since_parse("2h", now, &at, &error));
    CU_ASSERT_EQUAL(at, 998 * HOUR);
    CU_ASSERT_TRUE(srt_since_parse("90m", now, &at, &error));
    CU_ASSERT_EQUAL(at, now - HOUR - HOUR / 2);
    CU_ASSERT_TRUE(srt_since_parse("999999999w", now, &at, &error));
    CU_ASSERT_EQUAL(at, 0);
    CU_ASSERT_TRUE(srt_since_parse("1970-01-02T00:00:00Z", now, &at, &error));
    CU_ASSERT_EQUAL(at, 24 * HOUR);
    CU_ASSERT_TRUE(srt_since_parse("2026-01-31", now, &at, &error));
    CU_ASSERT_TRUE(srt_since_parse("2026-01-31T12:30", now, &at, &error));
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        CU_ASSERT_FALSE(srt_since_parse(wrong[i], now, &at, &error));
        CU_ASSERT_PTR_NOT_NULL(error);
        g_clear_error(&error);
    }
}

static void differences(void)
{
    g_autofree char *none = srt_diff("a\nb\n", "a\nb\n", "f");
    SRT_ASSERT_STR(none, "");
    g_autofree char *text = srt_diff("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\nx\n5\ny\n7\n", "f");
    SRT_ASSERT_STR(text, "--- f\n+++ f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n-6\n+y\n 7\n");
}

static const srt_unit_case cases[] = {
    {"wildcards", wildcards}, {"secrets", secrets},         {"too_wide", too_wide},
    {"times", times},         {"differences", differences},
};

SRT_UNIT_MAIN("cli.suggest", cases)
