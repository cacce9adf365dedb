/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of a plan, and sealed memory to pass it in. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "srt-filters/plan.h"

static void append(srt_plan_writer *w, const void *data, size_t length)
{
    if (w->error)
        return;
    if (length > SRT_PLAN_MAX - w->length) {
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

/* One record of two parts. */
static void put(srt_plan_writer *w, uint32_t tag, const void *first, size_t first_length,
                const void *data, size_t length)
{
    static const unsigned char zeros[4];
    if (length > SRT_PLAN_MAX - first_length) {
        w->error = E2BIG;
        return;
    }
    const uint32_t head[2] = {tag, (uint32_t)(first_length + length)};
    if (w->length == 0)
        append(w, SRT_PLAN_MAGIC, sizeof SRT_PLAN_MAGIC - 1);
    append(w, head, sizeof head);
    append(w, first, first_length);
    append(w, data, length);
    append(w, zeros, (4 - head[1] % 4) % 4);
}

void srt_plan_put(srt_plan_writer *w, uint32_t tag, const void *data, size_t length)
{
    put(w, tag, NULL, 0, data, length);
}

void srt_plan_put_text(srt_plan_writer *w, uint32_t tag, const char *text)
{
    srt_plan_put(w, tag, text, strlen(text) + 1);
}

void srt_plan_put_u32(srt_plan_writer *w, uint32_t tag, uint32_t value)
{
    srt_plan_put(w, tag, &value, sizeof value);
}

void srt_plan_put_landlock(srt_plan_writer *w, const struct srt_plan_landlock *ruleset)
{
    srt_plan_put(w, SRT_PLAN_LANDLOCK, ruleset, sizeof *ruleset);
}

void srt_plan_put_landlock_path(srt_plan_writer *w, uint64_t access, uint32_t flags,
                                const char *path)
{
    const struct srt_plan_landlock_path rule = {.access = access, .flags = flags};
    put(w, SRT_PLAN_LANDLOCK_PATH, &rule, sizeof rule, path, strlen(path) + 1);
}

void srt_plan_put_landlock_port(srt_plan_writer *w, uint64_t access, uint16_t port)
{
    const struct srt_plan_landlock_port rule = {.access = access, .port = port};
    srt_plan_put(w, SRT_PLAN_LANDLOCK_PORT, &rule, sizeof rule);
}

void srt_plan_put_masks(srt_plan_writer *w, uint32_t channel, const char *directory)
{
    put(w, SRT_PLAN_MASKS, &channel, sizeof channel, directory, strlen(directory) + 1);
}

int srt_plan_finish(srt_plan_writer *w)
{
    srt_plan_put(w, SRT_PLAN_END, NULL, 0);
    int result = w->error ? -w->error : srt_sealed_memfd("srt-plan", w->bytes, w->length);
    free(w->bytes);
    memset(w, 0, sizeof *w);
    return result;
}

static int write_all(int fd, const unsigned char *p, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, p, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        p += n;
        length -= (size_t)n;
    }
    return 0;
}

int srt_sealed_memfd(const char *name, const void *data, size_t length)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    int result = write_all(fd, data, length);
    if (result == 0 &&
        (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0 ||
         lseek(fd, 0, SEEK_SET) < 0))
        result = -errno;
    if (result < 0) {
        close(fd);
        return result;
    }
    return fd;
}
