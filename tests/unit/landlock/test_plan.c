/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of one policy after the other. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"

#include "nodes.h"
#include "srt-filters/filter.h"
#include "srt-filters/landlock.h"
#include "tree.h"
#include "watch.h"

#define RULES(...)                                                                                 \
    .rules = (const rule[]){__VA_ARGS__},                                                          \
    .n_rules = sizeof((const rule[]){__VA_ARGS__}) / sizeof(rule)

static void expect(const tree_case *c, bool all, const char *expected)
{
    ll_plan plan;
    CU_ASSERT_EQUAL(tree_plan(c, &plan), 0);
    SRT_ASSERT_STR(plan.problem, "");
    char *text = tree_text(&plan, all);
    SRT_ASSERT_STR(text, expected);
    free(text);
    ll_plan_clear(&plan);
}

/* "/" is read in full but for /dev, whose names may be seen. */
static void test_read_only(void)
{
    const tree_case c = {RULES({"/", READ, 0}), .tree = "/usr/ /dev/ /lib@ /proc/ /sys/"};
    expect(&c, true,
           "/ l\n/usr xrl?\n/proc xrl?\n/sys xrl?\n"
           "/dev/null rwi?\n/dev/zero rwi?\n/dev/full rwi?\n/dev/random rwi?\n"
           "/dev/urandom rwi?\n/dev/tty rwi?\n" HELPER " xr\n");
}

static void test_terminal(void)
{
    const tree_case c = {RULES({"/", HIDE, 0}), .tree = "/usr/", .terminal = "/dev/pts/3",
                         .abi = 4};
    expect(&c, true,
           "/dev/null rw?\n/dev/zero rw?\n/dev/full rw?\n/dev/random rw?\n/dev/urandom rw?\n"
           "/dev/tty rw?\n/dev/pts/3 rw?\n" HELPER " xr\n");
}

static void test_denied_device(void)
{
    const tree_case c = {RULES({"/", HIDE, 0}, {"/dev/", READ, 0}, {"/dev/tty", HIDE, 0}),
                         .tree = "/usr/ /dev/tty /dev/sda"};
    expect(&c, true,
           "/dev l?\n/dev/sda xrl?\n/dev/null rwi?\n/dev/zero rwi?\n/dev/full rwi?\n"
           "/dev/random rwi?\n/dev/urandom rwi?\n" HELPER " xr\n");
}

/* A writable root without anything to protect in it is one rule. */
static void test_working_directory(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/home/u/w/", WRITE, 0}),
                         .tree = "/usr/ /home/u/w/src/ /home/u/x /home/v/"};
    expect(&c, false, "/ l\n/usr xrl?\n/home xrl?\n/home/u/w xrlwtd?\n");
}

/* Those that lead to something read-only get no right to write, their other entries do. */
static void test_denied_below(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/w/", WRITE, 0}, {"/w/.git/config", READ, 0},
                               {"/w/.git/hooks/", READ, 0}),
                         .tree =
                             "/w/a /w/.git/HEAD /w/.git/config /w/.git/objects/ /w/.git/hooks/x "
                             "/w/link@ /w/src/"};
    expect(&c, false,
           "/ l\n/w xrl?\n/w/a xrlwtd?\n/w/.git/HEAD xrlwtd?\n/w/.git/objects xrlwtd?\n"
           "/w/src xrlwtd?\n");
}

static void test_hidden_directory(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/home/u/.ssh/", HIDE, 0}),
                         .tree = "/usr/ /home/u/.ssh/key /home/u/a /home/u/b/ /home/v/"};
    expect(&c, false, "/usr xrl?\n/home/u/a xrl?\n/home/u/b xrl?\n/home/v xrl?\n");
}

/* The name of a hidden file shows, so its directory can be listed. */
static void test_hidden_file(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/home/u/.netrc", HIDE, 0}),
                         .tree = "/usr/ /home/u/.netrc /home/u/a"};
    expect(&c, false, "/ l\n/usr xrl?\n/home/u/a xrl?\n");
}

