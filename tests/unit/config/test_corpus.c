/* SPDX-License-Identifier: Apache-2.0 */
/* The validation and the schema judge alike: on the corpus, and on every key with
 * values of every type. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "config/keys.h"
#include "jsonschema.h"
#include "support/unit.h"

typedef struct json_object Json;

static Json *schema;

static Json *the_schema(void)
{
    if (!schema) {
        g_autofree char *text = srt_config_schema();
        schema = json_tokener_parse(text);
    }
    return schema;
}

static char *source_file(const char *name)
{
    const char *root = g_getenv("SRT_SOURCE_DIR");
    return g_build_filename(root ? root : SRT_TEST_SOURCE_DIR, name, NULL);
}

/* NULL when the validation takes it. */
static char *judge_code(Json *settings)
{
    g_autoptr(GError) error = NULL;
    const char *text = json_object_to_json_string_ext(settings, JSON_C_TO_STRING_PLAIN);
    g_autoptr(SrtConfig) config = srt_config_parse(text, strlen(text), "s.json", NULL, &error);
    CU_ASSERT_EQUAL(config == NULL, error != NULL);
    if (!error)
        return NULL;
    CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_SETTINGS));
    return g_strdup(error->message);
}

static char *judge_schema(Json *settings)
{
    const char *unknown = NULL;
    char *wrong = jsonschema_check(the_schema(), settings, &unknown);
    if (unknown)
        printf("  the checker does not know \"%s\"\n", unknown);
    CU_ASSERT_PTR_NULL(unknown);
    return wrong;
}

static const char *text_of(Json *object, const char *key)
{
    Json *value;
    return json_object_object_get_ex(object, key, &value) ? json_object_get_string(value) : NULL;
}

static void judge_case(Json *row)
{
    const char *name = text_of(row, "name"), *is = text_of(row, "is"),
               *want = text_of(row, "error");
    Json *settings = NULL;
    CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(row, "settings", &settings));
    g_autofree char *code = judge_code(settings), *by_schema = judge_schema(settings);
    gboolean good = strcmp(is, "good") == 0, code_only = strcmp(is, "code only") == 0;
    gboolean right = good        ? !code && !by_schema
                     : code_only ? code && !by_schema
                                 : strcmp(is, "bad") == 0 && code && by_schema;
    if (want && (!code || !strstr(code, want)))
        right = FALSE;
    if (!right)
        printf("\n  %s (%s):\n    code: %s\n    schema: %s\n    wanted: %s\n", name, is,
               code ? code : "good", by_schema ? by_schema : "good", want ? want : "");
    CU_ASSERT_TRUE(right);
}

static void test_corpus(void)
{
    g_autofree char *file = source_file("tests/unit/config/corpus.json");
    Json *corpus = json_object_from_file(file);
    CU_ASSERT_PTR_NOT_NULL_FATAL(corpus);
    size_t n = json_object_array_length(corpus);
    CU_ASSERT_TRUE(n > 100);
    for (size_t i = 0; i < n; i++)
        judge_case(json_object_array_get_idx(corpus, i));
    json_object_put(corpus);
}

/* {"a": {"b": value}} for "a.b"; takes value. */
static Json *wrap(GPtrArray *names, Json *value)
{
    for (guint i = names->len; i-- > 0;) {
        Json *object = json_object_new_object();
        json_object_object_add(object, g_ptr_array_index(names, i), value);
        value = object;
    }
    return value;
}

static guint tried;

static void try_values(const SrtKey *object, GPtrArray *names)
{
    static const char *const values[] = {
        "null",
        "true",
        "0",
        "1",
        "3.0",
        "2.5",
        "65536",
        "-1",
        "\"\"",
        "\"x\"",
        "\"/x\"",
        "[]",
        "[\"x\"]",
        "[\"x.com\"]",
        "[1]",
        "[null]",
        "[\"\"]",
        "{}",
        "{\"a\": \"b\"}",
        "{\"a\": [\"b\"]}",
        "{\"a\": 1}",
        "[{}]",
        "[1, 2]",
        "[true, 2]",
        "\"deny\"",
        "1e2",
    };
    for (const SrtKey *key = object->members; key->name; key++) {
        g_ptr_array_add(names, g_strdup(key->name));
        for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
            Json *settings = wrap(names, json_tokener_parse(values[i]));
            g_autofree char *code = judge_code(settings), *by_schema = judge_schema(settings);
            /* extends, injectHosts and argv0 have rules of their own: code only. */
            gboolean own = strcmp(key->name, "extends") == 0 || strcmp(key->name, "argv0") == 0;
            gboolean right = own ? !by_schema || code : (code == NULL) == (by_schema == NULL);
            if (!right)
                printf("\n  %s:\n    code: %s\n    schema: %s\n",
                       json_object_to_json_string(settings), code ? code : "good",
                       by_schema ? by_schema : "good");
            CU_ASSERT_TRUE(right);
            json_object_put(settings);
            tried++;
        }
        if (key->kind == SRT_KEY_OBJECT)
            try_values(key, names);
        g_ptr_array_remove_index(names, names->len - 1);
    }
}

static void test_every_key(void)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    tried = 0;
    try_values(&srt_config_keys, names);
    CU_ASSERT_TRUE(tried > 1500);
}

