/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_target.h"

static SrtHttpFault fault(int status, const char *text)
{
    return (SrtHttpFault){status, text};
}

static gboolean parse_port(SrtSlice text, uint16_t *ret)
{
    unsigned value = 0;
    if (text.length == 0 || text.length > 5)
        return FALSE;
    for (gsize i = 0; i < text.length; i++) {
        if (!g_ascii_isdigit(text.at[i]))
            return FALSE;
        value = value * 10 + (unsigned)(text.at[i] - '0');
    }
    if (value == 0 || value > 65535)
        return FALSE;
    *ret = (uint16_t)value;
    return TRUE;
}

/* Splits off the host; *rest is then empty or begins with ':'. */
static gboolean split_host(SrtSlice *rest, SrtSlice *ret)
{
    const char *end;
    gsize brackets = 0;
    if (rest->length && *rest->at == '[') {
        end = memchr(rest->at, ']', rest->length);
        if (!end)
            return FALSE;
        brackets = 1;
        *ret = srt_slice(rest->at + 1, (gsize)(end - rest->at) - 1);
        if (!memchr(ret->at, ':', ret->length))
            return FALSE;
    } else {
        end = memchr(rest->at, ':', rest->length);
        *ret = srt_slice(rest->at, end ? (gsize)(end - rest->at) : rest->length);
    }
    gsize used = ret->length + 2 * brackets;
    rest->at += used;
    rest->length -= used;
    return ret->length > 0 && (rest->length == 0 || *rest->at == ':');
}

static gboolean is_host_text(SrtSlice host)
{
    for (gsize i = 0; i < host.length; i++) {
        unsigned char c = (unsigned char)host.at[i];
        if (c <= 0x20 || c == 0x7f || strchr("@/\\?#[]%<>\"", c))
            return FALSE;
    }
    return TRUE;
}

gboolean srt_target_authority(SrtSlice text, uint16_t default_port, SrtTarget *ret)
{
    if (text.length == 0 || !split_host(&text, &ret->host) || !is_host_text(ret->host))
        return FALSE;
    ret->port = default_port;
    if (text.length <= 1 && default_port) /* "host" and "host:" */
        return TRUE;
    return text.length > 1 && parse_port(srt_slice(text.at + 1, text.length - 1), &ret->port);
}

SrtHttpFault srt_target_connect(SrtSlice target, SrtTarget *ret)
{
    *ret = (SrtTarget){.path = srt_slice("", 0)};
    if (!srt_target_authority(target, 0, ret))
        return fault(400, "the target of CONNECT must be HOST:PORT");
    return fault(0, NULL);
}

static gboolean take_prefix(SrtSlice *text, const char *prefix)
{
    gsize n = strlen(prefix);
    if (text->length < n || g_ascii_strncasecmp(text->at, prefix, n) != 0)
        return FALSE;
    text->at += n;
    text->length -= n;
    return TRUE;
}

static SrtHttpFault scheme_fault(SrtSlice target)
{
    if (*target.at == '/' || srt_slice_is(target, "*"))
        return fault(400, "this is a proxy: the request target must be a whole URL, "
                          "as in GET http://example.com/ HTTP/1.1");
    if (take_prefix(&target, "https://"))
        return fault(501, "this proxy does not speak TLS itself: use CONNECT for https URLs");
    const char *colon = memchr(target.at, ':', target.length);
    if (colon && (gsize)(colon - target.at) + 2 < target.length && colon[1] == '/' &&
        colon[2] == '/')
        return fault(501, "this proxy knows only http URLs, and CONNECT for everything else");
    return fault(400, "the request target is not a URL");
}

SrtHttpFault srt_target_absolute(SrtSlice method, SrtSlice target, SrtTarget *ret)
{
    *ret = (SrtTarget){.path = srt_slice("", 0)};
    SrtSlice rest = target;
    if (!take_prefix(&rest, "http://") && !take_prefix(&rest, "ws://"))
        return scheme_fault(target);
    if (memchr(rest.at, '#', rest.length))
        return fault(400, "the request target holds a fragment");
    gsize n = 0;
    while (n < rest.length && rest.at[n] != '/' && rest.at[n] != '?')
        n++;
    if (!srt_target_authority(srt_slice(rest.at, n), 80, ret))
        return fault(400, "the URL of the request has no valid host and port");
    ret->path = srt_slice(rest.at + n, rest.length - n);
    ret->asterisk = ret->path.length == 0 && srt_slice_is(method, "OPTIONS");
    return fault(0, NULL);
}
