/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the launcher: whatever the bytes, only steps of the right shape come through, and
 * those can be written again and are the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "steps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
    if (!holds)
        abort();
}

static int check(void *data, const nt_step *step)
{
    must(step->kind > NT_END && step->kind < NT_KINDS && step->path[0] == '/');
    must((step->flags & ~NT_FLAGS_ALL) == 0 && strlen(step->path) < NT_PATH_MAX);
    must(step->base <= strlen(step->path));
    must(!step->source || strlen(step->source) < NT_PATH_MAX);
    nt_write(data, step);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const nt_step end = {.kind = NT_END};
    const char *why = NULL;
    nt_writer w = {0};
    const int result = nt_read(data, size, check, &w, &why);
    must(result == 0 || (result == -1 && why && *why));
    if (result == 0) {
        nt_write(&w, &end);
        must(w.error == 0 && w.length == size && memcmp(w.bytes, data, size) == 0);
    }
    free(w.bytes);
    return 0;
}