static void test_carve_out(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/home/", HIDE, 0}, {"/home/u/w/", READ, 0},
                               {"/home/u/w/.env", HIDE, 0}, {"/home/u/w/out/", WRITE, 0}),
                         .tree = "/usr/ /home/u/w/.env /home/u/w/src/ /home/u/w/out/"};
    expect(&c, false, "/usr xrl?\n/home/u/w l?\n/home/u/w/src xrl?\n/home/u/w/out xrlwtd?\n");
}

static void test_only_some(void)
{
    const tree_case c = {RULES({"/", HIDE, 0}, {"/usr/", READ, 0}, {"/w/", WRITE, 0}),
                         .tree = "/x/"};
    expect(&c, false, "/usr xrl?\n/w xrlwtd?\n");
}

/* A general permission to write means neither the switches of the machine nor devices. */
static void test_everything_writable(void)
{
    const tree_case c = {RULES({"/", WRITE, 0}), .tree = "/usr/ /dev/ /proc/ /sys/ /tmp/"};
    expect(&c, false, "/ l\n/usr xrlwtd?\n/proc xrl?\n/sys xrl?\n/tmp xrlwtd?\n");
}

static void test_said_of_proc(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/proc/", WRITE, 0}, {"/dev/", WRITE, 0}),
                         .tree = "/usr/ /dev/ /proc/"};
    expect(&c, false, "/ xrl\n/dev xrlwtd?\n/proc xrlwtd?\n");
}

/* What ssh needs hidden in a user namespace is not; srt's own records are, but for their names. */
static void test_hidden_by_default(void)
{
    const tree_case ssh = {
        RULES({"/", READ, 0}, {"/etc/ssh/ssh_config.d/", HIDE, SRT_PATH_DEFAULT}),
        .tree = "/usr/ /etc/ssh/ssh_config.d/"};
    expect(&ssh, false, "/ l\n/usr xrl?\n/etc xrl?\n");
    const tree_case asked = {RULES({"/", READ, 0}, {"/etc/ssh/ssh_config.d/", HIDE, 0}),
                             .tree = "/usr/ /etc/ssh/ssh_config.d/ /etc/ssh/x"};
    expect(&asked, false, "/usr xrl?\n/etc/ssh/x xrl?\n");
    const tree_case records = {
        RULES({"/", READ, 0}, {"/h/.local/state/srt/", HIDE, SRT_PATH_DEFAULT}),
        .tree = "/usr/ /h/.local/state/srt/violations.db /h/.local/state/x/ /h/w/"};
    expect(&records, false, "/ l\n/usr xrl?\n/h/.local/state/x xrl?\n/h/w xrl?\n");
}

static void test_not_listable(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/h/u/x/", HIDE, 0}, {"/h/u/w/", WRITE, 0}),
                         .tree = "/usr/ /h/u! /h/u/x/ /h/u/y/"};
    expect(&c, false, "/usr xrl?\n/h/u/w xrlwtd?\n");
}

/* Whoever could replace the helper must not do so from inside. */
static void test_helper(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/usr/libexec/", WRITE, 0}),
                         .tree =
                             "/usr/libexec/srt/srt-inside /usr/libexec/srt/other /usr/libexec/a",
                         .protect_helper = true};
    expect(&c, false, "/ l\n/usr xrl?\n/usr/libexec/srt/other xrlwtd?\n/usr/libexec/a xrlwtd?\n");
}

static void test_alone(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/w/", WRITE, 0}, {"/w/a/no", READ, 0}),
                         .tree = "/w/a/no /w/a/yes /w/b/", .alone = true};
    expect(&c, false, "/ l\n/w xrl?\n/w/a/yes xrlwtdcf?\n/w/b xrlwtdcf?\n");
}

static void test_old_kernels(void)
{
    tree_case c = {RULES({"/", READ, 0}, {"/w/", WRITE, 0}), .tree = "/w/", .alone = true,
                   .abi = 1};
    expect(&c, false, "/ l\n/w xrlwdc?\n");
    c.abi = 2;
    expect(&c, false, "/ l\n/w xrlwdcf?\n");
    c.abi = 3;
    expect(&c, false, "/ l\n/w xrlwtdcf?\n");
}

