/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

/* A program of this size is no bwrap. */
#define TOOL_MAX_BYTES (64 * 1024 * 1024)

const char *const bw_tool_directories[] = {
    "/usr/bin", "/usr/local/bin", "/bin", "/run/current-system/sw/bin", NULL,
};

/* The options that are asked for. All before the last two are needed; the newest
 * of these came with 0.5.0. */
static const char *const options[] = {
    "--args",     "--perms",           "--remount-ro", "--unshare-cgroup-try",
    "--cap-drop", "--die-with-parent", "--chdir",      "--symlink",
    "--bind-fd",  "--ro-bind-fd",
};
#define N_OPTIONS (sizeof options / sizeof *options)
#define N_NEEDED (N_OPTIONS - 2)
#define BINDS_FDS (3u << N_NEEDED)

void bw_say(char *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, BW_TEXT, format, args);
    va_end(args);
}

/* Files of root may seem to be another's inside a user namespace; the owner of
 * "/" tells whose. */
static bool is_safe_owner(uid_t owner)
{
    struct stat root;
    if (owner == 0 || owner == geteuid())
        return true;
    return stat("/", &root) == 0 && owner == root.st_uid;
}

static bool is_safe_entry(const char *path, const struct stat *st, char *why)
{
    if (!is_safe_owner(st->st_uid)) {
        bw_say(why, "%s belongs to user %u, who is neither root nor you", path,
               (unsigned)st->st_uid);
        return false;
    }
    bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) && !sticky) {
        bw_say(why, "others may write to %s (mode %04o)", path, (unsigned)(st->st_mode & 07777));
        return false;
    }
    return true;
}

/* Cuts the last part off; false when "/" was reached before. */
static bool to_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || path[1] == '\0')
        return false;
    slash[slash == path] = '\0';
    return true;
}

bool bw_tool_is_trusted(const char *path, char *why)
{
    char at[PATH_MAX];
    struct stat st;
    snprintf(at, sizeof at, "%s", path);
    do {
        if (stat(at, &st) != 0) {
            bw_say(why, "cannot look at %s: %s", at, strerror(errno));
            return false;
        }
        if (!is_safe_entry(at, &st, why))
            return false;
    } while (to_parent(at));
    return true;
}

bool bw_tool_is_replaceable(const char *path)
{
    char at[PATH_MAX];
    snprintf(at, sizeof at, "%s", path);
    do {
        if (access(at, W_OK) == 0)
            return true;
    } while (to_parent(at));
    return false;
}

/* Bit i: options[i] stands in the bytes, between two NULs. One pass from dash to
 * dash: a search for each of the words takes longer than all else that is done to
 * find the tool. */
static unsigned find_options(const char *bytes, size_t size)
{
    const char *end = bytes + size;
    unsigned found = 0;
    for (const char *at = bytes; (at = memchr(at, '-', (size_t)(end - at))); at++) {
        size_t left = (size_t)(end - at);
        if (at == bytes || at[-1] != '\0' || left < 3 || at[1] != '-')
            continue;
        for (size_t i = 0; i < N_OPTIONS; i++)
            if (at[2] == options[i][2] && strnlen(at, left) < left && strcmp(at, options[i]) == 0)
                found |= 1u << i;
    }
    return found;
}

/* The options that it knows stand in it as words. */
static int read_features(bw_tool *tool, int fd, size_t size, char *why)
{
    void *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (bytes == MAP_FAILED) {
        bw_say(why, "cannot read %s", tool->path);
        return -ENOTSUP;
    }
    unsigned found = find_options(bytes, size);
    munmap(bytes, size);
    tool->binds_fds = (found & BINDS_FDS) == BINDS_FDS;
    for (size_t i = 0; i < N_NEEDED; i++)
        if (!((found >> i) & 1)) {
            bw_say(why, "%s does not know the option %s; bubblewrap 0.5.0 or newer is needed",
                   tool->path, options[i]);
            return -ENOTSUP;
        }
    return 0;
}

static int examine(bw_tool *tool, char *why)
{
    int fd = open(tool->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    int result = 0;
    if (fd < 0 || fstat(fd, &st) != 0) {
        bw_say(why, "cannot read %s: %s", tool->path, strerror(errno));
        result = -EACCES;
    } else if (!S_ISREG(st.st_mode) || access(tool->path, X_OK) != 0) {
        bw_say(why, "%s is not an executable file", tool->path);
        result = -EACCES;
    } else if (st.st_size > TOOL_MAX_BYTES) {
        bw_say(why, "%s is too big to be bubblewrap", tool->path);
        result = -ENOTSUP;
    } else if (!bw_tool_is_trusted(tool->path, why)) {
        result = -EACCES;
    } else {
        tool->is_setuid = (st.st_mode & S_ISUID) != 0;
        result = read_features(tool, fd, (size_t)st.st_size, why);
    }
    if (fd >= 0)
        close(fd);
    return result;
}

static int find_chosen(const char *chosen, bw_tool *ret, char *why)
{
    if (chosen[0] != '/') {
        bw_say(why, "bwrapPath is \"%.200s\"; an absolute path is needed", chosen);
        return -EINVAL;
    }
    if (!realpath(chosen, ret->path)) {
        bw_say(why, "bwrapPath: %.500s: %s", chosen, strerror(errno));
        return -ENOENT;
    }
    return examine(ret, why);
}

int bw_tool_find(const char *chosen, const char *const *directories, bw_tool *ret, char *why)
{
    int result = -ENOENT;
    memset(ret, 0, sizeof *ret);
    if (chosen)
        return find_chosen(chosen, ret, why);
    bw_say(why, "bubblewrap is not installed (no bwrap in /usr/bin, /usr/local/bin, /bin): install "
                "it, as with \"apt install bubblewrap\" or \"dnf install bubblewrap\"");
    for (; *directories && result != 0; directories++) {
        char candidate[PATH_MAX];
        int n = snprintf(candidate, sizeof candidate, "%s/bwrap", *directories);
        if (n < (int)sizeof candidate && realpath(candidate, ret->path))
            result = examine(ret, why);
    }
    return result;
}
