/* SPDX-License-Identifier: Apache-2.0 */
/* The two texts of a CONNECT: where the proxy is, and what it answered. Pure. */
#ifndef SRT_INSIDE_CONNECT_H
#define SRT_INSIDE_CONNECT_H

#include "inside.h"

/* Bytes of the proxy's answer before the tunnel begins. */
#define CONNECT_HEAD_MAX 16384

/* Bytes of "user:password", and of the same in base64 with its NUL. */
#define CONNECT_PAIR_MAX 192
#define CONNECT_BASIC_SIZE (CONNECT_PAIR_MAX / 3 * 4 + 1)

typedef struct proxy_address {
    bool local; /* localhost: 127.0.0.1, then ::1 */
    bool v6;    /* only ::1 */
    uint8_t v4[4];
    uint16_t port;
    char basic[CONNECT_BASIC_SIZE]; /* "user:password" in base64; empty: none */
} proxy_address;

/* "http://[USER:PASSWORD@]HOST:PORT[/]", HOST one of localhost, an IPv4 address, [::1];
 * user and password of letters, digits and "-._~". */
bool proxy_address_parse(const char *url, proxy_address *ret);

/* "CONNECT host:port …" for a host that holds nothing that could end the line;
 * false for any other. basic: of the proxy's address, "" for none. buffer takes the
 * request, *ret_length its length. */
bool connect_request(const char *host, const char *port, const char *basic, char *buffer,
                     size_t size, size_t *ret_length);

/* Looks at what has arrived. Returns the length of the head (status line to the
 * empty line), 0 when more is needed, -1 when it is no HTTP answer. */
long connect_answer_head(const char *bytes, size_t length);
/* 0 for a 2xx answer. Else -1, with the reason added to text: status line, and
 * the proxy's X-Proxy-Error and first line of the body as far as they are there. */
int connect_answer_judge(const char *bytes, size_t length, size_t head, inside_text *text);

#endif
