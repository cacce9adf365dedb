/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "support/unit.h"

#define SESSION "00112233445566778899"
#define TAG "SRT7_" SESSION "_SRT"
#define HEAD "2026-04-11 09:15:02.101 E  kernel[0:1a2b3c] (Sandbox) "
#define TIME "2026-04-11 09:15:02.101 "

typedef struct seen {
    char text[4096];
    unsigned count;
} seen;

static void remember(void *data, const sb_record *r)
{
    seen *s = data;
    size_t n = strlen(s->text);
    snprintf(s->text + n, sizeof s->text - n, "%s|%d|%s|%s|%u|%u\n", r->process, r->pid,
             r->operation, r->target, r->count, r->command);
    s->count++;
}

/* In pieces of every size up to most. */
static void check_reading(const char *text, size_t length, const char *expected)
{
    static const size_t pieces[] = {1, 2, 3, 7, 64, 100000};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        seen s = {.count = 0};
        sb_reader reader;
        sb_reader_init(&reader, SESSION, remember, &s);
        for (size_t at = 0; at < length; at += pieces[i])
            sb_reader_feed(&reader, text + at, length - at < pieces[i] ? length - at : pieces[i]);
        SRT_ASSERT_STR(s.text, expected);
        sb_reader_clear(&reader);
    }
}

static const struct {
    const char *message, *expected;
} messages[] = {
    {"Sandbox: cat(41001) deny(1) file-read-data /Users/d/.ssh/id",
     "cat|41001|file-read-data|/Users/d/.ssh/id|1|7\n"},
    {"Sandbox: touch(41007) deny(1) file-write-create /Users/d/My Notes/a (1).txt",
     "touch|41007|file-write-create|/Users/d/My Notes/a (1).txt|1|7\n"},
    {"Sandbox: curl(4) deny(1) network-outbound remote:*:443",
     "curl|4|network-outbound|remote:*:443|1|7\n"},
    {"Sandbox: screen(41040) deny(1) pseudo-tty", "screen|41040|pseudo-tty||1|7\n"},
    {"Sandbox: bash(5) deny(1) process-exec* /usr/local/bin/x",
     "bash|5|process-exec*|/usr/local/bin/x|1|7\n"},
    {"4 duplicate reports for Sandbox: mds(312) deny(1) file-read-metadata /private/etc/hosts",
     "mds|312|file-read-metadata|/private/etc/hosts|4|7\n"},
    {"1 duplicate report for Sandbox: mds(312) deny(1) file-read-metadata /a",
     "mds|312|file-read-metadata|/a|1|7\n"},
    {"Sandbox: My App Helper (Renderer)(41060) deny(1) file-read-data /Users/d/x",
     "My App Helper (Renderer)|41060|file-read-data|/Users/d/x|1|7\n"},
    {"Sandbox: x(1) deny(1) a(22) deny(1) file-read-data /x",
     "x(1) deny(1) a|22|file-read-data|/x|1|7\n"},
    {"Sandbox: cat(23) deny(1) file-read-data /Users/d/odd(1) deny(1) file-write-data /etc",
     "cat|23|file-read-data|/Users/d/odd(1) deny(1) file-write-data /etc|1|7\n"},
    {"Sandbox: cat(6) deny(1) file-read-data /Users/d/日本語",
     "cat|6|file-read-data|/Users/d/日本語|1|7\n"},
    {"Sandbox: cat(6) allow file-read-data /dev/x", ""},
    {"System Policy: diskutil(41065) deny(1) file-read-data /dev/rdisk0", ""},
    {"Sandbox: mds(76) System Policy: deny(1) file-read-metadata /a", ""},
    {"Sandbox: (76) deny(1) file-read-metadata /a", ""},
    {"Sandbox: cat(99999999999) deny(1) file-read-data /a", ""},
    {"says Sandbox: cat(6) deny(1) file-read-data /a", ""},
    {"Sandbox: cat(6) deny(1) FILE /a", ""},
    {"", ""},
};

static void test_compact(void)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        char text[1024];
        int n = snprintf(text, sizeof text, HEAD "%s\n" TAG "\n", messages[i].message);
        check_reading(text, (size_t)n, messages[i].expected);
    }
}

static int json_line(char *ret, size_t size, const char *pid, const char *sender,
                     const char *message, const char *tag)
{
    return snprintf(ret, size,
                    "{\"timestamp\":\"2026\",\"extra\":[1,{\"a\":null}],\"processID\":%s,"
                    "\"senderImagePath\":\"%s\",\"eventMessage\":\"%s\\n%s\"}\n",
                    pid, sender, message, tag);
}

#define KEXT "/System/Library/Extensions/Sandbox.kext/Contents/MacOS/Sandbox"

static void test_json(void)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        char text[1024];
        int n = json_line(text, sizeof text, "0", KEXT, messages[i].message, TAG);
        check_reading(text, (size_t)n, messages[i].expected);
    }
    char text[1024];
    int n = json_line(text, sizeof text, "0", KEXT,
                      "Sandbox: cat(6) deny(1) file-read-data /a\\\"\\\\\\u00e9\\ud83d\\ude00\\nb",
                      TAG);
    check_reading(text, (size_t)n, "cat|6|file-read-data|/a\"\\é😀\nb|1|7\n");
}

