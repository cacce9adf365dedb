/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as text. Only for what need not be exact: links are not seen here. */
#include <string.h>

#include "internal.h"

/* Cuts the last component of path[length]. */
static size_t cut(const char *path, size_t length)
{
    while (length > 0 && path[--length] != '/')
        ;
    return length;
}

bool sup_lexical(char *path, size_t length, const char *text)
{
    if (text[0] == '/' || (length == 1 && path[0] == '/'))
        length = 0;
    for (const char *p = text; *p;) {
        size_t part = strcspn(p, "/");
        if (part == 2 && p[0] == '.' && p[1] == '.') {
            length = cut(path, length);
        } else if (part > 0 && !(part == 1 && p[0] == '.')) {
            if (length + 1 + part >= SUP_PATH_MAX)
                return false;
            path[length++] = '/';
            memcpy(path + length, p, part);
            length += part;
        }
        p += part;
        p += strspn(p, "/");
    }
    if (length == 0)
        path[length++] = '/';
    path[length] = '\0';
    return true;
}

bool sup_within_any(const char *const *list, const char *path)
{
    for (; list && *list; list++) {
        size_t length = strlen(*list);
        if (strncmp(path, *list, length) == 0 &&
            (path[length] == '\0' || path[length] == '/' || length == 1))
            return true;
    }
    return false;
}
