/* SPDX-License-Identifier: Apache-2.0 */
/* The launcher itself: what it makes, and that it makes nothing where something is wrong. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/unit.h"

#include "native.h"

static char top[64];

/* The launcher's words for these steps; "" when it works. */
static void try_steps(const nt_step *steps, size_t n, char *why)
{
    const nt_plan plan = {.steps = (nt_step *)(uintptr_t)steps, .n_steps = n};
    const int fd = nt_steps_memfd(&plan);
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    why[0] = '\0';
    if (nt_try(LAUNCHER, fd, why, 512) == 0)
        why[0] = '\0';
    close(fd);
}

static bool works(void)
{
    const nt_step steps[] = {{NT_ROOT, NT_RDONLY | NT_PACED, 0, "/", NULL},
                             {NT_DEV, 0, 0, "/dev", NULL},
                             {NT_PROC, 0, 0, "/proc", NULL}};
    char why[512];
    try_steps(steps, 3, why);
    if (*why)
        srt_unit_skip("no namespaces here: %s", why);
    return !*why;
}

static void in_top(char *path, const char *name)
{
    snprintf(path, 96, "%s/%s", top, name);
}

static void expect(const nt_step *steps, size_t n, const char *words)
{
    char why[512];
    try_steps(steps, n, why);
    if (*words ? !strstr(why, words) : *why)
        SRT_ASSERT_STR(why, words);
}

/* Each fails alone: a root that works, and one step after it. */
static void test_refused(void)
{
    char dir[96], file[96], link[96], beyond[112], none[96];
    if (!works())
        return;
    in_top(dir, "dir");
    in_top(file, "file");
    in_top(link, "link");
    in_top(none, "none");
    snprintf(beyond, sizeof beyond, "%s/x", link);
    const uint32_t length = (uint32_t)strlen(top);
    const struct {
        nt_step step;
        const char *words;
    } table[] = {
        {{NT_BIND, NT_EARLY | NT_DIR, 0, dir, NULL}, ""},
        {{NT_BIND, NT_EARLY | NT_FILE, 0, dir, NULL}, "changed since"},
        {{NT_BIND, NT_EARLY | NT_DIR, 0, file, NULL}, "changed since"},
        {{NT_BIND, NT_EARLY, 0, link, NULL}, "symbolic link"},
        {{NT_BIND, NT_RDONLY, 0, beyond, NULL}, "symbolic link"},
        {{NT_BIND, NT_RDONLY, 0, none, NULL}, "No such file"},
        {{NT_BIND, NT_RDONLY | NT_OPTIONAL, 0, none, NULL}, ""},
        {{NT_TMPFS, 0, 0, beyond, NULL}, "symbolic link"},
        {{NT_TMPFS, 0, 0, none, NULL}, "No such file"},
        {{NT_TMPFS, 0, 0, file, NULL}, "cannot mount on"},
        {{NT_MASK, 0, 0, dir, NULL}, "cannot mount on"},
        {{NT_MASK, 0, 0, file, NULL}, ""},
        {{NT_PIN, 0, 0, none, NULL}, "No such file"},
        {{NT_CLOSE, 0, 0, dir, NULL}, "cannot close"},
        /* Mount points are made in file systems of the sandbox only. */
        {{NT_TMPFS, 0, length, none, NULL}, "make a mount point in"},
        {{NT_BIND, NT_EARLY, length, none, dir}, "make a mount point in"},
        {{NT_LINK, 0, length, none, "x"}, "make a mount point in"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (uint32_t flags = 0; flags < 2; flags++) {
            const nt_step steps[] = {{NT_ROOT, NT_PACED | flags, 0, "/", NULL}, table[i].step};
            expect(steps, 2, table[i].words);
        }
        CU_ASSERT_TRUE(access(none, F_OK) != 0 && errno == ENOENT);
    }
}

static void test_private_root(void)
{
    char dir[96], file[96];
    if (!works())
        return;
    in_top(dir, "dir");
    in_top(file, "file");
    const nt_step steps[] = {
        {NT_ROOT, NT_PRIVATE | NT_PACED, 0, "/", NULL},
        {NT_LINK, 0, 1, "/bin", "usr/bin"},
        {NT_BIND, NT_EARLY | NT_DIR, 1, dir, NULL},
        {NT_BIND, NT_EARLY | NT_FILE | NT_RDONLY, 1, file, NULL},
        {NT_DEV, 0, 1, "/dev", NULL},
        {NT_TMPFS, 0, 4, "/dev/srt", NULL},
        {NT_TMPFS, NT_PRIVATE, 8, "/dev/srt/tmp", NULL},
        {NT_CLOSE, 0, 0, "/dev/srt", NULL},
        {NT_PROC, NT_RDONLY, 1, "/proc", NULL},
        {NT_CLOSE, 0, 0, "/", NULL},
    };
    expect(steps, sizeof steps / sizeof *steps, "");
}

/* What is not steps, or not sealed, is not looked at. */
static void test_no_steps(void)
{
    char why[512];
    const int fd = memfd_create("steps", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CU_ASSERT_EQUAL(write(fd, NT_MAGIC, 8), 8);
    CU_ASSERT_EQUAL(nt_try(LAUNCHER, fd, why, sizeof why), -ENOTSUP);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "steps of the sandbox"));
    CU_ASSERT_EQUAL(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), 0);
    CU_ASSERT_EQUAL(nt_try(LAUNCHER, fd, why, sizeof why), -ENOTSUP);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "they have no end"));
    close(fd);
}

