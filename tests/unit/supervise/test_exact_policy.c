/* SPDX-License-Identifier: Apache-2.0 */
/* What the policy refuses at the level exact and with performed writes, each with its record, and
 * how directories are treated in which the floor lets callers create. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exact_refusals.h"
#include "floor.h"
#include "live.h"
#include "policies.h"
#include "support/unit.h"

#define MANDATORY_GLOB (SRT_PATH_MANDATORY | SRT_PATH_GLOB)

static test_policy tp;
static live_result result;
static char native_directory[300];
static const char *const natives[] = {native_directory, "/dev", NULL};
static bool writes;

static int make(const char *path, int flags)
{
    int fd = open(path, O_CREAT | O_WRONLY | flags, 0644);
    return fd < 0 ? -errno : close(fd);
}
static int write_open(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    return fd < 0 ? -errno : close(fd);
}

static const char *const directories[] = {"sub",     "ro",     "ro/dir",   "hold",
                                          "hold/ro", "native", "native/p", "native/p/hooks",
                                          ".git",    "x",      "x/hooks",  "wide"};
static const char *const files[] = {"f", "g", "ro/file", "hold/ro/file", "native/f", "rofile"};

/* DIRECTORY is writable, some things in it are not. */
static srt_supervise_options project(void)
{
    const char *d = live_directory();
    if (chmod(d, 0755) < 0 || chdir(d) < 0)
        abort();
    umask(022);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        if (mkdir(directories[i], 0755) < 0)
            abort();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (make(files[i], O_EXCL) < 0 || truncate(files[i], 4) < 0)
            abort();
    if (symlink("ro/file", "to_ro") < 0)
        abort();
    usleep(20000);
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, d, "");
    test_policy_region(&tp, SRT_ACCESS_READ, d, "/ro");
    test_policy_region(&tp, SRT_ACCESS_READ, d, "/hold/ro");
    test_policy_region(&tp, SRT_ACCESS_READ, d, "/rofile");
    test_policy_pending(&tp, MANDATORY_GLOB, d, "/**/.bashrc");
    test_policy_pending(&tp, MANDATORY_GLOB, d, "/**/.git/hooks");
    snprintf(native_directory, sizeof native_directory, "%s/native", d);
    snprintf(exact_outside, sizeof exact_outside, "%s/../srt-outside-%d", d, (int)getpid());
    return (srt_supervise_options){
        .policy = &tp.policy,
        .notify = SRT_NOTIFY_CREATE | SRT_NOTIFY_UMASK |
                  (writes ? SRT_NOTIFY_WRITE | SRT_NOTIFY_META_FD : 0),
        .exact = true,
        .perform_writes = writes,
        .native_create = natives,
        .native_write = natives,
    };
}

#define E(call) ((call) < 0 ? -errno : 0)
#define CALL(name, expression)                                                                     \
    static int name(void)                                                                          \
    {                                                                                              \
        return (expression);                                                                       \
    }
static int run_refused(void *data)
{
    const size_t *i = data;
    LIVE_EXPECT(floor_enter(writes, natives, natives));
    int r = exact_refusals[*i].call();
    if (r != exact_refusals[*i].error)
        dprintf(2, "\n  %s returned %d\n", exact_refusals[*i].name, r);
    return r == exact_refusals[*i].error ? 0 : 1;
}

/* Nothing is there afterwards that was not before. */
static bool untouched(void)
{
    struct stat st;
    return stat("ro/file", &st) == 0 && st.st_size == 4 && (st.st_mode & 07777) == 0644 &&
           st.st_nlink == 1 && stat("rofile", &st) == 0 && st.st_size == 4 &&
           access("hold/ro/file", F_OK) == 0 && access("ro/dir", F_OK) == 0 &&
           access("ro/n", F_OK) < 0 && access("n", F_OK) < 0 && access(exact_outside, F_OK) < 0 &&
           lstat(".bashrc", &st) < 0 && lstat("sub/.git", &st) < 0 &&
           access(".git/hooks", F_OK) < 0;
}

static void all_refused(bool performing)
{
    writes = performing;
    if (!floor_possible()) {
        srt_unit_skip("this kernel has no Landlock");
        return;
    }
    for (size_t i = 0; i < n_exact_refusals; i++) {
        if (!writes && (exact_refusals[i].writes))
            continue;
        srt_supervise_options options = project();
        live_run(&options, run_refused, &i, NULL, &result);
        const live_record *r = &result.records[0];
        bool fine =
            result.status == 0 && result.count == 1 && r->flags == 0 && r->pid == result.pid &&
            r->target[0] == '/' &&
            (exact_refusals[i].rule[0] == '\0' || strcmp(r->rule, exact_refusals[i].rule) == 0) &&
            untouched();
        if (!fine)
            printf("\n  %s: status %d, %u records, %s of %s\n", exact_refusals[i].name,
                   result.status, result.count, r->target, r->rule);
        CU_ASSERT(fine);
    }
}

static void test_refused(void)
{
    all_refused(false);
}

static void test_refused_performing(void)
{
    all_refused(true);
}

