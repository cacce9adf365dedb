/* SPDX-License-Identifier: Apache-2.0 */
#include "races.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int race_top;
static union {
    _Atomic uint64_t word;
    char text[8];
} flipped = {.text = "ok....."};
static const char harmless[8] = "ok.....", forbidden[8] = ".bashrc";

static uint64_t word_of(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

static void pause_a_little(void)
{
    for (volatile int i = 0; i < 200; i++)
        ;
}

static bool exists(const char *path)
{
    struct stat st;
    return fstatat(race_top, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void drop(const char *path)
{
    if (unlinkat(race_top, path, 0) < 0 && errno == EISDIR)
        unlinkat(race_top, path, AT_REMOVEDIR);
}

static int make(const char *path, int flags)
{
    int fd = open(path, O_CREAT | O_WRONLY | flags, 0644);
    return fd < 0 ? -1 : close(fd);
}

static void flip_text(void)
{
    atomic_store_explicit(&flipped.word, word_of(harmless), memory_order_relaxed);
    pause_a_little();
    atomic_store_explicit(&flipped.word, word_of(forbidden), memory_order_relaxed);
    pause_a_little();
}
static int attack_text(unsigned i)
{
    switch (i % 6) {
    case 0:
        return make(flipped.text, 0);
    case 1:
        return mkdir(flipped.text, 0755);
    case 2:
        return make(flipped.text, O_EXCL);
    case 3:
        make("src", 0);
        return rename("src", flipped.text);
    case 4:
        make("src", 0);
        return link("src", flipped.text);
    default:
        return symlink("zz", flipped.text);
    }
}
static bool won_name(void)
{
    bool won = exists(".bashrc") || exists("dx/.bashrc") || exists("dy/.bashrc") ||
               exists(".git/hooks/evil");
    drop(".bashrc"), drop("dx/.bashrc"), drop("dy/.bashrc"), drop(".git/hooks/evil");
    drop("ok....."), drop("a/evil"), drop("ok2"), drop("evil");
    return won;
}

static void swap_link(void)
{
    unlink("sl");
    (void)!symlink("a", "sl");
    unlink("sl");
    (void)!symlink(".git/hooks", "sl");
}
/* Exchanged, so that the link is always there. */
static void exchange_links(void)
{
    syscall(SYS_renameat2, AT_FDCWD, "sl", AT_FDCWD, "sl2", 2u);
}
static int attack_link_open(unsigned i)
{
    return make("sl/evil", i & 1 ? O_EXCL : 0);
}
static int attack_link_mkdir(unsigned i)
{
    (void)i;
    return mkdir("sl/evil", 0755);
}
static int attack_link_rename(unsigned i)
{
    make("src", 0);
    return i & 1 ? rename("src", "sl/evil") : link("src", "sl/evil");
}

static void move_parent(void)
{
    rename("dx", "dy");
    rename("dy", "dx");
}
static int attack_parent(unsigned i)
{
    return i & 1 ? make("dx/.bashrc", 0) : mkdir("dx/.bashrc", 0755);
}

static void change_directory(void)
{
    if (chdir("a") < 0 || chdir("..") < 0 || chdir(".git/hooks") < 0 || chdir("../..") < 0)
        abort();
}
static int attack_directory(unsigned i)
{
    return make("evil", i & 1 ? O_EXCL : 0);
}

static void swap_last(void)
{
    unlink("fs");
    (void)!symlink("ok2", "fs");
    unlink("fs");
    (void)!symlink(".bashrc", "fs");
}
static int attack_last(unsigned i)
{
    (void)i;
    return make("fs", 0);
}

static int attack_magic(unsigned i)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d/.bashrc", race_top);
    const char *const ways[] = {path, "/proc/self/cwd/.bashrc", "/proc/thread-self/cwd/.bashrc"};
    return make(ways[i % 3], 0);
}

static int attack_ways(unsigned i)
{
    char path[64];
    make("xf", 0);
    int r = (int)syscall(SYS_renameat2, AT_FDCWD, "xf", AT_FDCWD, ".bashrc", i & 1 ? 2 : 1);
    r &= link("xf", ".bashrc");
    r &= linkat(AT_FDCWD, "xf", race_top, ".bashrc", 0);
    int fd = open(".", O_TMPFILE | O_RDWR, 0600);
    if (fd >= 0) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        r &= linkat(AT_FDCWD, path, AT_FDCWD, ".bashrc", AT_SYMLINK_FOLLOW);
        r &= linkat(fd, "", AT_FDCWD, ".bashrc", AT_EMPTY_PATH);
        close(fd);
    }
    return r & symlink("x", ".bashrc");
}

static void move_repository(void)
{
    rename("s/x", "s/.git");
    rename("s/.git", "s/x");
}
static int attack_repository(unsigned i)
{
    (void)i;
    int r = mkdir("s/x/hooks", 0755);
    return r & mkdir("s/.git/hooks", 0755);
}
static bool won_repository(void)
{
    bool won = exists("s/.git/hooks");
    drop("s/x/hooks"), drop("s/.git/hooks");
    return won;
}

static int spoil(int fd)
{
    if (fd < 0)
        return -1;
    bool wrote = write(fd, "evil", 4) == 4;
    return close(fd) < 0 || !wrote ? -1 : 0;
}
static int attack_contents(unsigned i)
{
    struct timespec times[2] = {{1, 0}, {1, 0}};
    int fd;
    switch (i % 8) {
    case 0:
        fd = open("sl/file", O_WRONLY | O_TRUNC);
        return spoil(fd);
    case 1:
        return truncate("sl/file", 0);
    case 2:
        return chmod("sl/file", 0666);
    case 3:
        return utimensat(AT_FDCWD, "sl/file", times, 0);
    case 4:
        fd = open("sl/file", O_RDWR | O_CREAT, 0600);
        return spoil(fd);
    case 5:
        return unlink("sl/victim");
    case 6:
        return rename("sl/victim", "moved");
    default:
        return rmdir("sl/empty");
    }
}
static bool won_contents(void)
{
    struct stat st;
    bool won = fstatat(race_top, ".git/hooks/file", &st, 0) < 0 || st.st_size != 4 ||
               (st.st_mode & 0777) != 0644 || st.st_mtime == 1 || !exists(".git/hooks/victim") ||
               !exists(".git/hooks/empty");
    make("a/victim", 0), mkdir("a/empty", 0755);
    drop("moved");
    return won;
}

/* Where the floor lets everything be created, and moved. */
static void change_in_native(void)
{
    rename("native/p", "native/t"), rename("native/q", "native/p"), rename("native/t", "native/q");
    unlink("native/f"), (void)!symlink("../with", "native/f");
    unlink("native/f"), make("native/f", 0);
    rename("native/f", "native/t"), rename("native/q", "native/f");
    rename("native/f", "native/q"), rename("native/t", "native/f");
}
static int attack_from_native(unsigned i)
{
    const char *from = i & 1 ? "native/p" : "native/f";
    return rename(from, i & 2 ? "v/.git" : "v/plain");
}
static bool won_from_native(void)
{
    struct stat st;
    bool won = exists("v/.git") ||
               (fstatat(race_top, "v/plain", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode));
    drop("v/.git"), drop("v/plain");
    return won;
}

const race races[] = {
    {"text flipped", flip_text, attack_text, won_name, false, true},
    {"link replaced, open", swap_link, attack_link_open, won_name, false, true},
    {"links exchanged, open", exchange_links, attack_link_open, won_name, false, true},
    {"links exchanged, mkdir", exchange_links, attack_link_mkdir, won_name, false, true},
    {"links exchanged, rename and link", exchange_links, attack_link_rename, won_name, false, true},
    {"parent renamed", move_parent, attack_parent, won_name, false, false},
    {"working directory changed", change_directory, attack_directory, won_name, false, true},
    {"dangling link at the end", swap_last, attack_last, won_name, false, true},
    {"links of procfs", pause_a_little, attack_magic, won_name, false, false},
    {"every other way to a name", pause_a_little, attack_ways, won_name, false, false},
    {"a directory becomes a repository", move_repository, attack_repository, won_repository, false,
     true},
    {"links exchanged, contents", exchange_links, attack_contents, won_contents, true, true},
    {"out of a native directory", change_in_native, attack_from_native, won_from_native, true,
     true},
};

const size_t n_races = sizeof races / sizeof *races;
