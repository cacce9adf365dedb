/* SPDX-License-Identifier: Apache-2.0 */
#include "steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void append(nt_writer *w, const void *data, size_t length)
{
    if (w->error)
        return;
    if (length > NT_STEPS_MAX - w->length) {
        w->error = E2BIG;
        return;
    }
    if (length > w->size - w->length) {
        size_t size = w->size ? w->size : 4096;
        while (size - w->length < length)
            size *= 2;
        unsigned char *bytes = realloc(w->bytes, size);
        if (!bytes) {
            w->error = ENOMEM;
            return;
        }
        w->bytes = bytes;
        w->size = size;
    }
    if (length > 0)
        memcpy(w->bytes + w->length, data, length);
    w->length += length;
}

static uint32_t text_length(const char *text)
{
    return text ? (uint32_t)strlen(text) + 1 : 0;
}

void nt_write(nt_writer *w, const nt_step *step)
{
    static const unsigned char zeros[4];
    const nt_step_head head = {
        .kind = step->kind,
        .flags = step->flags,
        .base = step->base,
        .path_length = text_length(step->path),
        .source_length = text_length(step->source),
    };
    if (head.path_length > NT_PATH_MAX || head.source_length > NT_PATH_MAX) {
        w->error = ENAMETOOLONG;
        return;
    }
    if (w->length == 0)
        append(w, NT_MAGIC, sizeof NT_MAGIC - 1);
    append(w, &head, sizeof head);
    append(w, step->path, head.path_length);
    append(w, step->source, head.source_length);
    append(w, zeros, (4 - (head.path_length + head.source_length) % 4) % 4);
}
