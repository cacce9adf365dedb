/* SPDX-License-Identifier: Apache-2.0 */
/* A line of log's ndjson: one object. Strict about what is looked at; what is not
 * wanted is only skipped. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

#define DEPTH_MAX 32

typedef struct scan {
    const char *p, *end;
    int depth;
} scan;

static void skip_space(scan *s)
{
    while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p)
        s->p++;
}

static bool take(scan *s, char c)
{
    skip_space(s);
    if (s->p >= s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

static int hex4(scan *s)
{
    int value = 0;
    if (s->end - s->p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int c = (unsigned char)*s->p++;
        if (!isxdigit(c))
            return -1;
        value = value * 16 + (isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
    }
    return value;
}

static void add_utf8(sb_text *out, unsigned c)
{
    if (c < 0x80) {
        sb_text_putc(out, (char)c);
    } else if (c < 0x800) {
        sb_text_putc(out, (char)(0xc0 | c >> 6));
        sb_text_putc(out, (char)(0x80 | (c & 63)));
    } else if (c < 0x10000) {
        sb_text_putc(out, (char)(0xe0 | c >> 12));
        sb_text_putc(out, (char)(0x80 | (c >> 6 & 63)));
        sb_text_putc(out, (char)(0x80 | (c & 63)));
    } else {
        sb_text_putc(out, (char)(0xf0 | c >> 18));
        sb_text_putc(out, (char)(0x80 | (c >> 12 & 63)));
        sb_text_putc(out, (char)(0x80 | (c >> 6 & 63)));
        sb_text_putc(out, (char)(0x80 | (c & 63)));
    }
}

static bool read_unicode(scan *s, sb_text *out)
{
    int c = hex4(s);
    if (c <= 0)
        return false; /* a NUL would end the text too early */
    if (c >= 0xd800 && c < 0xdc00 && s->end - s->p >= 2 && s->p[0] == '\\' && s->p[1] == 'u') {
        s->p += 2;
        int low = hex4(s);
        if (low < 0xdc00 || low > 0xdfff)
            return false;
        add_utf8(out, 0x10000u + ((unsigned)(c - 0xd800) << 10) + (unsigned)(low - 0xdc00));
        return true;
    }
    if (c >= 0xd800 && c <= 0xdfff)
        c = 0xfffd;
    add_utf8(out, (unsigned)c);
    return true;
}

static bool read_escape(scan *s, sb_text *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (s->p >= s->end)
        return false;
    char c = *s->p++;
    if (c == 'u')
        return read_unicode(s, out);
    const char *at = c ? strchr(from, c) : NULL;
    if (!at)
        return false;
    sb_text_putc(out, to[at - from]);
    return true;
}

static bool read_string(scan *s, sb_text *out)
{
    if (!take(s, '"'))
        return false;
    while (s->p < s->end) {
        unsigned char c = (unsigned char)*s->p++;
        if (c == '"')
            return true;
        if (c < 0x20)
            return false;
        if (c != '\\')
            sb_text_putc(out, (char)c);
        else if (!read_escape(s, out))
            return false;
    }
    return false;
}

static bool skip_value(scan *s);

static bool skip_string(scan *s)
{
    sb_text nowhere = {0};
    bool ok = read_string(s, &nowhere);
    sb_text_clear(&nowhere);
    return ok;
}

static bool skip_nested(scan *s, char close)
{
    bool object = close == '}';
    if (++s->depth > DEPTH_MAX)
        return false;
    for (bool first = true; !take(s, close); first = false) {
        if (!first && !take(s, ','))
            return false;
        if (object && (!skip_string(s) || !take(s, ':')))
            return false;
        if (!skip_value(s))
            return false;
    }
    s->depth--;
    return true;
}

static bool skip_value(scan *s)
{
    skip_space(s);
    if (s->p >= s->end)
        return false;
    if (*s->p == '"')
        return skip_string(s);
    if (*s->p == '{' || *s->p == '[')
        return skip_nested(s, *s->p++ == '{' ? '}' : ']');
    const char *start = s->p;
    while (s->p < s->end && (isalnum((unsigned char)*s->p) || (*s->p && strchr("+-.", *s->p))))
        s->p++;
    return s->p > start;
}

static bool read_number(scan *s, long *ret)
{
    char digits[24];
    size_t n = 0;
    skip_space(s);
    while (s->p < s->end && n + 1 < sizeof digits &&
           (isdigit((unsigned char)*s->p) || (n == 0 && *s->p == '-')))
        digits[n++] = *s->p++;
    digits[n] = '\0';
    *ret = strtol(digits, NULL, 10);
    return n > 0 && digits[n - 1] != '-';
}

static bool read_wanted(scan *s, const sb_text *key, sb_json_want *wants, size_t n_wants)
{
    for (size_t i = 0; i < n_wants; i++) {
        if (!key->bytes || strcmp(wants[i].key, key->bytes) != 0)
            continue;
        if (wants[i].found)
            return false; /* which of the two counts would be a matter of taste */
        wants[i].found = true;
        return wants[i].text ? read_string(s, wants[i].text) : read_number(s, wants[i].number);
    }
    return skip_value(s);
}

bool sb_json_read(const char *bytes, size_t length, sb_json_want *wants, size_t n_wants)
{
    scan s = {.p = bytes, .end = bytes + length};
    if (!take(&s, '{'))
        return false;
    for (bool first = true; !take(&s, '}'); first = false) {
        sb_text key = {0};
        bool ok = (first || take(&s, ',')) && read_string(&s, &key) && take(&s, ':') &&
                  read_wanted(&s, &key, wants, n_wants);
        sb_text_clear(&key);
        if (!ok)
            return false;
    }
    skip_space(&s);
    return s.p == s.end;
}
