/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/line.h"

#include <string.h>
#include <unistd.h>

#define PIECE 65536

struct SrtLines {
    GString *held;
    gsize longest;
    gsize taken;   /* bytes at the beginning that were given out */
    gsize scanned; /* bytes behind them that hold no end of a line */
    gboolean too_long;
};

SrtLines *srt_lines_new(gsize longest)
{
    SrtLines *lines = g_new0(SrtLines, 1);
    lines->held = g_string_new(NULL);
    lines->longest = longest;
    return lines;
}

void srt_lines_free(SrtLines *lines)
{
    if (!lines)
        return;
    g_string_free(lines->held, TRUE);
    g_free(lines);
}

void srt_lines_add(SrtLines *lines, const char *bytes, gsize length)
{
    g_string_erase(lines->held, 0, (gssize)lines->taken);
    lines->taken = 0;
    if (!lines->too_long)
        g_string_append_len(lines->held, bytes, (gssize)length);
}

ssize_t srt_lines_read(SrtLines *lines, int fd)
{
    g_autofree char *piece = g_malloc(PIECE);
    ssize_t n = read(fd, piece, PIECE);
    if (n > 0)
        srt_lines_add(lines, piece, (gsize)n);
    return n;
}

static SrtLineResult too_long(SrtLines *lines)
{
    lines->too_long = TRUE;
    lines->taken = 0;
    lines->scanned = 0;
    g_string_truncate(lines->held, 0);
    return SRT_LINE_TOO_LONG;
}

SrtLineResult srt_lines_next(SrtLines *lines, const char **ret_line, gsize *ret_length)
{
    if (lines->too_long)
        return SRT_LINE_TOO_LONG;
    char *line = lines->held->str + lines->taken;
    gsize left = lines->held->len - lines->taken;
    char *end = memchr(line + lines->scanned, '\n', left - lines->scanned);
    gsize length = end ? (gsize)(end - line) : left;
    if (length > lines->longest)
        return too_long(lines);
    lines->scanned = end ? 0 : left;
    if (!end)
        return SRT_LINE_NONE;
    *end = '\0';
    lines->taken += length + 1;
    *ret_line = line;
    *ret_length = length;
    return SRT_LINE_READY;
}
