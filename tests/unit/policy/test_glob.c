/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/glob.h"

#include <string.h>

#include "support/unit.h"

static const struct {
    const char *pattern, *text;
    gboolean matches;
} table[] = {
    {"a", "a", TRUE},
    {"a", "A", FALSE},
    {"a", "ab", FALSE},
    {"*.c", "x.c", TRUE},
    {"*.c", ".c", TRUE},
    {"*.c", "d/x.c", FALSE},
    {"*", ".hidden", TRUE},
    {"*", "a/b", FALSE},
    {"a*b*c", "aXbYbc", TRUE},
    {"a*b*c", "aXbYb", FALSE},
    {"**/x", "x", TRUE},
    {"**/x", "a/x", TRUE},
    {"**/x", "a/b/x", TRUE},
    {"**/x", "ax", FALSE},
    {"**/x", "a/bx", FALSE},
    {"**/*.pem", "k.pem", TRUE},
    {"**/*.pem", "a/b/k.pem", TRUE},
    {"**/*.pem", "a/b/k.pemx", FALSE},
    {"a/**/b", "a/b", TRUE},
    {"a/**/b", "a/x/y/b", TRUE},
    {"a/**/b", "ab", FALSE},
    {"a/**/**/b", "a/x/b", TRUE},
    {"a/**/**/b", "a/b", TRUE},
    {"a**z", "a/b/z", TRUE},
    {"a**z", "az", TRUE},
    {"**", "a/b/c", TRUE},
    {"a/**", "a/b", TRUE},
    {"a/**", "a", FALSE},
    {"?", "a", TRUE},
    {"?", "/", FALSE},
    {"?", "", FALSE},
    {"?", "\xc3\xa9", TRUE},
    {"??", "\xc3\xa9x", TRUE},
    {"[abc]", "b", TRUE},
    {"[abc]", "d", FALSE},
    {"[a-cx]", "b", TRUE},
    {"[a-cx]", "x", TRUE},
    {"[a-cx]", "w", FALSE},
    {"[!a]", "b", TRUE},
    {"[!a]", "a", FALSE},
    {"[^a]", "a", FALSE},
    {"[!a]", "/", FALSE},
    {"[!a]", "\xe2\x82\xac", TRUE},
    {"[]]", "]", TRUE},
    {"[!]]", "]", FALSE},
    {"[a-]", "-", TRUE},
    {"[*]", "*", TRUE},
    {"[*]", "x", FALSE},
    {"[[]x]", "[x]", TRUE},
    {"a]", "a]", TRUE},
    {"\\*", "\\x", TRUE},
};

static void matching(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        const char *why = NULL;
        g_autoptr(SrtGlob) glob = srt_glob_new(table[i].pattern, &why);
        gboolean matches = glob && srt_glob_match(glob, table[i].text);
        if (matches != table[i].matches)
            printf("\n  %s on %s: %d\n", table[i].pattern, table[i].text, matches);
        CU_ASSERT(glob != NULL && matches == table[i].matches);
    }
}

static void wrong(void)
{
    static const char *const patterns[] = {"[",     "[a",       "a[b/c]",     "[!",          "[]",
                                           "[z-a]", "[a-\xc3]", "[\xc3\xa9]", "[[:alpha:]]", "x["};
    for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++) {
        const char *why = NULL;
        g_autoptr(SrtGlob) glob = srt_glob_new(patterns[i], &why);
        CU_ASSERT(glob == NULL && why != NULL);
    }
}

/* Across the words of a state, and what does not fit. */
static void long_patterns(void)
{
    const char *why = NULL;
    g_autofree char *long_text = g_strnfill(2000, 'a');
    g_autoptr(SrtGlob) refused = srt_glob_new(long_text, &why);
    CU_ASSERT(refused == NULL && why != NULL);
    for (gsize n = 48; n <= 240; n += 48) {
        g_autofree char *text = g_strnfill(n, 'a');
        g_autofree char *pattern = g_strconcat("*", text, "?", NULL);
        g_autofree char *good = g_strconcat("bb", text, "c", NULL);
        g_autofree char *bad = g_strconcat("bb", text, "/", NULL);
        g_autoptr(SrtGlob) glob = srt_glob_new(pattern, &why);
        CU_ASSERT_FATAL(glob != NULL);
        CU_ASSERT(srt_glob_match(glob, good));
        CU_ASSERT(!srt_glob_match(glob, bad));
    }
}

