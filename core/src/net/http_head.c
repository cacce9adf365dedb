/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_head.h"

#define METHOD_MAX 32u
#define BLANK_LINES_MAX 8u /* bytes: four empty lines before a request */

static SrtHttpFault fault(int status, const char *text)
{
    return (SrtHttpFault){status, text};
}

static gboolean is_token_char(unsigned char c)
{
    return g_ascii_isalnum(c) || (c > 0x20 && c < 0x7f && strchr("!#$%&'*+-.^_`|~", c));
}

gboolean srt_http_is_token(SrtSlice text)
{
    for (gsize i = 0; i < text.length; i++) {
        if (!is_token_char((unsigned char)text.at[i]))
            return FALSE;
    }
    return text.length > 0;
}

static gssize scan_fault(SrtHttpFault *ret, int status, const char *text)
{
    *ret = fault(status, text);
    return -1;
}

/* A line ends at data[at]. Returns the head's length at its blank line, else 0. */
static gssize end_line(SrtHttpScan *scan, guint32 at, SrtHttpFault *ret)
{
    guint32 length = at - scan->line; /* with the CR, which the caller saw */
    gboolean blank = length == 1;
    gboolean first = scan->line == scan->begin;
    scan->line = at + 1;
    if (!blank)
        return 0;
    if (!first)
        return (gssize)at + 1;
    scan->begin = at + 1;
    if (scan->begin > BLANK_LINES_MAX)
        return scan_fault(ret, 400, "too many empty lines before the message");
    return 0;
}

gssize srt_http_scan(SrtHttpScan *scan, const char *data, gsize length, gsize limit,
                     SrtHttpFault *ret)
{
    for (; scan->at < length; scan->at++) {
        unsigned char c = (unsigned char)data[scan->at];
        unsigned char before = scan->at > scan->line ? (unsigned char)data[scan->at - 1] : 0;
        if (scan->at - scan->begin >= limit)
            return scan_fault(ret, 431, "the message head is too large");
        if (before == '\r' && c != '\n')
            return scan_fault(ret, 400, "a carriage return stands alone");
        if (c == '\n') {
            if (before != '\r')
                return scan_fault(ret, 400, "a line feed stands alone");
            gssize end = end_line(scan, scan->at, ret);
            if (end != 0)
                return end;
        } else if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f) {
            return scan_fault(ret, 400, "a control character in the message head");
        } else if (scan->at == scan->begin && c != '\r' && !is_token_char(c)) {
            return scan_fault(ret, 400, "this is not an HTTP message");
        }
    }
    return 0;
}

/* Takes the text up to the next separator off *rest; FALSE when there is none. */
static gboolean cut(SrtSlice *rest, char separator, SrtSlice *ret)
{
    const char *end = memchr(rest->at, separator, rest->length);
    if (!end)
        return FALSE;
    *ret = srt_slice(rest->at, (gsize)(end - rest->at));
    rest->length -= ret->length + 1;
    rest->at = end + 1;
    return TRUE;
}

