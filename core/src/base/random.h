/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes of the system, for what nobody may guess. */
#ifndef SRT_BASE_RANDOM_H
#define SRT_BASE_RANDOM_H

#include <glib.h>

#define SRT_RANDOM_MAX 64

/* 2 * count lower-case hex digits of count (at most SRT_RANDOM_MAX) random bytes. what: what they
 * are for, in the error. NULL with SRT_ERROR_FAILED. Caller frees. Any thread. */
char *srt_random_hex(gsize count, const char *what, GError **error);

#endif