/* Right and wrong, and what only an odd mind would write. */
static const char *const hosts[] = {
    "example.com",
    "a.b.c",
    "*.example.com",
    "EXAMPLE.com",
    "LocalHost",
    "x.com:1",
    "x.com:65535",
    "[::1]",
    "[::ffff:1.2.3.4]:80",
    "1.2.3.4",
    "1.2",
    "0x7f.1",
    "1.2.3.4.5",
    "a..b",
    "a b.c",
    "a_b.c",
    "-a.b",
    "a.b-",
    "xn--bcher-kva.example",
    "bücher.example",
    "*.bücher.example",
    "例え.テスト",
    "*.例え。テスト",
    "a。b",
    "ｌｏｃａｌｈｏｓｔ",
    "*.*",
    "*.a",
    "*.1.2",
    "*.0x7f.1",
    "a",
    ".",
    "..",
    ".a",
    "a.",
    "a:b",
    "a.b:",
    "a.b:x",
    "a.b:+1",
    "a.b: 1",
    "a.b:01",
    "a@b.c",
    "%61.b",
    "a\\b.c",
    "a.b?",
    "a.b#",
    "[",
    "[]",
    "[a]",
    "[::1",
    "::1",
    "[::1%eth0]",
    "a[b.c",
    "a]b.c",
    "*",
    "*:1",
    "*.",
    "**.a.b",
    "a.*.b",
    "a.b\n",
    "localhost.",
    "localhost:0",
    "*.localhost",
    "*.a.b:8080",
    "*.[::1]",
    "[1.2.3.4]",
    "ß.example",
    "10.0.0.0/8",
    "10.0.0.0/08",
    "10.0.0.0/",
    "fd00::/8",
    "fd00::/129",
    "::/0",
    "1::1.2.3.4",
    "255.255.255.255",
    "256.1.1.1",
    "::1%lo",
    "1.2.3",
    " 1.2.3.4",
    "é",
    "é:80",
    "a.é",
    "*.é",
};

/* A pattern of the schema never refuses what the validation takes. */
static void test_patterns_are_wide_enough(void)
{
    guint differ = 0;
    for (SrtForm form = SRT_FORM_ALLOWED_DOMAIN; form <= SRT_FORM_ADDRESS; form++)
        for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
            g_autofree char *wrong = srt_form_check(form, hosts[i]);
            gboolean fits = g_regex_match_simple(
                srt_form(form)->pattern, hosts[i],
                (GRegexCompileFlags)(G_REGEX_DOLLAR_ENDONLY | G_REGEX_DOTALL), (GRegexMatchFlags)0);
            if (!wrong && !fits)
                printf("\n  \"%s\" is right but does not match (form %d)\n", hosts[i], form);
            CU_ASSERT_TRUE(wrong || fits);
            differ += wrong && fits;
        }
    /* The other way round they may differ, but only for the oddest texts. */
    printf("  %u of %zu judged by the validation alone\n", differ, 4 * G_N_ELEMENTS(hosts));
    CU_ASSERT_TRUE(differ < 40);
}

static void test_checked_in_schema(void)
{
    g_autofree char *file = source_file("docs/srt-settings.schema.json");
    Json *checked_in = json_object_from_file(file);
    CU_ASSERT_PTR_NOT_NULL_FATAL(checked_in);
    if (!json_object_equal(checked_in, the_schema()))
        printf("\n  %s is old: write it again with `srtctl schema`\n", file);
    CU_ASSERT_TRUE(json_object_equal(checked_in, the_schema()));
    json_object_put(checked_in);
}

/* The names stand in the comments of the enumeration, in its order. */
static void test_rule_classes(void)
{
    g_autofree char *file = source_file("core/include/srt/policy.h");
    g_autofree char *text = NULL;
    guint n = 0;
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(file, &text, NULL, NULL));
    char *at = strstr(text, "SRT_RULE_READ_DENY = 0");
    char *end = strstr(text, "SRT_RULE_CLASS_COUNT");
    CU_ASSERT_TRUE_FATAL(at && end);
    *end = '\0';
    while ((at = strstr(at, "/* \""))) {
        at += 4;
        CU_ASSERT_PTR_NOT_NULL_FATAL(srt_config_rule_classes[n]);
        g_autofree char *name = g_strndup(at, strcspn(at, "\""));
        SRT_ASSERT_STR(srt_config_rule_classes[n++], name);
    }
    CU_ASSERT_TRUE(n >= 14);
    CU_ASSERT_PTR_NULL(srt_config_rule_classes[n]);
}

static void count_key(const char *pointer, const char *where, const char *help, gpointer data)
{
    guint *count = data;
    (*count)++;
    CU_ASSERT_PTR_NOT_NULL(where);
    CU_ASSERT_TRUE(help && g_str_has_suffix(help, "."));
    CU_ASSERT_TRUE(*pointer != '.' && !strstr(pointer, ".."));
}

static void test_every_key_has_help(void)
{
    guint count = 0;
    srt_config_each_key(count_key, &count);
    CU_ASSERT_TRUE(count > 70);
}

static const srt_unit_case cases[] = {
    {"corpus: validation and schema agree", test_corpus},
    {"every key with every type: they agree", test_every_key},
    {"patterns: nothing right is refused", test_patterns_are_wide_enough},
    {"schema: the one in docs is the one of the code", test_checked_in_schema},
    {"rule classes: as in srt/policy.h", test_rule_classes},
    {"help: every key has some", test_every_key_has_help},
};

int main(int argc, char **argv)
{
    int status = srt_unit_main(argc, argv, "config.corpus", cases, G_N_ELEMENTS(cases));
    json_object_put(schema);
    return status;
}
