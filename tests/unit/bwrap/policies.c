/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "policies.h"

static const char *const no_texts[] = {NULL};

void test_policy_init(test_policy *t, const rule *rules, size_t n)
{
    memset(t, 0, sizeof *t);
    t->regions = calloc(n + 1, sizeof *t->regions);
    t->pointers = calloc(n + 1, sizeof *t->pointers);
    t->paths = calloc(n + 1, sizeof *t->paths);
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(rules[i].path);
        bool is_dir = rules[i].path[length - 1] == '/';
        t->paths[i] = strndup(rules[i].path, is_dir && length > 1 ? length - 1 : length);
        t->regions[i] = (srt_region){.struct_size = sizeof(srt_region),
                                     .flags = is_dir ? SRT_PATH_DIR : 0,
                                     .access = rules[i].access,
                                     .path = t->paths[i]};
        t->pointers[i] = &t->regions[i];
    }
    t->policy = (srt_policy){.struct_size = sizeof(srt_policy),
                             .cwd = "/",
                             .private_tmp = true,
                             .regions = t->pointers,
                             .n_regions = n,
                             .unix_paths = no_texts};
}

void test_policy_clear(test_policy *t)
{
    for (size_t i = 0; t->paths && t->paths[i]; i++)
        free(t->paths[i]);
    free(t->paths);
    free(t->pointers);
    free(t->regions);
    memset(t, 0, sizeof *t);
}

char *test_words_text(const char *bytes, size_t length)
{
    char *text = malloc(length + 1);
    size_t n = 0;
    for (const char *w = bytes; w < bytes + length; w += strlen(w) + 1) {
        if (n)
            text[n++] = strncmp(w, "--", 2) == 0 ? '\n' : ' ';
        memcpy(text + n, w, strlen(w));
        n += strlen(w);
    }
    text[n] = '\0';
    return text;
}
