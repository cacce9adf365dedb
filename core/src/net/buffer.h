/* SPDX-License-Identifier: Apache-2.0 */
/* A queue of bytes on the heap that holds no memory while it is empty and has
 * been cleared. Its users bound it. */
#ifndef SRT_NET_BUFFER_H
#define SRT_NET_BUFFER_H

#include <glib.h>

#include "net/slice.h"

typedef struct SrtBuffer {
    char *data;
    guint32 start;
    guint32 end;
    guint32 size;
} SrtBuffer;

static inline gsize srt_buffer_length(const SrtBuffer *buffer)
{
    return buffer->end - buffer->start;
}

static inline SrtSlice srt_buffer_slice(const SrtBuffer *buffer)
{
    return buffer->data ? srt_slice(buffer->data + buffer->start, buffer->end - buffer->start)
                        : srt_slice("", 0);
}

/* Where at least n bytes can be put behind what is there; then advance end with
 * srt_buffer_added. The address is valid until the next call on the buffer. */
char *srt_buffer_room(SrtBuffer *buffer, gsize n);
void srt_buffer_added(SrtBuffer *buffer, gsize n);

void srt_buffer_append(SrtBuffer *buffer, const void *data, gsize n);
void srt_buffer_append_text(SrtBuffer *buffer, const char *text);
void srt_buffer_append_slice(SrtBuffer *buffer, SrtSlice slice);
void srt_buffer_printf(SrtBuffer *buffer, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Takes n bytes off the front. */
void srt_buffer_consume(SrtBuffer *buffer, gsize n);

/* Empties it and gives the memory back. */
void srt_buffer_clear(SrtBuffer *buffer);

#endif