static void test_words(void)
{
    static const char *const rows[] = {
        "",      "run",       "run 3 4",   "run 3 4 5 6", "try",        "try 2",     "try -1",
        "try x", "run 0 4 5", "run 3 1 5", "run 3 4",     "run 3 4 5x", "walk 3 4 5"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char command[512];
        snprintf(command, sizeof command, "%s %s 2>/dev/null", LAUNCHER, rows[i]);
        const int status = system(command);
        CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 125);
    }
}

static void test_place(void)
{
    char path[96];
    snprintf(top, sizeof top, "/var/tmp/srt-native-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
    in_top(path, "dir");
    CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
    in_top(path, "file");
    CU_ASSERT_EQUAL(close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
    in_top(path, "link");
    CU_ASSERT_EQUAL(symlink("dir", path), 0);
    test_refused();
    test_private_root();
    static const char *const names[] = {"dir", "file", "link"};
    for (size_t i = 0; i < 3; i++) {
        in_top(path, names[i]);
        CU_ASSERT_EQUAL(remove(path), 0);
    }
    CU_ASSERT_EQUAL(rmdir(top), 0); /* and nothing else is in it */
}

static int try_often(void)
{
    const nt_step steps[] = {{NT_ROOT, NT_RDONLY, 0, "/", NULL}, {NT_PROC, 0, 0, "/proc", NULL}};
    char why[512] = "";
    for (int i = 0; i < 200 && !*why; i++)
        try_steps(steps, 2, why);
    if (*why)
        printf("\n  %s\n", why);
    return *why != '\0';
}

/* The network is set up while the mounts are made: neither may be in the way of the other. */
static void test_beside_each_other(void)
{
    pid_t children[4];
    if (!works())
        return;
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        CU_ASSERT_FATAL(children[i] >= 0);
        if (children[i] == 0) {
            const int failed = try_often();
            fflush(stdout);
            _exit(failed);
        }
    }
    for (int i = 0; i < 4; i++) {
        int status = -1;
        CU_ASSERT_EQUAL(waitpid(children[i], &status, 0), children[i]);
        CU_ASSERT_EQUAL(status, 0);
    }
}

static const srt_unit_case cases[] = {{"place", test_place},
                                      {"no_steps", test_no_steps},
                                      {"words", test_words},
                                      {"beside_each_other", test_beside_each_other}};

SRT_UNIT_MAIN("native.launch", cases)
