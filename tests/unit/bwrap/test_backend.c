/* SPDX-License-Identifier: Apache-2.0 */
/* The four operations against a host that records. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "srt-filters/filter.h"
#include "srt-filters/plan.h"
#include "support/unit.h"

#include "backend.h"
#include "enclose.h"
#include "fake_host.h"
#include "policies.h"

static const rule read_only[] = {{"/", READ}};
static const char *const command[] = {"echo", "a b", "", NULL};
static fake_host host;
static srt_launch launch;
static test_policy policy;
static srt_backend_state *state;

static const char *helper(void)
{
    static char path[512];
    const char *build = getenv("SRT_BUILD_DIR");
    snprintf(path, sizeof path, "%s/libexec/srt/srt-inside", build ? build : "/nonexistent");
    return access(path, X_OK) == 0 ? path : "/bin/true";
}

static void begin(const rule *rules, size_t n)
{
    fake_host_init(&host, helper());
    test_policy_init(&policy, rules, n);
    policy.policy.monitor = SRT_MONITOR_OFF; /* test_supervise.c has the rest */
    fake_launch_init(&launch, &host, command);
    state = NULL;
}

static void end(void)
{
    bw_teardown(state);
    state = NULL;
    fake_launch_clear(&launch, &host);
    test_policy_clear(&policy);
}

static bool installed(void)
{
    char why[BW_TEXT];
    bw_tool tool;
    if (bw_tool_find(NULL, bw_tool_directories, &tool, why) == 0)
        return true;
    srt_unit_skip("%s", why);
    return false;
}

/* prepare, or a skip where bwrap does not work. */
static bool prepared(void)
{
    if (!installed())
        return false;
    int r = bw_prepare(&host.host, &policy.policy, &state);
    if (r != 0)
        srt_unit_skip("bwrap does not work here: %s", host.fail_text);
    return r == 0;
}

static void test_descriptor(void)
{
    const srt_backend *b = srt_backend_entry();
    CU_ASSERT_EQUAL(b->struct_size, sizeof *b);
    CU_ASSERT_EQUAL(b->abi, SRT_BACKEND_ABI);
    SRT_ASSERT_STR(b->name, "bwrap");
    CU_ASSERT_EQUAL(b->priority, 100);
    CU_ASSERT_TRUE(b->prepare && b->wrap && b->monitor && b->teardown);
    CU_ASSERT_EQUAL(b->classes, (UINT64_C(1) << SRT_RULE_CLASS_COUNT) - 1);
    CU_ASSERT_TRUE(strlen(b->summary) <= 200);
}

static void test_reports(void)
{
    begin(read_only, 1);
    if (prepared()) {
        uint64_t enforced = 0;
        for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++) {
            CU_ASSERT_NOT_EQUAL(host.how[i], -1);
            if (host.how[i] != SRT_UNSUPPORTED)
                enforced |= UINT64_C(1) << i;
            if (host.how[i] != SRT_ENFORCED)
                CU_ASSERT_NOT_EQUAL(host.why[i][0], '\0');
        }
        if (!srt_enclosure_no_supervisor(((bw_state *)state)->enclosure))
            CU_ASSERT_EQUAL(enforced, srt_backend_entry()->classes);
        SRT_ASSERT_STR(host.why[SRT_RULE_PROCESS], "");
        bw_report(&host.host, &policy.policy, true);
        CU_ASSERT_PTR_NOT_NULL(strstr(host.why[SRT_RULE_PROCESS], "weaker"));
    }
    end();
}

static void test_reports_with_user_namespaces(void)
{
    static const struct {
        rule rules[3];
        int read_deny, write_deny;
    } rows[] = {
        {{{"/", READ}, {"/w/", WRITE}, {"/h/", HIDE}}, SRT_ENFORCED, SRT_ENFORCED},
        {{{"/", READ}, {"/w/", WRITE}, {"/w/a/k", READ}}, SRT_ENFORCED, SRT_UNSUPPORTED},
        {{{"/", READ}, {"/w/", WRITE}, {"/w/a/h/", HIDE}}, SRT_UNSUPPORTED, SRT_ENFORCED},
        {{{"/", WRITE}, {"/etc/", READ}, {"/h/", HIDE}}, SRT_UNSUPPORTED, SRT_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].rules, 3);
        bw_report(&host.host, &policy.policy, false);
        CU_ASSERT_EQUAL(host.how[SRT_RULE_READ_DENY], SRT_ENFORCED);
        CU_ASSERT_EQUAL(host.how[SRT_RULE_WRITE_DENY], SRT_ENFORCED);
        policy.policy.allow_user_namespaces = true;
        bw_report(&host.host, &policy.policy, false);
        CU_ASSERT_EQUAL(host.how[SRT_RULE_READ_DENY], rows[i].read_deny);
        CU_ASSERT_EQUAL(host.how[SRT_RULE_WRITE_DENY], rows[i].write_deny);
        end();
    }
}

