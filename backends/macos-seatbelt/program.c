/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend.h"

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* CWD/DIRECTORY/NAME, without what is empty or, by an absolute directory, not needed. */
static char *join(const char *cwd, const char *directory, size_t length, const char *name)
{
    bool absolute = length > 0 && directory[0] == '/';
    sb_text text = {0};
    if (!absolute) {
        sb_text_puts(&text, cwd);
        sb_text_putc(&text, '/');
    }
    sb_text_add(&text, directory, length);
    if (length > 0)
        sb_text_putc(&text, '/');
    sb_text_puts(&text, name);
    if (text.failed)
        sb_text_clear(&text);
    return text.bytes;
}

static char *if_program(char *path)
{
    if (path && is_program(path))
        return path;
    free(path);
    return NULL;
}

char *sb_program_find(const char *word, const char *search, const char *cwd)
{
    char *found = NULL;
    if (word[0] == '/')
        return if_program(strdup(word));
    if (strchr(word, '/'))
        return if_program(join(cwd, "", 0, word));
    while (*word && !found) {
        size_t n = strcspn(search, ":");
        found = if_program(join(cwd, search, n, word));
        if (!search[n])
            break;
        search += n + 1;
    }
    return found;
}
