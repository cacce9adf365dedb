/* SPDX-License-Identifier: Apache-2.0 */
/* Chunked bodies: the same content whatever the pieces, and what is written
 * anew decodes to it again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_chunked.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) \
    do {                 \
        if (!(condition)) \
            abort();     \
    } while (0)

typedef struct Decoded {
    SrtBuffer content;
    SrtBuffer chunks; /* written anew */
    SrtChunkedStep end;
    gsize used;
} Decoded;

static void decode(const char *text, size_t size, size_t piece, Decoded *ret)
{
    SrtChunked chunked = {0};
    *ret = (Decoded){.end = SRT_CHUNKED_MORE};
    while (ret->used < size && ret->end == SRT_CHUNKED_MORE) {
        SrtSlice input = srt_slice(text + ret->used, MIN(piece, size - ret->used)), data;
        gsize before = input.length;
        while ((ret->end = srt_chunked_next(&chunked, &input, &data)) == SRT_CHUNKED_DATA) {
            srt_buffer_append_slice(&ret->content, data);
            srt_chunked_write(&ret->chunks, data);
        }
        ret->used += before - input.length;
    }
}

static void clear(Decoded *decoded)
{
    srt_buffer_clear(&decoded->content);
    srt_buffer_clear(&decoded->chunks);
}

static void same(const Decoded *a, const Decoded *b)
{
    SrtSlice x = srt_buffer_slice(&a->content), y = srt_buffer_slice(&b->content);
    CHECK(x.length == y.length && memcmp(x.at, y.at, x.length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Decoded whole, pieces, again;
    if (size > 65536)
        return 0;
    decode((const char *)data, size, size, &whole);
    decode((const char *)data, size, 1 + size % 7, &pieces);
    CHECK(whole.end == pieces.end);
    CHECK(whole.end == SRT_CHUNKED_BAD || whole.used == pieces.used);
    same(&whole, &pieces);
    srt_buffer_append_text(&pieces.chunks, SRT_CHUNKED_LAST);
    SrtSlice rewritten = srt_buffer_slice(&pieces.chunks);
    decode(rewritten.at, rewritten.length, rewritten.length, &again);
    CHECK(again.end == SRT_CHUNKED_END && again.used == rewritten.length);
    same(&whole, &again);
    clear(&whole);
    clear(&pieces);
    clear(&again);
    return 0;
}
