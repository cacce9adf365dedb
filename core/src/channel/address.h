/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind --session=: where the manager is. Pure. */
#ifndef SRT_CHANNEL_ADDRESS_H
#define SRT_CHANNEL_ADDRESS_H

#include <glib.h>

#define SRT_CHANNEL_TOKEN_LENGTH 32 /* lower-case hex digits */
#define SRT_CHANNEL_FD_MIN 3
#define SRT_CHANNEL_FD_MAX 1048576

/* Either a descriptor or a path with a token. */
typedef struct SrtChannelAddress {
    int fd;      /* connected stream socket, -1: by path */
    char *path;  /* absolute; of a listening socket, NULL: by descriptor */
    char *token; /* SRT_CHANNEL_TOKEN_LENGTH digits; with a path */
} SrtChannelAddress;

/* "fd:N" or "PATH#TOKEN". FALSE with SRT_ERROR_USAGE; ret is to be cleared in any case. */
gboolean srt_channel_address_parse(const char *text, SrtChannelAddress *ret, GError **error);
void srt_channel_address_clear(SrtChannelAddress *address);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtChannelAddress, srt_channel_address_clear)

/* The text that srt_channel_address_parse reads. Caller frees. */
char *srt_channel_address_text(const SrtChannelAddress *address);

gboolean srt_channel_is_token(const char *text);

#endif
