/* SPDX-License-Identifier: Apache-2.0 */
/* What is JSON, what is not, and where. */
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "support/unit.h"

static char *problem_of(const char *text, gsize length)
{
    g_autoptr(SrtProblems) problems = srt_problems_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtDocument) document = srt_document_new(text, length, "s", problems);
    gboolean good = srt_problems_settle(problems, &error);
    CU_ASSERT_EQUAL(good, document != NULL);
    return good ? g_strdup("good") : g_strdup(error->message);
}

static const struct {
    const char *text, *problem;
} texts[] = {
    {"{}", "good"},
    {" \t\r\n{ } \n", "good"},
    {"{\"a\": [1, -0, 0.5, 1e5, -1.5E-3, true, false, null, \"x\", {}]}", "good"},
    {"{\"\\u0061\\ud83d\\ude00\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "good"},
    {"", "s:1:1: found nothing, expected a JSON object; \"{}\" means the built-in defaults"},
    {" \n\t ", "s:1:1: found nothing, expected a JSON object; \"{}\" means the built-in defaults"},
    {"\xef\xbb\xbf{}",
     "s:1:1: not valid JSON: found a byte order mark, expected '{'; save the file "
     "as UTF-8 without it"},
    {"{\"a\": \"\xff\"}", "s:1:8: not valid JSON: found the byte 0xff, expected UTF-8 text"},
    {"[]", "s:1:1: not valid JSON: found '[', expected '{', the beginning of an object"},
    {"true", "s:1:1: not valid JSON: found 't', expected '{', the beginning of an object"},
    {"// x\n{}", "s:1:1: not valid JSON: found '/', expected '{', the beginning of an object; JSON "
                 "has no comments"},
    {"{\n  // x\n}", "s:2:3: not valid JSON: found '/', expected a key in double quotes; JSON has "
                     "no comments"},
    {"{\"a\": 1 /* x */}",
     "s:1:9: not valid JSON: found '/', expected ',' or '}'; JSON has no comments"},
    {"{\"a\": # x\n1}", "s:1:7: not valid JSON: found '#', expected a value; JSON has no comments"},
    {"{\"a\": 1,\n}", "s:1:8: not valid JSON: found ',', expected no comma before '}'; JSON has no "
                      "trailing commas"},
    {"{\"a\": [1,2,]}", "s:1:11: not valid JSON: found ',', expected no comma before ']'; JSON has "
                        "no trailing commas"},
    {"{\"a\": [,]}",
     "s:1:8: not valid JSON: found ',', expected a value; there is a comma too many"},
    {"{\"a\": 1 \"b\": 2}", "s:1:9: not valid JSON: found '\"', expected ',' or '}'; is a comma "
                            "missing before it?"},
    {"{\"a\" 1}", "s:1:6: not valid JSON: found '1', expected ':' after the key"},
    {"{a: 1}", "s:1:2: not valid JSON: found 'a', expected a key in double quotes"},
    {"{\"a\": 'x'}", "s:1:7: not valid JSON: found ''', expected a value; text stands in double "
                     "quotes"},
    {"{\"a\": True}", "s:1:7: not valid JSON: found 'T', expected a value"},
    {"{\"a\": NaN}", "s:1:7: not valid JSON: found 'N', expected a value"},
    {"{\"a\": -Infinity}", "s:1:8: not valid JSON: found 'I', expected a digit"},
    {"{\"a\": nul}", "s:1:7: not valid JSON: found 'n', expected a value"},
    {"{\"a\": truex}", "s:1:11: not valid JSON: found 'x', expected ',' or '}'"},
    {"{\"a\": 01}", "s:1:8: not valid JSON: found '1', expected a number without leading zeros"},
    {"{\"a\": +1}", "s:1:7: not valid JSON: found '+', expected a value"},
    {"{\"a\": .5}", "s:1:7: not valid JSON: found '.', expected a value"},
    {"{\"a\": 1.}", "s:1:9: not valid JSON: found '}', expected a digit after the decimal point"},
    {"{\"a\": 1e}", "s:1:9: not valid JSON: found '}', expected a digit in the exponent"},
    {"{\"a\": 0x1}", "s:1:8: not valid JSON: found 'x', expected ',' or '}'"},
    {"{\"a\": \"x",
     "s:1:9: not valid JSON: found the end of the text, expected the closing '\"' of "
     "the text"},
    {"{\"a\": \"x\n\"}", "s:1:9: not valid JSON: found the end of the line, expected the closing "
                         "'\"' of the text"},
    {"{\"a\": \"\t\"}", "s:1:8: not valid JSON: found the control character 0x09, expected the "
                        "closing '\"' of the text"},
    {"{\"a\": \"\\x\"}",
     "s:1:9: not valid JSON: found 'x', expected one of \" \\ / b f n r t u after "
     "a backslash"},
    {"{\"a\": \"\\u12g4\"}",
     "s:1:12: not valid JSON: found 'g', expected four hexadecimal digits after \\u"},
    {"{\"a\": \"\\u0000\"}",
     "s:1:8: not valid JSON: found '\\', expected text without NUL characters (\\u0000)"},
    {"{\"a\": \"\\ud800\"}",
     "s:1:8: not valid JSON: found '\\', expected a low surrogate after a high one"},
    {"{\"a\": \"\\ud800\\u0041\"}",
     "s:1:8: not valid JSON: found '\\', expected a low surrogate after a high one"},
    {"{\"a\": \"\\udc00\"}",
     "s:1:8: not valid JSON: found '\\', expected a high surrogate before a low one"},
    {"{", "s:1:2: not valid JSON: found the end of the text, expected a key in double quotes"},
    {"{\"a\": ", "s:1:7: not valid JSON: found the end of the text, expected a value"},
    {"{}{}", "s:1:3: not valid JSON: found '{', expected nothing behind the closing '}'"},
    {"{} ,",
     "s:1:4: not valid JSON: found ',', expected nothing behind the closing '}'; there is a "
     "comma too many"},
    {"{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2},\n \"\\u0061\": 3}",
     "s:2:16: not valid JSON: found the key \"c\" a second time (it stands at line 2, column 8 "
     "already), expected each key once; keep one of the two\n"
     "s:3:2: not valid JSON: found the key \"a\" a second time (it stands at line 1, column 2 "
     "already), expected each key once; keep one of the two"},
    {"{\"é\": 1, \"é\": 2}",
     "s:1:11: not valid JSON: found the key \"é\" a second time (it stands at line 1, column 2 "
     "already), expected each key once; keep one of the two"},
};

static void test_texts(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *problem = problem_of(texts[i].text, strlen(texts[i].text));
        SRT_ASSERT_STR(problem, texts[i].problem);
    }
}

