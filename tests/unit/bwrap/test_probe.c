/* SPDX-License-Identifier: Apache-2.0 */
/* Machines made of files, and what is said about them. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/unit.h"

#include "probe.h"

static char base[32];
static char why[BW_TEXT];

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s%s", base, name);
    for (char *slash = strchr(path + strlen(base) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static bw_facts read_facts(void)
{
    bw_facts facts;
    bw_facts_read(&facts, base);
    return facts;
}

static void begin(void)
{
    strcpy(base, "/tmp/srt-probe-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(base));
}

static void end(void)
{
    nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void test_read(void)
{
    begin();
    put("/proc/self/status", "Name:\tx\nCapEff:\t0000000080000000\nSeccomp:\t2\n");
    put("/proc/sys/user/max_user_namespaces", "96365\n");
    put("/proc/sys/user/max_net_namespaces", "0\n");
    put("/proc/sys/user/max_mnt_namespaces", "7\n");
    put("/proc/sys/user/max_pid_namespaces", "0\n");
    put("/proc/sys/kernel/unprivileged_userns_clone", "1\n");
    put("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
    put("/run/.containerenv", "");
    put("/proc/self/attr/current", "docker-default (enforce)\n");
    char kcore[64];
    snprintf(kcore, sizeof kcore, "%s/proc/kcore", base);
    CU_ASSERT_EQUAL(symlink("/dev/null", kcore), 0);
    bw_facts f = read_facts();
    CU_ASSERT_EQUAL(f.uid, geteuid());
    CU_ASSERT_TRUE(f.has_setfcap);
    CU_ASSERT_TRUE(f.is_filtered);
    CU_ASSERT_TRUE(f.is_confined);
    CU_ASSERT_TRUE(f.is_proc_masked);
    CU_ASSERT_FALSE(f.is_proc_covered || f.has_profile);
    CU_ASSERT_TRUE(f.in_container);
    CU_ASSERT_EQUAL(f.max_user_namespaces, 96365);
    CU_ASSERT_EQUAL(f.max_net_namespaces, 0);
    CU_ASSERT_STRING_EQUAL(f.no_namespaces_of, "pid");
    CU_ASSERT_EQUAL(f.userns_clone, 1);
    CU_ASSERT_EQUAL(f.apparmor_userns, 1);
    end();
}

static void test_read_nothing(void)
{
    begin();
    bw_facts f = read_facts();
    CU_ASSERT_FALSE(f.has_setfcap || f.is_filtered || f.in_container);
    CU_ASSERT_FALSE(f.is_confined || f.is_proc_masked);
    CU_ASSERT_EQUAL(f.max_user_namespaces, -1);
    CU_ASSERT_EQUAL(f.max_net_namespaces, -1);
    CU_ASSERT_PTR_NULL(f.no_namespaces_of);
    CU_ASSERT_EQUAL(f.userns_clone, -1);
    CU_ASSERT_EQUAL(f.apparmor_userns, -1);
    put("/proc/sys/user/max_user_namespaces", "many\n");
    put("/proc/self/status", "CapEff:");
    put("/proc/self/attr/current", "srt (unconfined)\n");
    f = read_facts();
    CU_ASSERT_TRUE(f.has_profile && !f.is_confined);
    put("/proc/self/attr/current", "unconfined\n");
    f = read_facts();
    CU_ASSERT_FALSE(f.has_profile || f.is_confined);
    put("/proc/self/attr/current", "unconfined_u:unconfined_r:unconfined_t:s0\n");
    put("/proc/kcore", "");
    f = read_facts();
    CU_ASSERT_EQUAL(f.max_user_namespaces, -1);
    CU_ASSERT_FALSE(f.is_confined || f.is_proc_masked);
    end();
}

#define NORMAL                                                                                     \
    .max_user_namespaces = 15000, .max_net_namespaces = 15000, .userns_clone = -1,                 \
    .apparmor_userns = -1

static const struct {
    const char *name;
    bw_facts facts;
    bool is_setuid;
    bw_verdict verdict, outer;
    const char *text; /* in a refusal */
} machines[] = {
    {"desktop", {.uid = 1000, NORMAL}, false, BW_WORKS, BW_WORKS, NULL},
    {"root", {.uid = 0, .has_setfcap = true, NORMAL}, false, BW_WORKS, BW_WORKS, NULL},
    {"root without setfcap", {.uid = 0, NORMAL}, false, BW_DOUBTFUL, BW_DOUBTFUL, NULL},
    {"masked /proc",
     {.uid = 1000, .is_proc_masked = true, NORMAL},
     false,
     BW_DOUBTFUL,
     BW_WORKS,
     NULL},
    {"covered /proc",
     {.uid = 1000, .is_proc_covered = true, NORMAL},
     false,
     BW_DOUBTFUL,
     BW_WORKS,
     NULL},
    {"a profile that permits",
     {.uid = 1000,
      .has_profile = true,
      .max_user_namespaces = 9,
      .max_net_namespaces = 9,
      .userns_clone = -1,
      .apparmor_userns = 1},
     false,
     BW_DOUBTFUL,
     BW_DOUBTFUL,
     NULL},
    {"profile", {.uid = 1000, .is_confined = true, NORMAL}, false, BW_DOUBTFUL, BW_DOUBTFUL, NULL},
    {"open container",
     {.uid = 1000, .in_container = true, NORMAL},
     false,
     BW_WORKS,
     BW_WORKS,
     NULL},
    {"filtered", {.uid = 1000, .is_filtered = true, NORMAL}, false, BW_DOUBTFUL, BW_DOUBTFUL, NULL},
    {"no user namespaces",
     {.uid = 1000,
      .max_user_namespaces = 0,
      .max_net_namespaces = 9,
      .userns_clone = -1,
      .apparmor_userns = -1},
     false,
     BW_REFUSED,
     BW_WORKS,
     "sysctl -w user.max_user_namespaces=15000"},
    {"no net namespaces",
     {.uid = 1000,
      .max_user_namespaces = 9,
      .max_net_namespaces = 0,
      .userns_clone = -1,
      .apparmor_userns = -1},
     false,
     BW_REFUSED,
     BW_WORKS,
     "sysctl -w user.max_net_namespaces=15000"},
    {"no mount namespaces",
     {.uid = 1000, .no_namespaces_of = "mnt", NORMAL},
     false,
     BW_REFUSED,
     BW_WORKS,
     "sysctl -w user.max_mnt_namespaces=15000"},
    {"old debian",
     {.uid = 1000,
      .max_user_namespaces = 9,
      .max_net_namespaces = 9,
      .userns_clone = 0,
      .apparmor_userns = -1},
     false,
     BW_REFUSED,
     BW_REFUSED,
     "sysctl -w kernel.unprivileged_userns_clone=1"},
    {"old debian, setuid",
     {.uid = 1000,
      .max_user_namespaces = 9,
      .max_net_namespaces = 9,
      .userns_clone = 0,
      .apparmor_userns = -1},
     true,
     BW_WORKS,
     BW_REFUSED,
     NULL},
    {"old debian, root",
     {.uid = 0,
      .has_setfcap = true,
      .max_user_namespaces = 9,
      .max_net_namespaces = 9,
      .userns_clone = 0,
      .apparmor_userns = -1},
     false,
     BW_WORKS,
     BW_WORKS,
     NULL},
    {"ubuntu",
     {.uid = 1000,
      .max_user_namespaces = 9,
      .max_net_namespaces = 9,
      .userns_clone = -1,
      .apparmor_userns = 1},
     false,
     BW_DOUBTFUL,
     BW_REFUSED,
     NULL},
    {"ubuntu, opened",
     {.uid = 1000,
      .max_user_namespaces = 9,
      .max_net_namespaces = 9,
      .userns_clone = 1,
      .apparmor_userns = 0},
     false,
     BW_WORKS,
     BW_WORKS,
     NULL},
    {"nothing known",
     {.uid = 1000,
      .max_user_namespaces = -1,
      .max_net_namespaces = -1,
      .userns_clone = -1,
      .apparmor_userns = -1},
     false,
     BW_WORKS,
     BW_WORKS,
     NULL},
};

