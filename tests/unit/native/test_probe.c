/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a machine can do it, from facts and from trying. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/unit.h"

#include "probe.h"

/* In the order of the structure: uid, setfcap, filtered, confined, masked, mount_setattr, then the
 * four switches. */
#define Y true
#define N false

static void test_judge(void)
{
    static const struct {
        nt_facts facts;
        nt_verdict verdict;
        const char *why;
    } table[] = {
        {{0, Y, N, N, N, Y, 9, 9, -1, -1}, NT_WORKS, NULL},
        {{7, Y, N, N, N, Y, 9, 9, -1, -1}, NT_WORKS, NULL},
        {{7, Y, N, N, N, Y, -1, -1, 1, 0}, NT_WORKS, NULL},
        {{7, Y, N, N, N, Y, 0, 9, -1, -1}, NT_REFUSED, "user.max_user_namespaces"},
        {{7, Y, N, N, N, Y, 9, 0, -1, -1}, NT_REFUSED, "user.max_net_namespaces"},
        {{0, Y, N, N, N, N, 9, 9, -1, -1}, NT_REFUSED, "Linux 5.12"},
        {{7, Y, N, N, N, Y, 9, 9, 0, -1}, NT_REFUSED, "unprivileged_userns_clone"},
        {{0, Y, N, N, N, Y, 9, 9, 0, -1}, NT_WORKS, NULL},
        {{7, Y, N, N, N, Y, 9, 9, -1, 1}, NT_DOUBTFUL, NULL},
        {{0, Y, N, N, N, Y, 9, 9, -1, 1}, NT_WORKS, NULL},
        {{7, Y, Y, N, N, Y, 9, 9, -1, -1}, NT_DOUBTFUL, NULL},
        {{7, Y, N, Y, N, Y, 9, 9, -1, -1}, NT_DOUBTFUL, NULL},
        {{7, Y, N, N, Y, Y, 9, 9, -1, -1}, NT_DOUBTFUL, NULL},
        {{0, N, N, N, N, Y, 9, 9, -1, -1}, NT_DOUBTFUL, NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *why;
        CU_ASSERT_EQUAL(nt_judge(&table[i].facts, &why), table[i].verdict);
        CU_ASSERT_EQUAL(why == NULL, table[i].why == NULL);
        CU_ASSERT_TRUE(!why || strstr(why, table[i].why));
    }
}

static void test_remedies(void)
{
    const nt_facts plain = {7, Y, N, N, N, Y, 9, 9, -1, -1},
                   bare = {0, N, N, N, N, Y, 9, 9, -1, -1};
    const nt_facts ubuntu = {7, Y, N, N, N, Y, 9, 9, -1, 1},
                   boxed = {7, Y, Y, N, N, Y, 9, 9, -1, -1};
    CU_ASSERT_PTR_NOT_NULL(strstr(nt_remedy(&plain, "cannot mount proc: x"), "enableWeakerNested"));
    CU_ASSERT_PTR_NOT_NULL(strstr(nt_remedy(&plain, "cannot x"), "srtctl doctor"));
    CU_ASSERT_PTR_NOT_NULL(strstr(nt_remedy(&bare, "cannot x"), "SETFCAP"));
    CU_ASSERT_PTR_NOT_NULL(strstr(nt_remedy(&ubuntu, "cannot x"), "AppArmor"));
    CU_ASSERT_PTR_NOT_NULL(strstr(nt_remedy(&boxed, "cannot x"), "seccomp profile"));
}

static void test_facts(void)
{
    nt_facts facts;
    nt_facts_read(&facts, "/nonexistent");
    CU_ASSERT_EQUAL(facts.max_user_namespaces, -1);
    CU_ASSERT_FALSE(facts.is_proc_masked || facts.is_confined);
    CU_ASSERT_EQUAL(facts.uid, geteuid());
}

/* A script in the launcher's place. */
static int try_script(const char *text, char *why)
{
    char path[] = "/var/tmp/srt-native-XXXXXX";
    const int fd = mkstemp(path), steps = memfd_create("steps", MFD_CLOEXEC);
    why[0] = '\0';
    CU_ASSERT_TRUE_FATAL(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    CU_ASSERT_EQUAL_FATAL(fchmod(fd, 0700), 0);
    close(fd);
    const int r = nt_try(path, steps, why, 512);
    close(steps);
    unlink(path);
    return r;
}

static void test_try(void)
{
    char why[512];
    CU_ASSERT_EQUAL(
        try_script("#!/bin/sh\n[ \"$1 $2\" = 'try 3' ] && [ -e /proc/self/fd/3 ]\n", why), 0);
    CU_ASSERT_EQUAL(try_script("#!/bin/sh\necho cannot x >&2; exit 125\n", why), -ENOTSUP);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "cannot x"));
    CU_ASSERT_EQUAL(try_script("#!/bin/sh\nexit 3\n", why), -ENOTSUP);
    SRT_ASSERT_STR(why, "it ended without a message");
    CU_ASSERT_EQUAL(try_script("#!/bin/sh\nkill -9 $$\n", why), -ENOTSUP);
    CU_ASSERT_EQUAL(try_script("#!/nonexistent\n", why), -ENOTSUP);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "cannot start"));
}

static const srt_unit_case cases[] = {
    {"judge", test_judge}, {"remedies", test_remedies}, {"facts", test_facts}, {"try", test_try}};

SRT_UNIT_MAIN("native.probe", cases)
