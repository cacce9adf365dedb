/* SPDX-License-Identifier: Apache-2.0 */
/* Lines out of pieces, with a bound. Pure but for srt_lines_read. */
#ifndef SRT_CHANNEL_LINE_H
#define SRT_CHANNEL_LINE_H

#include <glib.h>
#include <sys/types.h>

typedef struct SrtLines SrtLines;

typedef enum {
    SRT_LINE_NONE,     /* the rest is no whole line yet */
    SRT_LINE_READY,    /* here is one */
    SRT_LINE_TOO_LONG, /* longer than allowed; so it stays */
} SrtLineResult;

/* longest: bytes of a line without its end. */
SrtLines *srt_lines_new(gsize longest);
void srt_lines_free(SrtLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtLines, srt_lines_free)

/* Adds a piece. To be called only when srt_lines_next gives no line any more: then at most
 * longest bytes and one piece are held. */
void srt_lines_add(SrtLines *lines, const char *bytes, gsize length);
/* One read of at most 64 KiB, added. Its result: 0 at the end, -1 with errno. */
ssize_t srt_lines_read(SrtLines *lines, int fd);

/* The next line, without its end, with a NUL behind it; borrowed until the next call of any of
 * these functions. */
SrtLineResult srt_lines_next(SrtLines *lines, const char **ret_line, gsize *ret_length);

#endif