/* What a plan says, as text. */
typedef struct plan_text {
    char text[8192];
    uint32_t filter_bytes;
} plan_text;

static int each(void *data, uint32_t tag, const void *bytes, size_t length)
{
    static const char *const names[] = {[SRT_PLAN_ARG] = "arg",
                                        [SRT_PLAN_ENV] = "env",
                                        [SRT_PLAN_CWD] = "cwd",
                                        [SRT_PLAN_FLAGS] = "flags",
                                        [SRT_PLAN_NAMESPACES] = "namespaces",
                                        [SRT_PLAN_UMASK] = "umask",
                                        [SRT_PLAN_NULL] = "null",
                                        [SRT_PLAN_CHANNEL] = "channel"};
    plan_text *t = data;
    char *at = t->text + strlen(t->text);
    size_t left = sizeof t->text - strlen(t->text);
    const struct srt_plan_listen *l = bytes;
    uint32_t number = 0;
    uint64_t wide = 0;
    switch (tag) {
    case SRT_PLAN_END:
        return 0;
    case SRT_PLAN_FILTER:
        t->filter_bytes = (uint32_t)length;
        return 0;
    case SRT_PLAN_LISTEN:
        snprintf(at, left, "listen %d %d %d\n", l->role, l->family, l->port);
        return 0;
    case SRT_PLAN_IGNORE:
        memcpy(&wide, bytes, sizeof wide);
        snprintf(at, left, "ignore %llx\n", (unsigned long long)wide);
        return 0;
    case SRT_PLAN_FLAGS:
    case SRT_PLAN_NAMESPACES:
    case SRT_PLAN_NULL:
        memcpy(&number, bytes, sizeof number);
        snprintf(at, left, "%s %x\n", names[tag], number);
        return 0;
    default:
        snprintf(at, left, "%s %s\n", names[tag], (const char *)bytes);
        return 0;
    }
}

static char *slurp(int fd, size_t *ret_length)
{
    struct stat st;
    CU_ASSERT_EQUAL_FATAL(fstat(fd, &st), 0);
    char *bytes = malloc((size_t)st.st_size + 1);
    *ret_length = (size_t)pread(fd, bytes, (size_t)st.st_size, 0);
    /* Nobody can change it any more, and it is read from the start. */
    CU_ASSERT_EQUAL(fcntl(fd, F_GET_SEALS) & (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK),
                    F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK);
    CU_ASSERT_EQUAL(lseek(fd, 0, SEEK_CUR), 0);
    return bytes;
}

static void read_plan(int number, plan_text *ret)
{
    const char *why = NULL;
    size_t length;
    char *bytes = slurp(launch.fds[number - 3], &length);
    memset(ret, 0, sizeof *ret);
    CU_ASSERT_EQUAL(srt_plan_read(bytes, length, each, ret, &why), 0);
    free(bytes);
}

static void expect_argv(const char *const *expected)
{
    int n = 0;
    for (; expected[n]; n++)
        SRT_ASSERT_STR(launch.argv[n], expected[n]);
    CU_ASSERT_PTR_NULL(launch.argv[n]);
}

static void test_wrap(void)
{
    plan_text inner;
    char expected[256];
    begin(read_only, 1);
    launch.ignored = 2;
    launch.null_fd = 16;
    if (!prepared()) {
        end();
        return;
    }
    CU_ASSERT_EQUAL_FATAL(bw_wrap(state, &launch), 0);
    const char *const argv[] = {((bw_state *)state)->tool.path,
                                "--args",
                                "5",
                                "--",
                                "/dev/srt/inside",
                                "run",
                                "4",
                                "3",
                                NULL};
    expect_argv(argv);
    CU_ASSERT_EQUAL(launch.n_fds, 3); /* hand-off, inner, words */
    read_plan(4, &inner);
    snprintf(expected, sizeof expected,
             "flags %x\narg echo\narg a b\narg \nenv PATH=/usr/bin:/bin\nenv A=b c\ncwd /\n"
             "ignore 2\nnull 10\n",
             SRT_PLAN_FLAG_COMMAND | SRT_PLAN_FLAG_INIT | SRT_PLAN_FLAG_NO_DATAGRAM_STDIO);
    SRT_ASSERT_STR(inner.text, expected);
    CU_ASSERT_EQUAL(inner.filter_bytes, srt_filter_native(0)->count * 8);
    SRT_ASSERT_STR(launch.tmpdir, "/dev/srt/tmp");
    SRT_ASSERT_STR(launch.connector, "/dev/srt/inside");
    CU_ASSERT_FALSE(launch.asked_for_tool_env);
    end();
}

