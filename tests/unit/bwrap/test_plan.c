/* SPDX-License-Identifier: Apache-2.0 */
/* The mounts of one policy after the other, as bwrap reads them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"

#include "policies.h"

#define HELPER "/usr/libexec/srt/srt-inside"

/* What every plan of an ordinary user ends with. */
#define PLUMBING                                                                                   \
    "--dev /dev\n"                                                                                 \
    "--tmpfs /dev/srt\n"                                                                           \
    "--ro-bind " HELPER " /dev/srt/inside\n"                                                       \
    "--perms 0700\n--tmpfs /dev/srt/tmp\n"                                                         \
    "--perms 1777\n--tmpfs /dev/shm\n"                                                             \
    "--proc /proc\n"
#define CLOSED "--remount-ro /dev/srt"

static char *text_of(const bw_plan_input *input)
{
    bw_plan plan = {0};
    bw_words all = {0}, none = {0};
    const bw_plan empty = {0};
    CU_ASSERT_EQUAL_FATAL(bw_plan_make(&plan, input), 0);
    bw_render(&none, &empty, false, NULL);
    bw_render(&all, &plan, false, NULL);
    CU_ASSERT_EQUAL(all.error, 0);
    CU_ASSERT_EQUAL(all.count - none.count, bw_count_words(&plan));
    char *text = test_words_text(all.bytes + none.length, all.length - none.length);
    bw_words_clear(&all);
    bw_words_clear(&none);
    bw_plan_clear(&plan);
    return text;
}

static void expect_input(const bw_plan_input *input, const char *expected)
{
    char *text = text_of(input);
    SRT_ASSERT_STR(text, expected);
    free(text);
}

static void expect(const rule *rules, size_t n, const char *expected)
{
    test_policy t;
    test_policy_init(&t, rules, n);
    expect_input(&(bw_plan_input){.policy = &t.policy, .helper = HELPER}, expected);
    test_policy_clear(&t);
}

#define EXPECT(rules, expected) expect(rules, sizeof(rules) / sizeof *(rules), expected)

static void test_read_only(void)
{
    static const rule rules[] = {{"/", READ}};
    EXPECT(rules, "--ro-bind / /\n" PLUMBING CLOSED);
}

static void test_working_directory(void)
{
    static const rule rules[] = {{"/", READ}, {"/home/u/proj/", WRITE}, {"/tmp/f", WRITE}};
    EXPECT(rules, "--ro-bind / /\n"
                  "--bind /home/u/proj /home/u/proj\n"
                  "--bind /tmp/f /tmp/f\n" PLUMBING CLOSED);
}

static void test_hidden(void)
{
    static const rule rules[] = {{"/", READ}, {"/etc/shadow", HIDE}, {"/home/u/.ssh/", HIDE}};
    EXPECT(rules, "--ro-bind / /\n"
                  "--ro-bind /dev/null /etc/shadow\n"
                  "--tmpfs /home/u/.ssh\n"
                  "--remount-ro /home/u/.ssh\n" PLUMBING CLOSED);
}

/* A file's mask may be written to as far as its mount goes: it says no itself. What shows
 * something, and what is in /dev, has none. */
static void test_masks(void)
{
    static const rule rules[] = {{"/", READ},           {"/a/", HIDE},      {"/a/in/", READ},
                                 {"/etc/shadow", HIDE}, {"/h/.ssh/", HIDE}, {"/h/none", HIDE}};
    static const char *const masks[] = {NULL, "/m/9", NULL, "/m/0", "/m/1", NULL};
    test_policy t;
    test_policy_init(&t, rules, 6);
    expect_input(&(bw_plan_input){.policy = &t.policy, .helper = HELPER, .masks = masks},
                 "--ro-bind / /\n"
                 "--tmpfs /a\n"
                 "--ro-bind /a/in /a/in\n"
                 "--bind /m/0 /etc/shadow\n"
                 "--ro-bind /m/1 /h/.ssh\n"
                 "--ro-bind /dev/null /h/none\n" PLUMBING CLOSED "\n"
                 "--remount-ro /a");
    test_policy_clear(&t);
}

