/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exact_calls.h"

#define E(call) ((call) < 0 ? -errno : 0)
#define CALL(name, expression)                                                                     \
    static int name(void)                                                                          \
    {                                                                                              \
        return (expression);                                                                       \
    }

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, text, strlen(text));
    return n < 0 ? -errno : close(fd);
}

void exact_fixture(void)
{
    umask(022);
    if (write_file("f", "data") || write_file("g", "more data") || mkdir("d", 0755) ||
        write_file("d/x", "x") || mkdir("e", 0755) || mkdir("sgid", 0755) || chmod("sgid", 02775) ||
        symlink("f", "l") || symlink("new1", "dangling") || symlink("d/new2", "dangling2") ||
        symlink("loop", "loop") || symlink("d", "ld") || symlink("dangling", "two") ||
        symlink("none/x", "nowhere") || mkfifo("fifo", 0644) || write_file("ro", "r") ||
        chmod("ro", 0444) || mkdir("shut", 0755) || chmod("shut", 0555))
        abort();
}

/* What the flags came to be, and that it can be written. */
static int opened(int fd)
{
    if (fd < 0)
        return -errno;
    int flags = fcntl(fd, F_GETFL), own = fcntl(fd, F_GETFD);
    int wrote = (flags & O_ACCMODE) == O_RDONLY || write(fd, "w", 1) == 1;
    close(fd);
    return (flags & (O_ACCMODE | O_APPEND | O_NONBLOCK | O_SYNC)) * 4 + own * 2 + wrote;
}
static int o(const char *path, int flags, mode_t mode)
{
    return opened(open(path, flags, mode));
}
static int o2(const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
    struct open_how how = {flags, mode, resolve};
    return opened((int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
}

CALL(open_plain, o("n", O_CREAT | O_WRONLY, 0666))
CALL(open_excl, o("n", O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0640))
CALL(open_append, o("n", O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_NONBLOCK, 0600))
CALL(open_read_only, o("n", O_CREAT | O_RDONLY, 0644))
CALL(open_mode_0, o("n", O_CREAT | O_RDWR, 0))
CALL(open_mode_0444, o("n", O_CREAT | O_WRONLY, 0444))
CALL(open_mode_suid, o("n", O_CREAT | O_WRONLY, 04755))
CALL(open_mode_sticky, o("n", O_CREAT | O_EXCL | O_WRONLY, 01777))
CALL(open_exists, o("f", O_CREAT | O_WRONLY, 0600))
CALL(open_exists_trunc, o("f", O_CREAT | O_TRUNC | O_RDWR, 0600))
CALL(open_exists_excl, o("f", O_CREAT | O_EXCL | O_WRONLY, 0600))
CALL(open_exists_ro, o("ro", O_CREAT | O_WRONLY, 0600))
CALL(open_link, o("l", O_CREAT | O_WRONLY, 0600))
CALL(open_link_nofollow, o("l", O_CREAT | O_WRONLY | O_NOFOLLOW, 0600))
CALL(open_link_excl, o("l", O_CREAT | O_EXCL | O_WRONLY, 0600))
CALL(open_dangling, o("dangling", O_CREAT | O_WRONLY, 0600))
CALL(open_dangling2, o("dangling2", O_CREAT | O_WRONLY, 0600))
CALL(open_two_links, o("two", O_CREAT | O_WRONLY, 0600))
CALL(open_nowhere, o("nowhere", O_CREAT | O_WRONLY, 0600))
CALL(open_dangling_excl, o("dangling", O_CREAT | O_EXCL | O_WRONLY, 0600))
CALL(open_dangling_nofollow, o("dangling", O_CREAT | O_NOFOLLOW | O_WRONLY, 0600))
CALL(open_loop, o("loop", O_CREAT | O_WRONLY, 0600))
CALL(open_loop_below, o("loop/n", O_CREAT | O_WRONLY, 0600))
CALL(open_directory, o("d", O_CREAT | O_WRONLY, 0600))
CALL(open_directory_ro, o("d", O_CREAT | O_RDONLY, 0600))
CALL(open_directory_link, o("ld", O_CREAT | O_RDONLY, 0600))
CALL(open_slash, o("n/", O_CREAT | O_WRONLY, 0600))
CALL(open_file_slash, o("f/", O_CREAT | O_WRONLY, 0600))
CALL(open_dot, o(".", O_CREAT | O_WRONLY, 0600))
CALL(open_dots, o("d/..", O_CREAT | O_EXCL | O_WRONLY, 0600))
CALL(open_empty, o("", O_CREAT | O_WRONLY, 0600))
CALL(open_missing, o("none/n", O_CREAT | O_WRONLY, 0600))
CALL(open_not_directory, o("f/n", O_CREAT | O_WRONLY, 0600))
CALL(open_directory_flag, o("n", O_CREAT | O_DIRECTORY | O_RDONLY, 0600))
CALL(open_path_flag, o("n", O_CREAT | O_PATH, 0600))
CALL(open_shut, o("shut/n", O_CREAT | O_WRONLY, 0600))
CALL(open_shut_excl, o("shut/n", O_CREAT | O_EXCL | O_WRONLY, 0600))
CALL(open_through_link, o("ld/../ld/n", O_CREAT | O_EXCL | O_WRONLY, 0600))
CALL(open_null, opened((int)syscall(SYS_openat, AT_FDCWD, NULL, O_CREAT | O_WRONLY, 0600)))
CALL(open_bad_dir, opened(openat(99, "n", O_CREAT | O_WRONLY, 0600)))
CALL(open_magic, o("/proc/self/cwd/n", O_CREAT | O_WRONLY, 0600))
CALL(open_magic_thread, o("/proc/thread-self/cwd/d/n", O_CREAT | O_EXCL | O_WRONLY, 0600))
CALL(open_dev_null, o("/dev/null", O_CREAT | O_WRONLY, 0600))
CALL(creat_file, opened(creat("n", 0664)))
CALL(creat_exists, opened(creat("f", 0664)))
CALL(openat2_plain, o2("n", O_CREAT | O_WRONLY, 0644, 0))
CALL(openat2_beneath, o2("d/n", O_CREAT | O_EXCL | O_WRONLY, 0644, RESOLVE_BENEATH))
CALL(openat2_beneath_up, o2("../n", O_CREAT | O_WRONLY, 0644, RESOLVE_BENEATH))
CALL(openat2_in_root, o2("/../d/n", O_CREAT | O_EXCL | O_WRONLY, 0644, RESOLVE_IN_ROOT))
CALL(openat2_no_links, o2("ld/n", O_CREAT | O_WRONLY, 0644, RESOLVE_NO_SYMLINKS))
CALL(openat2_no_link_last, o2("dangling", O_CREAT | O_WRONLY, 0644, RESOLVE_NO_SYMLINKS))
CALL(openat2_no_xdev, o2("d/n", O_CREAT | O_WRONLY, 0644, RESOLVE_NO_XDEV))
CALL(openat2_bad_flags, o2("n", O_CREAT | (1ull << 40), 0644, 0))
CALL(openat2_bad_mode, o2("n", O_CREAT | O_WRONLY, 010000, 0))
CALL(openat2_bad_resolve, o2("n", O_CREAT | O_WRONLY, 0644, 0x8000))

static int open_long(void)
{
    char name[300];
    memset(name, 'x', sizeof name);
    name[256] = '\0';
    int r = o(name, O_CREAT | O_WRONLY, 0600);
    name[255] = '\0';
    return r == -ENAMETOOLONG ? o(name, O_CREAT | O_EXCL | O_WRONLY, 0600) : r;
}
static int open_absolute(void)
{
    char path[4200];
    if (!getcwd(path, 4000))
        return -1;
    strcat(path, "/ld/../n");
    return o(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
}
static int open_at(void)
{
    int dir = open("d", O_PATH);
    int r = opened(openat(dir, "../e/n", O_CREAT | O_EXCL | O_WRONLY, 0600));
    close(dir);
    return r;
}
static int open_fd(void)
{
    char path[64];
    int fd = open("f", O_RDONLY);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int r = o(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    close(fd);
    return r;
}
static int masks(void)
{
    static const mode_t all[] = {0, 022, 077, 0777, 027};
    char name[16];
    int sum = 0;
    for (int i = 0; i < 5; i++) {
        umask(all[i]);
        snprintf(name, sizeof name, "n%d", i);
        sum += o(name, O_CREAT | O_EXCL | O_WRONLY, 0777);
        snprintf(name, sizeof name, "p%d", i);
        sum += o(name, O_CREAT | O_RDONLY, 0666) < 0;
        snprintf(name, sizeof name, "d%d", i);
        sum += E(mkdir(name, 0777));
        snprintf(name, sizeof name, "f%d", i);
        sum += E(mkfifo(name, 0666));
        snprintf(name, sizeof name, "l%d", i);
        sum += E(symlink("f", name));
    }
    umask(022);
    return sum;
}
static int setgid_directory(void)
{
    int r = o("sgid/n", O_CREAT | O_EXCL | O_WRONLY, 02775) + E(mkdir("sgid/d", 0755)) +
            E(mkfifo("sgid/f", 02644));
    return r + o("sgid/p", O_CREAT | O_RDWR, 0664);
}
static int run_forked(int (*call)(void), bool v)
{
    int status;
    pid_t pid = v ? vfork() : fork();
    if (pid == 0)
        _exit(call() & 0xff);
    return waitpid(pid, &status, 0) == pid ? status : -1;
}
static int vfork_child(void)
{
    return run_forked(open_excl, true);
}
static int child_umask_call(void)
{
    umask(0);
    return o("n", O_CREAT | O_EXCL | O_WRONLY, 0666);
}
static int child_umask(void)
{
    umask(077);
    int r = o("m", O_CREAT | O_EXCL | O_WRONLY, 0666) + run_forked(child_umask_call, false);
    r += o("k", O_CREAT | O_EXCL | O_WRONLY, 0666);
    umask(022);
    return r;
}
static void *own_fs(void *data)
{
    int *r = data;
    *r = unshare(CLONE_FS) || chdir("d") ? -1 : 0;
    umask(0);
    *r += o("n", O_CREAT | O_EXCL | O_WRONLY, 0666) + E(mkdir("m", 0777));
    return NULL;
}
static int thread_own_fs(void)
{
    pthread_t thread;
    int r = -1;
    pthread_create(&thread, NULL, own_fs, &r);
    pthread_join(thread, NULL);
    return r + o("n", O_CREAT | O_EXCL | O_WRONLY, 0666);
}
static void *set_umask(void *data)
{
    umask(*(mode_t *)data);
    return NULL;
}
/* Threads share it, and it is changed again and again. */
static int shared_umask(void)
{
    int wrong = 0;
    for (unsigned i = 0; i < 300; i++) {
        pthread_t thread;
        struct stat st = {0};
        mode_t mask = i % 8 * 011;
        pthread_create(&thread, NULL, set_umask, &mask);
        pthread_join(thread, NULL);
        int fd = open("n", O_CREAT | O_EXCL | O_WRONLY, 0777);
        wrong += fd < 0 || fstat(fd, &st) < 0 || (st.st_mode & 0777) != (0777 & ~mask);
        close(fd);
        unlink("n");
    }
    umask(022);
    return wrong;
}
static int open_dev_fd(void)
{
    char path[32];
    int ends[2];
    if (pipe(ends) < 0)
        return -1;
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    int r = o(path, O_CREAT | O_WRONLY | O_TRUNC | O_APPEND, 0666);
    close(ends[0]), close(ends[1]);
    return r;
}
static int too_many(void)
{
    struct rlimit old, none;
    getrlimit(RLIMIT_NOFILE, &old);
    int top = open("f", O_RDONLY);
    none = old;
    none.rlim_cur = (rlim_t)top + 1;
    setrlimit(RLIMIT_NOFILE, &none);
    int r = o("n", O_CREAT | O_EXCL | O_WRONLY, 0666) * 8 + o("m", O_CREAT | O_WRONLY, 0666) * 2 +
            o("f", O_CREAT | O_WRONLY | O_TRUNC, 0666);
    setrlimit(RLIMIT_NOFILE, &old);
    close(top);
    return r;
}
static int lease(void)
{
    int failures = 0;
    for (int i = 0; i < 100; i++) {
        int fd = open("n", O_CREAT | O_EXCL | O_RDWR, 0600);
        failures += fd < 0 || close(fd);
        fd = open("n", O_RDONLY);
        failures += fcntl(fd, F_SETLEASE, F_WRLCK) != 0;
        close(fd);
        unlink("n");
    }
    return failures;
}
static int copy_to(const char *name)
{
    char buffer[65536];
    int from = open("/bin/true", O_RDONLY);
    int to = open(name, O_CREAT | O_EXCL | O_WRONLY, 0755);
    ssize_t n;
    while ((n = read(from, buffer, sizeof buffer)) > 0)
        if (write(to, buffer, (size_t)n) != n)
            return -1;
    close(from);
    return to < 0 ? -1 : close(to);
}
/* Right after its creation, a file can be executed. */
static int run_new(void)
{
    volatile int failures = 0; /* over vfork */
    for (int i = 0; i < 300; i++) {
        int status = -1;
        failures += copy_to("prog") != 0;
        pid_t pid = vfork();
        if (pid == 0) {
            execl("./prog", "prog", (char *)NULL);
            _exit(errno);
        }
        waitpid(pid, &status, 0);
        failures += status != 0;
        unlink("prog");
    }
    return failures;
}

#define ROW(name)                                                                                  \
    {                                                                                              \
#name, name                                                                                \
    }
const exact_call exact_creates[] = {
    ROW(open_plain),
    ROW(open_excl),
    ROW(open_append),
    ROW(open_read_only),
    ROW(open_mode_0),
    ROW(open_mode_0444),
    ROW(open_mode_suid),
    ROW(open_mode_sticky),
    ROW(open_exists),
    ROW(open_exists_trunc),
    ROW(open_exists_excl),
    ROW(open_exists_ro),
    ROW(open_link),
    ROW(open_link_nofollow),
    ROW(open_link_excl),
    ROW(open_dangling),
    ROW(open_dangling2),
    ROW(open_two_links),
    ROW(open_nowhere),
    ROW(open_dangling_excl),
    ROW(open_dangling_nofollow),
    ROW(open_loop),
    ROW(open_loop_below),
    ROW(open_directory),
    ROW(open_directory_ro),
    ROW(open_directory_link),
    ROW(open_slash),
    ROW(open_file_slash),
    ROW(open_dot),
    ROW(open_dots),
    ROW(open_empty),
    ROW(open_missing),
    ROW(open_not_directory),
    ROW(open_directory_flag),
    ROW(open_path_flag),
    ROW(open_shut),
    ROW(open_shut_excl),
    ROW(open_through_link),
    ROW(open_null),
    ROW(open_bad_dir),
    ROW(open_magic),
    ROW(open_magic_thread),
    ROW(open_dev_null),
    ROW(creat_file),
    ROW(creat_exists),
    ROW(openat2_plain),
    ROW(openat2_beneath),
    ROW(openat2_beneath_up),
    ROW(openat2_in_root),
    ROW(openat2_no_links),
    ROW(openat2_no_link_last),
    ROW(openat2_no_xdev),
    ROW(openat2_bad_flags),
    ROW(openat2_bad_mode),
    ROW(openat2_bad_resolve),
    ROW(open_long),
    ROW(open_absolute),
    ROW(open_at),
    ROW(open_fd),
    ROW(masks),
    ROW(setgid_directory),
    ROW(vfork_child),
    ROW(child_umask),
    ROW(thread_own_fs),
    ROW(shared_umask),
    ROW(open_dev_fd),
    ROW(too_many),
    ROW(lease),
    ROW(run_new),
};
const size_t n_exact_creates = sizeof exact_creates / sizeof *exact_creates;
