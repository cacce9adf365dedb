/* SPDX-License-Identifier: Apache-2.0 */
/* The operations against a recording host and scripts in place of the system's tools. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "recorder.h"
#include "support/unit.h"

static const srt_origin origin = {sizeof origin, 1, "f", "filesystem.denyRead[0]", "~/x"};
static srt_region regions[] = {{sizeof(srt_region), 0, SRT_ACCESS_READ, "/", NULL},
                               {sizeof(srt_region), 0, SRT_ACCESS_HIDDEN, "/Users/me/x", &origin}};
static const srt_region *const pointers[] = {&regions[0], &regions[1]};
static const char *const no_paths[] = {NULL};

static srt_policy a_policy(void)
{
    return (srt_policy){.struct_size = sizeof(srt_policy),
                        .regions = pointers,
                        .n_regions = 2,
                        .private_tmp = true,
                        .net_mode = SRT_NET_PROXY,
                        .unix_paths = no_paths};
}

static void test_cannot_run(void)
{
    static const struct {
        const char *script, *text;
    } rows[] = {{NULL, "a part of macOS"},
                {"exit 71", "do not nest"},
                {"exit 65", "cannot read a profile"},
                {"kill -9 $$", "status 137"}};
    const srt_policy policy = a_policy();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        srt_backend_state *state = NULL;
        recorder_begin();
        if (rows[i].script)
            recorder_tool("sandbox-exec", rows[i].script);
        CU_ASSERT_EQUAL(sb_prepare(&now.host, &policy, &state), -ENOTSUP);
        CU_ASSERT_PTR_NOT_NULL(strstr(now.fail_text, rows[i].text));
        recorder_end(state);
    }
    sb_teardown(NULL);
}

static void test_plan_only(void)
{
    static const char *const command[] = {"true", "-x", NULL};
    const srt_policy policy = a_policy();
    static srt_launch launch;
    srt_backend_state *state = NULL;
    char own[256];
    recorder_begin();
    now.plan = true;
    now.inside = "/opt/srt/srt-inside";
    launch = (srt_launch){.command = command};
    CU_ASSERT_EQUAL_FATAL(sb_prepare(&now.host, &policy, &state), 0);
    CU_ASSERT_EQUAL(sb_wrap(state, &launch), 0);
    CU_ASSERT_EQUAL(launch.n_argv, 5);
    SRT_ASSERT_STR(launch.argv[0], sb_tool_sandbox_exec());
    SRT_ASSERT_STR(launch.argv[1], "-p");
    CU_ASSERT_PTR_NOT_NULL(strstr(launch.profile, "\"localhost:4001\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(launch.profile, "\"localhost:4002\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(launch.argv[3], "/true"));
    SRT_ASSERT_STR(launch.argv[4], "-x");
    SRT_ASSERT_STR(launch.java, "-Da=b -Djava.net.preferIPv4Stack=true");
    SRT_ASSERT_STR(launch.connector, "/opt/srt/srt-inside");
    CU_ASSERT_TRUE(now.shared);
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        CU_ASSERT_EQUAL(now.how[i], i == SRT_RULE_WRITE_DENY_MISSING || i == SRT_RULE_GLOB_LATER
                                        ? SRT_CHECKED
                                        : SRT_ENFORCED);
    static const struct {
        int fd;
        const char *shell, *script;
    } nulls[] = {{3, "/bin/sh", "exec \"$@\" 3</dev/null"},
                 {12, "/bin/bash", "exec \"$@\" 12</dev/null"}};
    for (size_t i = 0; i < 2; i++) {
        now.null_fd = nulls[i].fd;
        CU_ASSERT_EQUAL(sb_wrap(state, &launch), 0);
        CU_ASSERT_EQUAL(launch.n_argv, 9);
        SRT_ASSERT_STR(launch.argv[3], nulls[i].shell);
        SRT_ASSERT_STR(launch.argv[5], nulls[i].script);
        CU_ASSERT_PTR_NOT_NULL(strstr(launch.argv[7], "/true"));
    }
    snprintf(own, sizeof own, "%s", launch.tmpdir);
    struct stat st;
    CU_ASSERT_EQUAL(stat(own, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0700);
    recorder_end(state);
    CU_ASSERT_NOT_EQUAL(stat(own, &st), 0);
}

/* A log that says what is in the file "records", with SESSION as it was asked for. */
#define LOG                                                                                        \
    "here=$(dirname \"$0\"); echo start >> \"$here/starts\"\n"                                     \
    "session=$(echo \"$5\" | sed 's/.*\"_\\(.*\\)_SRT\".*/\\1/')\n"                                \
    "echo 'Filtering the log data'; sed \"s/SESSION/$session/\" \"$here/records\"\n"

