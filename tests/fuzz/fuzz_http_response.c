/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of servers, and of parent proxies to CONNECT. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) \
    do {                 \
        if (!(condition)) \
            abort();     \
    } while (0)

static SrtHttpHead head, again;

/* What the client gets must have one reading, with the body that was meant. */
static void forward(const SrtBody *body, gboolean upgrade)
{
    SrtBody seen;
    SrtHttpFault fault;
    SrtBuffer out = {0};
    SrtHttpScan scan = {0};
    const SrtAnswer how = {.body = body->kind,
                           .upgrade = upgrade,
                           .connection = upgrade ? SRT_CONNECTION_NOTHING : SRT_CONNECTION_CLOSE};
    srt_render_response(&out, &head, &how);
    SrtSlice text = srt_buffer_slice(&out);
    CHECK(srt_http_scan(&scan, text.at, text.length, 131072, &fault) == (gssize)text.length);
    fault = srt_http_parse_response(text, &again);
    if (fault.status == 0) {
        CHECK(again.status == head.status);
        CHECK(srt_http_response_body(&again, FALSE, &seen).status == 0);
        CHECK(body->kind == SRT_BODY_NONE || seen.kind == body->kind);
        CHECK(body->kind != SRT_BODY_LENGTH || seen.length == body->length);
    }
    srt_buffer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    SrtHttpScan scan = {0};
    SrtHttpFault fault;
    SrtBody body;
    gssize end = srt_http_scan(&scan, text, size, 16384, &fault);
    if (end <= 0)
        return 0;
    SrtSlice slice = srt_slice(text + scan.begin, (gsize)end - scan.begin);
    if (srt_http_parse_response(slice, &head).status)
        return 0;
    for (int to_head = 0; to_head < 2; to_head++) {
        if (srt_http_response_body(&head, to_head, &body).status == 0)
            forward(&body, head.status == 101);
    }
    return 0;
}