static void test_nul_byte(void)
{
    g_autofree char *problem = problem_of("{\"a\": \"x\0y\"}", 12);
    SRT_ASSERT_STR(problem, "s:1:9: not valid JSON: found the byte 0x00, expected UTF-8 text");
    g_autofree char *behind = problem_of("{}\0", 3);
    SRT_ASSERT_STR(behind, "s:1:3: not valid JSON: found the byte 0x00, expected UTF-8 text");
}

static void test_depth(void)
{
    for (guint depth = SRT_SCAN_MAX_DEPTH; depth <= SRT_SCAN_MAX_DEPTH + 1; depth++) {
        g_autoptr(GString) text = g_string_new("{\"a\": ");
        for (guint i = 1; i < depth; i++)
            g_string_append_c(text, '[');
        for (guint i = 1; i < depth; i++)
            g_string_append_c(text, ']');
        g_string_append_c(text, '}');
        g_autofree char *problem = problem_of(text->str, text->len);
        SRT_ASSERT_STR(problem,
                       depth == SRT_SCAN_MAX_DEPTH
                           ? "good"
                           : "s:1:38: not valid JSON: found '[', expected at most 32 levels "
                             "of nesting");
    }
}

static void test_number_of_values(void)
{
    g_autoptr(GString) text = g_string_new("{\"a\": [0");
    for (guint i = 0; i < SRT_SCAN_MAX_VALUES; i++)
        g_string_append(text, ",0");
    g_string_append(text, "]}");
    g_autofree char *problem = problem_of(text->str, text->len);
    CU_ASSERT_PTR_NOT_NULL(strstr(problem, "expected at most 200000 values in one file"));
}

static void test_many_repeats(void)
{
    g_autoptr(GString) text = g_string_new("{\"a\": 0");
    for (guint i = 0; i < 50000; i++)
        g_string_append(text, ",\"a\":0");
    g_string_append(text, "}");
    g_autofree char *problem = problem_of(text->str, text->len);
    CU_ASSERT_TRUE(g_str_has_suffix(problem, "\nand 49900 more"));
}

static void test_places(void)
{
    static const char text[] = "{\n  \"é\": \"x\", \"b\": [1,\n\t{\"c\": null}]\n}";
    g_autoptr(SrtProblems) problems = srt_problems_new();
    g_autoptr(SrtDocument) document = srt_document_new(text, sizeof text - 1, "s", problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    const SrtNode *list = srt_node_member(document->scan->root, "b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    const SrtNode *object = list->first->next, *null = srt_node_member(object, "c");
    guint line, column;
    srt_document_locate(document, list->key_at, &line, &column);
    CU_ASSERT_EQUAL(line, 2);
    CU_ASSERT_EQUAL(column, 14); /* in bytes: the letter before is two */
    srt_document_locate(document, object->at, &line, &column);
    CU_ASSERT_EQUAL(line, 3);
    CU_ASSERT_EQUAL(column, 2);
    srt_document_locate(document, null->at, &line, &column);
    CU_ASSERT_EQUAL(column, 8);
    CU_ASSERT_PTR_NULL(null->value);
    CU_ASSERT_PTR_NULL(srt_node_member(object, "d"));
    SRT_ASSERT_STR(srt_node_text(document->scan->root->first), "x");
    srt_document_locate(document, sizeof text - 1, &line, &column);
    CU_ASSERT_EQUAL(line, 4);
    CU_ASSERT_EQUAL(column, 2);
}

/* A message is one line and speaks to no terminal, whatever the file holds. */
static void test_messages_are_tame(void)
{
    g_autoptr(SrtProblems) problems = srt_problems_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *quoted = srt_problems_quote("a\nb\x1b[31m\xe2\x80\xae");
    srt_problems_add(problems, "s\n", 1, 2, "p", "found %s", quoted);
    CU_ASSERT_FALSE(srt_problems_settle(problems, &error));
    SRT_ASSERT_STR(error->message, "s\\x0a:1:2: p: found \"a\\x0ab\\x1b[31m\\xe2\\x80\\xae\"");
    g_autofree char *many = g_strnfill(200, 'x');
    g_autofree char *shortened = srt_problems_quote(many);
    CU_ASSERT_TRUE(strlen(shortened) < 130 && strstr(shortened, "(200 bytes)"));
}

static const srt_unit_case cases[] = {
    {"texts: what is JSON and what is said", test_texts},
    {"NUL bytes", test_nul_byte},
    {"nesting: 32 levels and no more", test_depth},
    {"values: 200000 and no more", test_number_of_values},
    {"many repeated keys: 100 are told", test_many_repeats},
    {"places: line and column in bytes", test_places},
    {"messages: one tame line each", test_messages_are_tame},
};

SRT_UNIT_MAIN("config.json", cases)