#define RECORD_OF(number, text)                                                                    \
    "{\"processID\":0,\"senderImagePath\":\"/k/Sandbox\",\"eventMessage\":\"" text "\\nSRT" number \
    "_SESSION_SRT\"}\n"
#define RECORD(text) RECORD_OF("1", "Sandbox: " text)

static void records(const char *text)
{
    char path[96];
    snprintf(path, sizeof path, "%s/records", top);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

static unsigned starts(void)
{
    char path[96], line[32];
    unsigned n = 0;
    snprintf(path, sizeof path, "%s/starts", top);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        n++;
    if (f)
        fclose(f);
    return n;
}

/* Prepared, wrapped and started; gives the descriptor. */
static int observe(srt_backend_state **ret, const srt_policy *policy, pid_t pid)
{
    static const char *const command[] = {"true", NULL};
    static srt_launch launch;
    int fd = -2;
    launch = (srt_launch){.command = command};
    CU_ASSERT_EQUAL_FATAL(sb_prepare(&now.host, policy, ret), 0);
    CU_ASSERT_EQUAL_FATAL(sb_wrap(*ret, &launch), 0);
    CU_ASSERT_EQUAL(sb_monitor(*ret, pid, &fd), 0);
    return fd;
}

static pid_t ended_process(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    return pid;
}

static void test_monitor(void)
{
    const srt_policy policy = a_policy();
    srt_backend_state *state = NULL;
    recorder_begin();
    recorder_tool("sandbox-exec", "exit 0");
    recorder_tool("log", LOG "exec sleep 60");
    records(RECORD("cat(5) deny(1) file-read-data /Users/me/x/a")
                RECORD("curl(6) deny(1) network-outbound remote:*:443")
                    RECORD("curl(6) deny(1) network-outbound /private/var/run/mDNSResponder")
                        RECORD("d(7) deny(1) network-outbound /Users/me/d.sock")
                            RECORD("x(8) deny(1) mach-lookup com.apple.y")
                                RECORD("t(9) deny(1) file-write-create /z"));
    int fd = observe(&state, &policy, ended_process());
    CU_ASSERT_TRUE(fd >= 0);
    CU_ASSERT_TRUE(now.changed);
    /* The command has ended, so that the first drain waits a little; on a busy machine
     * the rest comes later. */
    CU_ASSERT_EQUAL(sb_monitor(state, 0, NULL), 0);
    while (now.count < 5) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        CU_ASSERT_TRUE_FATAL(poll(&p, 1, 10000) > 0);
        CU_ASSERT_EQUAL_FATAL(sb_monitor(state, 0, NULL), 0);
    }
    SRT_ASSERT_STR(now.violations, "0|5|cat|/Users/me/x/a|filesystem.denyRead[0]\n"
                                   "6|6|curl|remote:*:443|-\n"
                                   "8|7|d|/Users/me/d.sock|-\n"
                                   "10|8|x|com.apple.y|-\n"
                                   "2|9|t|/z|-\n");
    SRT_ASSERT_STR(now.warnings, "");
    pid_t log = ((sb_state *)state)->watch.pid;
    recorder_end(state);
    CU_ASSERT_EQUAL(kill(log, 0), -1); /* nothing is left behind */
}

/* Every denial knows its command, also when another one is observed by now; summed-up
 * ones count as what they stand for; numbers that were not given out are nobody's. */
static void test_commands(void)
{
    static const char *const command[] = {"true", NULL};
    const srt_policy policy = a_policy();
    srt_backend_state *state = NULL;
    srt_launch *launch = calloc(1, sizeof *launch);
    int fd = -1;
    recorder_begin();
    recorder_tool("sandbox-exec", "exit 0");
    recorder_tool("log",
                  LOG "read line < \"$here/go\"; sed \"s/SESSION/$session/\" \"$here/more\"\n"
                      "exec sleep 60");
    records("");
    char path[96];
    snprintf(path, sizeof path, "%s/go", top);
    CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
    snprintf(path, sizeof path, "%s/more", top);
    FILE *f = fopen(path, "w");
    fputs(RECORD_OF("0", "Sandbox: a(5) deny(1) file-write-data /a")
              RECORD_OF("3", "Sandbox: a(5) deny(1) file-write-data /b")
                  RECORD_OF("2", "3 duplicate reports for Sandbox: b(5) deny(1) file-write-data /c")
                      RECORD_OF("1", "Sandbox: c(5) deny(1) file-write-data /d"),
          f);
    fclose(f);
    fd = observe(&state, &policy, getpid());
    *launch = (srt_launch){.command = command};
    CU_ASSERT_EQUAL(sb_wrap(state, launch), 0);
    CU_ASSERT_EQUAL(sb_monitor(state, getpid(), &fd), 0);
    snprintf(path, sizeof path, "%s/go", top);
    f = fopen(path, "w");
    fputs("go\n", f);
    fclose(f);
    while (now.count < 4) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        CU_ASSERT_TRUE_FATAL(poll(&p, 1, 10000) > 0);
        CU_ASSERT_EQUAL_FATAL(sb_monitor(state, 0, NULL), 0);
    }
    SRT_ASSERT_STR(now.violations, "1|5|b|/c|-\n1|5|b|/c|-\n1|5|b|/c|-\n1|5|c|/d|-\n");
    SRT_ASSERT_STR(now.reason,
                   "file-write-data is refused by the profile, of command 1 of this session");
    recorder_end(state);
    free(launch);
}

