/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/address.h"

#include <string.h>

#include "base/error.h"

gboolean srt_channel_is_token(const char *text)
{
    return strlen(text) == SRT_CHANNEL_TOKEN_LENGTH &&
           strspn(text, "0123456789abcdef") == SRT_CHANNEL_TOKEN_LENGTH;
}

static gboolean wrong(const char *text, const char *expected, GError **error)
{
    g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE, "--session: found '%s', expected %s", text,
                expected);
    return FALSE;
}

static gboolean parse_fd(const char *text, SrtChannelAddress *ret, GError **error)
{
    const char *digits = text + strlen("fd:");
    gint64 number = -1;
    if (*digits && strlen(digits) <= 7 && strspn(digits, "0123456789") == strlen(digits))
        number = g_ascii_strtoll(digits, NULL, 10);
    if (number < SRT_CHANNEL_FD_MIN || number > SRT_CHANNEL_FD_MAX)
        return wrong(text, "fd:N with the number (>= 3) of a connected stream socket", error);
    ret->fd = (int)number;
    return TRUE;
}

gboolean srt_channel_address_parse(const char *text, SrtChannelAddress *ret, GError **error)
{
    *ret = (SrtChannelAddress){.fd = -1};
    if (g_str_has_prefix(text, "fd:"))
        return parse_fd(text, ret, error);
    const char *mark = strrchr(text, '#');
    if (*text != '/' || !mark)
        return wrong(text,
                     "fd:N, or PATH#TOKEN with the absolute path of the manager's socket; the "
                     "program that embeds srt makes this text",
                     error);
    if (!srt_channel_is_token(mark + 1))
        return wrong(text, "32 lower-case hexadecimal digits behind '#'", error);
    ret->path = g_strndup(text, (gsize)(mark - text));
    ret->token = g_strdup(mark + 1);
    return TRUE;
}

void srt_channel_address_clear(SrtChannelAddress *address)
{
    g_clear_pointer(&address->path, g_free);
    g_clear_pointer(&address->token, g_free);
    address->fd = -1;
}

char *srt_channel_address_text(const SrtChannelAddress *address)
{
    return address->path ? g_strdup_printf("%s#%s", address->path, address->token)
                         : g_strdup_printf("fd:%d", address->fd);
}
