/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "srt-filters/plan.h"
#include "support/unit.h"

typedef struct Seen {
    char text[4096];
    size_t length;
    unsigned stop_at; /* record whose callback returns 7; 0: none */
    unsigned records;
} Seen;

static int note(void *data, uint32_t tag, const void *bytes, size_t length)
{
    Seen *seen = data;
    const unsigned char *p = bytes;
    int n = snprintf(seen->text + seen->length, sizeof seen->text - seen->length, "%u:", tag);
    seen->length += (size_t)n;
    for (size_t i = 0; i < length && seen->length < sizeof seen->text - 8; i++)
        seen->length += (size_t)snprintf(seen->text + seen->length, 8,
                                         p[i] >= 0x20 && p[i] < 0x7f ? "%c" : "<%x>", p[i]);
    seen->text[seen->length++] = ' ';
    seen->text[seen->length] = 0;
    return ++seen->records == seen->stop_at ? 7 : 0;
}

static unsigned char *read_back(int fd, size_t *ret_length)
{
    off_t size = lseek(fd, 0, SEEK_END);
    lseek(fd, 0, SEEK_SET);
    unsigned char *bytes = malloc((size_t)size);
    CU_ASSERT_FATAL(bytes != NULL);
    CU_ASSERT_EQUAL_FATAL(read(fd, bytes, (size_t)size), size);
    *ret_length = (size_t)size;
    return bytes;
}

static void test_what_is_written_is_read(void)
{
    srt_plan_writer w = {NULL, 0, 0, 0};
    Seen seen = {.stop_at = 0};
    const char *why = NULL;
    size_t length;
    const uint64_t ignored = 0x4142434445464748;
    const struct srt_plan_listen listen = {.role = 1, .family = 4, .port = 0x4142};
    srt_plan_put_text(&w, SRT_PLAN_ARG, "echo");
    srt_plan_put_text(&w, SRT_PLAN_ARG, "");
    srt_plan_put_text(&w, SRT_PLAN_ARG, "four");
    srt_plan_put_text(&w, SRT_PLAN_ENV, "A=b");
    srt_plan_put(&w, SRT_PLAN_IGNORE, &ignored, sizeof ignored);
    srt_plan_put(&w, SRT_PLAN_LISTEN, &listen, sizeof listen);
    srt_plan_put_u32(&w, SRT_PLAN_FLAGS, 0x30303030);
    srt_plan_put_masks(&w, 0x31313131, "/dir");
    int fd = srt_plan_finish(&w);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_PTR_NULL(w.bytes);
    CU_ASSERT_EQUAL(lseek(fd, 0, SEEK_CUR), 0);
    unsigned char *bytes = read_back(fd, &length);
    CU_ASSERT_EQUAL(srt_plan_read(bytes, length, note, &seen, &why), 0);
    SRT_ASSERT_STR(
        seen.text,
        "1:echo<0> 1:<0> 1:four<0> 2:A=b<0> 4:HGFEDCBA 5:<1><4>BA 7:0000 16:1111/dir<0> ");
    free(bytes);
    close(fd);
}

static void test_the_memory_is_sealed(void)
{
    int fd = srt_sealed_memfd("x", "hello", 5);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    CU_ASSERT_TRUE(write(fd, "J", 1) < 0 && errno == EPERM);
    CU_ASSERT_TRUE(ftruncate(fd, 1) < 0 && errno == EPERM);
    CU_ASSERT_TRUE(ftruncate(fd, 100) < 0 && errno == EPERM);
    CU_ASSERT_TRUE(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) < 0 && errno == EPERM);
    close(fd);
    fd = srt_sealed_memfd("empty", NULL, 0);
    CU_ASSERT_TRUE(fd >= 0);
    close(fd);
}

static void test_the_callback_can_stop(void)
{
    srt_plan_writer w = {NULL, 0, 0, 0};
    Seen seen = {.stop_at = 2};
    size_t length;
    srt_plan_put_text(&w, SRT_PLAN_ARG, "a");
    srt_plan_put_text(&w, SRT_PLAN_ARG, "b");
    srt_plan_put_text(&w, SRT_PLAN_ARG, "c");
    int fd = srt_plan_finish(&w);
    unsigned char *bytes = read_back(fd, &length);
    CU_ASSERT_EQUAL(srt_plan_read(bytes, length, note, &seen, NULL), 7);
    CU_ASSERT_EQUAL(seen.records, 2);
    free(bytes);
    close(fd);
}

