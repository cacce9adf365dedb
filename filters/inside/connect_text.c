/* SPDX-License-Identifier: Apache-2.0 */
#include "connect.h"

#include <string.h>

static bool starts_with(const char *s, const char *prefix)
{
    size_t n = strlen(prefix);
    return strlen(s) >= n && memcmp(s, prefix, n) == 0;
}

/* Digits up to one of the ends; *s moves behind them. -1: none, or above max. */
static long leading_number(const char **s, long max)
{
    long n = -1;
    while (**s >= '0' && **s <= '9') {
        n = (n < 0 ? 0 : n * 10) + (**s - '0');
        if (n > max)
            return -1;
        (*s)++;
    }
    return n;
}

static bool parse_v4(const char **s, uint8_t ret[4])
{
    for (int i = 0; i < 4; i++) {
        if (i > 0 && *(*s)++ != '.')
            return false;
        long n = leading_number(s, 255);
        if (n < 0)
            return false;
        ret[i] = (uint8_t)n;
    }
    return true;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/* ret has room for (n + 2) / 3 * 4 + 1 bytes. */
static void encode_base64(const char *bytes, size_t n, char *ret)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)(unsigned char)bytes[i] << 16;
        if (i + 1 < n)
            three |= (uint32_t)(unsigned char)bytes[i + 1] << 8;
        if (i + 2 < n)
            three |= (unsigned char)bytes[i + 2];
        *ret++ = digits[three >> 18];
        *ret++ = digits[three >> 12 & 63];
        *ret++ = i + 1 < n ? digits[three >> 6 & 63] : '=';
        *ret++ = i + 2 < n ? digits[three & 63] : '=';
    }
    *ret = 0;
}

/* "USER:PASSWORD@" at *s, if it is there; *s moves behind it. False: it is malformed. */
static bool parse_pair(const char **s, char basic[CONNECT_BASIC_SIZE])
{
    const char *p = *s;
    const char *at = memchr(p, '@', strlen(p));
    size_t user = 0, n = at ? (size_t)(at - p) : 0;
    if (!at)
        return true;
    while (is_unreserved(p[user]))
        user++;
    if (user == 0 || p[user] != ':' || user + 1 >= n || n > CONNECT_PAIR_MAX)
        return false;
    for (size_t i = user + 1; i < n; i++)
        if (!is_unreserved(p[i]))
            return false;
    encode_base64(p, n, basic);
    *s = at + 1;
    return true;
}

bool proxy_address_parse(const char *url, proxy_address *ret)
{
    memset(ret, 0, sizeof *ret);
    if (!starts_with(url, "http://"))
        return false;
    const char *p = url + 7;
    if (!parse_pair(&p, ret->basic))
        return false;
    if (starts_with(p, "localhost:")) {
        ret->local = true;
        p += 9;
    } else if (starts_with(p, "[::1]:")) {
        ret->v6 = true;
        p += 5;
    } else if (!parse_v4(&p, ret->v4)) {
        return false;
    }
    if (*p++ != ':')
        return false;
    long port = leading_number(&p, 65535);
    ret->port = (uint16_t)(port > 0 ? port : 0);
    return port > 0 && (*p == 0 || (p[0] == '/' && p[1] == 0));
}

/* A name or address that cannot break out of its line: the proxy judges the rest. */
static bool is_host(const char *host)
{
    size_t n = strlen(host);
    if (n == 0 || n > 255)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)host[i];
        if (c <= 0x20 || c >= 0x7f || c == '/' || c == '@' || c == '[' || c == ']')
            return false;
    }
    return true;
}

static void put(char *buffer, size_t size, size_t *at, const char *s)
{
    size_t n = strlen(s);
    if (n > size - *at)
        n = size - *at;
    memcpy(buffer + *at, s, n);
    *at += n;
}

bool connect_request(const char *host, const char *port, const char *basic, char *buffer,
                     size_t size, size_t *ret_length)
{
    if (!is_host(host) || text_number(port, 65535) < 1)
        return false;
    bool v6 = memchr(host, ':', strlen(host)) != NULL;
    const char *parts[] = {"CONNECT ",
                           v6 ? "[" : "",
                           host,
                           v6 ? "]:" : ":",
                           port,
                           " HTTP/1.1\r\nHost: ",
                           v6 ? "[" : "",
                           host,
                           v6 ? "]:" : ":",
                           port,
                           basic[0] ? "\r\nProxy-Authorization: Basic " : "",
                           basic,
                           "\r\n\r\n"};
    size_t at = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        put(buffer, size, &at, parts[i]);
    *ret_length = at;
    return at < size;
}

long connect_answer_head(const char *bytes, size_t length)
{
    size_t known = length < 7 ? length : 7;
    if (memcmp(bytes, "HTTP/1.", known) != 0)
        return -1;
    for (size_t i = 3; i < length; i++)
        if (memcmp(bytes + i - 3, "\r\n\r\n", 4) == 0)
            return (long)i + 1;
    return length >= CONNECT_HEAD_MAX ? -1 : 0;
}

static size_t line_length(const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\n', length);
    size_t n = end ? (size_t)(end - bytes) : length;
    return n > 0 && bytes[n - 1] == '\r' ? n - 1 : n;
}

static bool same_letters(const char *bytes, const char *lower, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != lower[i])
            return false;
    }
    return true;
}

static void add_proxy_error(const char *bytes, size_t head, inside_text *text)
{
    static const char name[] = "x-proxy-error:";
    const size_t n = sizeof name - 1;
    for (size_t at = 0; at < head;) {
        size_t line = line_length(bytes + at, head - at);
        if (line > n && same_letters(bytes + at, name, n)) {
            size_t skip = n;
            while (skip < line && bytes[at + skip] == ' ')
                skip++;
            text_add(text, " (");
            text_add_bytes(text, bytes + at + skip, line - skip);
            text_add(text, ")");
            return;
        }
        const char *end = memchr(bytes + at, '\n', head - at);
        if (!end)
            return;
        at = (size_t)(end - bytes) + 1;
    }
}

int connect_answer_judge(const char *bytes, size_t length, size_t head, inside_text *text)
{
    size_t line = line_length(bytes, head);
    /* "HTTP/1.x NNN reason" */
    bool formed = line >= 12 && bytes[8] == ' ' && (line == 12 || bytes[12] == ' ');
    if (formed && bytes[9] == '2')
        return 0;
    if (line > 9)
        text_add_bytes(text, bytes + 9, line - 9 > 200 ? 200 : line - 9);
    else
        text_add(text, "no HTTP answer");
    add_proxy_error(bytes, head, text);
    size_t body = line_length(bytes + head, length - head);
    if (body > 0) {
        text_add(text, ": ");
        text_add_bytes(text, bytes + head, body > 500 ? 500 : body);
    }
    return -1;
}
