/* SPDX-License-Identifier: Apache-2.0 */
/* The level "check": protected names by every call that creates one. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"
#include "policies.h"
#include "support/unit.h"

#define MANDATORY_GLOB (SRT_PATH_MANDATORY | SRT_PATH_GLOB)

static test_policy tp;
static live_result result;

/* DIRECTORY with what a project has, and the rules of one. */
static srt_supervise_options project(void)
{
    const char *d = live_directory();
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, d, "");
    test_policy_pending(&tp, MANDATORY_GLOB, d, "/**/.bashrc");
    test_policy_pending(&tp, MANDATORY_GLOB, d, "/**/.git/hooks");
    test_policy_pending(&tp, MANDATORY_GLOB, d, "/**/.git/config");
    test_policy_pending(&tp, MANDATORY_GLOB, d, "/**/.claude/settings*.json");
    test_policy_pending(&tp, 0, d, "/later/file");
    if (chdir(d) < 0 || mkdir(".git", 0755) < 0 || mkdir("sub", 0755) < 0 ||
        mkdir("later", 0755) < 0 || mkdir("x", 0755) < 0 || mkdir("x/hooks", 0755) < 0 ||
        mknod("plain", S_IFREG | 0644, 0) < 0)
        abort();
    usleep(20000); /* .git must be older than the sandbox, by the file system's clock */
    return (srt_supervise_options){.policy = &tp.policy, .notify = SRT_NOTIFY_CREATE};
}

