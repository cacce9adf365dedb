/* SPDX-License-Identifier: Apache-2.0 */
/* The words. Left out on purpose:
 *   --new-session     the filter refuses TIOCSTI, and job control has to work
 *   --disable-userns  writes to /proc/sys, which containers mount read-only; the
 *                     filter refuses new namespaces already
 *   --seccomp         the helper loads the filter, see below
 * --as-pid-1: the helper is the init. That of bwrap has no filter until some time
 * after the command has started, or ever, and the command could trace it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"

static const char *const flags[] = {
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--as-pid-1",
    "--cap-drop",
    "ALL",
    "--chdir",
    "/",
};

/* What an operation looks like: option, and whether the source comes first. */
static const struct {
    const char *option;
    const char *fd_option; /* when the source is a descriptor */
    bool has_source;
} shapes[] = {
    [BW_BIND] = {"--bind", "--bind-fd", true},
    [BW_RO_BIND] = {"--ro-bind", "--ro-bind-fd", true},
    [BW_RO_BIND_TRY] = {"--ro-bind-try", NULL, true},
    [BW_TMPFS] = {"--tmpfs", NULL, false},
    [BW_REMOUNT_RO] = {"--remount-ro", NULL, false},
    [BW_SYMLINK] = {"--symlink", NULL, true},
    [BW_DEV] = {"--dev", NULL, false},
    [BW_PROC] = {"--proc", NULL, false},
};

void bw_words_add(bw_words *words, const char *word)
{
    size_t n = strlen(word) + 1;
    if (!words->error && words->size - words->length < n) {
        size_t size = words->size ? words->size : 1024;
        while (size - words->length < n)
            size *= 2;
        char *bytes = realloc(words->bytes, size);
        if (bytes) {
            words->bytes = bytes;
            words->size = size;
        } else {
            words->error = ENOMEM;
        }
    }
    if (words->error)
        return;
    memcpy(words->bytes + words->length, word, n);
    words->length += n;
    words->count++;
}

void bw_words_clear(bw_words *words)
{
    free(words->bytes);
    memset(words, 0, sizeof *words);
}

static void render_op(bw_words *words, const bw_op *op, int fd)
{
    char number[16];
    if (op->mode) {
        snprintf(number, sizeof number, "%04o", op->mode);
        bw_words_add(words, "--perms");
        bw_words_add(words, number);
    }
    if (fd >= 0 && shapes[op->kind].fd_option) {
        snprintf(number, sizeof number, "%d", fd);
        bw_words_add(words, shapes[op->kind].fd_option);
        bw_words_add(words, number);
    } else {
        bw_words_add(words, shapes[op->kind].option);
        if (shapes[op->kind].has_source)
            bw_words_add(words, op->source ? op->source : op->path);
    }
    bw_words_add(words, op->path);
}

size_t bw_count_words(const bw_plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->n_ops; i++) {
        const bw_op *op = &plan->ops[i];
        count += 2u + (op->mode ? 2u : 0u) + (shapes[op->kind].has_source ? 1u : 0u);
    }
    return count;
}

void bw_render(bw_words *words, const bw_plan *plan, bool own_net, const int *sources)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        bw_words_add(words, flags[i]);
    if (own_net)
        bw_words_add(words, "--unshare-net");
    for (size_t i = 0; i < plan->n_ops; i++)
        render_op(words, &plan->ops[i], sources ? sources[i] : -1);
}
