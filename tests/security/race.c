/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks by a race: one thread changes what a call means while another makes the call.
 *
 *   race connect address|link GOOD BAD TRIES    unix sockets; a server says who it is by a letter
 *   race create KIND WAY TRIES                  makes names k00000.key, k00001.key, …
 *
 * KIND is the call: open, excl, mkdir, mknod, rename, link, symlink. WAY is what is changed:
 *   string    the name itself: kNNNNN.kay, which may be made, or kNNNNN.key
 *   symlink   a directory that the path goes through: good or prot
 *   cwd       the working directory
 *   dirfd     what the number of the directory's descriptor is
 *   magic     the same, through /proc/self/fd
 *   dotdot    the directory's own place: the path begins with ".."
 *   move      the directory's own name
 *
 * Prints "tries N good N bad N", bad being what must not be; it is left where it is. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define EXCHANGE 2u /* RENAME_EXCHANGE */
#define DIRECTORY_NUMBER 50

typedef struct flipper {
    void (*flip)(struct flipper *f, bool bad);
    atomic_bool stop;
    char *at; /* in the path */
    const char *good, *bad;
    int fds[2];
} flipper;

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static char path[256];

static void die(const char *what)
{
    perror(what);
    exit(99);
}

/* Not copied in one go, as a call would see it. */
static void flip_text(flipper *f, bool bad)
{
    const char *text = bad ? f->bad : f->good;
    volatile char *to = f->at;
    for (size_t i = 0; text[i]; i++)
        to[i] = text[i];
}

static void flip_links(flipper *f, bool bad)
{
    (void)f, (void)bad;
    syscall(SYS_renameat2, AT_FDCWD, "way", AT_FDCWD, "way2", EXCHANGE);
}

static void flip_cwd(flipper *f, bool bad)
{
    if (fchdir(f->fds[bad]) != 0)
        die("fchdir");
}

static void flip_number(flipper *f, bool bad)
{
    dup2(f->fds[bad], DIRECTORY_NUMBER);
}

static int base_fd; /* of the directory that everything began in */

/* May be refused, when it would bring a protected name about. */
static void flip_place(flipper *f, bool bad)
{
    (void)f;
    if (renameat(base_fd, bad ? "good/sub" : "prot/sub", base_fd, bad ? "prot/sub" : "good/sub") !=
        0)
        return;
}

static void flip_names(flipper *f, bool bad)
{
    (void)f;
    if (rename(bad ? "way" : "prot", bad ? "prot" : "way") != 0)
        return;
}

static void *flip_on(void *data)
{
    flipper *f = data;
    for (unsigned i = 0; !atomic_load(&f->stop); i++) {
        f->flip(f, i & 1);
        for (volatile unsigned wait = 0; wait < (i * 2654435761u) % 997; wait++)
            ;
    }
    return NULL;
}

/* ---- sockets ---- */

static char peer(const struct sockaddr_un *to)
{
    char letter = '-';
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)to, sizeof *to) == 0 &&
        read(fd, &letter, 1) != 1)
        letter = '?';
    if (fd >= 0)
        close(fd);
    return letter;
}

static flipper connecting(const char *way, const char *good, const char *bad)
{
    flipper f = {.flip = flip_text, .at = address.sun_path, .good = good, .bad = bad};
    if (strcmp(way, "address") == 0)
        return f;
    unlink("way");
    unlink("way2");
    if (symlink(good, "way") != 0 || symlink(bad, "way2") != 0)
        die("symlink");
    strcpy(address.sun_path, "way");
    f.flip = flip_links;
    return f;
}

/* ---- names ---- */

typedef struct kind {
    const char *name;
    int (*make)(int dirfd, const char *path);
} kind;

