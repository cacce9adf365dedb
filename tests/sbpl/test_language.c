/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sbpl.h"
#include "support/unit.h"

#define HEAD "(version 1)(deny default)"

/* What the real reader refuses, or what is not known to work. */
static const char *const refused[] = {
    "",
    "(allow default)",
    "(version 2)",
    "(version 1)(allow nothing)",
    "(version 1)(allow file-read* (no-filter \"/a\"))",
    "(version 1)(allow file-read* (literal /a))",
    "(version 1)(allow file-read* (literal \"/a\"",
    "(version 1)(allow file-read* (literal \"/a))",
    "(version 1)(allow file-read* (regex \"(?i)a\"))",
    "(version 1)(allow file-read* (regex \"a{2}\"))",
    "(version 1)(allow file-read* (regex \"[a\"))",
    "(version 1)(allow file-read* (regex \"a)\"))",
    "(version 1)(allow file-read* (regex \"\\\\d\"))",
    "(version 1)(allow file-read* (literal \"\\x0\"))",
    "(version 1)(allow network-outbound (remote ip \"10.0.0.1:80\"))",
    "(version 1)(allow network-outbound (remote ip \"localhost:99999\"))",
    "(version 1)(allow network-outbound (remote tcp6x \"*:*\"))",
    "(version 1)(allow signal (target nobody))",
    "(version 1)(allow file-ioctl (ioctl-command TIOCNONE))",
    "(version 1)(deny file-read* (with shout \"x\"))",
    "(version 1)(deny file-read* (require-not))",
    "(version 1)(define x 1)",
    "(version 1)(allow file-read* (subpath (param \"NONE\")))",
    "(version 1)(allow file-read* (subpath (param)))",
    "(version 1)(allow file-read* (subpath (string-append \"/a\" b)))",
    "(version 1)(allow)",
};

static void test_refused(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char why[300] = "";
        sbpl *profile = sbpl_load(refused[i], strlen(refused[i]), why, sizeof why);
        if (profile)
            printf("\n  taken: %s\n", refused[i]);
        CU_ASSERT_PTR_NULL(profile);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, "line "));
        sbpl_free(profile);
    }
}

static void test_long_string(void)
{
    for (size_t n = 1023; n <= 1024; n++) {
        char text[1200] = HEAD "(allow file-read* (literal \"", why[300];
        size_t at = strlen(text);
        memset(text + at, 'a', n);
        strcpy(text + at + n, "\"))");
        sbpl *profile = sbpl_load(text, strlen(text), why, sizeof why);
        CU_ASSERT_EQUAL(profile != NULL, n == 1023);
        sbpl_free(profile);
    }
}

/* Strings that are put together, and the longest of them. */
static void test_params(void)
{
    static const char text[] = HEAD "(allow file-read* (subpath (string-append (param \"A\") "
                                    "\"/\" (string-append (param \"B\") (param \"AA\")))))";
    char why[300] = "", words[100], longest[1100] = "A=/";
    const char *params[] = {"B=b", "AA=c", "A=/a", NULL};
    sbpl_question question;
    sbpl_answer answer;
    sbpl *profile = sbpl_load_with(text, sizeof text - 1, params, why, sizeof why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_TRUE(
        sbpl_parse_question("file-read-data path=/a/bc/d", words, sizeof words, &question));
    CU_ASSERT_TRUE(sbpl_ask(profile, SBPL_TREE, false, &question, &answer, why, sizeof why));
    CU_ASSERT_TRUE(answer.allow);
    sbpl_free(profile);
    memset(longest + 3, 'a', 1022);
    params[2] = longest;
    CU_ASSERT_PTR_NULL(sbpl_load_with(text, sizeof text - 1, params, why, sizeof why));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "more than"));
}