/* A log that ends is started again, on the same descriptor, and not for ever. */
static void test_restart(void)
{
    const srt_policy policy = a_policy();
    srt_backend_state *state = NULL;
    int r = 0;
    recorder_begin();
    recorder_tool("sandbox-exec", "exit 0");
    recorder_tool("log", LOG);
    records(RECORD("cat(5) deny(1) file-read-data /a"));
    int fd = observe(&state, &policy, getpid());
    for (int i = 0; i < 100 && r == 0; i++) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        CU_ASSERT_TRUE_FATAL(poll(&p, 1, 10000) > 0);
        r = sb_monitor(state, 0, NULL);
    }
    CU_ASSERT_EQUAL(r, -EPIPE);
    CU_ASSERT_EQUAL(now.count, starts());
    CU_ASSERT_EQUAL(starts(), 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(now.warnings, "not observed any more"));
    recorder_end(state);
}

static void test_no_log(void)
{
    srt_policy policy = a_policy();
    srt_backend_state *state = NULL;
    recorder_begin();
    recorder_tool("sandbox-exec", "exit 0");
    recorder_tool("log", LOG);
    policy.monitor = SRT_MONITOR_OFF;
    CU_ASSERT_EQUAL(observe(&state, &policy, getpid()), -1);
    CU_ASSERT_EQUAL(starts(), 0);
    CU_ASSERT_EQUAL(sb_monitor(state, 0, NULL), 0);
    recorder_end(state);
    /* None to start: said, and the command runs all the same. */
    recorder_begin();
    recorder_tool("sandbox-exec", "exit 0");
    policy.monitor = SRT_MONITOR_DEFAULT;
    CU_ASSERT_EQUAL(observe(&state, &policy, getpid()), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(now.warnings, "not observed"));
    recorder_end(state);
}

/* Makes what a killed run leaves: its directory, with a link in it that leads out. */
static void leave(char *ret, bool old, bool locked)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) - (old ? 3600 : 0)}};
    char path[128];
    strcpy(ret, "/tmp/srt-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(ret));
    snprintf(path, sizeof path, "%s/l", ret);
    CU_ASSERT_EQUAL(symlink(top, path), 0);
    snprintf(path, sizeof path, "%s/lock", ret);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    /* A held one is kept open until the program ends. */
    if (locked) {
        CU_ASSERT_EQUAL(flock(fd, LOCK_EX), 0);
    } else {
        close(fd);
    }
    times[1] = times[0];
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, ret, times, 0), 0);
}

static void test_stale(void)
{
    static const struct {
        bool old, locked, goes;
    } rows[] = {{true, false, true}, {false, false, false}, {true, true, false}};
    const srt_policy policy = a_policy();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        srt_backend_state *state = NULL;
        char left[64], command[128];
        struct stat st;
        recorder_begin();
        now.plan = true;
        recorder_tool("kept", "");
        leave(left, rows[i].old, rows[i].locked);
        CU_ASSERT_EQUAL(sb_prepare(&now.host, &policy, &state), 0);
        CU_ASSERT_EQUAL(lstat(left, &st) != 0, rows[i].goes);
        snprintf(command, sizeof command, "%s/kept", top);
        CU_ASSERT_EQUAL(stat(command, &st), 0);
        snprintf(command, sizeof command, "rm -rf %s", left);
        CU_ASSERT_EQUAL(system(command), 0);
        recorder_end(state);
    }
}

static const srt_unit_case cases[] = {
    {"cannot run", test_cannot_run},     {"plan only", test_plan_only},
    {"monitor", test_monitor},           {"log ends", test_restart},
    {"several commands", test_commands}, {"no log", test_no_log},
    {"left by killed runs", test_stale},
};

SRT_UNIT_MAIN("seatbelt backend", cases)