/* Parents come first whatever the order of their names; a hidden directory that
 * something is put into stays writable for bwrap until the end. */
static void test_nested(void)
{
    static const rule rules[] = {
        {"/", READ},          {"/h/", HIDE},         {"/h-b/", WRITE},       {"/h/a/r/", READ},
        {"/h/a/r/w/", WRITE}, {"/h/a/r/w/x/", HIDE}, {"/h/a/r/w/x/f", READ},
    };
    EXPECT(rules, "--ro-bind / /\n"
                  "--tmpfs /h\n"
                  "--ro-bind /h/a/r /h/a/r\n"
                  "--bind /h/a/r/w /h/a/r/w\n"
                  "--tmpfs /h/a/r/w/x\n"
                  "--ro-bind /h/a/r/w/x/f /h/a/r/w/x/f\n"
                  "--bind /h-b /h-b\n" PLUMBING CLOSED "\n"
                  "--remount-ro /h/a/r/w/x\n"
                  "--remount-ro /h");
}

/* Deepest first, each once, and nothing for what lies directly in the region or
 * in a protected one. */
static void test_pins(void)
{
    static const rule rules[] = {
        {"/", READ},
        {"/p/", WRITE},
        {"/p/.git/config", READ},
        {"/p/.git/hooks/", READ},
        {"/p/a/b/c/.env", HIDE},
        {"/p/a/.env", HIDE},
        {"/p/direct", READ},
        {"/p/ro/", READ},
        {"/p/ro/in/secret", HIDE},
    };
    EXPECT(rules, "--ro-bind / /\n"
                  "--tmpfs /p/a/b/c\n"
                  "--tmpfs /p/.git\n"
                  "--tmpfs /p/a/b\n"
                  "--tmpfs /p/a\n"
                  "--bind /p /p\n"
                  "--ro-bind /p/.git/config /p/.git/config\n"
                  "--ro-bind /p/.git/hooks /p/.git/hooks\n"
                  "--ro-bind /dev/null /p/a/.env\n"
                  "--ro-bind /dev/null /p/a/b/c/.env\n"
                  "--ro-bind /p/direct /p/direct\n"
                  "--ro-bind /p/ro /p/ro\n"
                  "--ro-bind /dev/null /p/ro/in/secret\n" PLUMBING CLOSED);
}

/* Inside a hidden directory the names to pin are there only after a first bind. */
static void test_pins_in_hidden(void)
{
    static const rule rules[] = {
        {"/", READ}, {"/home/", HIDE}, {"/home/u/p/", WRITE}, {"/home/u/p/.git/config", READ}};
    EXPECT(rules, "--ro-bind / /\n"
                  "--tmpfs /home\n"
                  "--bind /home/u/p /home/u/p\n"
                  "--tmpfs /home/u/p/.git\n"
                  "--bind /home/u/p /home/u/p\n"
                  "--ro-bind /home/u/p/.git/config /home/u/p/.git/config\n" PLUMBING CLOSED "\n"
                  "--remount-ro /home");
}

/* A writable region inside a protected one inside a writable one pins for itself. */
static void test_pins_of_inner_region(void)
{
    static const rule rules[] = {{"/", READ},
                                 {"/w/", WRITE},
                                 {"/w/d/r/", READ},
                                 {"/w/d/r/e/i/", WRITE},
                                 {"/w/d/r/e/i/f/g", READ}};
    EXPECT(rules, "--ro-bind / /\n"
                  "--tmpfs /w/d\n"
                  "--bind /w /w\n"
                  "--ro-bind /w/d/r /w/d/r\n"
                  "--tmpfs /w/d/r/e/i/f\n"
                  "--bind /w/d/r/e/i /w/d/r/e/i\n"
                  "--ro-bind /w/d/r/e/i/f/g /w/d/r/e/i/f/g\n" PLUMBING CLOSED);
}

