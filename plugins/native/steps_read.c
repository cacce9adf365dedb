/* SPDX-License-Identifier: Apache-2.0 */
#include "steps.h"

#include <string.h>

#define MAGIC_LENGTH (sizeof NT_MAGIC - 1)

/* Flags that a step of each kind may have, and whether it has a source: 0 never, 1 always,
 * 2 maybe. */
static const struct {
    uint32_t flags;
    unsigned char source, can_make;
} kinds[NT_KINDS] = {
    [NT_ROOT] = {NT_RDONLY | NT_PRIVATE | NT_PACED, 0, 0},
    [NT_BIND] = {NT_RDONLY | NT_EARLY | NT_DIR | NT_FILE | NT_OPTIONAL, 2, 1},
    [NT_TMPFS] = {NT_RDONLY | NT_PRIVATE | NT_STICKY, 0, 1},
    [NT_PIN] = {0, 0, 0},
    [NT_MASK] = {0, 0, 1},
    [NT_CLOSE] = {0, 0, 0},
    [NT_LINK] = {0, 1, 1},
    [NT_DEV] = {0, 0, 1},
    [NT_PROC] = {NT_RDONLY, 0, 1},
};

static int malformed(const char **ret_why, const char *why)
{
    if (ret_why)
        *ret_why = why;
    return -1;
}

/* A text of that length, which may be 0: none. */
static const char *text_problem(const unsigned char *text, size_t length)
{
    if (length == 0)
        return NULL;
    if (length > NT_PATH_MAX || memchr(text, 0, length) != text + length - 1)
        return "a text is too long or does not end with its only NUL";
    return NULL;
}

static const char *step_problem(const nt_step_head *h, const unsigned char *path)
{
    if (h->kind >= NT_KINDS)
        return "a step is of an unknown kind";
    if (h->flags & ~kinds[h->kind].flags)
        return "a step has flags that mean nothing";
    if (h->path_length < 2 || path[0] != '/')
        return "a path is not absolute";
    if (h->base && (!kinds[h->kind].can_make || h->base >= h->path_length))
        return "a mount point cannot be made where a step says";
    if (kinds[h->kind].source != 2 && (h->source_length != 0) != kinds[h->kind].source)
        return "a source is missing, or too much";
    return NULL;
}

/* One step at *at, which moves on; *ret_end when it is the last. NULL, or what is wrong. */
static const char *read_one(const unsigned char *p, size_t length, size_t *at, nt_step *ret)
{
    nt_step_head h;
    if (length - *at < sizeof h)
        return "they have no end";
    memcpy(&h, p + *at, sizeof h);
    *at += sizeof h;
    *ret = (nt_step){.kind = h.kind, .flags = h.flags, .base = h.base};
    if (h.kind == NT_END)
        return h.flags || h.base || h.path_length || h.source_length ? "the end has a content"
                                                                     : NULL;
    if (h.path_length > NT_PATH_MAX || h.source_length > NT_PATH_MAX)
        return "a text is too long or does not end with its only NUL";
    const size_t texts = h.path_length + h.source_length, padded = (texts + 3) & ~(size_t)3;
    if (padded > length - *at)
        return "a step is longer than the rest of them";
    const unsigned char *path = p + *at, *source = path + h.path_length;
    const char *why = text_problem(path, h.path_length);
    if (!why)
        why = text_problem(source, h.source_length);
    if (!why)
        why = step_problem(&h, path);
    for (size_t i = texts; !why && i < padded; i++)
        if (path[i] != 0)
            why = "padding is not zero";
    ret->path = (const char *)path;
    ret->source = h.source_length ? (const char *)source : NULL;
    *at += padded;
    return why;
}

int nt_read(const void *bytes, size_t length, int (*each)(void *data, const nt_step *step),
            void *data, const char **ret_why)
{
    const unsigned char *p = bytes;
    size_t at = MAGIC_LENGTH;
    if (length > NT_STEPS_MAX)
        return malformed(ret_why, "they are too large");
    if (length < MAGIC_LENGTH || memcmp(p, NT_MAGIC, MAGIC_LENGTH) != 0)
        return malformed(ret_why, "they do not begin as steps of this version");
    for (size_t n = 0;; n++) {
        nt_step step;
        const char *why = read_one(p, length, &at, &step);
        if (why)
            return malformed(ret_why, why);
        if (step.kind == NT_END)
            break;
        if ((step.kind == NT_ROOT) != (n == 0))
            return malformed(ret_why, "the root is not the first step, or not the only one");
        int result = each(data, &step);
        if (result != 0)
            return result;
    }
    return at == length ? 0 : malformed(ret_why, "bytes follow the end");
}
