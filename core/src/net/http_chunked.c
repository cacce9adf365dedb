/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_chunked.h"

#define DIGITS_MAX 15u /* below 2^60 */
#define LINES_MAX 8192u /* bytes of all extensions, and of all trailers, of a body */

enum {
    SIZE,      /* hexadecimal digits */
    BLANK,     /* blanks between the size and what follows it */
    EXTENSION, /* text up to CR */
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER,      /* at the beginning of a trailer line */
    TRAILER_TEXT, /* in one */
    TRAILER_LF,
    LAST_LF,
    DONE,
    BAD,
};

static gboolean is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

static int in_size(SrtChunked *s, unsigned char c)
{
    if (g_ascii_isxdigit(c)) {
        if (++s->digits > DIGITS_MAX)
            return BAD;
        s->left = s->left * 16 + (guint64)g_ascii_xdigit_value((char)c);
        return SIZE;
    }
    if (s->digits == 0)
        return BAD;
    if (c == '\r')
        return SIZE_LF;
    if (c == ';')
        return EXTENSION;
    return c == ' ' || c == '\t' ? BLANK : BAD;
}

/* Text that is dropped; counted over the whole body so that it is bounded. */
static int in_text(SrtChunked *s, unsigned char c, int same, int at_cr)
{
    if (c == '\r')
        return at_cr;
    return is_control(c) || ++s->line > LINES_MAX ? BAD : same;
}

static int in_blank(SrtChunked *s, unsigned char c)
{
    if (c == ';')
        return EXTENSION;
    if (c == '\r')
        return SIZE_LF;
    return (c == ' ' || c == '\t') && ++s->line <= LINES_MAX ? BLANK : BAD;
}

static int in_trailer(SrtChunked *s, unsigned char c)
{
    if (c == '\r')
        return LAST_LF;
    return c == ' ' || c == '\t' || c == ':' ? BAD : in_text(s, c, TRAILER_TEXT, BAD);
}

static int after_size(SrtChunked *s, unsigned char c)
{
    if (c != '\n')
        return BAD;
    s->digits = 0;
    return s->left ? DATA : TRAILER;
}

static int one_byte(SrtChunked *s, unsigned char c)
{
    switch (s->state) {
    case SIZE:
        return in_size(s, c);
    case BLANK:
        return in_blank(s, c);
    case EXTENSION:
        return in_text(s, c, EXTENSION, SIZE_LF);
    case SIZE_LF:
        return after_size(s, c);
    case DATA_CR:
        return c == '\r' ? DATA_LF : BAD;
    case DATA_LF:
        return c == '\n' ? SIZE : BAD;
    case TRAILER:
        return in_trailer(s, c);
    case TRAILER_TEXT:
        return in_text(s, c, TRAILER_TEXT, TRAILER_LF);
    case TRAILER_LF:
        return c == '\n' ? TRAILER : BAD;
    case LAST_LF:
        return c == '\n' ? DONE : BAD;
    default:
        return BAD;
    }
}

static void take(SrtSlice *input, gsize n)
{
    input->at += n;
    input->length -= n;
}

SrtChunkedStep srt_chunked_next(SrtChunked *s, SrtSlice *input, SrtSlice *ret_data)
{
    while (input->length && s->state != BAD) {
        if (s->state == DONE)
            return SRT_CHUNKED_END;
        if (s->state == DATA) {
            *ret_data = srt_slice(input->at, MIN(input->length, s->left));
            take(input, ret_data->length);
            s->left -= ret_data->length;
            if (s->left == 0)
                s->state = DATA_CR;
            return SRT_CHUNKED_DATA;
        }
        s->state = (guint8)one_byte(s, (unsigned char)*input->at);
        take(input, 1);
    }
    if (s->state == DONE)
        return SRT_CHUNKED_END;
    return s->state == BAD ? SRT_CHUNKED_BAD : SRT_CHUNKED_MORE;
}

void srt_chunked_write(SrtBuffer *out, SrtSlice data)
{
    static const char digits[] = "0123456789abcdef";
    char head[18];
    gsize at = sizeof head, n = data.length;
    if (n == 0)
        return;
    head[--at] = '\n';
    head[--at] = '\r';
    for (; n; n >>= 4)
        head[--at] = digits[n & 15];
    srt_buffer_append(out, head + at, sizeof head - at);
    srt_buffer_append_slice(out, data);
    srt_buffer_append(out, "\r\n", 2);
}