static bool words_have(int number, const char *word)
{
    size_t length;
    char *bytes = slurp(launch.fds[number - 3], &length);
    bool found = false;
    for (const char *w = bytes; w < bytes + length; w += strlen(w) + 1)
        found = found || strcmp(w, word) == 0;
    free(bytes);
    return found;
}

static const char listeners[] =
    "listen 0 4 3128\nlisten 0 6 3128\nlisten 1 4 1080\nlisten 1 6 1080\n";

static void wrap_again(bool outer_net)
{
    fake_launch_clear(&launch, &host);
    fake_launch_init(&launch, &host, command);
    ((bw_state *)state)->outer_net = outer_net;
    CU_ASSERT_EQUAL(bw_wrap(state, &launch), 0);
}

static void test_outer_net(void)
{
    plan_text outer, inner;
    char expected[PATH_MAX + 512];
    wrap_again(true);
    const char *const argv[] = {helper(), "run", "6", "3", NULL};
    expect_argv(argv);
    CU_ASSERT_FALSE(words_have(5, "--unshare-net"));
    read_plan(6, &outer);
    snprintf(expected, sizeof expected,
             "namespaces 50000000\nflags %x\n%sarg %s\narg --args\narg 5\narg --\n"
             "arg /dev/srt/inside\narg run\narg 4\narg 3\n",
             SRT_PLAN_FLAG_LOOPBACK_UP | SRT_PLAN_FLAG_IGNORE_TTY_SIGNALS, listeners,
             ((bw_state *)state)->tool.path);
    SRT_ASSERT_STR(outer.text, expected);
    CU_ASSERT_EQUAL(outer.filter_bytes, 0);
    read_plan(4, &inner);
    CU_ASSERT_PTR_NULL(strstr(inner.text, "listen"));
}

static void test_inner_net(void)
{
    plan_text inner;
    wrap_again(false);
    SRT_ASSERT_STR(launch.argv[0], ((bw_state *)state)->tool.path);
    CU_ASSERT_TRUE(words_have(5, "--unshare-net"));
    read_plan(4, &inner);
    CU_ASSERT_PTR_NOT_NULL(strstr(inner.text, listeners));
}

static void test_network(void)
{
    plan_text inner;
    begin(read_only, 1);
    if (prepared()) {
        CU_ASSERT_FALSE(((bw_state *)state)->outer_net);
        CU_ASSERT_EQUAL(bw_wrap(state, &launch), 0);
        CU_ASSERT_TRUE(words_have(5, "--unshare-net"));
        read_plan(4, &inner);
        CU_ASSERT_PTR_NULL(strstr(inner.text, "listen"));
        policy.policy.net_mode = SRT_NET_PROXY;
        policy.policy.http_port = 3128;
        policy.policy.socks_port = 1080;
        test_outer_net();
        test_inner_net();
        policy.policy.socks_port = 0;
        wrap_again(false);
        read_plan(4, &inner);
        CU_ASSERT_PTR_NOT_NULL(strstr(inner.text, "listen 0"));
        CU_ASSERT_PTR_NULL(strstr(inner.text, "listen 1"));
    }
    end();
}

static void test_variants(void)
{
    begin(read_only, 1);
    policy.policy.unix_all = true;
    policy.policy.allow_user_namespaces = true;
    if (prepared()) {
        uint32_t both = SRT_FILTER_ALLOW_UNIX | SRT_FILTER_ALLOW_NAMESPACES;
        CU_ASSERT_PTR_EQUAL(((bw_state *)state)->enclosure->filter.code,
                            srt_filter_native(both)->code);
    }
    end();
}

static void test_no_file_rules(void)
{
    begin(NULL, 0);
    policy.policy.fs_disabled = true;
    if (prepared()) {
        CU_ASSERT_EQUAL(bw_wrap(state, &launch), 0);
        SRT_ASSERT_STR(launch.tmpdir, "");
        CU_ASSERT_FALSE(words_have(5, "/dev/srt/tmp"));
    }
    end();
}

