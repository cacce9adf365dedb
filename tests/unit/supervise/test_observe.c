/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts for the violation store; the calls themselves go on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"
#include "policies.h"
#include "support/unit.h"

static test_policy tp;
static live_result result;
static char dir[256], private_dir[300];
static const char *const privates[] = {private_dir, NULL};

/* Nothing refuses here: an attempt is one by the policy alone. */
static srt_supervise_options project(uint32_t notify)
{
    snprintf(dir, sizeof dir, "%s", live_directory());
    snprintf(private_dir, sizeof private_dir, "%s/private", dir);
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, dir, "");
    test_policy_region(&tp, SRT_ACCESS_READ, dir, "/ro");
    test_policy_region(&tp, SRT_ACCESS_HIDDEN, dir, "/secret");
    if (chdir(dir) < 0 || mkdir("ro", 0755) < 0 || mkdir("ro/d", 0755) < 0 ||
        mkdir("secret", 0755) < 0 || mkdir("private", 0755) < 0 ||
        mknod("ro/f", S_IFREG | 0644, 0) < 0 || mknod("secret/f", S_IFREG | 0644, 0) < 0 ||
        symlink("ro/f", "link") < 0)
        abort();
    return (srt_supervise_options){
        .policy = &tp.policy, .notify = notify, .private_dirs = privates};
}

static int open_close(const char *path, int flags)
{
    int fd = open(path, flags, 0644);
    return fd < 0 ? -errno : close(fd);
}

static int run_quiet(void *data)
{
    (void)data;
    LIVE_EXPECT(open_close("f", O_CREAT | O_WRONLY) == 0);
    LIVE_EXPECT(open_close("f", O_RDWR) == 0);
    LIVE_EXPECT(open_close("ro/f", O_RDONLY) == 0);
    LIVE_EXPECT(open_close("ro/../f", O_WRONLY | O_TRUNC) == 0);
    LIVE_EXPECT(open_close("/dev/null", O_WRONLY | O_CREAT | O_TRUNC) == 0);
    LIVE_EXPECT(open_close("/proc/self/comm", O_WRONLY) == 0);
    LIVE_EXPECT(open_close("private/f", O_CREAT | O_WRONLY) == 0);
    LIVE_EXPECT(chmod("f", 0600) == 0 && truncate("f", 1) == 0 && unlink("f") == 0);
    LIVE_EXPECT(open_close("ro/none", O_WRONLY) == -ENOENT);
    return 0;
}

static void test_quiet(void)
{
    srt_supervise_options options = project(SRT_NOTIFY_WRITE | SRT_NOTIFY_CREATE);
    live_run(&options, run_quiet, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    /* What does not exist is an attempt all the same. */
    CU_ASSERT_EQUAL(result.count, 1);
    CU_ASSERT_STRING_EQUAL(result.records[0].target + strlen(dir), "/ro/none");
}

static int run_attempts(void *data)
{
    (void)data;
    int d = open("ro", O_RDONLY | O_DIRECTORY);
    LIVE_EXPECT(open_close("ro/f", O_WRONLY) == 0);
    LIVE_EXPECT(open_close("ro/new", O_WRONLY | O_CREAT) == 0);
    LIVE_EXPECT(open_close("ro/f", O_WRONLY | O_CREAT) == 0);
    LIVE_EXPECT(open_close("link", O_RDWR) == 0);
    LIVE_EXPECT(mkdirat(d, "made", 0755) == 0);
    LIVE_EXPECT(rename("ro/new", "moved") == 0);
    LIVE_EXPECT(chmod("ro/d", 0700) == 0);
    LIVE_EXPECT(truncate("ro/f", 0) == 0);
    LIVE_EXPECT(unlinkat(d, "f", 0) == 0);
    LIVE_EXPECT(rmdir("ro/d") == 0);
    LIVE_EXPECT(symlink("x", "ro/s") == 0);
    LIVE_EXPECT(link("moved", "ro/l") == 0);
    return 0;
}

static void test_attempts(void)
{
    static const struct {
        srt_operation operation;
        const char *target;
    } rows[] = {
        {SRT_OP_WRITE, "/ro/f"},    {SRT_OP_CREATE, "/ro/new"}, {SRT_OP_CREATE, "/ro/made"},
        {SRT_OP_RENAME, "/ro/new"}, {SRT_OP_WRITE, "/ro/d"},    {SRT_OP_DELETE, "/ro/f"},
        {SRT_OP_DELETE, "/ro/d"},   {SRT_OP_CREATE, "/ro/s"},   {SRT_OP_CREATE, "/ro/l"},
    };
    const unsigned count = sizeof rows / sizeof *rows;
    srt_supervise_options options = project(SRT_NOTIFY_WRITE | SRT_NOTIFY_CREATE);
    live_run(&options, run_attempts, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL_FATAL(result.count, count);
    for (unsigned i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(result.records[i].operation, rows[i].operation);
        CU_ASSERT_EQUAL(result.records[i].flags, SRT_VIOLATION_ATTEMPT);
        SRT_ASSERT_STR(result.records[i].target + strlen(dir), rows[i].target);
        SRT_ASSERT_STR(result.records[i].rule, "region[2]");
    }
}

static int run_reads(void *data)
{
    (void)data;
    LIVE_EXPECT(open_close("ro/f", O_RDONLY) == 0);
    LIVE_EXPECT(open_close("secret/f", O_RDONLY) == 0);
    LIVE_EXPECT(access("secret/f", R_OK) == 0); /* not among what is observed */
    return 0;
}

static void test_reads(void)
{
    srt_supervise_options options = project(SRT_NOTIFY_READ);
    live_run(&options, run_reads, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 1);
    CU_ASSERT_EQUAL(result.records[0].operation, SRT_OP_READ);
    SRT_ASSERT_STR(result.records[0].rule, "region[3]");
}

static const srt_unit_case cases[] = {
    {"quiet", test_quiet}, {"attempts", test_attempts}, {"reads", test_reads}};
SRT_UNIT_MAIN("supervise.observe", cases)
