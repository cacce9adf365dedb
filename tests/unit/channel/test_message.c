/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "channel/message.h"
#include "support/unit.h"

/* Fields are not constant, as the reader owns them. */
#define TEXT(text) ((char *)(guintptr)(text))
#define TOKEN "0123456789abcdef0123456789abcdef"

/* What one side writes the other reads, and writes again the same. */
static void to_manager_lines(void)
{
    static const SrtToManager messages[] = {
        {.kind = SRT_TO_MANAGER_HELLO, .protocol_version = 1, .version = TEXT("0.1.0"), .pid = 123},
        {.kind = SRT_TO_MANAGER_HELLO,
         .protocol_version = 1,
         .version = TEXT("0.1.0"),
         .pid = 123,
         .token = TEXT(TOKEN)},
        {.kind = SRT_TO_MANAGER_STARTED, .pid = 4567},
        {.kind = SRT_TO_MANAGER_STARTED},
        {.kind = SRT_TO_MANAGER_VIOLATION, .violation = TEXT("{\"target\":\"/a\",\"count\":1}\n")},
        {.kind = SRT_TO_MANAGER_LOST, .number = 3},
        {.kind = SRT_TO_MANAGER_ASK,
         .number = 7,
         .host = TEXT("example.com"),
         .port = 443,
         .ask_protocol = SRT_ASK_HTTPS},
        {.kind = SRT_TO_MANAGER_ERROR, .text = TEXT("a\nb \"c\""), .status = 125},
        {.kind = SRT_TO_MANAGER_NOTICE, .text = TEXT("caf\xc3\xa9 \xf0\x9f\x98\x80")},
        {.kind = SRT_TO_MANAGER_ENDED, .status = 0},
    };
    static const char *const lines[] = {
        "{\"hello\":1,\"version\":\"0.1.0\",\"pid\":123}\n",
        "{\"hello\":1,\"version\":\"0.1.0\",\"pid\":123,\"token\":\"" TOKEN "\"}\n",
        "{\"started\":4567}\n",
        "{\"started\":0}\n",
        "{\"violation\":{\"target\":\"/a\",\"count\":1}}\n",
        "{\"lost\":3}\n",
        "{\"ask\":7,\"host\":\"example.com\",\"port\":443,\"protocol\":\"https\"}\n",
        "{\"error\":\"a\\nb \\\"c\\\"\",\"status\":125}\n",
        "{\"notice\":\"caf\xc3\xa9 \xf0\x9f\x98\x80\"}\n",
        "{\"ended\":0}\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autofree char *line = srt_to_manager_line(&messages[i]);
        SRT_ASSERT_STR(line, lines[i]);
        g_auto(SrtToManager) read = {.version = NULL};
        CU_ASSERT_FATAL(srt_to_manager_parse(line, strlen(line) - 1, &read, NULL));
        CU_ASSERT_EQUAL(read.kind, messages[i].kind);
        g_autofree char *again = srt_to_manager_line(&read);
        SRT_ASSERT_STR(again, lines[i]);
    }
}

static void from_manager_lines(void)
{
    static const SrtFromManager messages[] = {
        {.kind = SRT_FROM_MANAGER_START, .start = {.settings = TEXT("{}")}},
        {.kind = SRT_FROM_MANAGER_START,
         .start = {.settings = TEXT("{\"a\": 1}"),
                   .label = TEXT("my settings"),
                   .directory = TEXT("/etc"),
                   .backend = TEXT("bwrap"),
                   .allow_unenforced = TEXT("all"),
                   .command_id = TEXT("c1"),
                   .command_text = TEXT("ls -l"),
                   .ask = TRUE,
                   .live = TRUE,
                   .end_with_session = TRUE,
                   .quiet = TRUE}},
        {.kind = SRT_FROM_MANAGER_UPDATE, .update = TEXT("{}")},
        {.kind = SRT_FROM_MANAGER_ANSWER, .answer = 7, .allow = TRUE},
        {.kind = SRT_FROM_MANAGER_ANSWER, .answer = SRT_CHANNEL_NUMBER_MAX},
    };
    static const char *const lines[] = {
        "{\"start\":{\"settings\":\"{}\"}}\n",
        "{\"start\":{\"settings\":\"{\\\"a\\\": 1}\",\"label\":\"my settings\","
        "\"directory\":\"/etc\",\"backend\":\"bwrap\",\"allowUnenforced\":\"all\","
        "\"commandId\":\"c1\",\"commandText\":\"ls -l\",\"ask\":true,\"live\":true,\"endWithSession\":true,"
        "\"quiet\":true}}\n",
        "{\"update\":\"{}\"}\n",
        "{\"answer\":7,\"allow\":true}\n",
        "{\"answer\":9007199254740992,\"allow\":false}\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autofree char *line = srt_from_manager_line(&messages[i], NULL);
        SRT_ASSERT_STR(line, lines[i]);
        g_auto(SrtFromManager) read = {.update = NULL};
        CU_ASSERT_FATAL(srt_from_manager_parse(line, strlen(line) - 1, &read, NULL));
        CU_ASSERT_EQUAL(read.kind, messages[i].kind);
        g_autofree char *again = srt_from_manager_line(&read, NULL);
        SRT_ASSERT_STR(again, lines[i]);
    }
}