static void expect_refusal(int error, const char *text)
{
    CU_ASSERT_EQUAL(bw_prepare(&host.host, &policy.policy, &state), -error);
    if (!strstr(host.fail_text, text))
        SRT_ASSERT_STR(host.fail_text, text);
    end();
}

static void test_refusals(void)
{
    begin(read_only, 1);
    host.inside = NULL;
    expect_refusal(ENOTSUP, "srt-inside is missing");
    begin(read_only, 1);
    host.inside = "/nonexistent/srt-inside";
    expect_refusal(ENOTSUP, "/nonexistent/srt-inside cannot be executed");
    begin(read_only, 1);
    host.bwrap_path = "/nonexistent/bwrap";
    expect_refusal(ENOTSUP, "bwrapPath: /nonexistent/bwrap");
    begin(read_only, 1);
    host.bwrap_path = "bwrap";
    expect_refusal(ENOTSUP, "an absolute path is needed");
    begin(read_only, 1);
    policy.policy.struct_size -= 8;
    expect_refusal(EINVAL, "older than its module");
    begin(read_only, 1);
    host.host.struct_size -= 8;
    expect_refusal(EINVAL, "older than its module");
}

/* A bwrap that ends as the real one does with and without a new /proc. */
static void put_tool(char *base, const char *script)
{
    static const char words[] = "\0--args\0--remount-ro\0--unshare-cgroup-try\0--cap-drop\0"
                                "--die-with-parent\0--chdir\0--symlink\0--perms\0";
    static char path[64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(base));
    snprintf(path, sizeof path, "%s/tool", base);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_TRUE(write(fd, script, strlen(script)) > 0 && write(fd, words, sizeof words) > 0);
    close(fd);
    host.bwrap_path = path;
}

#define NO_NEW_PROC                                                                                \
    "#!/bin/sh\ncase \"$*\" in\n*--proc*) echo \"bwrap: Can't mount proc on /newroot/proc: "       \
    "Operation not permitted\" >&2; exit 1;;\nesac\nexit 125\n"
#define NOTHING "#!/bin/sh\necho 'bwrap: pivot_root: Operation not permitted' >&2\nexit 1\n"
#define EVERYTHING "#!/bin/sh\nexit 125\n"

static bool plan_binds_proc(const bw_plan *plan)
{
    for (size_t i = 0; i < plan->n_ops; i++)
        if (plan->ops[i].kind == BW_RO_BIND && strcmp(plan->ops[i].path, "/proc") == 0)
            return true;
    return false;
}

static void test_proc_ladder(void)
{
    static const struct {
        const char *script;
        int result;
        bool host_proc;
    } steps[] = {{EVERYTHING, 0, false}, {NO_NEW_PROC, 0, true}, {NOTHING, -ENOTSUP, true}};
    bw_facts facts;
    bw_facts_read(&facts, "");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char base[] = "/tmp/srt-ladder-XXXXXX";
        begin(read_only, 1);
        policy.policy.weaker_nested = true;
        put_tool(base, steps[i].script);
        CU_ASSERT_EQUAL(bw_prepare(&host.host, &policy.policy, &state), steps[i].result);
        const bw_state *made = state;
        if (steps[i].result == 0 && !facts.is_proc_masked)
            CU_ASSERT_EQUAL(made->host_proc, steps[i].host_proc);
        if (steps[i].result == 0)
            CU_ASSERT_EQUAL(plan_binds_proc(&made->plan), made->host_proc);
        CU_ASSERT_EQUAL(strstr(host.fail_text, "pivot_root") != NULL, steps[i].result != 0);
        CU_ASSERT_EQUAL(unlink(host.bwrap_path), 0);
        CU_ASSERT_EQUAL(rmdir(base), 0);
        end();
    }
}

static void test_writable_tool(void)
{
    static const rule rules[] = {{"/", READ}, {"/usr/", WRITE}};
    begin(rules, 2);
    if (access("/usr/bin/bwrap", X_OK) != 0) {
        srt_unit_skip("no /usr/bin/bwrap");
        end();
        return;
    }
    host.bwrap_path = "/usr/bin/bwrap";
    expect_refusal(EACCES, "choose one outside of allowWrite");
}

static void many(rule *rules, size_t n)
{
    rules[0] = (rule){"/", READ};
    for (size_t i = 1; i < n; i++) {
        char *path = NULL;
        if (asprintf(&path, "/w/f%zu", i) < 0)
            abort();
        rules[i] = (rule){path, HIDE};
    }
}