/* The calls are not refused for another reason. */
static int run_unruled(void *data)
{
    const size_t *i = data;
    LIVE_EXPECT(floor_enter(writes, natives, natives));
    int r = exact_refusals[*i].call();
    return r == -EACCES || r == -EPERM ? 1 : 0;
}

static void test_without_rules(void)
{
    writes = true;
    if (!floor_possible()) {
        srt_unit_skip("this kernel has no Landlock");
        return;
    }
    for (size_t i = 0; i < n_exact_refusals; i++) {
        srt_supervise_options options = project();
        if (exact_refusals[i].rule[0] == '\0')
            continue;
        tp.policy.n_regions = 2;
        tp.policy.n_pending = 0;
        live_run(&options, run_unruled, &i, NULL, &result);
        if (result.status || result.count)
            printf("\n  %s: refused without a rule\n", exact_refusals[i].name);
        CU_ASSERT(result.status == 0 && result.count == 0);
    }
}

static int run_native(void *data)
{
    (void)data;
    LIVE_EXPECT(floor_enter(writes, natives, natives));
    LIVE_EXPECT(make("native/n", O_EXCL) == 0);
    LIVE_EXPECT(mkdir("native/d", 0755) == 0);
    LIVE_EXPECT(rename("native/n", "native/d/n") == 0);
    LIVE_EXPECT(link("native/d/n", "native/l") == 0);
    LIVE_EXPECT(make("native/.bashrc", 0) == 0); /* it is no place for rules */
    /* Across: files go where they cannot be taken away meanwhile, the rest is copied by mv. */
    int across = writes ? 0 : -EXDEV;
    LIVE_EXPECT(E(rename("native/d/n", "sub/n")) == across);
    LIVE_EXPECT(E(rename("native/l", "g")) == across);
    LIVE_EXPECT(rename("g", "native/back") == 0);
    LIVE_EXPECT(E(rename("native/d", "sub/d")) == -EXDEV);
    LIVE_EXPECT(E(rename("native/.bashrc", "sub/.bashrc")) == -EACCES);
    LIVE_EXPECT(E(syscall(SYS_renameat2, AT_FDCWD, "native/back", AT_FDCWD, "f", 2u)) == -EXDEV);
    /* The directory itself would take its grant along, in one step or several. */
    LIVE_EXPECT(E(rename("native", "sub/.git")) == -EXDEV);
    LIVE_EXPECT(E(rename("native", "elsewhere")) == -EXDEV);
    LIVE_EXPECT(E(syscall(SYS_renameat2, AT_FDCWD, "wide", AT_FDCWD, "native", 2u)) == -EXDEV);
    LIVE_EXPECT(access("sub/.git", F_OK) < 0);
    return 0;
}

static void test_native(void)
{
    for (int i = 0; i < 2; i++) {
        writes = i;
        if (!floor_possible()) {
            srt_unit_skip("this kernel has no Landlock");
            return;
        }
        srt_supervise_options options = project();
        live_run(&options, run_native, NULL, NULL, &result);
        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT_EQUAL(result.count, 1);
        CU_ASSERT_EQUAL(result.names_changed, 1);
    }
}

/* As git and those who copy repositories do. */
static int run_repository(void *data)
{
    struct timespec times[2] = {{1000, 0}, {1000, 0}};
    (void)data;
    LIVE_EXPECT(floor_enter(writes, natives, natives));
    LIVE_EXPECT(mkdir("new", 0755) == 0 && mkdir("new/.git", 0755) == 0);
    LIVE_EXPECT(mkdir("new/.git/hooks", 0755) == 0);
    LIVE_EXPECT(make("new/.git/hooks/pre-commit.sample", O_EXCL) == 0);
    LIVE_EXPECT(chmod("new/.git/hooks/pre-commit.sample", 0755) == 0);
    LIVE_EXPECT(utimensat(AT_FDCWD, "new/.git/hooks", times, 0) == 0);
    LIVE_EXPECT(make("new/.git/config.lock", O_EXCL) == 0);
    LIVE_EXPECT(rename("new/.git/config.lock", "new/.git/config") == 0);
    int fd = open("new/.git/config", O_WRONLY | O_APPEND);
    LIVE_EXPECT(fd >= 0 && write(fd, "x", 1) == 1);
    LIVE_EXPECT(fchmod(fd, 0600) == 0 && futimens(fd, times) == 0);
    close(fd);
    LIVE_EXPECT(make("new/.git/hooks/pre-commit", 0) == -EACCES);
    LIVE_EXPECT(E(rename("new/.git/hooks/pre-commit.sample", "new/.git/hooks/pre-commit")) ==
                -EACCES);
    LIVE_EXPECT(E(mkdir(".git/hooks", 0755)) == -EACCES);
    LIVE_EXPECT(unlink("new/.git/config") == 0);
    LIVE_EXPECT(unlink("new/.git/hooks/pre-commit.sample") == 0);
    LIVE_EXPECT(rmdir("new/.git/hooks") == 0 && rmdir("new/.git") == 0);
    return 0;
}