typedef struct {
    const char *line, *error;
} Wrong;

/* The same for both directions. */
static const Wrong no_objects[] = {
    {"", "one JSON object a line"},
    {" ", "one JSON object a line"},
    {"[]", "one JSON object a line"},
    {"1", "one JSON object a line"},
    {"\"start\"", "one JSON object a line"},
    {"{", "one JSON object a line"},
    {"{}x", "one JSON object a line"},
    {"{\"a\":\"\xff\"}", "no UTF-8"},
    {"{}", "without a key that is known"},
    {"{\"other\":1}", "without a key that is known"},
};

static void wrong_to_manager(void)
{
    static const Wrong table[] = {
        {"{\"hello\":0}", "\"hello\": expected a whole number"},
        {"{\"hello\":\"1\"}", "\"hello\": expected a whole number"},
        {"{\"hello\":1.0}", "\"hello\": expected a whole number"},
        {"{\"hello\":1,\"version\":1}", "\"version\": expected a text"},
        {"{\"hello\":1,\"token\":\"0123\"}", "\"token\": expected 32"},
        {"{\"hello\":1,\"pid\":-1}", "\"pid\""},
        {"{\"started\":-1}", "\"started\""},
        {"{\"started\":null}", "without a key that is known"},
        {"{\"violation\":\"x\"}", "\"violation\": expected an object"},
        {"{\"lost\":0}", "\"lost\""},
        {"{\"lost\":99999999999999999999999999}", "\"lost\""},
        {"{\"ask\":1,\"host\":\"a\",\"port\":0,\"protocol\":\"http\"}", "\"port\""},
        {"{\"ask\":1,\"host\":\"a\",\"port\":65536,\"protocol\":\"http\"}", "\"port\""},
        {"{\"ask\":1,\"host\":\"\",\"port\":1,\"protocol\":\"http\"}", "\"host\""},
        {"{\"ask\":1,\"host\":\"a\\u0000b\",\"port\":1,\"protocol\":\"http\"}", "NUL"},
        {"{\"ask\":1,\"host\":\"a\",\"port\":1,\"protocol\":\"ftp\"}", "\"protocol\""},
        {"{\"ask\":1,\"host\":\"a\",\"port\":1}", "without \"protocol\""},
        {"{\"error\":\"x\"}", "without \"status\""},
        {"{\"error\":\"x\",\"status\":256}", "\"status\""},
        {"{\"ended\":0,\"lost\":1}", "one message a line"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table) + G_N_ELEMENTS(no_objects); i++) {
        const Wrong *w = i < G_N_ELEMENTS(table) ? &table[i] : &no_objects[i - G_N_ELEMENTS(table)];
        g_auto(SrtToManager) read = {.version = NULL};
        g_autoptr(GError) error = NULL;
        CU_ASSERT(!srt_to_manager_parse(w->line, strlen(w->line), &read, &error));
        if (!error || !strstr(error->message, w->error))
            SRT_ASSERT_STR(error ? error->message : "no error", w->error);
    }
}