/* The state after a directory says whether anything below can match. */
static void steps(void)
{
    const char *why = NULL;
    g_autoptr(SrtGlob) glob = srt_glob_new("a/*/x", &why);
    SrtGlobState state, start;
    srt_glob_start(glob, &state);
    start = state;
    CU_ASSERT(!srt_glob_step(glob, &state, "b/", 2));
    state = start;
    CU_ASSERT(srt_glob_step(glob, &state, "a/", 2));
    CU_ASSERT(srt_glob_step(glob, &state, "b/", 2));
    CU_ASSERT(!srt_glob_accepts(glob, &state));
    CU_ASSERT(srt_glob_step(glob, &state, "x", 1));
    CU_ASSERT(srt_glob_accepts(glob, &state));
    CU_ASSERT(!srt_glob_step(glob, &state, "/", 1));
    CU_ASSERT(!srt_glob_state_covers(&state, &start));
}

static void escaping(void)
{
    static const char *const names[] = {"a", "a*b", "[id]", "?", "x[", "**/y", "]"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *why = NULL;
        g_autofree char *pattern = srt_glob_escape(names[i]);
        g_autofree char *other = g_strconcat(names[i], "x", NULL);
        g_autoptr(SrtGlob) glob = srt_glob_new(pattern, &why);
        CU_ASSERT_FATAL(glob != NULL);
        CU_ASSERT(srt_glob_match(glob, names[i]));
        CU_ASSERT(!srt_glob_match(glob, other));
    }
}

/* An oracle: the same language by recursion. Without '[': the classes are in the table. */
static gboolean naive(const char *p, const char *t, gboolean at_start)
{
    if (!*p)
        return !*t;
    if (p[0] == '*' && p[1] == '*' && p[2] == '/' && at_start) {
        if (naive(p + 3, t, TRUE))
            return TRUE;
        for (const char *s = t; (s = strchr(s, '/')); s++)
            if (naive(p + 3, s + 1, TRUE))
                return TRUE;
        return FALSE;
    }
    if (*p == '*') {
        gboolean any = p[1] == '*';
        const char *rest = p + strspn(p, "*");
        for (;; t++) {
            if (naive(rest, t, FALSE))
                return TRUE;
            if (!*t || (*t == '/' && !any))
                return FALSE;
        }
    }
    if (!*t || (*p == '?' ? *t == '/' : *p != *t))
        return FALSE;
    return naive(p + 1, t + 1, *p == '/');
}

static void random_patterns(void)
{
    GRand *rand = g_rand_new_with_seed(7);
    guint matched = 0;
    for (guint i = 0; i < 40000; i++) {
        char pattern[10] = {0}, text[12] = {0};
        const char *why = NULL;
        for (gint32 n = g_rand_int_range(rand, 1, 9); n > 0; n--)
            pattern[n - 1] = "**/?ab"[g_rand_int_range(rand, 0, 6)];
        for (gint32 n = g_rand_int_range(rand, 0, 11); n > 0; n--)
            text[n - 1] = "/ab"[g_rand_int_range(rand, 0, 3)];
        if (strstr(pattern, "***")) /* more than two stars are two */
            continue;
        g_autoptr(SrtGlob) glob = srt_glob_new(pattern, &why);
        CU_ASSERT_FATAL(glob != NULL);
        gboolean expected = naive(pattern, text, TRUE);
        matched += expected;
        if (srt_glob_match(glob, text) != expected)
            printf("\n  %s on %s\n", pattern, text);
        CU_ASSERT(srt_glob_match(glob, text) == expected);
    }
    CU_ASSERT(matched > 500);
    g_rand_free(rand);
}

static const srt_unit_case cases[] = {
    {"matching", matching}, {"wrong", wrong},       {"long patterns", long_patterns},
    {"steps", steps},       {"escaping", escaping}, {"random patterns", random_patterns},
};

SRT_UNIT_MAIN("policy glob", cases)
