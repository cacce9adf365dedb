/* SPDX-License-Identifier: Apache-2.0 */
/* Heads, bodies and targets of HTTP messages as tables. */
#include <string.h>

#include "net/http_chunked.h"
#include "net/http_head.h"
#include "net/http_target.h"
#include "support/unit.h"

typedef struct Row {
    const char *text;
    int status; /* 0: fine */
} Row;

/* The head must be found and judged the same however it is cut into pieces. */
static int parse(const char *text, gboolean response, gsize piece)
{
    static SrtHttpHead head;
    SrtHttpScan scan = {0};
    SrtHttpFault fault = {0};
    SrtBody body;
    gsize length = strlen(text), have = 0;
    gssize end = 0;
    while (end == 0 && have < length) {
        have = MIN(length, have + piece);
        end = srt_http_scan(&scan, text, have, SRT_HTTP_REQUEST_HEAD_MAX, &fault);
    }
    if (end < 0)
        return fault.status;
    if (end == 0)
        return -1;
    SrtSlice slice = srt_slice(text + scan.begin, (gsize)end - scan.begin);
    fault = response ? srt_http_parse_response(slice, &head) : srt_http_parse_request(slice, &head);
    if (!fault.status)
        fault = response ? srt_http_response_body(&head, FALSE, &body)
                         : srt_http_request_body(&head, &body);
    return fault.status;
}

static void run(const Row *rows, guint count, gboolean response)
{
    for (guint i = 0; i < count; i++) {
        gsize length = strlen(rows[i].text);
        for (gsize piece = 1; piece <= length; piece += piece < 4 ? 1 : length) {
            int status = parse(rows[i].text, response, piece);
            if (status != rows[i].status)
                fprintf(stderr, "row %u, piece %zu: %d\n", i, piece, status);
            CU_ASSERT_EQUAL(status, rows[i].status);
        }
    }
}

static void requests(void)
{
    static const Row rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", 0},
        {"\r\n\r\nGET / HTTP/1.0\r\nA: b\r\nC:\r\nD: \t e \t\r\n\r\n", 0},
        {"\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.0\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA: \x80\xff\r\n\r\n", 0},
        {"GET / HTTP/1.1\r\n", -1},
        {"GET / HTTP/1.1\r\nA: b\r\n", -1},
        {"GET / HTTP/1.1\n\n", 400},
        {"GET / HTTP/1.1\r\nA: b\nB: c\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA: b\rB: c\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA: b\r\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nAb\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA(): b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA: \x01\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA: \x7f\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\n\r\n", 400},
        {"GET / x HTTP/1.1\r\n\r\n", 400},
        {"GET /\r\n\r\n", 400},
        {"GET\r\n\r\n", 400},
        {"GET /\xc3\xa4 HTTP/1.1\r\n\r\n", 400},
        {"GET /\t HTTP/1.1\r\n\r\n", 400},
        {"GET / http/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.2\r\n\r\n", 505},
        {"GET / HTTP/2.0\r\n\r\n", 505},
        {"GET / HTTP/11\r\n\r\n", 400},
        {"@ET / HTTP/1.1\r\n\r\n", 400},
        {" GET / HTTP/1.1\r\n\r\n", 400},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 0},
        {"POST / HTTP/1.1\r\nContent-Length: 999999999999999999\r\n\r\n", 0},
        {"POST / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: \r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\ncontent-length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n", 0},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 501},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n", 501},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: \x0b" "chunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    };
    run(rows, G_N_ELEMENTS(rows), FALSE);
}

static void responses(void)
{
    static const Row rows[] = {
        {"HTTP/1.1 200 OK\r\n\r\n", 0},
        {"HTTP/1.0 404 Not Found\r\nA: b\r\n\r\n", 0},
        {"HTTP/1.1 200 \r\n\r\n", 0},
        {"HTTP/1.1 200\r\n\r\n", 0},
        {"HTTP/1.1 2000 x\r\n\r\n", 502},
        {"HTTP/1.1 20x x\r\n\r\n", 502},
        {"HTTP/1.1 099 x\r\n\r\n", 502},
        {"HTTP/2 200 x\r\n\r\n", 502},
        {"ICY 200 OK\r\n\r\n", 502},
        {"HTTP/1.1\r\n\r\n", 502},
        {"HTTP/1.1 200 OK\r\nA b\r\n\r\n", 502},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 502},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 502},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 502},
    };
    run(rows, G_N_ELEMENTS(rows), TRUE);
}

