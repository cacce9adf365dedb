/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <string.h>

#include "support/unit.h"
#include "violation/text.h"

static void cleaned(void)
{
    static const struct {
        const char *text, *clean;
    } table[] = {
        {"/etc/passwd", "/etc/passwd"},
        {"", ""},
        {"m\xc3\xbcn/\xe4\xbe\x8b", "m\xc3\xbcn/\xe4\xbe\x8b"},
        {"a b  c", "a b  c"},
        {"a\nb", "a b"},
        {"a\r\n\t\x01\x7f"
         "b",
         "a b"},
        {"\x1b[31mred\x1b[0m", "[31mred [0m"},
        {"\n lead and trail \n", "lead and trail"},
        {"a\xc2\x85"
         "b\xc2\x9b"
         "c",
         "a b c"}, /* C1 controls */
        {"a\xe2\x80\xa8"
         "b\xe2\x80\xa9"
         "c",
         "a b c"}, /* U+2028, U+2029 */
        {"a\xe2\x80\xae"
         "b\xe2\x80\xac"
         "c",
         "a b c"}, /* U+202E, U+202C */
        {"a\xe2\x81\xa6"
         "b\xe2\x81\xa9",
         "a b"}, /* U+2066, U+2069 */
        {"a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d"
         "b",
         "a b"}, /* zero width */
        {"a\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c"
         "b",
         "a b"}, /* direction marks */
        {"\xef\xbb\xbf"
         "a\xe2\x81\xa0"
         "b",
         "a b"}, /* byte order mark, word joiner */
        {"a\xc2\xad"
         "b",
         "a b"}, /* soft hyphen */
        {"a\xf3\xa0\x80\x81"
         "b",
         "a b"},                                      /* language tag */
        {"e\xcc\x81t\xc3\xa9", "e\xcc\x81t\xc3\xa9"}, /* accents stay */
        {"<b>&amp;</b>", "b&amp;/b"},
        {"a<\n>b", "a b"},
        {"<<>>", ""},
        {"</sandbox_violations>", "/sandbox_violations"},
        {"a\xff"
         "b",
         "a\\xffb"},
        {"a\xc3", "a\\xc3"},
        {"a\xc0\xbc"
         "b",
         "a\\xc0\\xbcb"},                      /* overlong '<' */
        {"a\xed\xa0\x80", "a\\xed\\xa0\\x80"}, /* surrogate */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *clean = srt_violation_clean(table[i].text);
        SRT_ASSERT_STR(clean, table[i].clean);
        g_autofree char *twice = srt_violation_clean(clean);
        SRT_ASSERT_STR(twice, clean);
    }
    CU_ASSERT_PTR_NULL(srt_violation_clean(NULL));
}

static void cut(void)
{
    g_autofree char *fits = g_strnfill(SRT_VIOLATION_TEXT_MAX - 3, 'a');
    g_autofree char *long_one = g_strnfill(100000, 'a');
    g_autofree char *same = srt_violation_clean(fits);
    g_autofree char *shorter = srt_violation_clean(long_one);
    SRT_ASSERT_STR(same, fits);
    CU_ASSERT_EQUAL(strlen(shorter), SRT_VIOLATION_TEXT_MAX);
    CU_ASSERT_TRUE(g_str_has_suffix(shorter, "aaa..."));
}

static void cut_between_characters(void)
{
    GString *text = g_string_new("a");
    while (text->len < SRT_VIOLATION_TEXT_MAX + 10)
        g_string_append(text, "\xe2\x82\xac");
    g_autofree char *clean = srt_violation_clean(text->str);
    CU_ASSERT_TRUE(strlen(clean) <= SRT_VIOLATION_TEXT_MAX);
    CU_ASSERT_TRUE(strlen(clean) > SRT_VIOLATION_TEXT_MAX - 4);
    CU_ASSERT_TRUE(g_utf8_validate(clean, -1, NULL));
    CU_ASSERT_TRUE(g_str_has_suffix(clean, "..."));
    g_string_free(text, TRUE);
}

static const srt_unit_case cases[] = {
    {"cleaned", cleaned},
    {"cut", cut},
    {"cut_between_characters", cut_between_characters},
};

SRT_UNIT_MAIN("violation.text", cases)
