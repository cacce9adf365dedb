/* SPDX-License-Identifier: Apache-2.0 */
/* The translation of patterns, held against the automaton of the core: for random
 * patterns and paths both have to say the same. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"
#include "policy/pending.h"
#include "sbpl.h"
#include "support/unit.h"

static unsigned long long state = 7;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33) % below;
}

static void random_text(char *ret, const char *const *parts, unsigned n_parts, unsigned most)
{
    size_t n = 0;
    ret[n++] = '/';
    for (unsigned i = 1 + draw(most); i > 0; i--) {
        const char *part = parts[draw(n_parts)];
        if (ret[n - 1] == '/' && part[0] == '/')
            continue;
        memcpy(ret + n, part, strlen(part));
        n += strlen(part);
    }
    if (n > 1 && ret[n - 1] == '/')
        n--;
    ret[n] = '\0';
}

static bool by_regex(const sb_pattern *pattern, const char *path, bool fold)
{
    sb_text text = {0};
    const char *why = NULL;
    sb_text_putc(&text, '^');
    sb_pattern_regex(&text, pattern, 0, pattern->count, fold);
    sb_text_puts(&text, SB_REGEX_BELOW);
    sbpl_regex *regex = sbpl_regex_new(text.bytes, text.length, &why);
    if (!regex) {
        printf("\n%s: %s\n", why, text.bytes);
        abort();
    }
    bool match = sbpl_regex_match(regex, path, false);
    sbpl_regex_free(regex);
    sb_text_clear(&text);
    return match;
}

static void test_against_core(void)
{
    static const char *const parts[] = {"a",   "b",       "A", "/", "/",     "*",    "**",
                                        "**/", "?",       "ü", ".", "[a-c]", "[!a]", "[]^-]",
                                        "[*]", "[\\\\a]", "+", "(", "$",     "\n"};
    static const char *const names[] = {"a", "b", "A", "/", "/", "ü",  ".", "]", "^",
                                        "-", "*", "+", "(", "$", "\\", "c", "\n"};
    sb_pattern *pattern = malloc(sizeof *pattern);
    unsigned matches = 0, tried = 0;
    for (unsigned i = 0; i < 4000; i++) {
        char text[200], path[200];
        random_text(text, parts, G_N_ELEMENTS(parts), 7);
        srt_pending_rule rule = {.struct_size = sizeof rule, .flags = SRT_PATH_GLOB, .path = text};
        CU_ASSERT_TRUE_FATAL(sb_pattern_parse(pattern, text));
        for (unsigned k = 0; k < 12; k++) {
            random_text(path, names, G_N_ELEMENTS(names), 6);
            bool expected = srt_pending_matches(&rule, path);
            bool covers = sb_pattern_covers(pattern, path, false);
            bool regex = by_regex(pattern, path, false), ascii = !strstr(path, "ü");
            if (covers != expected || (ascii ? regex != expected : regex && !expected))
                printf("\n  \"%s\" \"%s\": core %d, covers %d, expression %d\n", text, path,
                       expected, covers, regex);
            CU_ASSERT_EQUAL_FATAL(covers, expected);
            CU_ASSERT_TRUE_FATAL(ascii ? regex == expected : !regex || expected);
            /* A denial never matches less. */
            /* The core's automaton may take one character beyond ASCII for two. */
            bool sure = ascii || !(strchr(text, '?') || strstr(text, "[!"));
            bool denied = by_regex(pattern, path, true) || !sure;
            if (expected && !denied)
                printf("\n  \"%s\" \"%s\" is not denied\n", text, path);
            CU_ASSERT_TRUE_FATAL(!expected || denied);
            CU_ASSERT_TRUE_FATAL(!expected || sb_pattern_covers(pattern, path, true));
            matches += expected;
            tried++;
        }
    }
    printf("%u of %u matched ", matches, tried);
    CU_ASSERT_TRUE(matches > tried / 20);
    free(pattern);
}

static void test_parse(void)
{
    static const char *const wrong[] = {"/[", "/[]", "/[a", "/[b-a]", "/[ü]", "/[a/b]"};
    sb_pattern *pattern = malloc(sizeof *pattern);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        CU_ASSERT_FALSE(sb_pattern_parse(pattern, wrong[i]));
    char text[SB_PATTERN_MAX + 2];
    memset(text, 'a', sizeof text);
    text[SB_PATTERN_MAX] = '\0';
    CU_ASSERT_TRUE(sb_pattern_parse(pattern, text));
    text[SB_PATTERN_MAX] = 'a';
    text[SB_PATTERN_MAX + 1] = '\0';
    CU_ASSERT_FALSE(sb_pattern_parse(pattern, text));
    CU_ASSERT_TRUE(sb_pattern_parse(pattern, "/a[*]b/*"));
    CU_ASSERT_EQUAL(pattern->literal, 5);
    free(pattern);
}

static const srt_unit_case cases[] = {
    {"against the core", test_against_core},
    {"limits", test_parse},
};

SRT_UNIT_MAIN("seatbelt patterns", cases)