static void limits(void)
{
    g_autoptr(GString) text = g_string_new("GET / HTTP/1.1\r\n");
    for (guint i = 0; i < SRT_HTTP_FIELDS_MAX; i++)
        g_string_append(text, "A: b\r\n");
    gsize length = text->len;
    g_string_append(text, "\r\n");
    CU_ASSERT_EQUAL(parse(text->str, FALSE, text->len), 0);
    g_string_truncate(text, length);
    g_string_append(text, "A: b\r\n\r\n");
    CU_ASSERT_EQUAL(parse(text->str, FALSE, text->len), 431);
    g_autofree char *filler = g_strnfill(SRT_HTTP_REQUEST_HEAD_MAX, 'x');
    g_autofree char *endless = g_strconcat("GET /", filler, NULL);
    CU_ASSERT_EQUAL(parse(endless, FALSE, 1000), 431);
}

static void kinds_of_bodies(void)
{
    static const struct {
        const char *head;
        gboolean to_head;
        SrtBodyKind kind;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\n\r\n", FALSE, SRT_BODY_CLOSE},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", FALSE, SRT_BODY_LENGTH},
        {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", TRUE, SRT_BODY_NONE},
        {"HTTP/1.1 304 OK\r\nContent-Length: 7\r\n\r\n", FALSE, SRT_BODY_NONE},
        {"HTTP/1.1 204 OK\r\n\r\n", FALSE, SRT_BODY_NONE},
        {"HTTP/1.1 100 OK\r\n\r\n", FALSE, SRT_BODY_NONE},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", FALSE, SRT_BODY_CHUNKED},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", TRUE, SRT_BODY_NONE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        SrtHttpHead head;
        SrtBody body;
        SrtHttpFault bad =
            srt_http_parse_response(srt_slice(rows[i].head, strlen(rows[i].head)), &head);
        CU_ASSERT_EQUAL_FATAL(bad.status, 0);
        bad = srt_http_response_body(&head, rows[i].to_head, &body);
        CU_ASSERT_EQUAL(bad.status, 0);
        CU_ASSERT_EQUAL(body.kind, rows[i].kind);
    }
}

