/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor's patterns mean what the core's mean. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "policy/glob.h"
#include "support/unit.h"

/* 1 matches, 0 not, -1 is no pattern. */
static int by_core(const char *pattern, const char *text)
{
    const char *why;
    g_autoptr(SrtGlob) glob = srt_glob_new(pattern, &why);
    return glob ? srt_glob_match(glob, text) : -1;
}

static int by_supervisor(const char *pattern, const char *text, bool fold)
{
    sup_glob *glob = sup_glob_new(pattern, strlen(pattern), fold);
    int result = glob ? sup_glob_match(glob, text) : -1;
    sup_glob_free(glob);
    return result;
}

static bool agree(const char *pattern, const char *text)
{
    int core = by_core(pattern, text), ours = by_supervisor(pattern, text, false);
    if (core != ours)
        printf("\n  \"%s\" on \"%s\": core %d, supervisor %d\n", pattern, text, core, ours);
    return core == ours;
}

static void test_table(void)
{
    static const struct {
        const char *pattern, *text;
        int expected;
    } rows[] = {
        {"/a/**/.git/hooks", "/a/.git/hooks", 1},
        {"/a/**/.git/hooks", "/a/b/c/.git/hooks", 1},
        {"/a/**/.git/hooks", "/a/x.git/hooks", 0},
        {"/a/**/.git/hooks", "/a/.git/hooks/x", 0},
        {"/**/x", "/x", 1},
        {"/a/**/**/x", "/a/x", 1},
        {"/a/**", "/a/b/c", 1},
        {"/a/**", "/a/", 1},
        {"/a/**", "/a", 0},
        {"/a/b**c", "/a/b/d/c", 1},
        {"/a/s*.json", "/a/settings.local.json", 1},
        {"/a/s*.json", "/a/s/x.json", 0},
        {"/a/?", "/a/\xc3\xa4", 1},
        {"/a/?", "/a/", 0},
        {"/a/[!x]", "/a/y", 1},
        {"/a/[!x]", "/a//", 0},
        {"/a/[]x]", "/a/]", 1},
        {"/a/[a-c]d", "/a/bd", 1},
        {"/a/[*]", "/a/*", 1},
        {"/a/[*]", "/a/b", 0},
        {"/a/[", "/a/[", -1},
        {"/a/[b/c]", "/a/b", -1},
        {"/a/[c-a]", "/a/b", -1},
        {"/a/[[:alpha:]]", "/a/b", -1},
        {"/a/[\xc3\xa4]", "/a/b", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(by_supervisor(rows[i].pattern, rows[i].text, false), rows[i].expected);
        CU_ASSERT(agree(rows[i].pattern, rows[i].text));
    }
}

/* A small alphabet, so that much matches. */
static void random_text(unsigned *seed, const char *alphabet, char *to, size_t size)
{
    size_t length = (size_t)rand_r(seed) % (size - 1), letters = strlen(alphabet);
    for (size_t i = 0; i < length; i++)
        to[i] = alphabet[(size_t)rand_r(seed) % letters];
    to[length] = '\0';
}

static void test_random(void)
{
    unsigned seed = 1, matched = 0, wrong = 0;
    for (int i = 0; i < 20000; i++) {
        char pattern[14], text[14];
        random_text(&seed, "**?//ab[]!^-c", pattern, sizeof pattern);
        random_text(&seed, "//aabbc-]\xc3\xa4", text, sizeof text);
        wrong += !agree(pattern, text);
        matched += by_core(pattern, text) == 1;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(matched > 100);
}

static void test_fold(void)
{
    CU_ASSERT_EQUAL(by_supervisor("/**/.GIT/[H-H]ooks", "/a/.git/HOOKS", true), 1);
    CU_ASSERT_EQUAL(by_supervisor("/**/.git/hooks", "/a/.GIT/HOOKS", false), 0);
    CU_ASSERT_EQUAL(by_supervisor("/\xc3\x84", "/\xc3\xa4", true), 0); /* ASCII only */
}

static void test_limits(void)
{
    char pattern[600];
    memset(pattern, '*', sizeof pattern);
    for (size_t i = 0; i < sizeof pattern; i += 2)
        pattern[i] = 'x';
    pattern[sizeof pattern - 1] = '\0';
    CU_ASSERT_PTR_NULL(sup_glob_new(pattern, strlen(pattern), false));
    CU_ASSERT_EQUAL(by_core(pattern, "x"), -1);
    pattern[200] = '\0';
    CU_ASSERT_EQUAL(by_supervisor(pattern, "xx", false), by_core(pattern, "xx"));
}

static const srt_unit_case cases[] = {
    {"table", test_table}, {"random", test_random}, {"fold", test_fold}, {"limits", test_limits}};
SRT_UNIT_MAIN("supervise.match", cases)