/* What the writer composes of parts is of the shape that the reader wants. */
static void test_landlock_records(void)
{
    srt_plan_writer w = {NULL, 0, 0, 0};
    Seen seen = {.stop_at = 0};
    size_t length;
    const struct srt_plan_landlock ruleset = {.fs = 0x4141414141414141,
                                              .net = 0x4242424242424242,
                                              .scoped = 0x4343434343434343,
                                              .restrict_flags = 0x44444444};
    srt_plan_put_landlock(&w, &ruleset);
    srt_plan_put_landlock_path(&w, 0x4545454545454545, SRT_PLAN_PATH_OPTIONAL, "/odd");
    srt_plan_put_landlock_port(&w, 0x4646464646464646, 443);
    srt_plan_put_landlock(&w, &ruleset);
    int fd = srt_plan_finish(&w);
    CU_ASSERT_FATAL(fd >= 0);
    unsigned char *bytes = read_back(fd, &length);
    CU_ASSERT_EQUAL(srt_plan_read(bytes, length, note, &seen, NULL), 0);
    SRT_ASSERT_STR(seen.text, "12:AAAAAAAABBBBBBBBCCCCCCCCDDDD<0><0><0><0> "
                              "13:EEEEEEEE<1><0><0><0><0><0><0><0>/odd<0> "
                              "14:FFFFFFFF<bb><1><0><0><0><0><0><0> "
                              "12:AAAAAAAABBBBBBBBCCCCCCCCDDDD<0><0><0><0> ");
    free(bytes);
    close(fd);
    char *path = calloc(1, SRT_PLAN_PATH_MAX + 8);
    CU_ASSERT_FATAL(path != NULL);
    for (size_t n = SRT_PLAN_PATH_MAX - 1; n < SRT_PLAN_PATH_MAX + 1; n++) {
        memset(path, '/', n);
        w = (srt_plan_writer){NULL, 0, 0, 0};
        srt_plan_put_landlock_path(&w, 1, 0, path);
        fd = srt_plan_finish(&w);
        bytes = read_back(fd, &length);
        seen = (Seen){.stop_at = 1};
        CU_ASSERT_EQUAL(srt_plan_read(bytes, length, note, &seen, NULL),
                        n < SRT_PLAN_PATH_MAX ? 7 : -1);
        free(bytes);
        close(fd);
    }
    free(path);
}

static void test_too_large(void)
{
    srt_plan_writer w = {NULL, 0, 0, 0};
    srt_plan_put(&w, SRT_PLAN_ARG, "x", (size_t)SRT_PLAN_MAX + 1);
    CU_ASSERT_EQUAL(srt_plan_finish(&w), -E2BIG);
    char *half = calloc(1, SRT_PLAN_MAX / 2);
    CU_ASSERT_FATAL(half != NULL);
    srt_plan_put(&w, SRT_PLAN_ARG, half, SRT_PLAN_MAX / 2);
    srt_plan_put(&w, SRT_PLAN_ARG, half, SRT_PLAN_MAX / 2);
    CU_ASSERT_EQUAL(srt_plan_finish(&w), -E2BIG);
    free(half);
}

#define HEAD "SRTPLAN1"
#define END "\0\0\0\0\0\0\0\0"
#define Z8 "\0\0\0\0\0\0\0\0"
#define ONE "\1\0\0\0\0\0\0\0"
#define REC(tag, length, bytes) tag "\0\0\0" length "\0\0\0" bytes

