/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of the helper inside: whatever the bytes, only records of the right
 * shape come through, and what comes through can be written again and read the
 * same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "srt-filters/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
    if (!holds)
        abort();
}

static int check(void *data, uint32_t tag, const void *bytes, size_t length)
{
    uint64_t *sum = data;
    const unsigned char *p = bytes;
    must(tag > SRT_PLAN_END && tag <= SRT_PLAN_MASKS);
    if (tag <= SRT_PLAN_CWD)
        must(strlen(bytes) + 1 == length);
    if (tag == SRT_PLAN_FILTER || tag == SRT_PLAN_NOTIFY)
        must(length % 8 == 0 && length > 0 && length <= 4096 * 8);
    if (tag == SRT_PLAN_CHANNEL)
        must(length == 4);
    if (tag == SRT_PLAN_LANDLOCK)
        must(length == sizeof(struct srt_plan_landlock));
    if (tag == SRT_PLAN_LANDLOCK_PATH) {
        const char *path = (const char *)p + sizeof(struct srt_plan_landlock_path);
        must(*path == '/' && strlen(path) < SRT_PLAN_PATH_MAX);
        must(strlen(path) + 1 + sizeof(struct srt_plan_landlock_path) == length);
    }
    if (tag == SRT_PLAN_MASKS)
        must(length > 4 && p[4] == '/' && strlen((const char *)p + 4) + 5 == length);
    if (tag == SRT_PLAN_LANDLOCK_PORT)
        must(length == sizeof(struct srt_plan_landlock_port));
    *sum = *sum * 31 + tag;
    for (size_t i = 0; i < length; i++)
        *sum = *sum * 31 + p[i];
    return 0;
}

static int copy(void *data, uint32_t tag, const void *bytes, size_t length)
{
    srt_plan_put(data, tag, bytes, length);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *why = NULL;
    uint64_t first = 0, second = 0;
    int result = srt_plan_read(data, size, check, &first, &why);
    must(result == 0 || (result == -1 && why && *why));
    if (result != 0)
        return 0;
    srt_plan_writer w = {NULL, 0, 0, 0};
    srt_plan_read(data, size, copy, &w, NULL);
    srt_plan_put(&w, SRT_PLAN_END, NULL, 0);
    must(w.error == 0 && w.length == size && memcmp(w.bytes, data, size) == 0);
    must(srt_plan_read(w.bytes, w.length, check, &second, NULL) == 0 && first == second);
    free(w.bytes);
    return 0;
}