static void test_no_file_rules(void)
{
    tree_case c = {.fs_disabled = true, .tree = "/w/"};
    expect(&c, true, "/ f\n");
    c.abi = 1;
    expect(&c, true, "/ B\n");
}

static void test_native(void)
{
    const tree_case c = {RULES({"/", READ, 0}, {"/w/", WRITE, 0}, {"/w/no", READ, 0}),
                         .tree = "/w/no /w/a /w/b/"};
    ll_plan plan;
    CU_ASSERT_EQUAL_FATAL(tree_plan(&c, &plan), 0);
    CU_ASSERT_STRING_EQUAL(plan.native[0], "/w/a");
    CU_ASSERT_STRING_EQUAL(plan.native[1], "/w/b");
    CU_ASSERT_STRING_EQUAL(plan.native[2], "/dev/null");
    ll_plan_clear(&plan);
}

static int list_many(void *data, const char *directory,
                     int (*each)(void *each_data, const char *name, bool is_link), void *each_data)
{
    char name[32];
    int r = 0;
    (void)data;
    (void)directory;
    for (unsigned i = 0; i <= LL_RULES_MAX && r == 0; i++) {
        snprintf(name, sizeof name, "%u", i);
        r = each(each_data, name, false);
    }
    return r;
}

static void test_too_many(void)
{
    const rule rules[] = {{"/", READ, 0}, {"/x/", HIDE, 0}};
    srt_policy policy;
    ll_plan plan = {0};
    tree_policy_init(&policy, rules, 2);
    const ll_plan_input input = {
        .policy = &policy, .abi = 7, .supervised = true, .helper = HELPER, .list = list_many};
    CU_ASSERT_EQUAL(ll_plan_make(&plan, &input), -E2BIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(plan.problem, "20000"));
    ll_plan_clear(&plan);
    tree_policy_clear(&policy);
}

/* The kernel refuses whole rulesets that ask for what it does not know. */
static void test_handled(void)
{
    for (int abi = 1; abi <= 10; abi++) {
        const tree_case c = {RULES({"/", READ, 0}), .tree = "/usr/", .abi = abi};
        ll_plan plan;
        CU_ASSERT_EQUAL_FATAL(tree_plan(&c, &plan), 0);
        CU_ASSERT_EQUAL(plan.fs, srt_landlock_known(SRT_LANDLOCK_OF_FS, abi));
        CU_ASSERT_EQUAL(plan.net != 0, abi >= 4);
        CU_ASSERT_EQUAL(plan.scoped != 0, abi >= 6);
        for (size_t i = 0; i < plan.n_rules; i++)
            CU_ASSERT_EQUAL(plan.rules[i].access & ~plan.fs, 0);
        ll_plan_clear(&plan);
    }
}

/* What the supervisor judges by. */
static void expect_regions(const rule *rules, size_t n, bool protect, const char *expected)
{
    srt_policy policy;
    ll_regions regions;
    char text[512] = "";
    tree_policy_init(&policy, rules, n);
    const ll_plan_input input = {.policy = &policy, .helper = HELPER, .protect_helper = protect};
    CU_ASSERT_EQUAL(ll_regions_make(&input, &regions), 0);
    for (size_t i = 0; i < regions.count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s=%d ", regions.list[i]->path,
                 (int)regions.list[i]->access);
    SRT_ASSERT_STR(text, expected);
    free((void *)(uintptr_t)regions.list);
    tree_policy_clear(&policy);
}

static void test_regions(void)
{
    static const rule open[] = {{"/", WRITE, 0}, {"/dev/shm/", WRITE, 0}, {"/home/", READ, 0}};
    static const rule narrow[] = {{"/", READ, 0}, {"/usr/libexec/", WRITE, 0}};
    static const rule exact[] = {{"/", READ, 0}, {HELPER, WRITE, 0}};
    static const rule hidden[] = {{"/", READ, 0},
                                  {"/etc/ssh/ssh_config.d/", HIDE, SRT_PATH_DEFAULT},
                                  {"/h/.local/state/srt/", HIDE, SRT_PATH_DEFAULT}};
    expect_regions(hidden, 3, false, "/=1 /h/.local/state/srt=0 ");
    expect_regions(open, 3, false, "/=2 /dev=1 /dev/shm=2 /home=1 /proc=1 /sys=1 ");
    expect_regions(narrow, 2, false, "/=1 /usr/libexec=2 ");
    expect_regions(narrow, 2, true, "/=1 /usr/libexec=2 " HELPER "=1 ");
    expect_regions(exact, 2, true, "/=1 " HELPER "=1 ");
}