static SrtHttpFault parse_version(SrtSlice text, SrtHttpHead *ret)
{
    if (srt_slice_is(text, "HTTP/1.1"))
        ret->minor = 1;
    else if (srt_slice_is(text, "HTTP/1.0"))
        ret->minor = 0;
    else if (text.length == 8 && memcmp(text.at, "HTTP/", 5) == 0)
        return fault(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    else
        return fault(400, "the first line does not end with an HTTP version");
    return fault(0, NULL);
}

static SrtHttpFault parse_field(SrtSlice line, SrtHttpHead *ret)
{
    if (line.length && (*line.at == ' ' || *line.at == '\t'))
        return fault(400, "a folded header line");
    if (ret->n_fields == SRT_HTTP_FIELDS_MAX)
        return fault(431, "too many header lines");
    SrtHttpField *field = &ret->fields[ret->n_fields];
    if (!cut(&line, ':', &field->name))
        return fault(400, "a header line without a colon");
    if (!srt_http_is_token(field->name))
        return fault(400, "a header name that is not a token");
    field->value = srt_slice_trim(line);
    ret->n_fields++;
    return fault(0, NULL);
}

/* The lines behind the first, up to and with the blank one. */
static SrtHttpFault parse_fields(SrtSlice rest, SrtHttpHead *ret)
{
    SrtSlice line;
    ret->n_fields = 0;
    while (cut(&rest, '\n', &line)) {
        if (line.length == 0 || line.at[line.length - 1] != '\r')
            return fault(400, "a line feed stands alone");
        line.length--;
        if (line.length == 0)
            return rest.length ? fault(400, "bytes behind the head") : fault(0, NULL);
        SrtHttpFault bad = parse_field(line, ret);
        if (bad.status)
            return bad;
    }
    return fault(400, "the head has no end");
}

static gboolean first_line(SrtSlice *head, SrtSlice *ret)
{
    if (!cut(head, '\n', ret) || ret->length == 0 || ret->at[ret->length - 1] != '\r')
        return FALSE;
    ret->length--;
    return TRUE;
}

static gboolean is_visible(SrtSlice text)
{
    for (gsize i = 0; i < text.length; i++) {
        if (text.at[i] <= 0x20 || text.at[i] >= 0x7f)
            return FALSE;
    }
    return text.length > 0;
}

SrtHttpFault srt_http_parse_request(SrtSlice head, SrtHttpHead *ret)
{
    SrtSlice line;
    ret->n_fields = 0;
    ret->status = 0;
    if (!first_line(&head, &line))
        return fault(400, "the request line has no end");
    if (!cut(&line, ' ', &ret->method) || !cut(&line, ' ', &ret->target))
        return fault(400, "a request line is METHOD TARGET VERSION with single blanks");
    if (ret->method.length > METHOD_MAX || !srt_http_is_token(ret->method))
        return fault(400, "the request method is not a token");
    if (!is_visible(ret->target))
        return fault(400, "the request target is empty or holds other than visible ASCII");
    SrtHttpFault bad = parse_version(line, ret);
    return bad.status ? bad : parse_fields(head, ret);
}

static SrtHttpFault upstream_fault(SrtHttpFault bad)
{
    return bad.status ? fault(502, bad.text) : bad;
}

SrtHttpFault srt_http_parse_response(SrtSlice head, SrtHttpHead *ret)
{
    SrtSlice line, version, code;
    ret->n_fields = 0;
    ret->method = ret->target = srt_slice(NULL, 0);
    if (!first_line(&head, &line) || !cut(&line, ' ', &version))
        return fault(502, "the status line is malformed");
    SrtHttpFault bad = parse_version(version, ret);
    if (bad.status)
        return upstream_fault(bad);
    if (!cut(&line, ' ', &code)) { /* the blank before an empty reason may be missing */
        code = line;
        line.length = 0;
    }
    if (code.length != 3 || code.at[0] < '1' || code.at[0] > '9' || !g_ascii_isdigit(code.at[1]) ||
        !g_ascii_isdigit(code.at[2]))
        return fault(502, "the status code is not three digits");
    ret->status = (code.at[0] - '0') * 100 + (code.at[1] - '0') * 10 + (code.at[2] - '0');
    ret->reason = line;
    return upstream_fault(parse_fields(head, ret));
}

const SrtHttpField *srt_http_field(const SrtHttpHead *head, const char *name, guint *from)
{
    while (*from < head->n_fields) {
        const SrtHttpField *field = &head->fields[(*from)++];
        if (srt_slice_is_nocase(field->name, name))
            return field;
    }
    return NULL;
}

gboolean srt_http_field_has(const SrtHttpHead *head, const char *name, const char *member)
{
    guint from = 0;
    const SrtHttpField *field;
    while ((field = srt_http_field(head, name, &from))) {
        SrtSlice list = field->value, one;
        while (srt_slice_next(&list, &one)) {
            if (srt_slice_is_nocase(one, member))
                return TRUE;
        }
    }
    return FALSE;
}