static void test_too_many(void)
{
    enum { FITS = 2975, ROOM = 10000 };
    if (!installed())
        return;
    rule *rules = calloc(ROOM, sizeof *rules);
    many(rules, ROOM);
    begin(rules, ROOM);
    CU_ASSERT_EQUAL(bw_prepare(&host.host, &policy.policy, &state), -E2BIG);
    CU_ASSERT_EQUAL(host.fail_error, E2BIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(host.fail_text, "10000 path rules make 30"));
    CU_ASSERT_PTR_NOT_NULL(strstr(host.fail_text, "8984"));
    end();
    begin(rules, FITS);
    CU_ASSERT_EQUAL(bw_prepare(&host.host, &policy.policy, &state), 0);
    end();
    for (size_t i = 1; i < ROOM; i++)
        free((char *)(uintptr_t)rules[i].path);
    free(rules);
}

/* What is opened to the command is held by descriptor; when it is not any more
 * what the policy saw, nothing runs. */
static void test_held_sources(void)
{
    char base[] = "/tmp/srt-held-XXXXXX", dir[64], moved[64], slashed[80];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(base));
    snprintf(dir, sizeof dir, "%s/w", base);
    snprintf(moved, sizeof moved, "%s/x", base);
    snprintf(slashed, sizeof slashed, "%s/", dir);
    CU_ASSERT_EQUAL(mkdir(dir, 0755), 0);
    const rule rules[] = {{"/", READ}, {slashed, WRITE}};
    begin(rules, 2);
    if (prepared() && ((bw_state *)state)->tool.binds_fds) {
        CU_ASSERT_EQUAL(bw_wrap(state, &launch), 0);
        CU_ASSERT_EQUAL(launch.n_fds, 4);
        CU_ASSERT_TRUE(words_have(6, "--bind-fd"));
        struct stat a, b;
        CU_ASSERT_EQUAL(fstat(launch.fds[2], &a), 0);
        CU_ASSERT_EQUAL(stat(dir, &b), 0);
        CU_ASSERT_EQUAL(a.st_ino, b.st_ino);
        fake_launch_clear(&launch, &host);
        fake_launch_init(&launch, &host, command);
        CU_ASSERT_EQUAL(rename(dir, moved), 0);
        CU_ASSERT_EQUAL(symlink("/etc", dir), 0);
        CU_ASSERT_EQUAL(bw_wrap(state, &launch), -ELOOP);
        CU_ASSERT_PTR_NOT_NULL(strstr(host.fail_text, "changed since the settings were read"));
        CU_ASSERT_EQUAL(unlink(dir), 0);
        fake_launch_clear(&launch, &host);
        fake_launch_init(&launch, &host, command);
        CU_ASSERT_EQUAL(bw_wrap(state, &launch), -ENOENT);
        close(open(dir, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        fake_launch_clear(&launch, &host);
        fake_launch_init(&launch, &host, command);
        CU_ASSERT_EQUAL(bw_wrap(state, &launch), -ESTALE);
        CU_ASSERT_EQUAL(unlink(dir), 0);
        CU_ASSERT_EQUAL(rmdir(moved), 0);
    } else {
        rmdir(dir);
    }
    end();
    rmdir(base);
}

static void test_monitor(void)
{
    int fd = 7;
    begin(read_only, 1);
    if (prepared()) {
        CU_ASSERT_EQUAL(bw_wrap(state, &launch), 0);
        CU_ASSERT_EQUAL(bw_monitor(state, 1, &fd), 0);
        CU_ASSERT_EQUAL(fd, -1);
        CU_ASSERT_EQUAL(bw_monitor(state, 1, NULL), 0);
    }
    end();
    bw_teardown(NULL);
}

static const srt_unit_case cases[] = {
    {"descriptor", test_descriptor},
    {"reports", test_reports},
    {"reports_with_user_namespaces", test_reports_with_user_namespaces},
    {"wrap", test_wrap},
    {"network", test_network},
    {"variants", test_variants},
    {"no_file_rules", test_no_file_rules},
    {"refusals", test_refusals},
    {"proc_ladder", test_proc_ladder},
    {"writable_tool", test_writable_tool},
    {"too_many", test_too_many},
    {"held_sources", test_held_sources},
    {"monitor", test_monitor},
};

SRT_UNIT_MAIN("bwrap.backend", cases)