static void test_root_writable(void)
{
    static const rule rules[] = {{"/", WRITE}, {"/etc/", READ}, {"/home/u/.git/config", READ}};
    EXPECT(rules, "--bind / /\n"
                  "--tmpfs /home/u/.git\n"
                  "--tmpfs /home/u\n"
                  "--bind /home /home\n"
                  "--ro-bind /etc /etc\n"
                  "--ro-bind /home/u/.git/config /home/u/.git/config\n"
                  "--ro-bind-try /sys /sys\n" PLUMBING CLOSED);
}

static void test_sys(void)
{
    static const rule inside[] = {{"/", WRITE}, {"/sys/firmware/", HIDE}};
    EXPECT(inside, "--bind / /\n"
                   "--ro-bind-try /sys /sys\n"
                   "--tmpfs /sys/firmware\n"
                   "--remount-ro /sys/firmware\n" PLUMBING CLOSED);
    static const rule named[] = {{"/", WRITE}, {"/sys/", READ}};
    EXPECT(named, "--bind / /\n"
                  "--ro-bind /sys /sys\n" PLUMBING CLOSED);
    static const rule granted[] = {{"/", READ}, {"/sys/fs/", WRITE}};
    EXPECT(granted, "--ro-bind / /\n"
                    "--bind /sys/fs /sys/fs\n" PLUMBING CLOSED);
}

static void test_root_hidden(void)
{
    static const rule rules[] = {{"/", HIDE}, {"/etc/hosts", READ}, {"/usr/", READ}};
    static const bw_link links[] = {{"/lib64", "usr/lib64"}, {"/bin", "usr/bin"}};
    test_policy t;
    test_policy_init(&t, rules, 3);
    expect_input(
        &(bw_plan_input){.policy = &t.policy, .helper = HELPER, .links = links, .n_links = 2},
        "--tmpfs /\n"
        "--symlink usr/lib64 /lib64\n"
        "--symlink usr/bin /bin\n"
        "--ro-bind /etc/hosts /etc/hosts\n"
        "--ro-bind /usr /usr\n" PLUMBING CLOSED "\n"
        "--remount-ro /");
    test_policy_clear(&t);
}

static void test_names(void)
{
    static const rule rules[] = {
        {"/", READ},           {"/w/", WRITE}, {"/w/--bind", HIDE}, {"/w/a b\n\"'$(x)\\/", READ},
        {"/w/\xff\xfe", READ},
    };
    test_policy t;
    bw_plan plan = {0};
    bw_words words = {0};
    test_policy_init(&t, rules, 5);
    CU_ASSERT_EQUAL(bw_plan_make(&plan, &(bw_plan_input){.policy = &t.policy, .helper = HELPER}),
                    0);
    bw_render(&words, &plan, false, NULL);
    static const char expected[] = "--ro-bind\0/dev/null\0/w/--bind\0"
                                   "--ro-bind\0/w/a b\n\"'$(x)\\\0/w/a b\n\"'$(x)\\\0"
                                   "--ro-bind\0/w/\xff\xfe\0/w/\xff\xfe";
    CU_ASSERT_PTR_NOT_NULL(memmem(words.bytes, words.length, expected, sizeof expected));
    bw_words_clear(&words);
    bw_plan_clear(&plan);
    test_policy_clear(&t);
}

static void test_no_file_rules(void)
{
    test_policy t;
    test_policy_init(&t, NULL, 0);
    t.policy.fs_disabled = true;
    expect_input(&(bw_plan_input){.policy = &t.policy, .helper = HELPER},
                 "--bind / /\n"
                 "--ro-bind-try /sys /sys\n"
                 "--dev /dev\n"
                 "--tmpfs /dev/srt\n"
                 "--ro-bind " HELPER " /dev/srt/inside\n"
                 "--perms 1777\n--tmpfs /dev/shm\n"
                 "--proc /proc\n" CLOSED);
    test_policy_clear(&t);
}