static int make(int dirfd, const char *path, int flags)
{
    int fd = openat(dirfd, path, O_CREAT | O_WRONLY | flags, 0644);
    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static int do_open(void)
{
    return make(AT_FDCWD, "sub/.bashrc", 0);
}
static int do_open_excl(void)
{
    return make(AT_FDCWD, "sub/../.BashRC", O_EXCL);
}
static int do_creat(void)
{
    int fd = creat("./.bashrc", 0644);
    return fd < 0 ? -errno : close(fd);
}
static int do_openat_dir(void)
{
    int dir = open("sub", O_RDONLY | O_DIRECTORY);
    int r = make(dir, ".bashrc", 0);
    close(dir);
    return r;
}
static int do_openat2(void)
{
    struct open_how how = {.flags = O_CREAT | O_WRONLY, .mode = 0644};
    long fd = syscall(SYS_openat2, AT_FDCWD, ".bashrc", &how, sizeof how);
    return fd < 0 ? -errno : close((int)fd);
}
static int do_absolute(void)
{
    char path[512];
    snprintf(path, sizeof path, "%s/later/../later//file", tp.region_list[1]->path);
    return make(AT_FDCWD, path, 0);
}
static int do_magic_cwd(void)
{
    return make(AT_FDCWD, "/proc/self/cwd/.bashrc", 0);
}
static int do_magic_thread(void)
{
    return make(AT_FDCWD, "/proc/thread-self/cwd/sub/.bashrc", 0);
}
static int do_magic_fd(void)
{
    char path[64];
    int dir = open(".", O_RDONLY | O_DIRECTORY);
    snprintf(path, sizeof path, "/proc/self/fd/%d/.bashrc", dir);
    int r = make(AT_FDCWD, path, 0);
    snprintf(path, sizeof path, "/dev/fd/%d/.bashrc", dir);
    int again = make(AT_FDCWD, path, 0);
    close(dir);
    return r == again ? r : -EIO;
}
static int do_magic_root(void)
{
    char path[512];
    snprintf(path, sizeof path, "/proc/self/root%s/.bashrc", tp.region_list[1]->path);
    return make(AT_FDCWD, path, 0);
}
static int do_through_link(void)
{
    int r = LIVE_CALL(symlink(tp.region_list[1]->path, "sub/away"));
    return r ? r : make(AT_FDCWD, "sub/away/.bashrc", 0);
}
static int do_mkdir(void)
{
    return LIVE_CALL(mkdir(".git/hooks", 0755));
}
static int do_mkdir_slash(void)
{
    return LIVE_CALL(mkdir(".git/hooks//", 0755));
}
static int do_mkdirat_hook(void)
{
    return LIVE_CALL(mkdirat(AT_FDCWD, "sub/.bashrc", 0755));
}
static int do_mknod(void)
{
    return LIVE_CALL(mknod(".bashrc", S_IFREG | 0644, 0));
}
static int do_mkfifo(void)
{
    return LIVE_CALL(mkfifo(".claude/settings.json", 0644)) == -ENOENT
               ? (mkdir(".claude", 0755), LIVE_CALL(mkfifo(".claude/settings.json", 0644)))
               : -EIO;
}
static int do_rename(void)
{
    return LIVE_CALL(rename("plain", ".bashrc"));
}
static int do_renameat2(void)
{
    return LIVE_CALL(syscall(SYS_renameat2, AT_FDCWD, "plain", AT_FDCWD, "later/file", 1u));
}
static int do_rename_child(void)
{
    int r = LIVE_CALL(rename("x/hooks", ".git/hooks"));
    return r == -EACCES || r == 0 ? LIVE_CALL(rename("x", "sub/.git")) : r;
}
static int do_exchange_child(void)
{
    return LIVE_CALL(syscall(SYS_renameat2, AT_FDCWD, ".git", AT_FDCWD, "x", 2u));
}
static int do_rename_later(void)
{
    int r = LIVE_CALL(rename("later", "later2"));
    if (r)
        return r;
    r = make(AT_FDCWD, "later2/file", 0);
    return r ? -EIO : LIVE_CALL(rename("later2", "later"));
}
static int do_link(void)
{
    return LIVE_CALL(link("plain", ".bashrc"));
}
static int do_linkat_tmpfile(void)
{
    char path[64];
    int fd = open(".", O_TMPFILE | O_WRONLY, 0600);
    if (fd < 0)
        return errno == EOPNOTSUPP ? -EACCES : -errno;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int r = LIVE_CALL(linkat(AT_FDCWD, path, AT_FDCWD, ".bashrc", AT_SYMLINK_FOLLOW));
    close(fd);
    return r;
}
static int do_symlink(void)
{
    return LIVE_CALL(symlink("plain", ".bashrc"));
}
static int do_symlink_lead(void)
{
    return LIVE_CALL(symlink("x", "sub/.git"));
}
static int do_symlink_to(void)
{
    return LIVE_CALL(symlink(".bashrc", "innocent"));
}
static int do_symlink_to_missing(void)
{
    return LIVE_CALL(symlink("not/yet/.bashrc", "sub/innocent"));
}
static int do_rename_link(void)
{
    int r = LIVE_CALL(symlink("x", "sub/lnk"));
    return r ? r : LIVE_CALL(rename("sub/lnk", "sub/.git"));
}

static const struct {
    const char *name;
    int (*call)(void);
    unsigned records;
} refused[] = {
    {"open", do_open, 1},
    {"open exclusively, other case", do_open_excl, 1},
    {"creat", do_creat, 1},
    {"openat", do_openat_dir, 1},
    {"openat2", do_openat2, 1},
    {"absolute", do_absolute, 1},
    {"/proc/self/cwd", do_magic_cwd, 1},
    {"/proc/thread-self/cwd", do_magic_thread, 1},
    {"/proc/self/fd", do_magic_fd, 1},
    {"/proc/self/root", do_magic_root, 1},
    {"through a link", do_through_link, 1},
    {"mkdir", do_mkdir, 1},
    {"mkdir with slashes", do_mkdir_slash, 1},
    {"mkdirat", do_mkdirat_hook, 1},
    {"mknod", do_mknod, 1},
    {"mkfifo", do_mkfifo, 1},
    {"rename", do_rename, 1},
    {"renameat2 noreplace", do_renameat2, 1},
    {"rename with a child", do_rename_child, 2},
    {"exchange with a child", do_exchange_child, 1},
    {"rename of the directory of a literal rule", do_rename_later, 1},
    {"link", do_link, 1},
    {"linkat of a nameless file", do_linkat_tmpfile, 1},
    {"symlink", do_symlink, 1},
    {"symlink that leads on", do_symlink_lead, 1},
    {"symlink to a protected name", do_symlink_to, 1},
    {"symlink to one in a directory to come", do_symlink_to_missing, 1},
    {"link moved", do_rename_link, 1},
};

static int run_call(void *data)
{
    int (*const *call)(void) = data;
    int r = (*call)();
    if (r != -EACCES)
        dprintf(2, "  it returned %d\n", r);
    return r == -EACCES ? 0 : 1;
}

static void test_refused(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        srt_supervise_options options = project();
        int (*call)(void) = refused[i].call;
        live_run(&options, run_call, &call, NULL, &result);
        bool fine = result.status == 0 && result.count == refused[i].records &&
                    result.records[0].flags == 0 && result.records[0].pid == result.pid;
        if (!fine)
            printf("\n  %s: status %d, %u records\n", refused[i].name, result.status, result.count);
        CU_ASSERT(fine);
        for (unsigned r = 0; r < result.count; r++) {
            CU_ASSERT(strncmp(result.records[r].rule, "pending[", 8) == 0);
            CU_ASSERT(strncmp(result.records[r].target, tp.region_list[1]->path,
                              strlen(tp.region_list[1]->path)) == 0);
            CU_ASSERT(strstr(result.records[r].program, "test-supervise-create") != NULL);
        }
    }
}

