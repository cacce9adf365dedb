/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "channel/address.h"
#include "channel/line.h"
#include "support/unit.h"

static void expect_line(SrtLines *lines, const char *expected)
{
    const char *line = NULL;
    gsize length = 0;
    CU_ASSERT_EQUAL_FATAL(srt_lines_next(lines, &line, &length), SRT_LINE_READY);
    CU_ASSERT_EQUAL(length, strlen(expected));
    SRT_ASSERT_STR(line, expected);
}

static void expect_none(SrtLines *lines)
{
    const char *line;
    gsize length;
    CU_ASSERT_EQUAL(srt_lines_next(lines, &line, &length), SRT_LINE_NONE);
}

static void pieces(void)
{
    g_autoptr(SrtLines) lines = srt_lines_new(8);
    expect_none(lines);
    srt_lines_add(lines, "ab", 2);
    expect_none(lines);
    srt_lines_add(lines, "c\n\nde", 5);
    expect_line(lines, "abc");
    expect_line(lines, "");
    expect_none(lines);
    srt_lines_add(lines, "f", 1);
    expect_none(lines);
    srt_lines_add(lines, "\n12345678\n", 10);
    expect_line(lines, "def");
    expect_line(lines, "12345678");
    expect_none(lines);
}

static void every_split(void)
{
    static const char text[] = "{\"a\":1}\n{}\n\nlong line\n";
    for (gsize at = 0; at < sizeof text; at++) {
        g_autoptr(SrtLines) lines = srt_lines_new(9);
        g_autoptr(GString) got = g_string_new(NULL);
        const char *line;
        gsize length;
        srt_lines_add(lines, text, at);
        while (srt_lines_next(lines, &line, &length) == SRT_LINE_READY)
            g_string_append_printf(got, "%s|", line);
        srt_lines_add(lines, text + at, sizeof text - 1 - at);
        while (srt_lines_next(lines, &line, &length) == SRT_LINE_READY)
            g_string_append_printf(got, "%s|", line);
        SRT_ASSERT_STR(got->str, "{\"a\":1}|{}||long line|");
    }
}

static void bounds(void)
{
    const char *line;
    gsize length;
    g_autoptr(SrtLines) ended = srt_lines_new(8);
    srt_lines_add(ended, "123456789\nab\n", 13);
    CU_ASSERT_EQUAL(srt_lines_next(ended, &line, &length), SRT_LINE_TOO_LONG);
    /* There is no way back. */
    srt_lines_add(ended, "ab\n", 3);
    CU_ASSERT_EQUAL(srt_lines_next(ended, &line, &length), SRT_LINE_TOO_LONG);
    g_autoptr(SrtLines) endless = srt_lines_new(8);
    srt_lines_add(endless, "12345678", 8);
    expect_none(endless);
    srt_lines_add(endless, "9", 1);
    CU_ASSERT_EQUAL(srt_lines_next(endless, &line, &length), SRT_LINE_TOO_LONG);
}

static void reads(void)
{
    int ends[2];
    CU_ASSERT_FATAL(srt_fd_pipe(ends));
    g_autoptr(SrtLines) lines = srt_lines_new(100);
    CU_ASSERT_EQUAL(write(ends[1], "one\ntwo", 7), 7);
    CU_ASSERT_EQUAL(srt_lines_read(lines, ends[0]), 7);
    expect_line(lines, "one");
    expect_none(lines);
    srt_fd_clear(&ends[1]);
    CU_ASSERT_EQUAL(srt_lines_read(lines, ends[0]), 0);
    /* What has no end is no line. */
    expect_none(lines);
    srt_fd_clear(&ends[0]);
    CU_ASSERT_EQUAL(srt_lines_read(lines, -1), -1);
}

#define TOKEN "0123456789abcdef0123456789abcdef"

static void addresses(void)
{
    static const char *const right[] = {"fd:3", "fd:1048576", "/a/b#" TOKEN, "/a#b/c#" TOKEN};
    static const char *const wrong[] = {
        "",
        "fd:",
        "fd:2",
        "fd:-3",
        "fd:3x",
        "fd:99999999",
        "3",
        "a#" TOKEN,
        "/a/b",
        "#" TOKEN,
        "/a#",
        "/a#" TOKEN "0",
        "/a#" TOKEN "#",
        "FD:3",
        "fd: 3",
        "/a#0123456789ABCDEF0123456789ABCDEF",
        "fd:1048577",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(right); i++) {
        g_auto(SrtChannelAddress) address = {.fd = -1};
        CU_ASSERT_FATAL(srt_channel_address_parse(right[i], &address, NULL));
        CU_ASSERT((address.fd >= 0) == (address.path == NULL));
        g_autofree char *text = srt_channel_address_text(&address);
        SRT_ASSERT_STR(text, right[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_auto(SrtChannelAddress) address = {.fd = -1};
        g_autoptr(GError) error = NULL;
        CU_ASSERT(!srt_channel_address_parse(wrong[i], &address, &error));
        CU_ASSERT(error && strstr(error->message, "expected"));
        CU_ASSERT(address.fd == -1 && !address.path && !address.token);
    }
}

static const srt_unit_case cases[] = {
    {"pieces become lines", pieces},
    {"at whatever byte a piece ends", every_split},
    {"a line that is too long ends it", bounds},
    {"from a descriptor", reads},
    {"where the manager is", addresses},
};

SRT_UNIT_MAIN("channel.line", cases)