static int closed(int fd)
{
    return fd < 0 ? -1 : close(fd);
}
static int make_open(int dirfd, const char *name)
{
    return closed(openat(dirfd, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
}
static int make_excl(int dirfd, const char *name)
{
    return closed(openat(dirfd, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644));
}
static int make_directory(int dirfd, const char *name)
{
    return mkdirat(dirfd, name, 0755);
}
static int make_node(int dirfd, const char *name)
{
    return mknodat(dirfd, name, S_IFREG | 0644, 0);
}
static int make_rename(int dirfd, const char *name)
{
    closed(openat(base_fd, "source", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    return renameat(base_fd, "source", dirfd, name);
}
static int make_link(int dirfd, const char *name)
{
    closed(openat(base_fd, "linked", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    return linkat(base_fd, "linked", dirfd, name, 0);
}
static int make_symlink(int dirfd, const char *name)
{
    return symlinkat("nowhere", dirfd, name);
}

static const kind kinds[] = {
    {"open", make_open},     {"excl", make_excl}, {"mkdir", make_directory}, {"mknod", make_node},
    {"rename", make_rename}, {"link", make_link}, {"symlink", make_symlink},
};

typedef struct creation {
    flipper f;
    int dirfd;
    const char *prefix; /* of the path */
    bool names;         /* the name itself is flipped */
} creation;

static int open_directory(const char *name)
{
    int fd = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        die(name);
    return fd;
}

static void make_directories(const char *way)
{
    base_fd = open_directory(".");
    mkdir("good", 0755);
    mkdir("prot", 0755);
    if (strcmp(way, "symlink") == 0 &&
        (symlink("good", "way") != 0 || symlink("prot", "way2") != 0))
        die("symlink");
    if (strcmp(way, "move") == 0 && (rmdir("prot") != 0 || mkdir("way", 0755) != 0))
        die("mkdir");
    if (strcmp(way, "dotdot") == 0 && (mkdir("good/sub", 0755) != 0 || chdir("good/sub") != 0))
        die("sub");
}

static creation creating(const char *way)
{
    creation c = {.dirfd = AT_FDCWD, .prefix = ""};
    make_directories(way);
    c.f.fds[0] = c.f.fds[1] = -1;
    if (strcmp(way, "string") == 0) {
        c.names = true;
        c.f.flip = flip_text;
        c.f.good = "a";
        c.f.bad = "e";
    } else if (strcmp(way, "symlink") == 0) {
        c.f.flip = flip_links;
        c.prefix = "way/";
    } else if (strcmp(way, "move") == 0) {
        c.f.flip = flip_names;
        c.prefix = "way/";
    } else if (strcmp(way, "dotdot") == 0) {
        c.f.flip = flip_place;
        c.prefix = "../";
    } else {
        c.f.fds[0] = open_directory("good");
        c.f.fds[1] = open_directory("prot");
        dup2(c.f.fds[0], DIRECTORY_NUMBER);
        c.f.flip = strcmp(way, "cwd") == 0 ? flip_cwd : flip_number;
        if (strcmp(way, "dirfd") == 0)
            c.dirfd = DIRECTORY_NUMBER;
        else if (strcmp(way, "magic") == 0)
            c.prefix = "/proc/self/fd/50/";
    }
    return c;
}

static const kind *kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    fprintf(stderr, "no kind %s\n", name);
    exit(99);
}

static bool exists(const char *head, unsigned i, const char *tail)
{
    struct stat st;
    char name[64];
    snprintf(name, sizeof name, "%sk%05u.%s", head, i, tail);
    return fstatat(base_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_there(const creation *c, unsigned i, bool bad)
{
    if (c->names)
        return exists("", i, bad ? "key" : "kay");
    return exists(bad ? "prot/" : "good/", i, "key") || (!bad && exists("way/", i, "key"));
}

static int race_create(const char *name, const char *way, unsigned tries)
{
    const kind *k = kind_of(name);
    creation c = creating(way);
    unsigned good = 0, bad = 0, made = 0;
    pthread_t thread;
    c.f.at = path;
    for (unsigned i = 0; i < tries; i++) {
        snprintf(path, sizeof path, "%sk%05u.key", c.prefix, i);
        if (c.names)
            c.f.at = path + strlen(path) - 2;
        if (i == 0 && pthread_create(&thread, NULL, flip_on, &c.f) != 0)
            die("thread");
        made += k->make(c.dirfd, path) == 0;
    }
    atomic_store(&c.f.stop, true);
    pthread_join(thread, NULL);
    for (unsigned i = 0; i < tries; i++) {
        good += is_there(&c, i, false);
        bad += is_there(&c, i, true);
    }
    printf("tries %u made %u good %u bad %u\n", tries, made, good, bad);
    return 0;
}

static int race_connect(char **words)
{
    flipper f = connecting(words[0], words[1], words[2]);
    unsigned tries = (unsigned)atoi(words[3]), good = 0, bad = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, flip_on, &f) != 0)
        die("thread");
    for (unsigned i = 0; i < tries; i++) {
        char letter = peer(&address);
        good += letter == 'G';
        bad += letter == 'B';
    }
    atomic_store(&f.stop, true);
    pthread_join(thread, NULL);
    printf("tries %u good %u bad %u\n", tries, good, bad);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "connect") == 0)
        return race_connect(argv + 2);
    if (argc == 5 && strcmp(argv[1], "create") == 0)
        return race_create(argv[2], argv[3], (unsigned)atoi(argv[4]));
    fputs("race connect WAY GOOD BAD TRIES | race create KIND WAY TRIES\n", stderr);
    return 99;
}