/* Who may say it, and with which message. */
static void test_senders(void)
{
    static const char denial[] = "Sandbox: cat(6) deny(1) file-read-data /a";
    static const struct {
        const char *pid, *sender, *tag;
    } rows[] = {
        {"99", KEXT, TAG},
        {"0", "/Users/d/Sandboxes", TAG},
        {"0", "", TAG},
        {"\"0\"", KEXT, TAG},
        {"0", KEXT, "SRT7_00112233445566778898_SRT"},
        {"0", KEXT, "SRT_" SESSION "_SRT"},
        {"0", KEXT, "SRT07_" SESSION "_SRT"},
        {"0", KEXT, "x" TAG},
        {"0", KEXT, TAG "x"},
        {"0,\"processID\":0", KEXT, TAG},
    };
    char text[1024];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int n = json_line(text, sizeof text, rows[i].pid, rows[i].sender, denial, rows[i].tag);
        check_reading(text, (size_t)n, "");
    }
    static const char *const heads[] = {
        "someapp[99:1a2b3c] (Sandbox) ", "E  someapp[0:1] (Sandbox) ",
        "E  kernel[0:1a] (Other) ",      "E  kernel[0:1a] ",
        "E  kernel[1:1a] (Sandbox) ",    "E  a: kernel[0:1] (Sandbox) ",
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        int n = snprintf(text, sizeof text, TIME "%s%s\n" TAG "\n", heads[i], denial);
        check_reading(text, (size_t)n, "");
    }
}

/* Several at once; tags stay with their own; what has none takes nobody else's. */
static void test_stream(void)
{
    static const char compact[] =
        "Filtering the log data using \"x\"\nTimestamp               Ty Process[PID:TID]\n" HEAD
        "Sandbox: a(1) deny(1) file-read-data /1\n" TAG "\n" HEAD
        "Sandbox: b(2) deny(1) file-read-data /2\nSRT8_" SESSION "_SRT\n" HEAD
        "Sandbox: c(3) deny(1) file-read-data /3\n" TIME "Df someapp[9:1] text\n" TAG "\n" HEAD
        "Sandbox: d(4) deny(1) file-read-data /4\n4\n" TAG "\n" TAG "\n";
    check_reading(compact, sizeof compact - 1,
                  "a|1|file-read-data|/1|1|7\nb|2|file-read-data|/2|1|8\n"
                  "d|4|file-read-data|/4\n4|1|7\n");
}

static void test_limits(void)
{
    size_t size = 3 * SB_RECORD_MAX;
    char *text = malloc(size);
    seen s = {.count = 0};
    sb_reader reader;
    sb_reader_init(&reader, SESSION, remember, &s);
    memset(text, 'x', size);
    sb_reader_feed(&reader, text, size);
    sb_reader_feed(&reader, "\n", 1);
    static const char after[] = HEAD "Sandbox: a(1) deny(1) file-read-data /1\n" TAG "\n";
    sb_reader_feed(&reader, after, sizeof after - 1);
    SRT_ASSERT_STR(s.text, "a|1|file-read-data|/1|1|7\n");
    CU_ASSERT_EQUAL(reader.dropped, 1);
    CU_ASSERT_TRUE(reader.line.size <= 2 * SB_RECORD_MAX);
    /* Many short lines of one record. */
    sb_reader_feed(&reader, after, 60);
    for (size_t i = 0; i < SB_RECORD_MAX; i++)
        sb_reader_feed(&reader, "y\n", 2);
    sb_reader_feed(&reader, TAG "\n", sizeof TAG);
    CU_ASSERT_EQUAL(s.count, 1);
    CU_ASSERT_EQUAL(reader.dropped, 2);
    sb_reader_clear(&reader);
    free(text);
}

static void test_restart(void)
{
    static const char first[] = "Filtering the log data\n" HEAD "Sandbox: a(1) deny(1) x /1\n";
    static const char second[] = TAG "\n";
    seen s = {.count = 0};
    sb_reader reader;
    sb_reader_init(&reader, SESSION, remember, &s);
    CU_ASSERT_FALSE(reader.ready);
    sb_reader_feed(&reader, first, sizeof first - 1);
    CU_ASSERT_TRUE(reader.ready);
    sb_reader_restart(&reader);
    CU_ASSERT_FALSE(reader.ready);
    sb_reader_feed(&reader, second, sizeof second - 1);
    CU_ASSERT_EQUAL(s.count, 0);
    sb_reader_clear(&reader);
}

static void test_noise(void)
{
    sb_record record = {.operation = "mach-lookup", .target = "com.apple.diagnosticd"};
    CU_ASSERT_TRUE(sb_record_is_noise(&record));
    record.target = "com.apple.diagnosticd2";
    CU_ASSERT_FALSE(sb_record_is_noise(&record));
    record =
        (sb_record){.operation = "network-outbound", .target = "/private/var/run/mDNSResponder"};
    CU_ASSERT_TRUE(sb_record_is_noise(&record));
    record.operation = "file-read-data";
    CU_ASSERT_FALSE(sb_record_is_noise(&record));
}

static const srt_unit_case cases[] = {
    {"compact", test_compact}, {"ndjson", test_json},   {"senders", test_senders},
    {"a stream", test_stream}, {"limits", test_limits}, {"restart", test_restart},
    {"noise", test_noise},
};

SRT_UNIT_MAIN("seatbelt records", cases)
