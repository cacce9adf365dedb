/* SPDX-License-Identifier: Apache-2.0 */
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define OVERFLOW_UID 65534u
#define TRIES 16
#define LOOKED_AT_MAX 4096 /* entries of the place, when looking for what was left behind */
#define PREFIX_MAX 32

static void prefix(char text[PREFIX_MAX])
{
    snprintf(text, PREFIX_MAX, "srt-%u-", (unsigned)geteuid());
}

/* In a user namespace without root, what is root's seems to be the overflow user's, "/" too. */
static bool is_unmapped_root(uid_t owner)
{
    struct stat root;
    return owner == OVERFLOW_UID && stat("/", &root) == 0 && root.st_uid == OVERFLOW_UID;
}

/* Only we, and root, can rename what is ours in it. */
static bool is_safe_place(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0 ||
        (st.st_uid != 0 && st.st_uid != geteuid() && !is_unmapped_root(st.st_uid)))
        return false;
    return (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 || (st.st_mode & S_ISVTX) != 0;
}

static bool is_ours(int place, const char *name, int fd)
{
    struct stat named, open;
    return fstat(fd, &open) == 0 && fstatat(place, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           named.st_dev == open.st_dev && named.st_ino == open.st_ino && open.st_uid == geteuid() &&
           S_ISDIR(open.st_mode);
}

/* -EAGAIN: another one took it, or a cleaner was faster. */
static int make_one(ll_private *p)
{
    uint64_t random;
    char start[PREFIX_MAX];
    prefix(start);
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return -errno;
    snprintf(p->name, sizeof p->name, "%s%016llx", start, (unsigned long long)random);
    if (mkdirat(p->place, p->name, 0700) != 0)
        return errno == EEXIST ? -EAGAIN : -errno;
    p->fd = openat(p->place, p->name, OPEN_DIRECTORY);
    if (p->fd < 0)
        return errno == ENOENT ? -EAGAIN : -errno;
    if (flock(p->fd, LOCK_EX | LOCK_NB) == 0 && is_ours(p->place, p->name, p->fd) &&
        fchmod(p->fd, 0700) == 0)
        return 0;
    close(p->fd);
    p->fd = -1;
    return -EAGAIN;
}

static int make_in(ll_private *p, const char *place)
{
    char canonical[PATH_MAX];
    int r = -EAGAIN;
    if (!realpath(place, canonical))
        return -errno;
    p->place = open(canonical, OPEN_DIRECTORY);
    if (p->place < 0)
        return -errno;
    if (!is_safe_place(p->place))
        r = -EACCES;
    for (int i = 0; r == -EAGAIN && i < TRIES; i++)
        r = make_one(p);
    int length = snprintf(p->path, sizeof p->path, "%s/%s", canonical[1] ? canonical : "", p->name);
    if (r == 0 && length >= PATH_MAX)
        r = -ENAMETOOLONG;
    if (r < 0)
        ll_private_remove(p);
    return r;
}

int ll_private_make(ll_private *ret, const char *const *places)
{
    int r = -ENOENT;
    for (; *places && r != 0; places++) {
        *ret = (ll_private){.place = -1, .fd = -1};
        r = make_in(ret, *places);
    }
    return r;
}

/* Its lock is free: whoever made it is dead. The name goes while the lock is held, so that no
 * other cleaner takes it for its own. */
static void remove_left(int place, const char *name)
{
    int fd = openat(place, name, OPEN_DIRECTORY);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_ours(place, name, fd)) {
        ll_remove_below(fd);
        unlinkat(place, name, AT_REMOVEDIR);
    }
    close(fd);
}

static void remove_all_left(int place)
{
    char start[PREFIX_MAX];
    prefix(start);
    size_t length = strlen(start);
    int fd = openat(place, ".", OPEN_DIRECTORY);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir && fd >= 0)
        close(fd);
    struct dirent *entry;
    for (int i = 0; dir && i < LOOKED_AT_MAX && (entry = readdir(dir)) != NULL; i++)
        if (strncmp(entry->d_name, start, length) == 0 &&
            strspn(entry->d_name + length, "0123456789abcdef") == 16 &&
            entry->d_name[length + 16] == '\0')
            remove_left(place, entry->d_name);
    if (dir)
        closedir(dir);
}

void ll_private_remove(ll_private *p)
{
    if (p->fd >= 0) {
        ll_remove_below(p->fd);
        unlinkat(p->place, p->name, AT_REMOVEDIR);
        close(p->fd);
        remove_all_left(p->place);
    }
    if (p->place >= 0)
        close(p->place);
    *p = (ll_private){.place = -1, .fd = -1};
}