static void test_repository(void)
{
    struct statx st;
    for (int i = 0; i < 2; i++) {
        writes = i;
        srt_supervise_options options = project();
        if (!floor_possible() || statx(AT_FDCWD, ".git", 0, STATX_BTIME, &st) < 0 ||
            !(st.stx_mask & STATX_BTIME)) {
            srt_unit_skip("no Landlock, or a file system that does not say when a file was born");
            return;
        }
        test_policy_pending(&tp, MANDATORY_GLOB, tp.region_list[1]->path, "/**/.git/config");
        live_run(&options, run_repository, NULL, NULL, &result);
        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT_EQUAL(result.count, 3);
    }
}

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    bool fine = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return fine;
}

#define NO_MOUNTS 77
static int run_mounted(void *data)
{
    char map[64];
    const unsigned user = getuid();
    (void)data;
    snprintf(map, sizeof map, "%u %u 1", user, user);
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || !write_text("/proc/self/uid_map", map) ||
        mount("rofile", "g", NULL, MS_BIND, NULL) < 0 ||
        mount("ro", "sub", NULL, MS_BIND, NULL) < 0 ||
        mount("wide", "wide", NULL, MS_BIND, NULL) < 0 ||
        mount(NULL, "wide", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
        return NO_MOUNTS;
    LIVE_EXPECT(floor_enter(writes, natives, natives));
    LIVE_EXPECT(E(rename("g", "n")) == -EBUSY);
    LIVE_EXPECT(E(rename("f", "g")) == -EBUSY);
    LIVE_EXPECT(E(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 2u)) == -EBUSY);
    LIVE_EXPECT(E(rename("sub", "n")) == -EBUSY);
    LIVE_EXPECT(E(link("f", "g")) == -EEXIST);
    if (writes) {
        LIVE_EXPECT(E(unlink("g")) == -EBUSY);
        LIVE_EXPECT(E(rmdir("sub")) == -EBUSY);
    }
    /* What is mounted there is not what the rules call by this path. */
    LIVE_EXPECT(make("sub/n", 0) == -EACCES);
    if (writes) {
        LIVE_EXPECT(write_open("sub/file", O_WRONLY) == -EACCES);
        LIVE_EXPECT(E(chmod("sub/file", 0777)) == -EACCES);
    }
    int r = make("wide/n", 0);
    LIVE_EXPECT(r == -EROFS || r == -EACCES);
    return 0;
}

static int run_chroot(void *data)
{
    char map[64];
    const unsigned user = getuid();
    snprintf(map, sizeof map, "%u %u 1", user, user);
    if (unshare(CLONE_NEWUSER) < 0 || !write_text("/proc/self/uid_map", map) || chroot(data) < 0)
        return NO_MOUNTS;
    LIVE_EXPECT(chdir("/sub") == 0 && floor_enter(writes, NULL, NULL));
    LIVE_EXPECT(make("/n", 0) == 0);
    LIVE_EXPECT(make("../../../m", O_EXCL) == 0);
    LIVE_EXPECT(symlink("/sub", "/abs") == 0 && symlink("/../k", "link") == 0);
    LIVE_EXPECT(mkdir("/abs/d", 0755) == 0);
    LIVE_EXPECT(make("../abs/link", 0) == 0);
    LIVE_EXPECT(rename("/n", "../../n2") == 0);
    LIVE_EXPECT(make("/../.bashrc", 0) == -EACCES);
    LIVE_EXPECT(E(mkdir("../abs/../.git/hooks", 0755)) == -EACCES);
    LIVE_EXPECT(E(rename("/n2", "/abs/.bashrc")) == -EACCES);
    return 0;
}

static void test_chroot(void)
{
    for (int i = 0; i < 2; i++) {
        writes = i;
        if (!floor_possible()) {
            srt_unit_skip("this kernel has no Landlock");
            return;
        }
        srt_supervise_options options = project();
        live_run(&options, run_chroot, (void *)(uintptr_t)tp.region_list[1]->path, NULL, &result);
        if (result.status == NO_MOUNTS) {
            srt_unit_skip_namespaces("no namespaces of one's own");
            return;
        }
        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT_EQUAL(result.count, 3);
        CU_ASSERT(access("n2", F_OK) == 0 && access("m", F_OK) == 0 && access("k", F_OK) == 0);
        CU_ASSERT(access("sub/d", F_OK) == 0 && access("n", F_OK) < 0);
    }
}

static void test_mounted(void)
{
    for (int i = 0; i < 2; i++) {
        writes = i;
        if (!floor_possible()) {
            srt_unit_skip("this kernel has no Landlock");
            return;
        }
        srt_supervise_options options = project();
        live_run(&options, run_mounted, NULL, NULL, &result);
        if (result.status == NO_MOUNTS) {
            srt_unit_skip_namespaces("no mounts in namespaces of one's own");
            return;
        }
        CU_ASSERT_EQUAL(result.status, 0);
    }
}

static const srt_unit_case cases[] = {
    {"refused", test_refused},
    {"refused, performing", test_refused_performing},
    {"without rules", test_without_rules},
    {"native", test_native},
    {"repository", test_repository},
    {"chroot", test_chroot},
    {"mounted", test_mounted},
};
SRT_UNIT_MAIN("supervise.exact_policy", cases)
