/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of SOCKS5 (RFC 1928) and its user/password step (RFC 1929). Pure.
 *
 * Each parser gets all bytes received so far and returns the length of the
 * message, 0 when more bytes are needed, or -1 when it can never be right. */
#ifndef SRT_NET_SOCKS_H
#define SRT_NET_SOCKS_H

#include <stdint.h>

#include "net/buffer.h"
#include "net/slice.h"

enum {
    SRT_SOCKS_OK = 0x00,
    SRT_SOCKS_REFUSED = 0x02,
    SRT_SOCKS_UNREACHABLE = 0x04,
    SRT_SOCKS_NO_SUCH_COMMAND = 0x07,
};

enum { SRT_SOCKS_NO_AUTH = 0x00, SRT_SOCKS_PASSWORD = 0x02, SRT_SOCKS_NO_METHOD = 0xff };

/* Methods offered, as a bit set of the two that are known. */
typedef struct SrtSocksGreeting {
    gboolean no_auth;
    gboolean password;
} SrtSocksGreeting;

gssize srt_socks_greeting(SrtSlice data, SrtSocksGreeting *ret);

typedef struct SrtSocksLogin {
    SrtSlice user;
    SrtSlice password;
} SrtSocksLogin;

gssize srt_socks_login(SrtSlice data, SrtSocksLogin *ret);

typedef struct SrtSocksRequest {
    gboolean connect; /* FALSE: BIND or UDP ASSOCIATE */
    char host[256];   /* raw bytes of a name, or the text of an address */
    gsize host_length;
    uint16_t port;
} SrtSocksRequest;

gssize srt_socks_request(SrtSlice data, SrtSocksRequest *ret);

/* The answer to a request, with an unspecified bind address. */
void srt_socks_reply(SrtBuffer *out, int code);

/* What an SSH client shows to its user: an identification line and a disconnect
 * message with text, control characters made blanks, at most 1000 bytes. */
void srt_socks_ssh_refusal(SrtBuffer *out, const char *text);

#endif
