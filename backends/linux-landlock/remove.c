/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "private.h"

#define DEPTH_MAX 32 /* deeper ones are moved up to the top */

typedef struct removal {
    int top;
    dev_t device;
    unsigned long moved; /* for names at the top */
    bool progress;
} removal;

static void empty(removal *r, int fd, int depth);

/* Also one that its owner may not enter. */
static int open_below(const removal *r, int parent, const char *name)
{
    struct stat st;
    char link[64];
    int path = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (path < 0)
        return -1;
    int fd = -1;
    if (fstat(path, &st) == 0 && st.st_dev == r->device) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", path);
        if ((st.st_mode & 0700) != 0700)
            chmod(link, 0700);
        fd = open(link, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    close(path);
    return fd;
}

static void move_up(removal *r, int parent, const char *name)
{
    char other[32];
    int fd = open_below(r, parent, name); /* one may only move what one may write to */
    if (fd >= 0)
        close(fd);
    snprintf(other, sizeof other, ".moved-%lu", r->moved++);
    if (renameat(parent, name, r->top, other) == 0)
        r->progress = true;
}

static void remove_entry(removal *r, int parent, const char *name, int depth)
{
    if (unlinkat(parent, name, 0) == 0 || unlinkat(parent, name, AT_REMOVEDIR) == 0) {
        r->progress = true;
        return;
    }
    if (depth == DEPTH_MAX) {
        move_up(r, parent, name);
        return;
    }
    int fd = open_below(r, parent, name);
    if (fd < 0)
        return;
    empty(r, fd, depth + 1);
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
        r->progress = true;
}

/* Closes fd. */
static void empty(removal *r, int fd, int depth)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_entry(r, dirfd(dir), entry->d_name, depth);
    closedir(dir);
}

void ll_remove_below(int directory)
{
    struct stat st;
    if (fstat(directory, &st) != 0)
        return;
    removal r = {.top = directory, .device = st.st_dev};
    fchmod(directory, 0700);
    do {
        r.progress = false;
        int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return;
        empty(&r, fd, 0);
    } while (r.progress); /* what was moved up, what came to light meanwhile */
}