static void test_judge(void)
{
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        why[0] = '\0';
        bw_verdict verdict = bw_judge(&machines[i].facts, machines[i].is_setuid, why);
        bw_verdict outer = bw_judge_outer_net(&machines[i].facts);
        if (verdict != machines[i].verdict || outer != machines[i].outer)
            fprintf(stderr, "%s: %d %d\n", machines[i].name, (int)verdict, (int)outer);
        CU_ASSERT_EQUAL(verdict, machines[i].verdict);
        CU_ASSERT_EQUAL(outer, machines[i].outer);
        CU_ASSERT_EQUAL(machines[i].text != NULL, why[0] != '\0');
        if (machines[i].text)
            CU_ASSERT_PTR_NOT_NULL(strstr(why, machines[i].text));
    }
}

static const struct {
    const char *message;
    bw_facts facts;
    bool weaker;
    const char *remedy;
} sayings[] = {
    {"bwrap: setting up uid map: Permission denied",
     {.uid = 1000, .apparmor_userns = 1},
     false,
     "srtctl doctor"},
    {"bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
     {.uid = 1000, .apparmor_userns = 1},
     false,
     "srtctl doctor"},
    {"bwrap: setting up uid map: Operation not permitted",
     {.uid = 0, .apparmor_userns = -1},
     false,
     "--cap-add=SETFCAP"},
    {"bwrap: No permissions to create new namespace, likely because …",
     {.uid = 1000, .is_filtered = true, .apparmor_userns = -1},
     false,
     "seccomp"},
    {"bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
     {.uid = 1000, .in_container = true, .apparmor_userns = -1},
     false,
     "\"enableWeakerNestedSandbox\": true"},
    {"bwrap: pivot_root: Operation not permitted",
     {.uid = 1000, .in_container = true, .apparmor_userns = -1},
     true,
     "seccomp"},
    {"bwrap: Creating new namespace failed",
     {.uid = 1000, .apparmor_userns = -1},
     false,
     "srtctl doctor"},
};

