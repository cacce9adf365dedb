/* SPDX-License-Identifier: Apache-2.0 */
/* Where the body of a message ends: the subject of request smuggling, so
 * everything that could be read in two ways is a fault. */
#include "net/http_head.h"

#define LENGTH_DIGITS_MAX 18u /* below 2^63 */

static SrtHttpFault fault(int status, const char *text)
{
    return (SrtHttpFault){status, text};
}

static gboolean parse_length(SrtSlice text, guint64 *ret)
{
    guint64 value = 0;
    if (text.length == 0 || text.length > LENGTH_DIGITS_MAX)
        return FALSE;
    for (gsize i = 0; i < text.length; i++) {
        if (!g_ascii_isdigit(text.at[i]))
            return FALSE;
        value = value * 10 + (guint64)(text.at[i] - '0');
    }
    *ret = value;
    return TRUE;
}

static SrtHttpFault transfer_coding(const SrtHttpHead *head, SrtBody *ret)
{
    guint from = 0, n = 0;
    const SrtHttpField *field;
    while ((field = srt_http_field(head, "Transfer-Encoding", &from))) {
        if (!srt_slice_is_nocase(field->value, "chunked"))
            return fault(501, "a transfer coding other than chunked");
        n++;
    }
    if (n > 1)
        return fault(400, "more than one Transfer-Encoding line");
    if (n == 1)
        ret->kind = SRT_BODY_CHUNKED;
    return fault(0, NULL);
}

static SrtHttpFault content_length(const SrtHttpHead *head, SrtBody *ret)
{
    guint from = 0;
    const SrtHttpField *field = srt_http_field(head, "Content-Length", &from);
    if (!field)
        return fault(0, NULL);
    if (ret->kind == SRT_BODY_CHUNKED)
        return fault(400, "both Content-Length and Transfer-Encoding");
    if (srt_http_field(head, "Content-Length", &from))
        return fault(400, "more than one Content-Length line");
    if (!parse_length(field->value, &ret->length))
        return fault(400, "a Content-Length that is not a number");
    ret->kind = SRT_BODY_LENGTH;
    return fault(0, NULL);
}

static SrtHttpFault framing(const SrtHttpHead *head, SrtBody *ret)
{
    *ret = (SrtBody){SRT_BODY_NONE, 0};
    SrtHttpFault bad = transfer_coding(head, ret);
    if (!bad.status && ret->kind == SRT_BODY_CHUNKED && head->minor == 0)
        bad = fault(400, "Transfer-Encoding in an HTTP/1.0 message");
    return bad.status ? bad : content_length(head, ret);
}

SrtHttpFault srt_http_request_body(const SrtHttpHead *head, SrtBody *ret)
{
    return framing(head, ret);
}

SrtHttpFault srt_http_response_body(const SrtHttpHead *head, gboolean to_head_request, SrtBody *ret)
{
    SrtHttpFault bad = framing(head, ret);
    if (bad.status)
        return fault(502, bad.text);
    if (to_head_request || head->status < 200 || head->status == 204 || head->status == 304)
        ret->kind = SRT_BODY_NONE;
    else if (ret->kind == SRT_BODY_NONE)
        ret->kind = SRT_BODY_CLOSE;
    return bad;
}

gboolean srt_http_keeps_alive(const SrtHttpHead *head, const char *connection_field)
{
    if (srt_http_field_has(head, connection_field, "close"))
        return FALSE;
    return head->minor == 1 || srt_http_field_has(head, connection_field, "keep-alive");
}
