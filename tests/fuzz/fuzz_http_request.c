/* SPDX-License-Identifier: Apache-2.0 */
/* Request heads. What is accepted must be found however it is cut into pieces,
 * and what is forwarded must be read again as the same message. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/auth.h"
#include "net/http_render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) \
    do {                 \
        if (!(condition)) \
            abort();     \
    } while (0)

static SrtHttpHead head, again;

/* The same end and the same verdict byte by byte as at once. */
static gssize scan_both(const char *text, size_t size, SrtHttpScan *whole)
{
    SrtHttpScan pieces = {0};
    SrtHttpFault a = {0}, b = {0};
    gssize end = srt_http_scan(whole, text, size, SRT_HTTP_REQUEST_HEAD_MAX, &a), step = 0;
    for (size_t n = 1; n <= size && step == 0; n++)
        step = srt_http_scan(&pieces, text, n, SRT_HTTP_REQUEST_HEAD_MAX, &b);
    CHECK(step == end && a.status == b.status && pieces.begin == whole->begin);
    return end;
}

static void forward(const SrtTarget *target, const SrtBody *body)
{
    SrtHost host;
    SrtBody body_again;
    SrtBuffer out = {0};
    SrtHttpScan scan = {0};
    SrtHttpFault fault;
    if (!srt_host_parse(target->host.at, target->host.length, &host))
        return;
    for (unsigned way = 0; way < 4; way++) {
        const SrtForward how = {.target = target, .host = &host, .body = body,
                                .absolute = way & 1, .upgrade = way & 2,
                                .authorization = way & 1 ? "Basic eDp5" : NULL};
        SrtTarget seen;
        guint from = 0;
        srt_render_request(&out, &head, &how);
        SrtSlice text = srt_buffer_slice(&out);
        scan = (SrtHttpScan){0};
        CHECK(srt_http_scan(&scan, text.at, text.length, 65536, &fault) == (gssize)text.length);
        fault = srt_http_parse_request(text, &again);
        CHECK(fault.status == 0 || fault.status == 431); /* we add lines of our own */
        if (fault.status == 0) {
            CHECK(srt_http_request_body(&again, &body_again).status == 0);
            CHECK(body_again.kind == body->kind && body_again.length == body->length);
            CHECK(srt_http_field(&again, "Host", &from) && !srt_http_field(&again, "Host", &from));
            CHECK(!(way & 1) || srt_target_absolute(again.method, again.target, &seen).status == 0);
        }
        srt_buffer_clear(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    SrtHttpScan scan = {0};
    SrtTarget target;
    SrtBody body;
    if (size > 4096)
        return 0;
    gssize end = scan_both(text, size, &scan);
    if (end <= 0)
        return 0;
    SrtSlice slice = srt_slice(text + scan.begin, (gsize)end - scan.begin);
    if (srt_http_parse_request(slice, &head).status)
        return 0;
    srt_auth_http("token", &head);
    srt_http_keeps_alive(&head, "Connection");
    srt_target_connect(head.target, &target);
    if (srt_http_request_body(&head, &body).status == 0 &&
        srt_target_absolute(head.method, head.target, &target).status == 0)
        forward(&target, &body);
    return 0;
}
