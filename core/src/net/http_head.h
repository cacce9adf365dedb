/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP/1 messages: strict, bounded, pure. What these functions accept
 * has exactly one reading: no bare CR or LF, no folded line, no blank before a
 * colon, no control character, single blanks in the first line. */
#ifndef SRT_NET_HTTP_HEAD_H
#define SRT_NET_HTTP_HEAD_H

#include <glib.h>

#include "net/slice.h"

#define SRT_HTTP_REQUEST_HEAD_MAX 16384u
#define SRT_HTTP_RESPONSE_HEAD_MAX 65536u
#define SRT_HTTP_FIELDS_MAX 128u

/* How far the search for the end of a head has come; zeroed at the start. */
typedef struct SrtHttpScan {
    guint32 at;    /* bytes looked at */
    guint32 begin; /* where the head begins, after blank lines */
    guint32 line;  /* where the current line begins */
} SrtHttpScan;

/* Why something is refused: an HTTP status and a constant text. status 0: fine. */
typedef struct SrtHttpFault {
    int status;
    const char *text;
} SrtHttpFault;

/* Looks for the end of a head in all bytes received so far, going on where the
 * last call stopped. Returns the length of the head with its blank line, 0 when
 * more bytes are needed, or -1 with *fault set. The head is the bytes from
 * scan->begin to the returned length. */
gssize srt_http_scan(SrtHttpScan *scan, const char *data, gsize length, gsize limit,
                     SrtHttpFault *fault);

typedef struct SrtHttpField {
    SrtSlice name;
    SrtSlice value; /* without blanks at its ends */
} SrtHttpField;

typedef struct SrtHttpHead {
    SrtSlice method, target; /* of a request */
    int status;              /* of a response */
    SrtSlice reason;
    int minor; /* HTTP/1.minor: 0 or 1 */
    guint n_fields;
    SrtHttpField fields[SRT_HTTP_FIELDS_MAX];
} SrtHttpHead;

/* Splits a complete head as srt_http_scan found it. Slices point into it. */
SrtHttpFault srt_http_parse_request(SrtSlice head, SrtHttpHead *ret);
SrtHttpFault srt_http_parse_response(SrtSlice head, SrtHttpHead *ret);

/* The first field called name from *from on, or NULL; *from then stands behind
 * it. Start with *from 0. */
const SrtHttpField *srt_http_field(const SrtHttpHead *head, const char *name, guint *from);

/* Whether a comma list in any field called name has member (case-insensitive). */
gboolean srt_http_field_has(const SrtHttpHead *head, const char *name, const char *member);

/* How the end of a message's body is found. */
typedef enum {
    SRT_BODY_NONE,
    SRT_BODY_LENGTH,
    SRT_BODY_CHUNKED,
    SRT_BODY_CLOSE, /* responses only */
} SrtBodyKind;

typedef struct SrtBody {
    SrtBodyKind kind;
    guint64 length;
} SrtBody;

/* Conflicting or unknown framing is a fault: 400 or 501 for requests, 502 for
 * responses. method is the request's. */
SrtHttpFault srt_http_request_body(const SrtHttpHead *head, SrtBody *ret);
SrtHttpFault srt_http_response_body(const SrtHttpHead *head, gboolean to_head_request,
                                    SrtBody *ret);

/* Whether the sender of this head keeps its connection open after it. */
gboolean srt_http_keeps_alive(const SrtHttpHead *head, const char *connection_field);

/* Bytes of tokens: RFC 9110 section 5.6.2. */
gboolean srt_http_is_token(SrtSlice text);

#endif
