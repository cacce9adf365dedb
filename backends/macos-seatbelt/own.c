/* SPDX-License-Identifier: Apache-2.0 */
/* The one thing that this backend puts on the disk: a directory that only the user
 * can enter, with the command's temporary directory and, when they are long, the
 * profiles. What lies in "tmp" was made by sandboxed code: no link is followed when
 * it is removed. A lock in it tells the next run whether somebody still uses it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backend.h"

#define NAME "srt-"
#define STALE_SECONDS 60

/* Levels that are walked at a time; what lies deeper is moved up first. */
#define LEVELS 48
#define ROUNDS 100000u

/* The user's own directory where the system has one. */
static char *base_directory(void)
{
#ifdef __APPLE__
    char room[PATH_MAX];
    size_t n = confstr(_CS_DARWIN_USER_TEMP_DIR, room, sizeof room);
    if (n > 0 && n <= sizeof room) {
        char *real = realpath(room, NULL);
        if (real)
            return real;
    }
#endif
    return realpath("/tmp", NULL);
}

static bool is_dot(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

static int open_inner(int directory, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(directory, name, flags);
    if (fd < 0 && errno == EACCES && fchmodat(directory, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
        fd = openat(directory, name, flags);
    return fd;
}

typedef struct removal {
    int top;
    unsigned moved; /* names given */
} removal;

static void remove_inner(removal *r, int directory, unsigned level);

static void remove_one(removal *r, int directory, const char *name, unsigned level)
{
    char fresh[40];
    if (unlinkat(directory, name, 0) == 0 || unlinkat(directory, name, AT_REMOVEDIR) == 0)
        return;
    if (level >= LEVELS) {
        snprintf(fresh, sizeof fresh, ".srt-deep-%u", r->moved++);
        renameat(directory, name, r->top, fresh);
        return;
    }
    int inner = open_inner(directory, name);
    if (inner < 0)
        return;
    fchmod(inner, 0700);
    remove_inner(r, inner, level + 1);
    unlinkat(directory, name, AT_REMOVEDIR);
}

/* Closes the descriptor. */
static void remove_inner(removal *r, int directory, unsigned level)
{
    DIR *list = fdopendir(directory);
    if (!list) {
        close(directory);
        return;
    }
    for (struct dirent *e; (e = readdir(list)) != NULL;)
        if (!is_dot(e->d_name))
            remove_one(r, dirfd(list), e->d_name, level);
    closedir(list);
}

/* 0 or a negative errno. */
static int remove_directory(const char *path)
{
    removal r = {.top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    for (unsigned round = 0; r.top >= 0 && round < ROUNDS; round++) {
        unsigned before = r.moved;
        int fd = openat(r.top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            break;
        remove_inner(&r, fd, 0);
        if (r.moved == before)
            break;
    }
    if (r.top >= 0)
        close(r.top);
    return rmdir(path) == 0 || errno == ENOENT ? 0 : -errno;
}

/* Whether the directory is one of ours whose srt is gone: killed, it could not remove
 * it. Its lock is free then. A young one may not have taken its lock yet. */
static bool is_stale(const char *path)
{
    struct stat st;
    int top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool ours = top >= 0 && fstat(top, &st) == 0 && st.st_uid == geteuid() &&
                (st.st_mode & 0777) == 0700 && time(NULL) - st.st_mtime > STALE_SECONDS;
    int lock = ours ? openat(top, "lock", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
    bool stale = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0;
    if (lock >= 0)
        close(lock);
    if (top >= 0)
        close(top);
    return stale;
}

static void sweep(const char *base)
{
    DIR *list = opendir(base);
    char path[PATH_MAX];
    for (struct dirent *e; list && (e = readdir(list)) != NULL;) {
        if (strncmp(e->d_name, NAME, sizeof NAME - 1) != 0 ||
            strlen(e->d_name) != sizeof NAME "XXXXXX" - 1 ||
            snprintf(path, sizeof path, "%s/%s", base, e->d_name) >= (int)sizeof path)
            continue;
        if (is_stale(path))
            remove_directory(path);
    }
    if (list)
        closedir(list);
}

static int take_lock(sb_state *s)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/lock", s->own_dir);
    s->lock = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (s->lock < 0 || flock(s->lock, LOCK_EX | LOCK_NB) != 0)
        return s->host->fail(s->host, errno, "cannot lock %s", path);
    return 0;
}

int sb_own_make(sb_state *s)
{
    char room[PATH_MAX];
    char *base = base_directory();
    int n = base ? snprintf(room, sizeof room, "%s/" NAME "XXXXXX", base) : -1;
    if (base)
        sweep(base);
    free(base);
    if (n < 0 || (size_t)n >= sizeof room - 8 || !mkdtemp(room))
        return s->host->fail(s->host, n < 0 ? ENOENT : errno,
                             "cannot make a directory for temporary files");
    s->own_dir = strdup(room);
    memcpy(room + n, "/tmp", 5);
    s->tmp_dir = strdup(room);
    if (!s->own_dir || !s->tmp_dir)
        return s->host->fail(s->host, ENOMEM, "out of memory");
    if (mkdir(room, 0700) != 0)
        return s->host->fail(s->host, errno, "cannot make %s", room);
    return take_lock(s);
}

void sb_own_remove(sb_state *s)
{
    int r = s->own_dir ? remove_directory(s->own_dir) : 0;
    if (r < 0)
        s->host->log(s->host, SRT_LOG_WARNING, "cannot remove %s: %s", s->own_dir, strerror(-r));
    if (s->lock >= 0)
        close(s->lock);
    s->lock = -1;
}
