/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40
#define PROC_ROOT_INODE 1

typedef struct walk {
    sup_call *call;
    unsigned flags;
    unsigned links;
    int at; /* O_PATH, ours */
    bool at_directory;
    char *rest; /* in text */
    char text[2 * SUP_PATH_MAX];
} walk;

static void move_to(walk *w, int fd, bool directory)
{
    close(w->at);
    w->at = fd;
    w->at_directory = directory;
}

static int go_to_root(walk *w)
{
    int root = sup_call_root(w->call);
    if (root < 0)
        return root;
    int fd = fcntl(root, F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return -errno;
    move_to(w, fd, true);
    return 0;
}

/* The same directory under another mount is not the root. */
static bool at_root(walk *w, int root)
{
    struct statx a, b;
    unsigned mask = STATX_INO | STATX_MNT_ID;
    if (statx(w->at, "", AT_EMPTY_PATH, mask, &a) < 0 ||
        statx(root, "", AT_EMPTY_PATH, mask, &b) < 0)
        return true;
    return a.stx_ino == b.stx_ino && a.stx_dev_major == b.stx_dev_major &&
           a.stx_dev_minor == b.stx_dev_minor &&
           (!(a.stx_mask & b.stx_mask & STATX_MNT_ID) || a.stx_mnt_id == b.stx_mnt_id);
}

static int go_up(walk *w)
{
    int root = sup_call_root(w->call);
    if (root < 0)
        return root;
    if (at_root(w, root))
        return 0;
    int fd = openat(w->at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    move_to(w, fd, true);
    return 0;
}

/* The text of a link takes the place of its name. */
static int splice_text(walk *w, int link)
{
    char target[SUP_PATH_MAX];
    ssize_t n = readlinkat(link, "", target, sizeof target - 1);
    if (n < 0)
        return -errno;
    size_t rest = strlen(w->rest);
    if (n == 0)
        return -ENOENT;
    if ((size_t)n + rest >= sizeof w->text)
        return -ENAMETOOLONG;
    memmove(w->text + n, w->rest, rest + 1);
    memcpy(w->text, target, (size_t)n);
    w->rest = w->text;
    return w->text[0] == '/' ? go_to_root(w) : 0;
}

/* "self" is the caller, not us. */
static int go_to_self(walk *w, bool thread)
{
    char path[64];
    int32_t process = sup_caller_process(w->call);
    if (process < 0)
        return process;
    if (thread)
        snprintf(path, sizeof path, "%d/task/%u", process, w->call->notif.pid);
    else
        snprintf(path, sizeof path, "%d", process);
    int fd = openat(w->call->sup->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (!sup_call_alive(w->call)) {
        close(fd);
        return -ESRCH;
    }
    move_to(w, fd, true);
    return 0;
}

/* A link of procfs: 1 when it was followed here, 0 when its text is to be followed. */
static int follow_proc_link(walk *w, const char *name)
{
    struct stat st;
    if (fstat(w->at, &st) < 0)
        return -errno;
    if (st.st_ino == PROC_ROOT_INODE) {
        bool thread = strcmp(name, "thread-self") == 0;
        if (!thread && strcmp(name, "self") != 0)
            return 0;
        int failed = go_to_self(w, thread);
        return failed ? failed : 1;
    }
    int fd = sup_openat2(w->at, name, O_PATH, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    if (fd >= 0)
        close(fd);
    if (fd != -ELOOP && fd != -ENOSYS && fd != -EPERM)
        return 0;
    if (w->flags & SUP_RESOLVE_NO_MAGIC)
        return -ELOOP;
    fd = openat(w->at, name, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0) {
        int failed = -errno;
        close(fd);
        return failed;
    }
    move_to(w, fd, S_ISDIR(st.st_mode));
    return 1;
}

static int follow(walk *w, int link, const char *name)
{
    if (++w->links > LINKS_MAX)
        return -ELOOP;
    if (sup_in_procfs(link)) {
        int done = follow_proc_link(w, name);
        if (done != 0)
            return done < 0 ? done : 0;
    }
    return splice_text(w, link);
}

static int go_down(walk *w, const char *name)
{
    struct stat st;
    int fd = openat(w->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    bool last = w->rest[0] == '\0';
    int failed = fstat(fd, &st) < 0 ? -errno : 0;
    if (!failed && S_ISLNK(st.st_mode) && !(last && (w->flags & SUP_RESOLVE_NOFOLLOW))) {
        failed = follow(w, fd, name);
        close(fd);
        return failed;
    }
    if (failed) {
        close(fd);
        return failed;
    }
    move_to(w, fd, S_ISDIR(st.st_mode));
    return 0;
}

/* The next component into name[NAME_MAX + 1]: 1, 0 at the end, or -errno. */
static int next_component(walk *w, char *name)
{
    size_t slashes = strspn(w->rest, "/");
    w->rest += slashes;
    if (slashes > 0 && !w->at_directory)
        return -ENOTDIR;
    size_t length = strcspn(w->rest, "/");
    if (length > NAME_MAX)
        return -ENAMETOOLONG;
    memcpy(name, w->rest, length);
    name[length] = '\0';
    w->rest += length;
    return length > 0;
}

static int walk_all(walk *w)
{
    char name[NAME_MAX + 1];
    int more;
    while ((more = next_component(w, name)) > 0) {
        int failed = 0;
        if (!w->at_directory)
            failed = -ENOTDIR;
        else if (strcmp(name, "..") == 0)
            failed = go_up(w);
        else if (strcmp(name, ".") != 0)
            failed = go_down(w, name);
        if (failed)
            return failed;
    }
    return more;
}

int sup_walk(sup_call *call, int start, const char *path, unsigned flags)
{
    walk w = {.call = call, .flags = flags, .at = fcntl(start, F_DUPFD_CLOEXEC, 3)};
    struct stat st;
    size_t length = strlen(path);
    if (w.at < 0)
        return -errno;
    if (length >= SUP_PATH_MAX) {
        close(w.at);
        return -ENAMETOOLONG;
    }
    memcpy(w.text, path, length + 1);
    w.rest = w.text;
    w.at_directory = fstat(w.at, &st) == 0 && S_ISDIR(st.st_mode);
    int failed = walk_all(&w);
    if (!failed)
        return w.at;
    close(w.at);
    return failed;
}