static void test_switches(void)
{
    static const rule rules[] = {{"/", READ}};
    test_policy t;
    test_policy_init(&t, rules, 1);
    t.policy.private_tmp = false;
    expect_input(
        &(bw_plan_input){.policy = &t.policy, .helper = HELPER, .host_proc = true, .is_root = true},
        "--ro-bind / /\n"
        "--dev /dev\n"
        "--tmpfs /dev/srt\n"
        "--ro-bind " HELPER " /dev/srt/inside\n"
        "--perms 1777\n--tmpfs /dev/shm\n"
        "--ro-bind /proc /proc\n" CLOSED);
    test_policy_clear(&t);
    test_policy_init(&t, rules, 1);
    expect_input(&(bw_plan_input){.policy = &t.policy, .helper = HELPER, .is_root = true},
                 "--ro-bind / /\n" PLUMBING "--remount-ro /proc\n" CLOSED);
    test_policy_clear(&t);
}

static void test_dev(void)
{
    static const rule rules[] = {
        {"/", READ},
        {"/dev/", WRITE},
        {"/dev/tty", HIDE},
        {"/dev/sda", HIDE},
        {"/dev/shm/", READ},
        {"/dev/shm/p/", WRITE},
        {"/dev/shm/p/.env", HIDE},
        {"/dev/shm/q/", READ},
        {"/dev/kvm", READ},
    };
    EXPECT(rules, "--ro-bind / /\n" PLUMBING "--bind /dev/shm/p /dev/shm/p\n"
                  "--ro-bind /dev/null /dev/shm/p/.env\n"
                  "--ro-bind /dev/shm/q /dev/shm/q\n"
                  "--ro-bind /dev/null /dev/tty\n" CLOSED);
    static const rule inner[] = {{"/", READ}, {"/dev/shm/p/", WRITE}, {"/dev/shm/p/a/b/f", READ}};
    EXPECT(inner, "--ro-bind / /\n" PLUMBING "--bind /dev/shm/p /dev/shm/p\n"
                  "--tmpfs /dev/shm/p/a/b\n"
                  "--tmpfs /dev/shm/p/a\n"
                  "--bind /dev/shm/p /dev/shm/p\n"
                  "--ro-bind /dev/shm/p/a/b/f /dev/shm/p/a/b/f\n" CLOSED);
    static const rule hidden[] = {{"/", READ}, {"/dev/", HIDE}};
    EXPECT(hidden, "--ro-bind / /\n" PLUMBING CLOSED "\n--remount-ro /dev");
    static const rule denied[] = {{"/", WRITE}, {"/dev/", READ}};
    EXPECT(denied, "--bind / /\n"
                   "--ro-bind-try /sys /sys\n" PLUMBING CLOSED "\n--remount-ro /dev");
}

static void test_proc(void)
{
    static const rule rules[] = {{"/", READ},
                                 {"/proc/12/environ", HIDE},
                                 {"/proc/cpuinfo", HIDE},
                                 {"/proc/sys/", WRITE},
                                 {"/proc/tty/", HIDE}};
    EXPECT(rules, "--ro-bind / /\n" PLUMBING "--ro-bind /dev/null /proc/cpuinfo\n"
                  "--tmpfs /proc/tty\n"
                  "--remount-ro /proc/tty\n" CLOSED);
    static const rule hidden[] = {{"/", READ}, {"/proc/", HIDE}, {"/proc/cpuinfo", READ}};
    EXPECT(hidden, "--ro-bind / /\n"
                   "--dev /dev\n"
                   "--tmpfs /dev/srt\n"
                   "--ro-bind " HELPER " /dev/srt/inside\n"
                   "--perms 0700\n--tmpfs /dev/srt/tmp\n"
                   "--perms 1777\n--tmpfs /dev/shm\n"
                   "--tmpfs /proc\n"
                   "--ro-bind /proc/cpuinfo /proc/cpuinfo\n" CLOSED "\n"
                   "--remount-ro /proc");
    static const rule read[] = {{"/", WRITE}, {"/proc/", READ}};
    EXPECT(read, "--bind / /\n"
                 "--ro-bind-try /sys /sys\n" PLUMBING "--remount-ro /proc\n" CLOSED);
}

