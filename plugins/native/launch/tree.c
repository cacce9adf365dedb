/* SPDX-License-Identifier: Apache-2.0 */
/* The file system of the sandbox, step by step. All mounts are private to a new mount namespace, so
 * what goes wrong is gone with this process. */
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "launch.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define EMPTY "empty" /* of the shelf: read-only, for all */
#define PLAIN (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

static void *map(size_t size, int protection, int flags, int fd)
{
    const long r = SYS6(SYS_mmap, NULL, size, protection, flags, fd, 0);
    return (void *)(intptr_t)check(r, "get memory", NULL);
}

static void walk(tree *t, int (*each)(void *data, const nt_step *step))
{
    const char *why = NULL;
    t->at = 0;
    if (nt_read(t->steps, t->length, each, t, &why) != 0)
        fail("use the steps of the sandbox:", why, -EINVAL);
}

static int note_root(void *data, const nt_step *step)
{
    tree *t = data;
    if (step->kind == NT_ROOT)
        t->root_flags = step->flags;
    return 0;
}

void tree_load(tree *t, int fd)
{
    const long seals = SYS3(SYS_fcntl, fd, F_GET_SEALS, 0);
    const long length = SYS3(SYS_lseek, fd, 0, SEEK_END);
    if (seals < 0 || (seals & SEALS) != SEALS || length <= 0 || length > (long)NT_STEPS_MAX)
        fail("use the steps of the sandbox", NULL, -EINVAL);
    memset(t, 0, sizeof *t);
    t->length = (size_t)length;
    t->steps = map(t->length, PROT_READ, MAP_PRIVATE, fd);
    /* A step is larger than what is kept for it; pages that are not used are never made. */
    t->early = map(t->length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    t->own = map(t->length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    t->null = t->shelf = t->old_root = t->proc = t->console = -1;
    SYS1(SYS_close, fd);
    walk(t, note_root);
}

static struct statx look(int fd, const char *path)
{
    struct statx st;
    memset(&st, 0, sizeof st);
    check(SYS5(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE, &st), "look at", path);
    return st;
}

static bool is_directory(int fd, const char *path)
{
    return S_ISDIR(look(fd, path).stx_mode);
}

static uint64_t device_of(int fd)
{
    const struct statx st = look(fd, "a new file system");
    return (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor;
}

/* ---- What is taken before anything is changed ---- */

static void take_bind(tree *t, const nt_step *step)
{
    const char *source = step->source ? step->source : step->path;
    const long fd = open_exactly(AT_FDCWD, source, 0, false);
    check(fd, "open to the command", source);
    const bool is_dir = is_directory((int)fd, source);
    if ((step->flags & (is_dir ? NT_FILE : NT_DIR)) != 0)
        fail("open to the command", source, -ESTALE);
    const long mount = check(mount_clone((int)fd, "", true), "open to the command", source);
    SYS1(SYS_close, fd);
    t->early[t->at] = (int)mount;
}

static int take(void *data, const nt_step *step)
{
    tree *t = data;
    if (step->kind == NT_BIND && (step->flags & NT_EARLY))
        take_bind(t, step);
    if (step->kind == NT_MASK && t->null < 0)
        t->null = (int)check(open_exactly(AT_FDCWD, "/dev/null", 0, false), "open", "/dev/null");
    if (step->kind == NT_DEV)
        dev_take(t);
    if (step->kind == NT_PROC)
        t->proc = (int)check(mount_new("proc", NULL, NULL,
                                       PLAIN | MOUNT_ATTR_NOEXEC |
                                           ((step->flags & NT_RDONLY) ? MOUNT_ATTR_RDONLY : 0)),
                             "mount proc", NULL);
    t->at++;
    return 0;
}

/* Each thing that is taken is a descriptor. */
static void raise_limit(void)
{
    uint64_t limit[2]; /* now, most */
    if (SYS4(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, limit) < 0)
        return;
    limit[0] = limit[1];
    SYS4(SYS_prlimit64, 0, RLIMIT_NOFILE, limit, NULL);
}

static void take_all(tree *t)
{
    raise_limit();
    /* What the host mounts later is not to appear inside, where it would be writable. */
    check(mount_set(AT_FDCWD, "/", true, 0, MS_PRIVATE), "cut off the mounts of the host", NULL);
    walk(t, take);
}

/* ---- Mount points ---- */

static bool is_own(const tree *t, int fd)
{
    const uint64_t device = device_of(fd);
    for (size_t i = 0; i < t->n_own; i++)
        if (t->own[i] == device)
            return true;
    return false;
}

/* All empty file systems but a root are directories of one, the shelf, which lies over the root,
 * where no path leads, as long as it is needed: a clone of a directory costs a tenth of a file
 * system, and nothing leads from one to another. */
static void make_shelf(tree *t)
{
    t->shelf =
        (int)check(mount_new("tmpfs", "mode", "0755", PLAIN), "make an empty file system", NULL);
    t->own[t->n_own++] = device_of(t->shelf);
    check(mount_put(t->shelf, AT_FDCWD, "/"), "make an empty file system", NULL);
    check(SYS3(SYS_mkdirat, t->shelf, EMPTY, 0755), "make an empty file system", NULL);
}

/* A name of its own for each. */
static const char *next_name(tree *t, char *room)
{
    size_t n = t->n_shelved++, at = 15;
    room[at] = '\0';
    do
        room[--at] = (char)('0' + n % 10);
    while (n /= 10);
    return room + at;
}

static long tree_tmpfs(tree *t, unsigned mode, uint64_t attributes)
{
    char room[16];
    const char *name = EMPTY;
    if (t->shelf < 0)
        make_shelf(t);
    if (!attributes) {
        name = next_name(t, room);
        check(SYS3(SYS_mkdirat, t->shelf, name, mode), "make an empty file system", NULL);
    }
    const long fd = check(mount_clone(t->shelf, name, false), "make an empty file system", NULL);
    if (attributes)
        check(mount_set((int)fd, "", false, attributes, 0), "make an empty file system", NULL);
    return fd;
}

/* The mount at the descriptor, which covers the root, goes away. */
static void drop_from_root(int fd, const char *what)
{
    if (fd < 0)
        return;
    check(SYS1(SYS_fchdir, fd), what, NULL);
    check(SYS2(SYS_umount2, ".", MNT_DETACH), what, NULL);
    SYS1(SYS_close, fd);
}

/* The next component of a path, into a buffer. Where it ends. */
static const char *component(const char *path, char *name)
{
    while (*path == '/')
        path++;
    size_t n = 0;
    while (*path && *path != '/')
        name[n++] = *path++;
    name[n] = '\0';
    return path;
}

/* The directory in which the last component is to be made, which goes to name. In a file system
 * of ours all the way, so that nothing is ever made on the host. */
static int make_parents(const tree *t, const nt_step *step, char *name)
{
    char base[NT_PATH_MAX];
    memcpy(base, step->path, step->base);
    base[step->base] = '\0';
    long fd = check(open_exactly(AT_FDCWD, base, O_DIRECTORY, false), "open", base);
    if (!is_own(t, (int)fd))
        fail("make a mount point in", base, -EXDEV);
    for (const char *rest = component(step->path + step->base, name); *rest;
         rest = component(rest, name)) {
        const long r = SYS3(SYS_mkdirat, fd, name, 0755);
        if (r < 0 && r != -EEXIST)
            fail("make a mount point for", step->path, r);
        const long next = check(open_exactly((int)fd, name, O_DIRECTORY, true),
                                "make a mount point for", step->path);
        SYS1(SYS_close, fd);
        fd = next;
    }
    return (int)fd;
}

/* The mount point of a step: O_PATH. */
static int target(const tree *t, const nt_step *step, bool is_dir)
{
    char name[NT_PATH_MAX];
    if (!step->base)
        return (int)check(open_exactly(AT_FDCWD, step->path, 0, false), "mount on", step->path);
    const int parent = make_parents(t, step, name);
    const long r = is_dir ? SYS3(SYS_mkdirat, parent, name, 0755)
                          : SYS4(SYS_mknodat, parent, name, S_IFREG | 0444, 0);
    if (r < 0 && r != -EEXIST)
        fail("make a mount point for", step->path, r);
    /* Not NO_XDEV: something may be mounted there already, to be covered. */
    const long fd =
        check(open_exactly(parent, name, 0, false), "make a mount point for", step->path);
    SYS1(SYS_close, parent);
    return (int)fd;
}

static void put(const tree *t, const nt_step *step, int mount, bool is_dir)
{
    const int at = target(t, step, is_dir);
    check(mount_put(mount, at, ""), "mount on", step->path);
    SYS1(SYS_close, at);
    SYS1(SYS_close, mount);
}

/* ---- The steps ---- */

/* An empty file system becomes the root. The old one lies on top of it, where no path leads, until
 * everything is there. */
static void build_private_root(tree *t)
{
    t->old_root = (int)check(open_exactly(AT_FDCWD, "/", O_DIRECTORY, false), "open", "/");
    const long mount =
        check(mount_new("tmpfs", "mode", "0755", PLAIN), "make an empty file system", NULL);
    t->own[t->n_own++] = device_of((int)mount);
    check(mount_put((int)mount, AT_FDCWD, "/"), "mount on", "/");
    check(SYS1(SYS_fchdir, mount), "enter the new root", NULL);
    check(SYS2(SYS_pivot_root, ".", "."), "change the root", NULL);
    SYS1(SYS_close, mount);
}

static void build_root(tree *t, const nt_step *step)
{
    if (step->flags & NT_PRIVATE) {
        build_private_root(t);
        return;
    }
    const uint64_t read_only = (step->flags & NT_RDONLY) ? MOUNT_ATTR_RDONLY : 0;
    check(mount_set(AT_FDCWD, "/", true, PLAIN | read_only, 0), "restrict the mount at", "/");
}

static void build_bind(tree *t, const nt_step *step)
{
    const char *source = step->source ? step->source : step->path;
    const uint64_t read_only = (step->flags & NT_RDONLY) ? MOUNT_ATTR_RDONLY : 0;
    long mount = t->early[t->at];
    if (!(step->flags & NT_EARLY)) {
        const long fd = open_exactly(AT_FDCWD, source, 0, false);
        if (fd == -ENOENT && (step->flags & NT_OPTIONAL))
            return;
        check(fd, "protect", source);
        mount = check(mount_clone((int)fd, "", true), "protect", source);
        SYS1(SYS_close, fd);
    }
    check(mount_set((int)mount, "", true, PLAIN | read_only, 0), "restrict the mount at",
          step->path);
    put(t, step, (int)mount, is_directory((int)mount, source));
}

/* A device where devices are not allowed: open fails with EACCES. */
static void build_mask(const tree *t, const nt_step *step)
{
    const long mount = check(mount_clone(t->null, "", false), "hide", step->path);
    check(mount_set((int)mount, "", false, PLAIN | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC, 0),
          "hide", step->path);
    put(t, step, (int)mount, false);
}

/* What is mounted does not matter: it is covered before anybody sees it. */
static void build_pin(const tree *t, const nt_step *step)
{
    const int at = target(t, step, true);
    const long mount = check(mount_clone(at, "", true), "hold fast", step->path);
    check(mount_put((int)mount, at, ""), "hold fast", step->path);
    SYS1(SYS_close, mount);
    SYS1(SYS_close, at);
}

static void build_link(const tree *t, const nt_step *step)
{
    char name[NT_PATH_MAX];
    const int parent = make_parents(t, step, name);
    check(SYS3(SYS_symlinkat, step->source, parent, name), "make the link", step->path);
    SYS1(SYS_close, parent);
}

static void build_dev(tree *t, const nt_step *step)
{
    const int mount = (int)tree_tmpfs(t, 0755, 0);
    const int at = target(t, step, true);
    check(mount_put(mount, at, ""), "mount on", step->path);
    SYS1(SYS_close, at);
    dev_build(t, mount);
    SYS1(SYS_close, mount);
}

static void build_tmpfs(tree *t, const nt_step *step)
{
    const unsigned mode = (step->flags & NT_PRIVATE)  ? 0700
                          : (step->flags & NT_STICKY) ? 01777
                                                      : 0755;
    put(t, step, (int)tree_tmpfs(t, mode, (step->flags & NT_RDONLY) ? MOUNT_ATTR_RDONLY : 0), true);
}

static void close_mount(const nt_step *step)
{
    const long fd = check(open_exactly(AT_FDCWD, step->path, 0, false), "close", step->path);
    check(mount_set((int)fd, "", false, MOUNT_ATTR_RDONLY, 0), "close", step->path);
    SYS1(SYS_close, fd);
}

static int build(void *data, const nt_step *step)
{
    tree *t = data;
    switch (step->kind) {
    case NT_ROOT:
        build_root(t, step);
        break;
    case NT_BIND:
        build_bind(t, step);
        break;
    case NT_TMPFS:
        build_tmpfs(t, step);
        break;
    case NT_PIN:
        build_pin(t, step);
        break;
    case NT_MASK:
        build_mask(t, step);
        break;
    case NT_CLOSE:
        close_mount(step);
        break;
    case NT_LINK:
        build_link(t, step);
        break;
    case NT_DEV:
        build_dev(t, step);
        break;
    case NT_PROC:
        put(t, step, t->proc, true);
        break;
    default:
        return 1;
    }
    t->at++;
    return 0;
}

void tree_build(tree *t)
{
    take_all(t);
    SYS1(SYS_umask, 0);
    walk(t, build);
    drop_from_root(t->shelf, "put away what the sandbox was made from");
    drop_from_root(t->old_root, "leave the old root");
}
