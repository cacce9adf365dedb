/* SPDX-License-Identifier: Apache-2.0 */
/* Which bwrap is taken, with made-up programs in a directory of our own. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/unit.h"

#include "tool.h"

static const char old_bwrap[] = "\0--args\0--remount-ro\0--unshare-cgroup-try\0--cap-drop\0"
                                "--die-with-parent\0--chdir\0--symlink\0--permsX\0";
static const char plain_bwrap[] = "\0--args\0--remount-ro\0--unshare-cgroup-try\0--cap-drop\0"
                                  "--die-with-parent\0--chdir\0--symlink\0--perms\0";
static const char fd_bwrap[] = "\0--args\0--remount-ro\0--unshare-cgroup-try\0--cap-drop\0"
                               "--die-with-parent\0--chdir\0--symlink\0--perms\0"
                               "--bind-fd\0--ro-bind-fd\0";

static char base[32];
static char why[BW_TEXT];
static bw_tool tool;

/* In a directory of root or ours whose parents are safe: /tmp is sticky. */
static void begin(void)
{
    strcpy(base, "/tmp/srt-tool-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(base));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static void end(void)
{
    nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *in_base(const char *name)
{
    static char path[2][128];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s%s", base, name);
    return path[turn];
}

static void put(const char *name, const char *bytes, size_t size, mode_t mode)
{
    int fd = open(in_base(name), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0700);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, bytes, size), (ssize_t)size);
    CU_ASSERT_EQUAL(fchmod(fd, mode), 0);
    close(fd);
}

static int find_in(const char *directory)
{
    const char *const directories[] = {"/nonexistent", in_base(directory), NULL};
    why[0] = '\0';
    return bw_tool_find(NULL, directories, &tool, why);
}

static void test_found(void)
{
    begin();
    put("/bwrap", plain_bwrap, sizeof plain_bwrap, 0755);
    CU_ASSERT_EQUAL(find_in(""), 0);
    SRT_ASSERT_STR(tool.path, in_base("/bwrap"));
    CU_ASSERT_FALSE(tool.binds_fds);
    CU_ASSERT_FALSE(tool.is_setuid);
    put("/bwrap", fd_bwrap, sizeof fd_bwrap, 04755);
    CU_ASSERT_EQUAL(find_in(""), 0);
    CU_ASSERT_TRUE(tool.binds_fds);
    CU_ASSERT_TRUE(tool.is_setuid);
    end();
}

static void test_missing(void)
{
    begin();
    CU_ASSERT_EQUAL(find_in(""), -ENOENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "apt install bubblewrap"));
    end();
}

static void test_too_old(void)
{
    begin();
    put("/bwrap", old_bwrap, sizeof old_bwrap, 0755);
    CU_ASSERT_EQUAL(find_in(""), -ENOTSUP);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "--perms; bubblewrap 0.5.0 or newer is needed"));
    put("/bwrap", "", 0, 0755);
    CU_ASSERT_EQUAL(find_in(""), -ENOTSUP);
    end();
}

static void test_not_a_program(void)
{
    begin();
    put("/bwrap", plain_bwrap, sizeof plain_bwrap, 0644);
    CU_ASSERT_EQUAL(find_in(""), -EACCES);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "not an executable file"));
    CU_ASSERT_EQUAL(unlink(in_base("/bwrap")), 0);
    CU_ASSERT_EQUAL(mkdir(in_base("/bwrap"), 0755), 0);
    CU_ASSERT_EQUAL(find_in(""), -EACCES);
    CU_ASSERT_EQUAL(rmdir(in_base("/bwrap")), 0);
    CU_ASSERT_EQUAL(mkfifo(in_base("/bwrap"), 0755), 0);
    CU_ASSERT_EQUAL(find_in(""), -EACCES); /* and does not wait for a writer */
    end();
}