/* Decodes in pieces; NULL when malformed, "…" ends with what follows the body. */
static char *decode(const char *text, gsize piece, gboolean *ret_ended)
{
    SrtChunked chunked = {0};
    g_autoptr(GString) out = g_string_new(NULL);
    gsize length = strlen(text), at = 0;
    *ret_ended = FALSE;
    while (at < length && !*ret_ended) {
        SrtSlice input = srt_slice(text + at, MIN(piece, length - at)), data;
        gsize before = input.length;
        SrtChunkedStep step;
        while ((step = srt_chunked_next(&chunked, &input, &data)) == SRT_CHUNKED_DATA)
            g_string_append_len(out, data.at, (gssize)data.length);
        at += before - input.length;
        if (step == SRT_CHUNKED_BAD)
            return NULL;
        *ret_ended = step == SRT_CHUNKED_END;
    }
    g_string_append_printf(out, "|%s", text + at);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void chunks(void)
{
    static const struct {
        const char *text;
        const char *content; /* NULL: malformed */
        gboolean ended;
    } rows[] = {
        {"5\r\nhello\r\n0\r\n\r\nnext", "hello|next", TRUE},
        {"0\r\n\r\n", "|", TRUE},
        {"000a\r\n0123456789\r\n0\r\nA: b\r\nC: d\r\n\r\n", "0123456789|", TRUE},
        {"1;a=\"b\"\r\nx\r\n1 ;c\r\ny\r\n0;d\r\n\r\n", "xy|", TRUE},
        {"5\r\nhel", "hel|", FALSE},
        {"A\r\n0123456789\r\n0\r\n", "0123456789|", FALSE},
        {"5\nhello\r\n0\r\n\r\n", NULL, FALSE},
        {"5\r\nhello0\r\n\r\n", NULL, FALSE},
        {"5\r\nhelloXY0\r\n\r\n", NULL, FALSE},
        {"0x5\r\nhello\r\n", NULL, FALSE},
        {"-5\r\nhello\r\n", NULL, FALSE},
        {" 5\r\nhello\r\n", NULL, FALSE},
        {"\r\nhello\r\n", NULL, FALSE},
        {";a\r\nhello\r\n", NULL, FALSE},
        {"ffffffffffffffff\r\n", NULL, FALSE},
        {"0000000000000005\r\n", NULL, FALSE},
        {"5 5\r\n", NULL, FALSE},
        {"5;a\nb\r\n", NULL, FALSE},
        {"5;a\rb\r\n", NULL, FALSE},
        {"0\r\n folded\r\n\r\n", NULL, FALSE},
        {"0\r\nA: b\n\r\n", NULL, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (gsize piece = 1; piece < 40; piece++) {
            gboolean ended;
            g_autofree char *content = decode(rows[i].text, piece, &ended);
            CU_ASSERT_EQUAL(g_strcmp0(content, rows[i].content), 0);
            CU_ASSERT_EQUAL(ended, rows[i].ended);
        }
    }
    SrtBuffer out = {0};
    srt_chunked_write(&out, srt_slice("0123456789abcdefg", 17));
    srt_chunked_write(&out, srt_slice("", 0));
    srt_buffer_append(&out, "", 1);
    SRT_ASSERT_STR(srt_buffer_slice(&out).at, "11\r\n0123456789abcdefg\r\n");
    srt_buffer_clear(&out);
}

static void endless_extension(void)
{
    gboolean ended;
    g_autofree char *filler = g_strnfill(10000, 'x');
    g_autofree char *extension = g_strconcat("5;", filler, NULL);
    g_autofree char *trailer = g_strconcat("0\r\nA: ", filler, NULL);
    CU_ASSERT_PTR_NULL(decode(extension, 100, &ended));
    CU_ASSERT_PTR_NULL(decode(trailer, 100, &ended));
}

static void targets(void)
{
    static const struct {
        const char *method;
        const char *target;
        int status;
        const char *expected; /* host port path */
    } rows[] = {
        {"GET", "http://example.com", 0, "example.com 80 "},
        {"GET", "HTTP://Example.COM:8080/a?b", 0, "Example.COM 8080 /a?b"},
        {"GET", "http://example.com?x", 0, "example.com 80 ?x"},
        {"GET", "http://example.com:/", 0, "example.com 80 /"},
        {"GET", "http://[::1]:81/", 0, "::1 81 /"},
        {"GET", "http://[::1]", 0, "::1 80 "},
        {"GET", "ws://example.com/", 0, "example.com 80 /"},
        {"CONNECT", "example.com:443", 0, "example.com 443 "},
        {"CONNECT", "[2001:db8::1]:443", 0, "2001:db8::1 443 "},
        {"GET", "/", 400, NULL},
        {"GET", "*", 400, NULL},
        {"GET", "example.com", 400, NULL},
        {"GET", "https://example.com/", 501, NULL},
        {"GET", "ftp://example.com/", 501, NULL},
        {"GET", "http:///", 400, NULL},
        {"GET", "http://user@example.com/", 400, NULL},
        {"GET", "http://example.com#x", 400, NULL},
        {"GET", "http://example.com:0/", 400, NULL},
        {"GET", "http://example.com:65536/", 400, NULL},
        {"GET", "http://example.com:8x/", 400, NULL},
        {"GET", "http://a:80:80/", 400, NULL},
        {"GET", "http://::1/", 400, NULL},
        {"GET", "http://[::1/", 400, NULL},
        {"GET", "http://[::1]x/", 400, NULL},
        {"GET", "http://[example.com]/", 400, NULL},
        {"GET", "http://a%00.example.com/", 400, NULL},
        {"GET", "http://evil.org\\.example.com/", 400, NULL},
        {"CONNECT", "example.com", 400, NULL},
        {"CONNECT", "example.com:", 400, NULL},
        {"CONNECT", ":443", 400, NULL},
        {"CONNECT", "http://example.com:443", 400, NULL},
        {"CONNECT", "example.com:443/", 400, NULL},
        {"CONNECT", "a@example.com:443", 400, NULL},
        {"CONNECT", "::1:443", 400, NULL},
        {"CONNECT", "[::1]:+443", 400, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        SrtTarget target;
        SrtSlice method = srt_slice(rows[i].method, strlen(rows[i].method));
        SrtSlice text = srt_slice(rows[i].target, strlen(rows[i].target));
        SrtHttpFault bad = srt_slice_is(method, "CONNECT")
                               ? srt_target_connect(text, &target)
                               : srt_target_absolute(method, text, &target);
        if (bad.status != rows[i].status)
            fprintf(stderr, "%s: %d\n", rows[i].target, bad.status);
        CU_ASSERT_EQUAL(bad.status, rows[i].status);
        if (bad.status || rows[i].status)
            continue;
        g_autofree char *got =
            g_strdup_printf("%.*s %u %.*s", (int)target.host.length, target.host.at, target.port,
                            (int)target.path.length, target.path.at);
        SRT_ASSERT_STR(got, rows[i].expected);
    }
}

static const srt_unit_case cases[] = {
    {"requests", requests},
    {"responses", responses},
    {"limits", limits},
    {"kinds of bodies", kinds_of_bodies},
    {"chunks", chunks},
    {"endless extension", endless_extension},
    {"targets", targets},
};

SRT_UNIT_MAIN("net http parse", cases)
