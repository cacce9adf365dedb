/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration of git that a command has left behind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "run/git_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

typedef struct Seen {
    guint settings, dangers;
} Seen;

static gboolean each(void *data, const char *name, const char *value)
{
    Seen *seen = data;
    const char *first = strchr(name, '.'), *last = strrchr(name, '.');
    must(first && first > name && last[1]);
    for (const char *p = name; p < first; p++)
        must(!g_ascii_isupper(*p));
    for (const char *p = last; *p; p++)
        must(!g_ascii_isupper(*p));
    must(!value || strlen(value) <= SRT_GIT_VALUE_MAX + 1);
    seen->settings++;
    seen->dangers += srt_git_config_danger(name, value) != NULL;
    return TRUE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Seen seen = {0, 0};
    char *worktree = NULL;
    gboolean whole = srt_git_config_parse((const char *)data, size, each, &seen);
    char *wrong = srt_git_config_judge((const char *)data, size, &worktree);
    must((wrong == NULL) == (whole && seen.dangers == 0));
    must(!wrong || !worktree);
    g_free(wrong);
    g_free(worktree);
    return 0;
}
