/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a client showed the session's token. Pure. */
#ifndef SRT_NET_AUTH_H
#define SRT_NET_AUTH_H

#include "net/http_head.h"

/* The user is "srt" or begins with "srt."; the password is the token. The
 * comparison takes the same time whatever differs. */
gboolean srt_auth_pair(const char *token, SrtSlice user, SrtSlice password);

/* The Basic credentials in Proxy-Authorization; exactly one such line. */
gboolean srt_auth_http(const char *token, const SrtHttpHead *head);

#endif
