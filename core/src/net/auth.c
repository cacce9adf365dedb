/* SPDX-License-Identifier: Apache-2.0 */
#include "net/auth.h"

static gboolean same_secret(const char *token, SrtSlice given)
{
    gsize n = strlen(token);
    unsigned difference = n != given.length;
    for (gsize i = 0; i < n; i++)
        difference |= (unsigned char)token[i] ^ (i < given.length ? (unsigned char)given.at[i] : 0u);
    return difference == 0;
}

gboolean srt_auth_pair(const char *token, SrtSlice user, SrtSlice password)
{
    gboolean named = srt_slice_is(user, "srt") ||
                     (user.length > 4 && memcmp(user.at, "srt.", 4) == 0);
    return same_secret(token, password) && named;
}

gboolean srt_auth_http(const char *token, const SrtHttpHead *head)
{
    guint from = 0;
    const SrtHttpField *field = srt_http_field(head, "Proxy-Authorization", &from);
    if (!field || srt_http_field(head, "Proxy-Authorization", &from))
        return FALSE;
    SrtSlice value = field->value;
    if (value.length < 6 || g_ascii_strncasecmp(value.at, "Basic ", 6) != 0)
        return FALSE;
    value = srt_slice_trim(srt_slice(value.at + 6, value.length - 6));
    g_autofree char *copy = g_strndup(value.at, value.length);
    gsize n = 0;
    g_autofree char *pair = (char *)g_base64_decode(copy, &n);
    const char *colon = n ? memchr(pair, ':', n) : NULL;
    if (!colon)
        return FALSE;
    gsize user = (gsize)(colon - pair);
    return srt_auth_pair(token, srt_slice(pair, user), srt_slice(colon + 1, n - user - 1));
}
