/* SPDX-License-Identifier: Apache-2.0 */
#include "net/socks.h"

#include <arpa/inet.h>

#define METHODS_MAX 128
#define SSH_TEXT_MAX 1000u

static unsigned byte(SrtSlice data, gsize at)
{
    return (unsigned char)data.at[at];
}

gssize srt_socks_greeting(SrtSlice data, SrtSocksGreeting *ret)
{
    *ret = (SrtSocksGreeting){FALSE, FALSE};
    if (data.length >= 1 && byte(data, 0) != 5)
        return -1;
    if (data.length < 2)
        return 0;
    gsize n = byte(data, 1);
    if (n == 0 || n > METHODS_MAX)
        return -1;
    if (data.length < 2 + n)
        return 0;
    for (gsize i = 0; i < n; i++) {
        ret->no_auth |= byte(data, 2 + i) == SRT_SOCKS_NO_AUTH;
        ret->password |= byte(data, 2 + i) == SRT_SOCKS_PASSWORD;
    }
    return (gssize)(2 + n);
}

gssize srt_socks_login(SrtSlice data, SrtSocksLogin *ret)
{
    if (data.length >= 1 && byte(data, 0) != 1)
        return -1;
    if (data.length < 2)
        return 0;
    gsize user = byte(data, 1);
    if (data.length < 3 + user)
        return 0;
    gsize password = byte(data, 2 + user);
    if (data.length < 3 + user + password)
        return 0;
    ret->user = srt_slice(data.at + 2, user);
    ret->password = srt_slice(data.at + 3 + user, password);
    return (gssize)(3 + user + password);
}

/* Bytes of the address and where it begins; 0: more bytes needed, -1: unknown type. */
static gssize address_length(SrtSlice data, gsize *ret_at)
{
    *ret_at = 4;
    switch (byte(data, 3)) {
    case 1:
        return 4;
    case 4:
        return 16;
    case 3:
        *ret_at = 5;
        if (data.length < 5)
            return 0;
        return byte(data, 4) ? (gssize)byte(data, 4) : -1;
    default:
        return -1;
    }
}

static void set_host(SrtSocksRequest *ret, unsigned type, const char *at, gsize length)
{
    if (type == 3) {
        memcpy(ret->host, at, length);
        ret->host[length] = '\0';
        ret->host_length = length;
        return;
    }
    inet_ntop(type == 1 ? AF_INET : AF_INET6, at, ret->host, sizeof ret->host);
    ret->host_length = strlen(ret->host);
}

gssize srt_socks_request(SrtSlice data, SrtSocksRequest *ret)
{
    if (data.length >= 1 && byte(data, 0) != 5)
        return -1;
    if (data.length >= 2 && (byte(data, 1) < 1 || byte(data, 1) > 3))
        return -1;
    if (data.length >= 3 && byte(data, 2) != 0)
        return -1;
    if (data.length < 4)
        return 0;
    gsize at;
    gssize length = address_length(data, &at);
    if (length <= 0)
        return length;
    if (data.length < at + (gsize)length + 2)
        return 0;
    ret->connect = byte(data, 1) == 1;
    set_host(ret, byte(data, 3), data.at + at, (gsize)length);
    at += (gsize)length;
    ret->port = (uint16_t)(byte(data, at) << 8 | byte(data, at + 1));
    return (gssize)at + 2;
}

void srt_socks_reply(SrtBuffer *out, int code)
{
    char reply[10] = {5, (char)code, 0, 1, 0, 0, 0, 0, 0, 0};
    srt_buffer_append(out, reply, sizeof reply);
}

static void append_u32(SrtBuffer *out, guint32 value)
{
    guint32 big = GUINT32_TO_BE(value);
    srt_buffer_append(out, &big, sizeof big);
}

void srt_socks_ssh_refusal(SrtBuffer *out, const char *text)
{
    static const char zeros[16];
    g_autofree char *clean = g_strndup(text, SSH_TEXT_MAX);
    guint32 length = (guint32)strlen(clean);
    for (char *p = clean; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    }
    /* type, reason, text, language; padded to a multiple of 8 with 4 at least */
    guint32 payload = 1 + 4 + 4 + length + 4;
    guint32 padding = 8 - (5 + payload) % 8;
    if (padding < 4)
        padding += 8;
    srt_buffer_append_text(out, "SSH-2.0-policy_refusal\r\n");
    append_u32(out, 1 + payload + padding);
    char head[2] = {(char)padding, 1 /* SSH_MSG_DISCONNECT */};
    srt_buffer_append(out, head, sizeof head);
    append_u32(out, 1); /* host not allowed to connect */
    append_u32(out, length);
    srt_buffer_append(out, clean, length);
    append_u32(out, 0);
    srt_buffer_append(out, zeros, padding);
}
