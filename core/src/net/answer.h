/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that the HTTP proxy makes itself. Pure. */
#ifndef SRT_NET_ANSWER_H
#define SRT_NET_ANSWER_H

#include "net/buffer.h"

#define SRT_DENIED_TEXT "Connection blocked by network allowlist"
#define SRT_CONNECTED "HTTP/1.1 200 Connection Established\r\n\r\n"

typedef enum {
    SRT_ANSWER_LISTS,  /* 403, blocked-by-allowlist */
    SRT_ANSWER_GUARD,  /* 403, blocked-by-sandbox-runtime, the text is the reason */
    SRT_ANSWER_TOKEN,  /* 407 */
    SRT_ANSWER_UPSTREAM, /* 502 */
} SrtAnswerKind;

/* An answer after which the connection is closed. text: for GUARD. Without
 * content (with_body FALSE) for CONNECT where that is the custom, and for HEAD. */
void srt_answer(SrtBuffer *out, SrtAnswerKind kind, gboolean is_connect, gboolean is_head,
                const char *text);

/* Any other status, with text and a newline as its body. */
void srt_answer_fault(SrtBuffer *out, int status, const char *text);

#endif