static void wrong_from_manager(void)
{
    static const Wrong table[] = {
        {"{\"start\":{}}", "without \"settings\""},
        {"{\"start\":\"{}\"}", "\"start\": expected an object"},
        {"{\"start\":{\"settings\":{}}}", "\"settings\": expected a text"},
        {"{\"start\":{\"settings\":\"{}\",\"ask\":1}}", "\"ask\": expected true or false"},
        {"{\"start\":{\"settings\":\"{}\",\"directory\":\"a\"}}", "an absolute path"},
        {"{\"update\":{}}", "\"update\": expected a text"},
        {"{\"answer\":7}", "without \"allow\""},
        {"{\"answer\":7,\"allow\":\"yes\"}", "\"allow\": expected true or false"},
        {"{\"answer\":-1,\"allow\":true}", "\"answer\""},
        {"{\"answer\":1,\"allow\":true,\"update\":\"{}\"}", "one message a line"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table) + G_N_ELEMENTS(no_objects); i++) {
        const Wrong *w = i < G_N_ELEMENTS(table) ? &table[i] : &no_objects[i - G_N_ELEMENTS(table)];
        g_auto(SrtFromManager) read = {.update = NULL};
        g_autoptr(GError) error = NULL;
        CU_ASSERT(!srt_from_manager_parse(w->line, strlen(w->line), &read, &error));
        if (!error || !strstr(error->message, w->error))
            SRT_ASSERT_STR(error ? error->message : "no error", w->error);
    }
}

static void growth(void)
{
    static const char start[] = "{\"later\":[1,{}],\"start\":{\"new\":1,\"settings\":\"{}\","
                                "\"label\":null,\"ask\":null}}";
    static const char hello[] = "{\"hello\":2,\"more\":true}";
    g_auto(SrtFromManager) from = {.update = NULL};
    g_auto(SrtToManager) to = {.version = NULL};
    CU_ASSERT_FATAL(srt_from_manager_parse(start, strlen(start), &from, NULL));
    CU_ASSERT_PTR_NULL(from.start.label);
    CU_ASSERT(!from.start.ask);
    CU_ASSERT_FATAL(srt_to_manager_parse(hello, strlen(hello), &to, NULL));
    CU_ASSERT_EQUAL(to.protocol_version, 2);
}

/* A text that is too long is cut; records and settings are not. */
static void limits(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 100000)
        g_string_append(text, "\x01\xc3\xa9");
    SrtToManager notice = {.kind = SRT_TO_MANAGER_NOTICE, .text = text->str};
    g_autofree char *line = srt_to_manager_line(&notice);
    CU_ASSERT_FATAL(line != NULL);
    CU_ASSERT(strlen(line) <= SRT_CHANNEL_TO_MANAGER_MAX + 1 && strlen(line) > 10000);
    CU_ASSERT(g_utf8_validate(line, -1, NULL));
    g_auto(SrtToManager) read = {.version = NULL};
    CU_ASSERT(srt_to_manager_parse(line, strlen(line) - 1, &read, NULL));
    g_autofree char *record = g_strdup_printf("{\"target\":\"%070000d\"}\n", 0);
    SrtToManager violation = {.kind = SRT_TO_MANAGER_VIOLATION, .violation = record};
    CU_ASSERT_PTR_NULL(srt_to_manager_line(&violation));
    g_autofree char *settings = g_strnfill(SRT_CHANNEL_TO_SRT_MAX, ' ');
    SrtFromManager update = {.kind = SRT_FROM_MANAGER_UPDATE, .update = settings};
    g_autoptr(GError) error = NULL;
    CU_ASSERT_PTR_NULL(srt_from_manager_line(&update, &error));
    CU_ASSERT(error && strstr(error->message, "4 MiB"));
}

static void bad_text(void)
{
    SrtToManager notice = {.kind = SRT_TO_MANAGER_NOTICE, .text = TEXT("a\xff")};
    g_autofree char *line = srt_to_manager_line(&notice);
    SRT_ASSERT_STR(line, "{\"notice\":\"a\xef\xbf\xbd\"}\n");
    SrtFromManager update = {.kind = SRT_FROM_MANAGER_UPDATE, .update = TEXT("\xff")};
    g_autoptr(GError) error = NULL;
    CU_ASSERT_PTR_NULL(srt_from_manager_line(&update, &error));
    CU_ASSERT(error && strstr(error->message, "UTF-8"));
}

static const srt_unit_case cases[] = {
    {"srt to manager and back", to_manager_lines},
    {"manager to srt and back", from_manager_lines},
    {"wrong lines of srt", wrong_to_manager},
    {"wrong lines of the manager", wrong_from_manager},
    {"room to grow", growth},
    {"limits", limits},
    {"bytes that are no text", bad_text},
};

SRT_UNIT_MAIN("channel.message", cases)