static void test_hidden_in_writable(void)
{
    static const rule rows[][3] = {
        {{"/", READ, 0}, {"/h/s/", HIDE, SRT_PATH_DEFAULT}, {"/h/w/", WRITE, 0}},
        {{"/", READ, 0}, {"/h/", WRITE, 0}, {"/h/s/", HIDE, 0}},
        {{"/", WRITE, 0}, {"/etc/ssh/ssh_config.d/", HIDE, SRT_PATH_DEFAULT}, {"/h/", READ, 0}},
        {{"/", READ, 0}, {"/h/", WRITE, 0}, {"/h/s/", HIDE, SRT_PATH_DEFAULT}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        srt_policy policy;
        tree_policy_init(&policy, rows[i], 3);
        const char *path = ll_hidden_in_writable(&policy);
        CU_ASSERT((path != NULL) == (i == 3));
        if (path)
            SRT_ASSERT_STR(path, "/h/s");
        tree_policy_clear(&policy);
    }
}

/* Reads are looked at where they are asked for, and only where something is hidden. */
static void test_watch(void)
{
    static const rule hidden[] = {{"/", READ, 0}, {"/h/", HIDE, 0}};
    static const rule usual[] = {{"/", READ, 0},
                                 {"/etc/ssh/ssh_config.d/", HIDE, SRT_PATH_DEFAULT}};
    const uint32_t judged = SRT_NOTIFY_CONNECT | SRT_NOTIFY_CREATE | SRT_NOTIFY_WRITE |
                            SRT_NOTIFY_META_FD | SRT_NOTIFY_UMASK,
                   seen = judged | SRT_NOTIFY_SIGNAL;
    const struct {
        const rule *rules;
        srt_monitoring monitor;
        bool fs_disabled;
        uint32_t set;
    } rows[] = {
        {hidden, SRT_MONITOR_DEFAULT, false, seen},
        {hidden, SRT_MONITOR_OFF, false, judged},
        {hidden, SRT_MONITOR_FULL, false, seen | SRT_NOTIFY_READ},
        {usual, SRT_MONITOR_FULL, false, seen},
        {hidden, SRT_MONITOR_FULL, true, SRT_NOTIFY_CONNECT | SRT_NOTIFY_SIGNAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        srt_policy policy;
        tree_policy_init(&policy, rows[i].rules, 2);
        policy.monitor = rows[i].monitor;
        policy.fs_disabled = rows[i].fs_disabled;
        CU_ASSERT_EQUAL(ll_watch(&policy, 6), rows[i].set);
        CU_ASSERT_EQUAL(ll_watch(&policy, 5), rows[i].set & ~(uint32_t)SRT_NOTIFY_SIGNAL);
        tree_policy_clear(&policy);
    }
}

static const srt_unit_case cases[] = {
    {"watch", test_watch},
    {"hidden in writable", test_hidden_in_writable},
    {"regions", test_regions},
    {"read only", test_read_only},
    {"terminal", test_terminal},
    {"denied device", test_denied_device},
    {"working directory", test_working_directory},
    {"denied below", test_denied_below},
    {"hidden directory", test_hidden_directory},
    {"hidden file", test_hidden_file},
    {"carve-out", test_carve_out},
    {"only some", test_only_some},
    {"everything writable", test_everything_writable},
    {"said of /proc", test_said_of_proc},
    {"hidden by default", test_hidden_by_default},
    {"not listable", test_not_listable},
    {"helper", test_helper},
    {"alone", test_alone},
    {"old kernels", test_old_kernels},
    {"no file rules", test_no_file_rules},
    {"native", test_native},
    {"too many", test_too_many},
    {"handled", test_handled},
};
SRT_UNIT_MAIN("landlock.plan", cases)