static void test_writable_by_others(void)
{
    begin();
    put("/bwrap", plain_bwrap, sizeof plain_bwrap, 0775);
    CU_ASSERT_EQUAL(find_in(""), -EACCES);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "others may write to"));
    CU_ASSERT_EQUAL(chmod(in_base("/bwrap"), 0755), 0);
    CU_ASSERT_EQUAL(chmod(base, 0777), 0);
    CU_ASSERT_EQUAL(find_in(""), -EACCES);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, base));
    CU_ASSERT_EQUAL(chmod(base, 01777), 0);
    CU_ASSERT_EQUAL(find_in(""), 0);
    end();
}

/* A link counts as where it leads to. */
static void test_link(void)
{
    begin();
    CU_ASSERT_EQUAL(mkdir(in_base("/open"), 0755), 0);
    put("/open/real", plain_bwrap, sizeof plain_bwrap, 0755);
    CU_ASSERT_EQUAL(symlink("open/real", in_base("/bwrap")), 0);
    CU_ASSERT_EQUAL(find_in(""), 0);
    SRT_ASSERT_STR(tool.path, in_base("/open/real"));
    CU_ASSERT_EQUAL(chmod(in_base("/open"), 0777), 0);
    CU_ASSERT_EQUAL(find_in(""), -EACCES);
    end();
}

static void test_owner(void)
{
    if (getuid() != 0) {
        srt_unit_skip_to_root("only root can give files away");
        return;
    }
    begin();
    put("/bwrap", plain_bwrap, sizeof plain_bwrap, 0755);
    CU_ASSERT_EQUAL(chown(in_base("/bwrap"), 12345, 12345), 0);
    CU_ASSERT_EQUAL(find_in(""), -EACCES);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "belongs to user 12345"));
    end();
}

/* The next directory is asked when one has only a bad one. */
static void test_next_directory(void)
{
    begin();
    CU_ASSERT_EQUAL(mkdir(in_base("/1"), 0755), 0);
    CU_ASSERT_EQUAL(mkdir(in_base("/2"), 0755), 0);
    put("/1/bwrap", plain_bwrap, sizeof plain_bwrap, 0777);
    put("/2/bwrap", plain_bwrap, sizeof plain_bwrap, 0755);
    char one[64], two[64];
    snprintf(one, sizeof one, "%s/1", base);
    snprintf(two, sizeof two, "%s/2", base);
    const char *const directories[] = {one, two, NULL};
    CU_ASSERT_EQUAL(bw_tool_find(NULL, directories, &tool, why), 0);
    SRT_ASSERT_STR(tool.path, in_base("/2/bwrap"));
    end();
}

static void test_chosen(void)
{
    begin();
    put("/mine", plain_bwrap, sizeof plain_bwrap, 0755);
    CU_ASSERT_EQUAL(bw_tool_find(in_base("/mine"), bw_tool_directories, &tool, why), 0);
    SRT_ASSERT_STR(tool.path, in_base("/mine"));
    CU_ASSERT_EQUAL(bw_tool_find(in_base("/none"), bw_tool_directories, &tool, why), -ENOENT);
    CU_ASSERT_EQUAL(bw_tool_find("bwrap", bw_tool_directories, &tool, why), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "absolute path"));
    end();
}

static void test_replaceable(void)
{
    begin();
    put("/bwrap", plain_bwrap, sizeof plain_bwrap, 0555);
    CU_ASSERT_TRUE(bw_tool_is_replaceable(in_base("/bwrap")));
    if (getuid() != 0)
        CU_ASSERT_FALSE(bw_tool_is_replaceable("/usr/bin/env"));
    end();
}

static const srt_unit_case cases[] = {
    {"found", test_found},
    {"missing", test_missing},
    {"too_old", test_too_old},
    {"not_a_program", test_not_a_program},
    {"writable_by_others", test_writable_by_others},
    {"link", test_link},
    {"owner", test_owner},
    {"next_directory", test_next_directory},
    {"chosen", test_chosen},
    {"replaceable", test_replaceable},
};

SRT_UNIT_MAIN("bwrap.tool", cases)
