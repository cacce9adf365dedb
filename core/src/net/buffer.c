/* SPDX-License-Identifier: Apache-2.0 */
#include "net/buffer.h"

#define SMALLEST 2048

char *srt_buffer_room(SrtBuffer *buffer, gsize n)
{
    if (buffer->size - buffer->end >= n && buffer->data)
        return buffer->data + buffer->end;
    gsize length = srt_buffer_length(buffer);
    if (buffer->start && buffer->size - length >= n) {
        memmove(buffer->data, buffer->data + buffer->start, length);
    } else {
        gsize size = buffer->size ? buffer->size : SMALLEST;
        while (size - length < n)
            size *= 2;
        char *data = g_malloc(size);
        if (length)
            memcpy(data, buffer->data + buffer->start, length);
        g_free(buffer->data);
        buffer->data = data;
        buffer->size = (guint32)size;
    }
    buffer->start = 0;
    buffer->end = (guint32)length;
    return buffer->data + buffer->end;
}

void srt_buffer_added(SrtBuffer *buffer, gsize n)
{
    g_assert(n <= buffer->size - buffer->end);
    buffer->end += (guint32)n;
}

void srt_buffer_append(SrtBuffer *buffer, const void *data, gsize n)
{
    if (n == 0)
        return;
    memcpy(srt_buffer_room(buffer, n), data, n);
    srt_buffer_added(buffer, n);
}

void srt_buffer_append_text(SrtBuffer *buffer, const char *text)
{
    srt_buffer_append(buffer, text, strlen(text));
}

void srt_buffer_append_slice(SrtBuffer *buffer, SrtSlice slice)
{
    srt_buffer_append(buffer, slice.at, slice.length);
}

void srt_buffer_printf(SrtBuffer *buffer, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    srt_buffer_append_text(buffer, text);
}

void srt_buffer_consume(SrtBuffer *buffer, gsize n)
{
    g_assert(n <= srt_buffer_length(buffer));
    buffer->start += (guint32)n;
    if (buffer->start == buffer->end)
        buffer->start = buffer->end = 0;
}

void srt_buffer_clear(SrtBuffer *buffer)
{
    g_free(buffer->data);
    *buffer = (SrtBuffer){0};
}
