/* SPDX-License-Identifier: Apache-2.0 */
/* Input: FUSE requests, one after the other, each as long as its own head says (the last may
 * be cut). Whatever comes: an answer fits, says its own length and error, and nothing is ever
 * opened or read; what is recorded is of a mask and named within the request. */
#include <errno.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mask_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
    if (!holds)
        abort();
}

static void check_answer(const struct fuse_in_header *in, const unsigned char *reply, size_t n)
{
    struct fuse_out_header out;
    must(n >= sizeof out && n <= SUP_MASK_REPLY_MAX);
    memcpy(&out, reply, sizeof out);
    must(out.len == n && out.unique == in->unique && out.error <= 0 && out.error > -1000);
    must(out.error == 0 || n == sizeof out);
    must(in->opcode != FUSE_OPEN || out.error != 0);
    must(in->opcode != FUSE_READ || out.error != 0);
    must(in->opcode != FUSE_CREATE || out.error != 0);
}

static void one(const uint8_t *data, size_t size)
{
    static const uint32_t modes[] = {S_IFDIR | 0755, S_IFREG, S_IFREG | 0111, S_IFDIR | 0755};
    static const sup_mask_table table = {modes, 4, 1000, 1000, 1};
    unsigned char *reply = malloc(SUP_MASK_REPLY_MAX); /* for the sanitizer */
    uint8_t *request = malloc(size ? size : 1);
    struct fuse_in_header in = {.len = 0};
    sup_mask_event event;
    must(reply && request);
    memcpy(request, data, size);
    memcpy(&in, data, size < sizeof in ? size : sizeof in);
    size_t n = sup_mask_answer(&table, request, size, reply, &event);
    if (n > 0)
        check_answer(&in, reply, n);
    must(event.mask == SIZE_MAX || event.mask < table.count);
    must(event.mask != SIZE_MAX || !event.name);
    if (event.name) {
        const uint8_t *name = (const uint8_t *)event.name;
        must(name > request && name < request + size);
        must(memchr(name, 0, size - (size_t)(name - request)) != NULL && *name);
    }
    free(request);
    free(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    while (size > 0) {
        uint32_t length = 0;
        if (size >= sizeof length)
            memcpy(&length, data, sizeof length);
        size_t n = length > 0 && length < size ? length : size;
        one(data, n);
        data += n;
        size -= n;
    }
    return 0;
}
