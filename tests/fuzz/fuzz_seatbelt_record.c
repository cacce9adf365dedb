/* SPDX-License-Identifier: Apache-2.0 */
/* The log stream: however it is cut, the same records come out, within their limits. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

typedef struct sum {
    uint64_t hash;
    unsigned count;
} sum;

static void mix(sum *s, const char *text)
{
    for (; *text; text++)
        s->hash = (s->hash ^ (unsigned char)*text) * 1099511628211u;
    s->hash = (s->hash ^ 0xff) * 1099511628211u;
}

static void take(void *data, const sb_record *r)
{
    sum *s = data;
    if (strlen(r->process) > SB_PROCESS_MAX || r->pid < 0 || !r->operation[0] || r->count == 0 ||
        r->command > 1000000)
        abort();
    mix(s, r->process);
    mix(s, r->operation);
    mix(s, r->target);
    s->count++;
    sb_record_is_noise(r);
}

static sum read_in_pieces(const uint8_t *data, size_t size, size_t piece)
{
    sum s = {.count = 0};
    sb_reader reader;
    sb_reader_init(&reader, "s", take, &s);
    for (size_t at = 0; at < size; at += piece)
        sb_reader_feed(&reader, (const char *)data + at, size - at < piece ? size - at : piece);
    sb_reader_clear(&reader);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sum whole = read_in_pieces(data, size, size ? size : 1);
    sum cut = read_in_pieces(data, size, size ? 1 + data[0] % 16 : 1);
    if (whole.count != cut.count || whole.hash != cut.hash)
        abort();
    return 0;
}
