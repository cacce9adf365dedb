/* SPDX-License-Identifier: Apache-2.0 */
/* A directory for temporary files that belongs to one command. Where there are no mounts it
 * lies on the host, 0700 in /tmp or the user's run-time directory, and is locked as long
 * as srt runs. What a killed srt left behind is removed by the next one: it is the user's, has
 * such a name, and nobody holds its lock. */
#ifndef SRT_LANDLOCK_PRIVATE_H
#define SRT_LANDLOCK_PRIVATE_H

#include <limits.h>
#include <stdbool.h>

typedef struct ll_private {
    int place; /* the directory that it lies in, -1 when there is none */
    int fd;    /* of the directory, locked */
    char name[64];
    char path[PATH_MAX + 65]; /* canonical, shorter than PATH_MAX */
} ll_private;

/* Where: NULL-terminated directories, the first that is safe is taken. 0, or a negative errno
 * value. Not a directory that others could rename it in. */
int ll_private_make(ll_private *ret, const char *const *places);
/* Removes it with all that is in it, and what dead ones left there. Accepts half-made ones. */
void ll_private_remove(ll_private *p);

/* remove.c: empties the directory. Follows no link, stays on its file system, needs a bounded
 * number of descriptors for any depth. Nobody else may be changing it. */
void ll_remove_below(int directory);

#endif