/* The same, as an attack without the rules: each works. */
static int run_unprotected(void *data)
{
    int (*const *call)(void) = data;
    int r = (*call)();
    return r == -EACCES ? 1 : 0;
}

static void test_attacks_work_without_rules(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        srt_supervise_options options = project();
        int (*call)(void) = refused[i].call;
        tp.policy.n_pending = 0;
        live_run(&options, run_unprotected, &call, NULL, &result);
        if (result.status)
            printf("\n  %s: refused without a rule\n", refused[i].name);
        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT_EQUAL(result.count, 0);
    }
}

static int run_allowed(void *data)
{
    (void)data;
    char long_name[300];
    LIVE_EXPECT(make(AT_FDCWD, "file", O_EXCL) == 0);
    LIVE_EXPECT(make(AT_FDCWD, "file", 0) == 0);
    LIVE_EXPECT(make(AT_FDCWD, "file", O_EXCL) == -EEXIST);
    LIVE_EXPECT(mkdir("dir", 0755) == 0);
    LIVE_EXPECT(make(AT_FDCWD, "dir/hooks", 0) == 0);
    LIVE_EXPECT(make(AT_FDCWD, "dir/config", 0) == 0);
    LIVE_EXPECT(rename("dir", "dir2") == 0);
    LIVE_EXPECT(rename("file", "dir2/.bash") == 0);
    LIVE_EXPECT(symlink("dir2/config", "l") == 0);
    LIVE_EXPECT(link("plain", "hard") == 0);
    LIVE_EXPECT(mkfifo("fifo", 0600) == 0);
    LIVE_EXPECT(syscall(SYS_renameat2, AT_FDCWD, "hard", AT_FDCWD, "plain", 2u) == 0);
    /* Errors are the kernel's. */
    LIVE_EXPECT(LIVE_CALL(mkdir(".git", 0755)) == -EEXIST);
    LIVE_EXPECT(LIVE_CALL(mkdir("none/.bashrc", 0755)) == -ENOENT);
    LIVE_EXPECT(LIVE_CALL(mkdir("plain/.bashrc", 0755)) == -ENOTDIR);
    LIVE_EXPECT(LIVE_CALL(mkdir("", 0755)) == -ENOENT);
    LIVE_EXPECT(LIVE_CALL(mkdir(".", 0755)) == -EEXIST);
    LIVE_EXPECT(make(77, ".bashrc", 0) == -EBADF);
    LIVE_EXPECT(LIVE_CALL(syscall(SYS_mkdirat, AT_FDCWD, 8, 0755)) == -EFAULT);
    memset(long_name, 'x', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    LIVE_EXPECT(LIVE_CALL(mkdir(long_name, 0755)) == -ENAMETOOLONG);
    LIVE_EXPECT(make(AT_FDCWD, "/proc/self/fd/2/x", 0) == -ENOTDIR);
    LIVE_EXPECT(make(AT_FDCWD, "/dev/null", 0) == 0);
    return 0;
}

static void test_allowed(void)
{
    srt_supervise_options options = project();
    live_run(&options, run_allowed, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 0);
    CU_ASSERT_EQUAL(result.names_changed, 1);
}

static int run_new_repository(void *data)
{
    (void)data;
    LIVE_EXPECT(mkdir("new", 0755) == 0 && mkdir("new/.git", 0755) == 0);
    LIVE_EXPECT(mkdir("new/.git/hooks", 0755) == 0);
    LIVE_EXPECT(make(AT_FDCWD, "new/.git/hooks/pre-commit.sample", O_EXCL) == 0);
    LIVE_EXPECT(make(AT_FDCWD, "new/.git/config.lock", O_EXCL) == 0);
    LIVE_EXPECT(rename("new/.git/config.lock", "new/.git/config") == 0);
    /* A hook that would run, and a way around by moving, are not. */
    LIVE_EXPECT(make(AT_FDCWD, "new/.git/hooks/pre-commit", 0) == -EACCES);
    LIVE_EXPECT(LIVE_CALL(rename("new/.git/hooks/pre-commit.sample",
                                 "new/.git/hooks/pre-commit")) == -EACCES);
    LIVE_EXPECT(rename("new/.git", "new/git") == 0);
    LIVE_EXPECT(make(AT_FDCWD, "new/git/hooks/pre-commit", 0) == 0);
    LIVE_EXPECT(LIVE_CALL(rename("new/git", "new/.git")) == -EACCES);
    /* The old one stays closed. */
    LIVE_EXPECT(LIVE_CALL(mkdir(".git/hooks", 0755)) == -EACCES);
    LIVE_EXPECT(make(AT_FDCWD, ".git/config", 0) == -EACCES);
    return 0;
}

static void test_new_repository(void)
{
    struct statx st;
    srt_supervise_options options = project();
    if (statx(AT_FDCWD, ".git", 0, STATX_BTIME, &st) < 0 || !(st.stx_mask & STATX_BTIME)) {
        srt_unit_skip("this file system does not say when a file was born");
        return;
    }
    live_run(&options, run_new_repository, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 5);
}

/* What people do with git, from the first command on; and what they should not. */
static const char git_script[] =
    "set -e\n"
    "export HOME=$PWD/home GIT_CONFIG_NOSYSTEM=1\n"
    "mkdir home\n"
    "g() { git -c user.name=a -c user.email=a@b -c protocol.file.allow=always \"$@\"; }\n"
    "g init -q one\n"
    "test -f one/.git/config -a -d one/.git/hooks\n"
    "cd one; echo 1 > f; g add f; g commit -q -m 1; g branch b\n"
    "git config remote.x.url /nowhere\n"
    "g worktree add -q ../tree b; (cd ../tree; echo 2 > g; g add g; g commit -q -m 2)\n"
    "cd ..; g clone -q one two 2>&1; cd two\n"
    "g submodule --quiet add $PWD/../one sub 2>&1; g commit -q -m sub\n"
    "test -f .git/modules/sub/config\n"
    "mkdir -p .git/hooks; ! (echo x > .git/hooks/post-commit) 2>/dev/null\n"
    "! ln -s ../../x .git/hooks/pre-push 2>/dev/null\n";

static int run_git(void *data)
{
    (void)data;
    execl("/bin/sh", "sh", "-c", git_script, (char *)NULL);
    return 1;
}

static void test_git(void)
{
    struct statx st;
    srt_supervise_options options = project();
    if (access("/usr/bin/git", X_OK) < 0 || statx(AT_FDCWD, ".git", 0, STATX_BTIME, &st) < 0 ||
        !(st.stx_mask & STATX_BTIME)) {
        srt_unit_skip("needs git, and a file system that says when a file was born");
        return;
    }
    live_run(&options, run_git, NULL, NULL, &result);
    for (unsigned i = 0; i < result.count && result.count != 2; i++)
        printf("\n  refused: %s", result.records[i].target);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 2);
}