static const struct {
    const char *pattern, *text;
    bool fold, match;
} regexes[] = {
    {"^/a/([^/]*/)*b$", "/a/b", false, true},
    {"^/a/([^/]*/)*b$", "/a/x/y/b", false, true},
    {"^/a/([^/]*/)*b$", "/a/xb", false, false},
    {"b", "abc", false, true},
    {"^b", "abc", false, false},
    {"c$", "abc", false, true},
    {"^(a|bc)+$", "abcabc", false, true},
    {"^(a|bc)+$", "abcb", false, false},
    {"^a?b*$", "", false, true},
    {"^[]a]$", "]", false, true},
    {"^[^]a]$", "]", false, false},
    {"^[a-c-]$", "-", false, true},
    {"^\\.\\*$", ".*", false, true},
    {"^a.b$", "a\nb", false, false},
    {"^[^/]$", "\n", false, true},
    {"^abc$", "ABC", true, true},
    {"^abc$", "ABC", false, false},
    {"^[^a]$", "A", false, true},
    {"(a*)*$", "b", false, true},
    {"^$", "", false, true},
    {"()", "x", false, true},
};

static void test_regexes(void)
{
    for (size_t i = 0; i < sizeof regexes / sizeof *regexes; i++) {
        const char *why = NULL;
        sbpl_regex *regex = sbpl_regex_new(regexes[i].pattern, strlen(regexes[i].pattern), &why);
        CU_ASSERT_PTR_NOT_NULL_FATAL(regex);
        bool match = sbpl_regex_match(regex, regexes[i].text, regexes[i].fold);
        if (match != regexes[i].match)
            printf("\n  %s against %s\n", regexes[i].pattern, regexes[i].text);
        CU_ASSERT_EQUAL(match, regexes[i].match);
        sbpl_regex_free(regex);
    }
}

static const char *const doubtful[] = {
    "(version 1)(allow file-read*)",
    HEAD "(allow file-read* (literal \"a\"))",
    HEAD "(allow file-read* (subpath \"/a/../b\"))",
    HEAD "(allow file-read* (literal \"/a/\"))",
    HEAD "(allow file-read* (subpath \"/tmp/x\"))",
    HEAD "(allow file-read* (regex \"a\"))",
    HEAD "(allow file-read* (regex \"^[\\\\.]\"))",
    HEAD "(allow file-read* (global-name \"x\"))",
    HEAD "(allow network-outbound (local ip \"localhost:*\"))",
};

static void test_lint(void)
{
    char why[300];
    for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++) {
        sbpl *profile = sbpl_load(doubtful[i], strlen(doubtful[i]), why, sizeof why);
        CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
        if (sbpl_lint(profile, NULL, NULL) == 0)
            printf("\n  nothing said of %s\n", doubtful[i]);
        CU_ASSERT_TRUE(sbpl_lint(profile, NULL, NULL) > 0);
        sbpl_free(profile);
    }
    static const char fine[] = HEAD "(allow file-read* (subpath \"/private/tmp\"))";
    sbpl *profile = sbpl_load(fine, sizeof fine - 1, why, sizeof why);
    CU_ASSERT_EQUAL(sbpl_lint(profile, NULL, NULL), 0);
    sbpl_free(profile);
}

static void test_questions(void)
{
    static const char *const wrong[] = {
        "file-nothing path=/a",
        "file-read-data path=a",
        "file-read-data path=/a/",
        "file-read-data pth=/a",
        "network-outbound remote=1.1.1.1:80",
        "network-outbound remote=tcp:host:80",
        "network-outbound remote=tcp:1.1.1.1:",
        "signal target=nobody",
    };
    static const char text[] = HEAD;
    char why[300], words[300];
    sbpl *profile = sbpl_load(text, sizeof text - 1, why, sizeof why);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sbpl_question question;
        sbpl_answer answer;
        CU_ASSERT_TRUE_FATAL(sbpl_parse_question(wrong[i], words, sizeof words, &question));
        CU_ASSERT_FALSE(sbpl_ask(profile, SBPL_TREE, false, &question, &answer, why, sizeof why));
    }
    sbpl_free(profile);
}

static const srt_unit_case cases[] = {
    {"refused profiles", test_refused},
    {"the longest string", test_long_string},
    {"parameters", test_params},
    {"regular expressions", test_regexes},
    {"lint", test_lint},
    {"wrong questions", test_questions},
};

SRT_UNIT_MAIN("sbpl language", cases)
