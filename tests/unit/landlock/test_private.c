/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary directories on a real file system. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/unit.h"

#include "private.h"

static char place[64];

static void make_place(mode_t mode)
{
    snprintf(place, sizeof place, "/tmp/srt-test-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place));
    CU_ASSERT_EQUAL_FATAL(chmod(place, mode), 0);
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", place, name);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void test_made(void)
{
    const char *places[] = {"/nonexistent", place, NULL};
    struct stat st;
    ll_private p;
    make_place(0755);
    CU_ASSERT_EQUAL_FATAL(ll_private_make(&p, places), 0);
    CU_ASSERT_EQUAL(stat(p.path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 07777, 0700);
    CU_ASSERT_EQUAL(st.st_uid, geteuid());
    char path[sizeof p.path];
    memcpy(path, p.path, sizeof path);
    ll_private_remove(&p);
    CU_ASSERT_FALSE(exists(path));
    ll_private_remove(&p); /* again does nothing */
    CU_ASSERT_EQUAL(rmdir(place), 0);
}

/* Others could rename it there. */
static void test_unsafe_place(void)
{
    const char *places[] = {place, NULL};
    ll_private p;
    make_place(0777);
    CU_ASSERT_NOT_EQUAL(ll_private_make(&p, places), 0);
    CU_ASSERT_EQUAL(chmod(place, 01777), 0);
    CU_ASSERT_EQUAL(ll_private_make(&p, places), 0);
    ll_private_remove(&p);
    CU_ASSERT_EQUAL(rmdir(place), 0);
}

/* Links are removed and not followed; what may not be entered is emptied. */
static void test_contents(void)
{
    const char *places[] = {place, NULL};
    char path[sizeof((ll_private *)0)->path + 64];
    ll_private p;
    make_place(0755);
    put("outside", "kept");
    CU_ASSERT_EQUAL_FATAL(ll_private_make(&p, places), 0);
    CU_ASSERT_EQUAL(symlinkat("../outside", p.fd, "file-link"), 0);
    CU_ASSERT_EQUAL(symlinkat("..", p.fd, "dir-link"), 0);
    CU_ASSERT_EQUAL(mkdirat(p.fd, "closed", 0700), 0);
    CU_ASSERT_EQUAL(mkdirat(p.fd, "closed/in", 0700), 0);
    CU_ASSERT_EQUAL(symlinkat("../../../outside", p.fd, "closed/in/link"), 0);
    CU_ASSERT_EQUAL(fchmodat(p.fd, "closed/in", 0, 0), 0);
    CU_ASSERT_EQUAL(fchmodat(p.fd, "closed", 0, 0), 0);
    CU_ASSERT_EQUAL(fchmod(p.fd, 0), 0);
    snprintf(path, sizeof path, "%s", p.path);
    ll_private_remove(&p);
    CU_ASSERT_FALSE(exists(path));
    snprintf(path, sizeof path, "%s/outside", place);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(rmdir(place), 0);
}

static void test_deep(void)
{
    const char *places[] = {place, NULL};
    ll_private p;
    make_place(0755);
    CU_ASSERT_EQUAL_FATAL(ll_private_make(&p, places), 0);
    int at = dup(p.fd);
    for (int i = 0; i < 3000; i++) {
        CU_ASSERT_EQUAL_FATAL(mkdirat(at, "d", 0700), 0);
        int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        CU_ASSERT_FATAL(next >= 0);
        close(at);
        at = next;
    }
    close(at);
    char path[sizeof p.path];
    memcpy(path, p.path, sizeof path);
    ll_private_remove(&p);
    CU_ASSERT_FALSE(exists(path));
    CU_ASSERT_EQUAL(rmdir(place), 0);
}

/* What a dead one left goes, what a living one holds and what is not ours stays. */
static void test_left_behind(void)
{
    const char *places[] = {place, NULL};
    char left[256], other[256];
    ll_private living, p;
    make_place(0755);
    snprintf(left, sizeof left, "%s/srt-%u-0123456789abcdef", place, (unsigned)geteuid());
    snprintf(other, sizeof other, "%s/srt-%u-0123456789abcdeg", place, (unsigned)geteuid());
    CU_ASSERT_EQUAL(mkdir(left, 0700), 0);
    CU_ASSERT_EQUAL(mkdir(other, 0700), 0);
    CU_ASSERT_EQUAL_FATAL(ll_private_make(&living, places), 0);
    CU_ASSERT_EQUAL_FATAL(ll_private_make(&p, places), 0);
    ll_private_remove(&p);
    CU_ASSERT_FALSE(exists(left));
    CU_ASSERT_TRUE(exists(other));
    CU_ASSERT_TRUE(exists(living.path));
    ll_private_remove(&living);
    CU_ASSERT_EQUAL(rmdir(other), 0);
    CU_ASSERT_EQUAL(rmdir(place), 0);
}

static const srt_unit_case cases[] = {
    {"made", test_made}, {"unsafe place", test_unsafe_place}, {"contents", test_contents},
    {"deep", test_deep}, {"left behind", test_left_behind},
};
SRT_UNIT_MAIN("landlock.private", cases)