/* From one root into another, whose rule is its own. */
static int run_across(void *data)
{
    (void)data;
    LIVE_EXPECT(mkdir("x/in", 0755) == 0 && make(AT_FDCWD, "x/in/a.key", 0) == 0);
    LIVE_EXPECT(make(AT_FDCWD, "x/plain", 0) == 0);
    LIVE_EXPECT(LIVE_CALL(rename("x/in", "sub/in")) == -EACCES);
    LIVE_EXPECT(LIVE_CALL(rename("x", "sub/y")) == -EACCES);
    LIVE_EXPECT(rename("x/plain", "sub/plain") == 0);
    LIVE_EXPECT(unlink("x/in/a.key") == 0 && rename("x", "sub/y") == 0);
    return 0;
}

static void test_across(void)
{
    srt_supervise_options options = project();
    test_policy_pending(&tp, SRT_PATH_GLOB, tp.region_list[1]->path, "/sub/**/*.key");
    live_run(&options, run_across, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 2);
}

static int run_chroot(void *data)
{
    const char *d = data;
    LIVE_EXPECT(chroot(d) == 0 && chdir("/sub") == 0);
    LIVE_EXPECT(make(AT_FDCWD, "/.bashrc", 0) == -EACCES);
    LIVE_EXPECT(make(AT_FDCWD, "../../../sub/../.bashrc", 0) == -EACCES);
    LIVE_EXPECT(symlink("/sub", "/abs") == 0);
    LIVE_EXPECT(make(AT_FDCWD, "../abs/.bashrc", 0) == -EACCES);
    LIVE_EXPECT(make(AT_FDCWD, "/sub/fine", 0) == 0);
    return 0;
}