/* Programs that srt executes outside later on are not left writable. */
static void test_own_programs(void)
{
    static const rule rules[] = {{"/", READ}, {"/p/", WRITE}, {"/p/ro/", READ}};
    static const char *const protect[] = {"/p/build/srt-inside", "/p/ro/bwrap", "/usr/bin/bwrap"};
    test_policy t;
    test_policy_init(&t, rules, 3);
    expect_input(
        &(bw_plan_input){.policy = &t.policy, .helper = HELPER, .protect = protect, .n_protect = 3},
        "--ro-bind / /\n"
        "--tmpfs /p/build\n"
        "--bind /p /p\n"
        "--ro-bind /p/build/srt-inside /p/build/srt-inside\n"
        "--ro-bind /p/ro /p/ro\n" PLUMBING CLOSED);
    test_policy_clear(&t);
}

static void test_bad_policy(void)
{
    static const rule rules[] = {{"/usr/", READ}};
    bw_plan plan = {0};
    test_policy t;
    test_policy_init(&t, rules, 1);
    CU_ASSERT_EQUAL(bw_plan_make(&plan, &(bw_plan_input){.policy = &t.policy, .helper = HELPER}),
                    -22);
    bw_plan_clear(&plan);
    test_policy_clear(&t);
}

static void test_flags(void)
{
    bw_plan plan = {0};
    bw_words words = {0};
    bw_op op = {.kind = BW_BIND, .path = "/w"};
    const int sources[] = {7};
    plan.ops = &op;
    plan.n_ops = 1;
    bw_render(&words, &plan, true, sources);
    char *text = test_words_text(words.bytes, words.length);
    SRT_ASSERT_STR(
        text, "--unshare-user\n--unshare-pid\n--unshare-ipc\n--unshare-uts\n"
              "--unshare-cgroup-try\n--die-with-parent\n--as-pid-1\n--cap-drop ALL\n--chdir /\n"
              "--unshare-net\n"
              "--bind-fd 7 /w");
    free(text);
    bw_words_clear(&words);
}

static void test_access(void)
{
    static const rule rules[] = {{"/", READ}, {"/a/", WRITE}, {"/a/b/", HIDE}, {"/a/b/c", READ}};
    test_policy t;
    test_policy_init(&t, rules, 4);
    CU_ASSERT_EQUAL(bw_access_at(&t.policy, "/"), READ);
    CU_ASSERT_EQUAL(bw_access_at(&t.policy, "/ab"), READ);
    CU_ASSERT_EQUAL(bw_access_at(&t.policy, "/a"), WRITE);
    CU_ASSERT_EQUAL(bw_access_at(&t.policy, "/a/x/y"), WRITE);
    CU_ASSERT_EQUAL(bw_access_at(&t.policy, "/a/b/x"), HIDE);
    CU_ASSERT_EQUAL(bw_access_at(&t.policy, "/a/b/c"), READ);
    test_policy_clear(&t);
}

static const srt_unit_case cases[] = {
    {"read_only", test_read_only},
    {"working_directory", test_working_directory},
    {"hidden", test_hidden},
    {"masks", test_masks},
    {"nested", test_nested},
    {"pins", test_pins},
    {"pins_in_hidden", test_pins_in_hidden},
    {"pins_of_inner_region", test_pins_of_inner_region},
    {"root_writable", test_root_writable},
    {"sys", test_sys},
    {"root_hidden", test_root_hidden},
    {"names", test_names},
    {"no_file_rules", test_no_file_rules},
    {"switches", test_switches},
    {"dev", test_dev},
    {"proc", test_proc},
    {"own_programs", test_own_programs},
    {"bad_policy", test_bad_policy},
    {"flags", test_flags},
    {"access", test_access},
};

SRT_UNIT_MAIN("bwrap.plan", cases)
