/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of the library's interface. Private to this room. */
#ifndef SRT_EMBED_ERROR_H
#define SRT_EMBED_ERROR_H

#include <glib.h>
#include <srt/srt.h>

/* Sets *error (may be NULL) and returns -1. */
int srt_embed_fail(srt_error **error, srt_error_code code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* The same for a call that makes no sense: "FUNCTION: <text>". */
int srt_embed_misuse(srt_error **error, const char *function, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Takes a GError of the core over; frees it. Returns -1. */
int srt_embed_take_error(srt_error **error, GError *from);

/* Copies a structure of a caller: min(its struct_size, size) bytes, the rest is zero. FALSE with
 * *error when its size cannot be one. */
gboolean srt_embed_copy_struct(const char *function, const void *from, void *ret, gsize size,
                               gsize smallest, srt_error **error);

#endif