static void test_explain(void)
{
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
        bw_explain(&sayings[i].facts, sayings[i].message, sayings[i].weaker, why);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, sayings[i].message));
        CU_ASSERT_PTR_NOT_NULL(strstr(why, sayings[i].remedy));
    }
    const bw_facts facts = {.uid = 1};
    bw_explain(&facts, "something else", false, why);
    SRT_ASSERT_STR(why, "bubblewrap cannot work here: something else");
}

/* A program in place of bwrap that answers as one that is refused. */
static int try_script(const char *text)
{
    bw_tool tool = {.path = ""};
    const bw_facts facts = {.uid = 0, .apparmor_userns = -1};
    begin();
    put("/bwrap", text);
    snprintf(tool.path, sizeof tool.path, "%s/bwrap", base);
    CU_ASSERT_EQUAL(chmod(tool.path, 0755), 0);
    why[0] = '\0';
    int r = bw_try_tool(&tool, "/nonexistent", &facts, false, why);
    end();
    return r;
}

static void test_try(void)
{
    CU_ASSERT_EQUAL(try_script("#!/bin/sh\nexit 125\n"), 0);
    CU_ASSERT_EQUAL(try_script("#!/bin/sh\necho 'bwrap: setting up uid map: No' >&2; exit 1\n"),
                    -ENOTSUP);
    SRT_ASSERT_STR(why, "bubblewrap cannot work here: bwrap: setting up uid map: No; root without "
                        "the capability CAP_SETFCAP may not make a user namespace: start the "
                        "container with --cap-add=SETFCAP, or run srt as an ordinary user");
    CU_ASSERT_EQUAL(try_script("#!/bin/sh\nexit 0\n"), -ENOTSUP);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "without a message"));
    CU_ASSERT_EQUAL(try_script("#!/bin/sh\nkill -9 $$\n"), -ENOTSUP);
    CU_ASSERT_EQUAL(try_script("#!/nonexistent\n"), -ENOTSUP);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "cannot start"));
    CU_ASSERT_EQUAL(try_script("#!/bin/sh\nyes | head -c 100000 >&2\nexit 125\n"), 0);
}

static void test_supervised(void)
{
    const bw_facts user = {.uid = 1000}, root = {.uid = 0};
    CU_ASSERT_PTR_NULL(bw_no_supervisor(&user, false));
    CU_ASSERT_PTR_NULL(bw_no_supervisor(&root, true));
    CU_ASSERT_PTR_NOT_NULL(strstr(bw_no_supervisor(&user, true), "setuid"));
}

static const srt_unit_case cases[] = {
    {"read", test_read},   {"read_nothing", test_read_nothing},
    {"judge", test_judge}, {"explain", test_explain},
    {"try", test_try},     {"supervised", test_supervised},
};

SRT_UNIT_MAIN("bwrap.probe", cases)
