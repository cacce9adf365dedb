/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "srt-filters/enclose.h"
#include "live_tree.h"

static const char *const names[] = {"a", "a-", ".git", "a b", "e\n", "\xc3\x28", "-f", "g'\""};

static void add_entry(tree *t, int parent, unsigned *seed)
{
    char path[sizeof t->entries[0].path];
    const char *above = parent < 0 ? t->root : t->entries[parent].path;
    const char *name = names[(unsigned)rand_r(seed) % (sizeof names / sizeof *names)];
    if (snprintf(path, sizeof path, "%s/%s", above, name) >= (int)sizeof path - 8)
        return;
    tree_entry *e = &t->entries[t->n];
    e->is_dir = rand_r(seed) % 3 != 0;
    if (e->is_dir) {
        if (mkdir(path, 0755) != 0)
            return;
    } else {
        int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
        if (fd < 0 || write(fd, path, strlen(path)) < 0)
            return;
        close(fd);
    }
    memcpy(e->path, path, sizeof path);
    e->parent = parent;
    t->n++;
}

static void choose_region(tree *t, tree_entry *e, unsigned *seed)
{
    int index = (int)(e - t->entries);
    srt_access around = e->parent < 0 ? SRT_ACCESS_READ : t->entries[e->parent].access;
    e->access = around;
    e->region = e->parent < 0 ? -1 : t->entries[e->parent].region;
    e->is_region = false;
    if (rand_r(seed) % 4 != 0)
        return;
    srt_access access = (srt_access)((unsigned)rand_r(seed) % 3);
    if (access == around)
        return;
    e->access = access;
    e->region = index;
    e->is_region = true;
    char *path = t->rule_paths[t->n_rules - 1];
    snprintf(path, sizeof t->rule_paths[0], "%s%s", e->path, e->is_dir ? "/" : "");
    t->rules[t->n_rules++] = (rule){path, access};
}

void tree_make(tree *t, unsigned seed)
{
    memset(t, 0, sizeof *t);
    strcpy(t->root, "/tmp/srt-live-XXXXXX");
    if (!mkdtemp(t->root))
        abort();
    for (int i = 0; i < 400 && t->n < TREE_MAX - 1; i++) {
        int parent = t->n ? (int)((unsigned)rand_r(&seed) % (unsigned)t->n) : -1;
        if (rand_r(&seed) % 8 == 0 || (parent >= 0 && !t->entries[parent].is_dir))
            parent = -1;
        add_entry(t, parent, &seed);
    }
    t->rules[t->n_rules++] = (rule){"/", SRT_ACCESS_READ};
    for (int i = 0; i < t->n; i++)
        choose_region(t, &t->entries[i], &seed);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

void tree_remove(const tree *t)
{
    nftw(t->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static unsigned long sum;

static int sum_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    unsigned long h = 5381;
    (void)at;
    for (const char *c = path; *c; c++)
        h = h * 33 + (unsigned char)*c;
    sum += h * (unsigned long)(kind + 1) + (unsigned long)(S_ISREG(st->st_mode) ? st->st_size : 0) +
           st->st_mode;
    return 0;
}

unsigned long tree_sum(const char *directory)
{
    sum = 0;
    nftw(directory, sum_one, 16, FTW_PHYS);
    return sum;
}

static int faults;

static void check(bool good, const tree_entry *e, const char *what)
{
    if (good)
        return;
    faults++;
    fprintf(stderr, "access %d%s: %s: %s (errno %d)\n", (int)e->access,
            e->is_region ? " region" : "", e->path, what, errno);
}

static int try_open(const char *path, int flags)
{
    errno = 0;
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0 ? 0 : errno;
}

static bool holds_its_path(const tree_entry *e)
{
    char text[512];
    int fd = open(e->path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0)
        close(fd);
    return n == (ssize_t)strlen(e->path) && memcmp(text, e->path, (size_t)n) == 0;
}

static void try_create(const tree_entry *e, int expected)
{
    char path[sizeof e->path + 8];
    snprintf(path, sizeof path, "%s/new", e->path);
    check(try_open(path, O_CREAT | O_EXCL | O_WRONLY) == expected, e, "creating in it");
    if (expected == 0)
        check(unlink(path) == 0, e, "removing from it");
}

/* Something inside that the rules open again. */
static bool leads_to_open(const tree *t, int index)
{
    for (int i = index + 1; i < t->n; i++)
        if (t->entries[i].access != SRT_ACCESS_HIDDEN &&
            srt_path_in(t->entries[i].path, t->entries[index].path))
            return true;
    return false;
}

static void look_hidden(const tree *t, int index)
{
    const tree_entry *e = &t->entries[index];
    if (e->is_region && !e->is_dir) {
        check(try_open(e->path, O_RDONLY) == EACCES, e, "reading a hidden file");
        check(try_open(e->path, O_WRONLY) == EACCES || try_open(e->path, O_WRONLY) == EROFS, e,
              "writing a hidden file");
        return;
    }
    bool there = e->is_region || leads_to_open(t, index);
    struct stat st;
    check((lstat(e->path, &st) == 0) == there, e, there ? "is not there" : "can be seen");
    if (there && e->is_dir) {
        try_create(e, EROFS);
        DIR *d = opendir(e->path);
        check(d != NULL, e, "listing");
        if (d)
            closedir(d);
    }
}

static void look_one(const tree *t, int index)
{
    const tree_entry *e = &t->entries[index];
    switch (e->access) {
    case SRT_ACCESS_HIDDEN:
        look_hidden(t, index);
        return;
    case SRT_ACCESS_READ:
        if (e->is_dir)
            try_create(e, EROFS);
        else
            check(try_open(e->path, O_WRONLY) == EROFS, e, "writing");
        break;
    case SRT_ACCESS_WRITE:
        if (e->is_dir)
            try_create(e, 0);
        else
            check(try_open(e->path, O_WRONLY) == 0, e, "writing");
        break;
    }
    check(e->is_dir ? try_open(e->path, O_RDONLY | O_DIRECTORY) == 0 : holds_its_path(e), e,
          "reading");
}

/* Whether something that the rules protect from its surroundings lies in it. */
static bool holds_protected(const tree *t, int index)
{
    for (int i = index; i < t->n; i++)
        if (t->entries[i].is_region && srt_path_in(t->entries[i].path, t->entries[index].path))
            return true;
    return false;
}

static void look_renames(const tree *t, int index)
{
    const tree_entry *e = &t->entries[index];
    srt_access around = e->parent < 0 ? SRT_ACCESS_READ : t->entries[e->parent].access;
    char to[sizeof e->path + 8];
    struct stat st;
    if (around == SRT_ACCESS_HIDDEN || lstat(e->path, &st) != 0)
        return;
    snprintf(to, sizeof to, "%s.moved", e->path);
    errno = 0;
    bool moved = rename(e->path, to) == 0;
    if (around == SRT_ACCESS_READ || holds_protected(t, index)) {
        check(!moved && (errno == EBUSY || errno == EROFS), e, "moving what must stay");
        check(rmdir(e->path) != 0 && unlink(e->path) != 0, e, "removing what must stay");
    } else {
        check(moved, e, "moving");
    }
    if (moved)
        check(rename(to, e->path) == 0, e, "moving back");
}

int tree_look(const tree *t)
{
    faults = 0;
    for (int i = 0; i < t->n; i++)
        look_one(t, i);
    for (int i = 0; i < t->n; i++)
        look_renames(t, i);
    return faults;
}
