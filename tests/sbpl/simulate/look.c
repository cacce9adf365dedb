/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "simulate.h"

#define LINKS_MAX 20

bool sim_read(pid_t pid, unsigned long address, void *room, size_t size)
{
    struct iovec here = {room, size}, there = {(void *)address, size};
    return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

/* A page at a time, since the next may not be there. */
static bool read_name(pid_t pid, unsigned long address, char room[PATH_MAX])
{
    for (size_t at = 0; at < PATH_MAX;) {
        size_t n = 4096 - ((address + at) & 4095);
        n = n < PATH_MAX - at ? n : PATH_MAX - at;
        struct iovec here = {room + at, n}, there = {(void *)(address + at), n};
        ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);
        if (got <= 0)
            return false;
        if (memchr(room + at, '\0', (size_t)got))
            return true;
        at += (size_t)got;
    }
    return false;
}

const char *sim_type(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "DIRECTORY";
    case S_IFLNK:
        return "SYMLINK";
    case S_IFCHR:
        return "CHARACTER-DEVICE";
    case S_IFBLK:
        return "BLOCK-DEVICE";
    case S_IFIFO:
        return "FIFO";
    case S_IFSOCK:
        return "SOCKET";
    default:
        return "REGULAR-FILE";
    }
}

/* The directory that a relative name is relative to. */
static bool base_of(pid_t pid, int directory, char room[PATH_MAX])
{
    char link[64];
    if (directory == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/%d/cwd", (int)pid);
    else
        snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)pid, directory);
    ssize_t n = readlink(link, room, PATH_MAX - 1);
    if (n <= 0 || room[0] != '/')
        return false;
    room[n] = '\0';
    return true;
}

/* Everything but the last component, resolved. */
static bool resolve_parent(char *path, char *ret)
{
    char parent[PATH_MAX], name[NAME_MAX + 1];
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        path[--n] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash || strlen(slash + 1) > NAME_MAX)
        return false;
    strcpy(name, slash + 1);
    slash[slash == path] = '\0';
    if (!realpath(path, parent))
        return false;
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    int length = snprintf(ret, PATH_MAX, "%s/%s", parent[1] ? parent : "", name);
    return length > 0 && length < PATH_MAX;
}

static void finish(sim_path *ret)
{
    struct stat st;
    ret->exists = lstat(ret->text, &st) == 0;
    ret->type = ret->exists ? sim_type(st.st_mode) : "REGULAR-FILE";
    /* The name of a terminal there. */
    if (strncmp(ret->text, "/dev/pts/", 9) == 0)
        snprintf(ret->text, sizeof ret->text, "/dev/ttys%03d", atoi(ret->text + 9));
}

/* Whether the name means what it leads to, whoever asks. */
static bool always_followed(const char *path)
{
    const char *last = strrchr(path, '/') + 1;
    return !*last || strcmp(last, ".") == 0 || strcmp(last, "..") == 0;
}

/* path is absolute, and written to. */
static bool resolve(char *path, bool follow, sim_path *ret)
{
    char target[PATH_MAX];
    follow = follow || always_followed(path);
    for (int links = 0; links < LINKS_MAX; links++) {
        ssize_t length = -1;
        bool exists = follow && realpath(path, ret->text);
        if (!exists && !resolve_parent(path, ret->text))
            return false;
        if (!exists && follow)
            length = readlink(ret->text, target, sizeof target - 1);
        if (length < 0) {
            finish(ret);
            return true;
        }
        /* A link to what does not exist: it would be made there. */
        target[length] = '\0';
        char *slash = strrchr(ret->text, '/');
        if (target[0] == '/')
            strcpy(path, target);
        else if (snprintf(path, PATH_MAX, "%.*s/%s", (int)(slash - ret->text), ret->text, target) >=
                 PATH_MAX)
            return false;
    }
    return false;
}

bool sim_resolve_text(pid_t pid, int directory, const char *name, bool follow, sim_path *ret)
{
    char path[PATH_MAX], base[PATH_MAX];
    int n;
    if (name[0] == '/' && strncmp(name, "/proc/self", 10) == 0)
        n = snprintf(path, sizeof path, "/proc/%d%s", (int)pid, name + 10);
    else if (name[0] == '/')
        n = snprintf(path, sizeof path, "%s", name);
    else if (base_of(pid, directory, base))
        n = snprintf(path, sizeof path, "%s%s%s", base, *name ? "/" : "", name);
    else
        return false;
    return n > 0 && n < (int)sizeof path && resolve(path, follow, ret);
}

bool sim_resolve(pid_t pid, int directory, unsigned long address, bool follow, sim_path *ret)
{
    char name[PATH_MAX] = "";
    if (address && !read_name(pid, address, name))
        return false;
    return sim_resolve_text(pid, directory, name, follow, ret);
}

int sim_take_fd(pid_t pid, int fd)
{
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process < 0)
        return -1;
    int copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    close(process);
    return copy;
}