static void test_malformed(void)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *why;
    } table[] = {
#define CASE(text, why) {text, sizeof(text) - 1, why}
        CASE("", "it does not begin as a plan of this version"),
        CASE("SRTPLAN2" END, "it does not begin as a plan of this version"),
        CASE(HEAD, "it has no end record"),
        CASE(HEAD "\0\0\0\0\0\0\0", "it has no end record"),
        CASE(HEAD END "x", "bytes follow the end record"),
        CASE(HEAD "\0\0\0\0\4\0\0\0", "bytes follow the end record"),
        CASE(HEAD REC("\1", "\2", "a\0\0\0"), "it has no end record"),
        CASE(HEAD REC("\1", "\2", "a\0\0\1") END, "padding is not zero"),
        CASE(HEAD REC("\1", "\2", "ab\0\0") END, "a text record does not end with its only NUL"),
        CASE(HEAD REC("\1", "\4", "a\0b\0") END, "a text record does not end with its only NUL"),
        CASE(HEAD REC("\1", "\0", "") END, "a text record does not end with its only NUL"),
        CASE(HEAD "\1\0\0\0\377\377\377\377" END, "a record is longer than the rest of it"),
        CASE(HEAD "\1\0\0\0\11\0\0\0" END, "a record is longer than the rest of it"),
        CASE(HEAD REC("\21", "\4", "abcd") END, "a record has an unknown tag"),
        CASE(HEAD REC("\40", "\4", "abcd") END, "a record has an unknown tag"),
        CASE(HEAD REC("\12", "\4", "abcd") END, "the filter is not 1 to 4096 instructions"),
        CASE(HEAD REC("\13", "\3", "abc\0") END, "a number record is not 4 bytes"),
        CASE(HEAD REC("\13", "\4", "abcd") REC("\13", "\4", "abcd") END,
             "a record stands there twice"),
        CASE(HEAD REC("\14", "\4", "abcd") END, "a Landlock ruleset has a wrong size"),
        CASE(HEAD REC("\14", "\40", Z8 Z8 Z8 "\0\0\0\0\1\0\0\0") END,
             "a Landlock ruleset has unknown fields"),
        CASE(HEAD REC("\15", "\21", ONE Z8 "/\0\0\0") END,
             "a Landlock rule on a path has a wrong size"),
        CASE(HEAD REC("\15", "\22",
                      ONE "\2\0\0\0\0\0\0\0"
                          "/\0\0\0") END,
             "a Landlock rule has unknown fields"),
        CASE(HEAD REC("\15", "\22",
                      ONE "\0\0\0\0\1\0\0\0"
                          "/\0\0\0") END,
             "a Landlock rule has unknown fields"),
        CASE(HEAD REC("\15", "\22", ONE Z8 "a\0\0\0") END,
             "a Landlock rule is not on one absolute path"),
        CASE(HEAD REC("\15", "\24", ONE Z8 "/\0a\0") END,
             "a Landlock rule is not on one absolute path"),
        CASE(HEAD REC("\15", "\22", ONE Z8 "/a\0\0") END,
             "a Landlock rule is not on one absolute path"),
        CASE(HEAD REC("\15", "\22", Z8 Z8 "/\0\0\0") END, "a Landlock rule grants nothing"),
        CASE(HEAD REC("\16", "\10", ONE) END, "a Landlock rule on a port has a wrong size"),
        CASE(HEAD REC("\16", "\20", ONE "\0\0\1\0\0\0\0\0") END,
             "a Landlock rule is on a port that is none"),
        CASE(HEAD REC("\16", "\20", Z8 ONE) END, "a Landlock rule grants nothing"),
        CASE(HEAD REC("\20", "\5", "abcd/\0\0\0") END, "the record of the masks has a wrong size"),
        CASE(HEAD REC("\20", "\6", "abcda\0\0\0") END, "the masks are not for one absolute path"),
        CASE(HEAD REC("\20", "\6", "abcd/a\0\0") END, "the masks are not for one absolute path"),
        CASE(HEAD REC("\20", "\10", "abcd/\0a\0") END, "the masks are not for one absolute path"),
        CASE(HEAD REC("\7", "\3", "abc\0") END, "a number record is not 4 bytes"),
        CASE(HEAD REC("\4", "\4", "abcd") END, "the record of ignored signals is not 8 bytes"),
        CASE(HEAD REC("\5", "\3", "abc\0") END, "a listener record has a wrong size"),
        CASE(HEAD REC("\6", "\0", "") END, "the filter is not 1 to 4096 instructions"),
        CASE(HEAD REC("\6", "\4", "abcd") END, "the filter is not 1 to 4096 instructions"),
        CASE(HEAD REC("\7", "\4", "abcd") REC("\7", "\4", "abcd") END,
             "a record stands there twice"),
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Seen seen = {.stop_at = 0};
        const char *why = NULL;
        CU_ASSERT_EQUAL(srt_plan_read(table[i].bytes, table[i].length, note, &seen, &why), -1);
        SRT_ASSERT_STR(why, table[i].why);
    }
}

static const srt_unit_case cases[] = {
    {"what is written is read", test_what_is_written_is_read},
    {"the memory is sealed", test_the_memory_is_sealed},
    {"landlock records", test_landlock_records},
    {"the callback can stop", test_the_callback_can_stop},
    {"too large", test_too_large},
    {"malformed", test_malformed},
};
SRT_UNIT_MAIN("filters.plan", cases)
