/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"

#include "support/unit.h"

static void words(void)
{
    static const struct {
        const char *word, *quoted;
    } table[] = {
        {"ls", "ls"},
        {"--color=auto", "--color=auto"},
        {"/a/b-c_d.e+f:g,h@i%j", "/a/b-c_d.e+f:g,h@i%j"},
        {"h\xc3\xa9", "h\xc3\xa9"},
        {"", "''"},
        {"=ls", "'=ls'"},
        {"a b", "'a b'"},
        {"a\nb", "'a\nb'"},
        {"~", "'~'"},
        {"$HOME", "'$HOME'"},
        {"a'b", "'a'\\''b'"},
        {"a;b", "'a;b'"},
        {"{a,b}", "'{a,b}'"},
        {"!x", "'!x'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *quoted = srt_quote_word(table[i].word);
        SRT_ASSERT_STR(quoted, table[i].quoted);
    }
}

/* What a shell would make of the text are the words again. */
static void there_and_back(void)
{
    GRand *rand = g_rand_new_with_seed(7);
    for (int round = 0; round < 500; round++) {
        char word[9] = "";
        for (int i = 0, n = g_rand_int_range(rand, 0, 9); i < n; i++)
            word[i] = (char)g_rand_int_range(rand, 1, 128);
        const char *const argv[] = {"x", word, NULL};
        g_autofree char *text = srt_quote_words(argv, G_MAXSIZE);
        g_auto(GStrv) found = NULL;
        CU_ASSERT_FATAL(g_shell_parse_argv(text, NULL, &found, NULL));
        CU_ASSERT_EQUAL(g_strv_length(found), 2);
        SRT_ASSERT_STR(found[1], word);
    }
    g_rand_free(rand);
}

static void an_end(void)
{
    static const char *const argv[] = {"one", "two", "three", NULL};
    g_autofree char *all = srt_quote_words(argv, 100);
    g_autofree char *some = srt_quote_words(argv, 5);
    g_autofree char *none = srt_quote_words(argv + 3, 5);
    SRT_ASSERT_STR(all, "one two three");
    SRT_ASSERT_STR(some, "one two");
    SRT_ASSERT_STR(none, "");
}

static const srt_unit_case cases[] = {
    {"words", words},
    {"there and back", there_and_back},
    {"an end", an_end},
};

SRT_UNIT_MAIN("base.quote", cases)
