/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "config/config.h"
#include "config/edit.h"
#include "support/unit.h"

static const SrtSettingsEntry write_x = {
    .section = "filesystem", .key = "allowWrite", .value = "x"};
static const SrtSettingsEntry first = {
    .section = "filesystem", .key = "allowWrite", .value = "x", .first = "."};

typedef struct Case {
    const SrtSettingsEntry *entry;
    const char *before, *after;
} Case;

static void entries_are_added(void)
{
    static const Case table[] = {
        {&write_x, "{\"filesystem\":{\"allowWrite\":[\"a\",\"b\"]}}",
         "{\"filesystem\":{\"allowWrite\":[\"a\",\"b\",\"x\"]}}"},
        {&write_x, "{\"filesystem\": {\"allowWrite\": [\"a\", \"b\"]}}",
         "{\"filesystem\": {\"allowWrite\": [\"a\", \"b\", \"x\"]}}"},
        {&write_x, "{\"filesystem\": {\"allowWrite\": [\"a\"]}}",
         "{\"filesystem\": {\"allowWrite\": [\"a\", \"x\"]}}"},
        {&write_x, "{\"filesystem\": {\"allowWrite\": [\n  \"a\"\n]}}",
         "{\"filesystem\": {\"allowWrite\": [\n  \"a\",\n  \"x\"\n]}}"},
        {&write_x, "{\"filesystem\": {\"allowWrite\": [ ]}}",
         "{\"filesystem\": {\"allowWrite\": [\"x\"]}}"},
        {&write_x, "{\"filesystem\": {\"allowWrite\": [\"x\"]}}",
         "{\"filesystem\": {\"allowWrite\": [\"x\"]}}"},
        {&first, "{\"filesystem\": {\"allowWrite\": []}}",
         "{\"filesystem\": {\"allowWrite\": [\"x\"]}}"},
        {&first, "{\n  \"network\": {}\n}\n",
         "{\n  \"network\": {},\n  \"filesystem\": {\"allowWrite\": [\".\", \"x\"]}\n}\n"},
        {&first, "", "{\n  \"filesystem\": {\"allowWrite\": [\".\", \"x\"]}\n}\n"},
        {&first, "{}", "{\n  \"filesystem\": {\"allowWrite\": [\".\", \"x\"]}\n}"},
        {&first, "{\"filesystem\": {\n    \"denyRead\": []\n  }}",
         "{\"filesystem\": {\n    \"denyRead\": [],\n    \"allowWrite\": [\".\", \"x\"]\n  }}"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *after = srt_settings_add(table[i].before, strlen(table[i].before), "f",
                                                  table[i].entry, 1, &error);
        SRT_ASSERT_STR(after, table[i].after);
        g_autoptr(SrtConfig) config = srt_config_parse(after, strlen(after), "f", NULL, &error);
        CU_ASSERT_PTR_NOT_NULL(config);
    }
}

static void what_is_no_settings_file_is_refused(void)
{
    static const char *const texts[] = {
        "[]",
        "{",
        "{\"filesystem\": 1}",
        "{\"filesystem\": {\"allowWrite\": 5}}",
        "nonsense",
        "{} {}",
        "{\"filesystem\": {}, \"filesystem\": {}}",
        "{\"a\": \"\xff\"}",
        "\"text\"",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        CU_ASSERT_PTR_NULL(
            srt_settings_add(texts[i], strlen(texts[i]), "f.json", &write_x, 1, &error));
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT_EQUAL(strncmp(error->message, "f.json: ", 8), 0);
    }
}

static void values_are_quoted(void)
{
    g_autofree char *quoted = srt_json_quote("a\"b\\c\n\x01 \xc3\xa9 \xff");
    SRT_ASSERT_STR(quoted, "\"a\\\"b\\\\c\\u000a\\u0001 \xc3\xa9 \xef\xbf\xbd\"");
}

static const srt_unit_case cases[] = {
    {"entries_are_added", entries_are_added},
    {"what_is_no_settings_file_is_refused", what_is_no_settings_file_is_refused},
    {"values_are_quoted", values_are_quoted},
};

SRT_UNIT_MAIN("config.edit", cases)