static void test_chroot(void)
{
    srt_supervise_options options = project();
    if (geteuid() != 0) {
        srt_unit_skip_to_root("needs root for chroot");
        return;
    }
    live_run(&options, run_chroot, (void *)(uintptr_t)tp.region_list[1]->path, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 2); /* the first two are of one name */
}

/* A namespace of mounts that the caller made itself, where the old .git has another path. */
static int run_other_mounts(void *data)
{
    (void)data;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return 77;
    LIVE_EXPECT(mkdir("away", 0755) == 0);
    LIVE_EXPECT(mount(".git", "away", NULL, MS_BIND, NULL) == 0);
    LIVE_EXPECT(LIVE_CALL(mkdir("away/hooks", 0755)) == -EACCES);
    LIVE_EXPECT(make(AT_FDCWD, "sub/.bashrc", 0) == -EACCES);
    LIVE_EXPECT(make(AT_FDCWD, "away/fine", 0) == 0);
    LIVE_EXPECT(mkdir("sub/hooks", 0755) == 0); /* where it is known, it is judged */
    return 0;
}

static void test_other_mounts(void)
{
    srt_supervise_options options = project();
    live_run(&options, run_other_mounts, NULL, NULL, &result);
    if (result.status == 77) {
        srt_unit_skip_namespaces("no user namespaces here");
        return;
    }
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 2);
    SRT_ASSERT_STR(result.records[0].target, "hooks");
    CU_ASSERT(access(".git/hooks", F_OK) < 0);
}

static const srt_unit_case cases[] = {
    {"refused", test_refused}, {"attacks work without rules", test_attacks_work_without_rules},
    {"allowed", test_allowed}, {"new repository", test_new_repository},
    {"git", test_git},         {"across", test_across},
    {"chroot", test_chroot},   {"other mounts", test_other_mounts},
};
SRT_UNIT_MAIN("supervise.create", cases)
