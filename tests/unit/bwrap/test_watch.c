/* SPDX-License-Identifier: Apache-2.0 */
/* What is put to the supervisor, what is reported, and the Landlock rulesets: tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "srt-filters/filter.h"
#include "srt-filters/landlock.h"
#include "srt-filters/plan.h"
#include "support/unit.h"

#include "backend.h"
#include "fake_host.h"
#include "policies.h"
#include "supervise.h"

#define CONNECT SRT_NOTIFY_CONNECT
#define CREATE SRT_NOTIFY_CREATE
#define WRITES SRT_NOTIFY_WRITE
#define READS SRT_NOTIFY_READ
#define UMASK SRT_NOTIFY_UMASK

static const char no_reason[] = "for a reason";
static const bw_means all = {.landlock = 7}, no_landlock = {.landlock = 0},
                      nothing = {.no_supervisor = no_reason, .landlock = 7},
                      masked = {.landlock = 7, .masks = true};
static const char *const sockets[] = {"/run/s", NULL};
static const srt_pending_rule missing = {sizeof missing, 0, SRT_ACCESS_READ, "/w/m", NULL};
static const srt_pending_rule glob = {sizeof glob, SRT_PATH_GLOB, SRT_ACCESS_READ, "/w/*.k", NULL};
static const srt_pending_rule read_glob = {sizeof read_glob, SRT_PATH_GLOB, SRT_ACCESS_HIDDEN,
                                           "/w/*.s", NULL};

typedef struct row {
    const char *name;
    rule rules[4];
    const srt_pending_rule *pending;
    srt_protect protect;
    srt_monitoring monitor;
    bool sockets, all_sockets;
    const bw_means *means;
    uint32_t wanted, filter, judged;
    bool exact;
} row;

#define W_ROOT                                                                                     \
    {                                                                                              \
        {"/", READ},                                                                               \
        {                                                                                          \
            "/w/", WRITE                                                                           \
        }                                                                                          \
    }
#define CHECK SRT_PROTECT_CHECK
#define EXACT SRT_PROTECT_EXACT
#define OFF SRT_PROTECT_OFF
#define QUIET SRT_MONITOR_OFF
#define USUAL SRT_MONITOR_DEFAULT
#define FULL SRT_MONITOR_FULL
#define SEEN (CONNECT | CREATE | WRITES)

static const row rows[] = {
    {"nothing asked", W_ROOT, NULL, CHECK, QUIET, false, false, &all, 0, 0, 0, false},
    {"names", W_ROOT, &missing, CHECK, QUIET, false, false, &all, CREATE, CREATE, CREATE, false},
    {"globs", W_ROOT, &glob, CHECK, QUIET, false, false, &all, CREATE, CREATE, CREATE, false},
    {"read globs", W_ROOT, &read_glob, CHECK, QUIET, false, false, &all, CREATE, CREATE, CREATE,
     false},
    {"names off", W_ROOT, &missing, OFF, QUIET, false, false, &all, 0, 0, 0, false},
    {"nothing is writable",
     {{"/", READ}},
     &missing,
     CHECK,
     QUIET,
     false,
     false,
     &all,
     0,
     0,
     0,
     false},
    {"denied in writable",
     {{"/", READ}, {"/w/", WRITE}, {"/w/d", READ}},
     NULL,
     CHECK,
     QUIET,
     false,
     false,
     &all,
     CREATE,
     CREATE,
     CREATE,
     false},
    {"hidden in writable",
     {{"/", WRITE}, {"/h/", HIDE}},
     NULL,
     CHECK,
     QUIET,
     false,
     false,
     &all,
     CREATE,
     CREATE,
     CREATE,
     false},
    {"exact", W_ROOT, &missing, EXACT, QUIET, false, false, &all, CREATE | UMASK, CREATE | UMASK,
     CREATE | UMASK, true},
    {"exact without Landlock", W_ROOT, &missing, EXACT, QUIET, false, false, &no_landlock, CREATE,
     CREATE, CREATE, false},
    {"exact of nothing", W_ROOT, NULL, EXACT, QUIET, false, false, &all, 0, 0, 0, false},
    {"sockets", W_ROOT, NULL, CHECK, QUIET, true, false, &all, CONNECT, CONNECT, CONNECT, false},
    {"every socket", W_ROOT, NULL, CHECK, QUIET, true, true, &all, 0, 0, 0, false},
    {"seen", W_ROOT, &missing, CHECK, USUAL, false, false, &all, SEEN, SEEN, SEEN, false},
    {"seen only", W_ROOT, &missing, OFF, USUAL, false, false, &all, SEEN, SEEN, CONNECT | WRITES,
     false},
    {"seen, every socket", W_ROOT, NULL, OFF, USUAL, false, true, &all, CREATE | WRITES,
     CREATE | WRITES, WRITES, false},
    {"seen, all is writable",
     {{"/", WRITE}},
     NULL,
     OFF,
     USUAL,
     false,
     false,
     &all,
     CONNECT,
     CONNECT,
     CONNECT,
     false},
    {"full, nothing hidden", W_ROOT, NULL, OFF, FULL, false, false, &all, SEEN, SEEN,
     CONNECT | WRITES, false},
    {"full",
     {{"/", READ}, {"/h/", HIDE}},
     NULL,
     OFF,
     FULL,
     false,
     false,
     &all,
     SEEN | READS,
     SEEN | READS,
     CONNECT | WRITES | READS,
     false},
    {"full, masks tell",
     {{"/", READ}, {"/h/", HIDE}},
     NULL,
     OFF,
     FULL,
     false,
     false,
     &masked,
     SEEN,
     SEEN,
     CONNECT | WRITES,
     false},
    {"exact and full",
     {{"/", READ}, {"/w/", WRITE}, {"/h/", HIDE}},
     &missing,
     EXACT,
     FULL,
     true,
     false,
     &all,
     SEEN | READS | UMASK,
     SEEN | READS | UMASK,
     SEEN | READS | UMASK,
     true},
    {"no supervisor", W_ROOT, &missing, EXACT, USUAL, true, false, &nothing, SEEN | UMASK, 0, 0,
     false},
    {"no supervisor, none needed", W_ROOT, &missing, OFF, QUIET, false, false, &nothing, 0, 0, 0,
     false},
};

static size_t count_rules(const rule *rules)
{
    size_t n = 0;
    while (n < 4 && rules[n].path)
        n++;
    return n;
}

static void begin(test_policy *t, const rule *rules, const srt_pending_rule *const *pending)
{
    test_policy_init(t, rules, count_rules(rules));
    t->policy.pending = pending;
    t->policy.n_pending = pending && *pending ? 1 : 0;
}

static void test_decide(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row *r = &rows[i];
        const srt_pending_rule *const pending[] = {r->pending};
        test_policy t;
        bw_watch watch;
        char found[128], expected[128];
        begin(&t, r->rules, pending);
        t.policy.protect_missing = r->protect;
        t.policy.monitor = r->monitor;
        t.policy.unix_all = r->all_sockets;
        if (r->sockets)
            t.policy.unix_paths = sockets;
        bw_watch_decide(&watch, &t.policy, r->means);
        snprintf(found, sizeof found, "%s: %x %x %x %d %d", r->name, watch.wanted, watch.filter,
                 watch.judged, watch.exact, watch.unix_paths);
        snprintf(expected, sizeof expected, "%s: %x %x %x %d %d", r->name, r->wanted, r->filter,
                 r->judged, r->exact,
                 (r->sockets || r->monitor == FULL) && !r->all_sockets && !r->means->no_supervisor);
        SRT_ASSERT_STR(found, expected);
        CU_ASSERT_EQUAL(watch.refusals, r->monitor == FULL && r->filter != 0);
        test_policy_clear(&t);
    }
}

static void test_no_file_rules(void)
{
    test_policy t;
    bw_watch watch;
    begin(&t, rows[0].rules, NULL);
    t.policy.fs_disabled = true;
    t.policy.n_regions = 0;
    bw_watch_decide(&watch, &t.policy, &all);
    CU_ASSERT_EQUAL(watch.filter, CONNECT);
    test_policy_clear(&t);
}

static void test_reports(void)
{
    enum { YES = SRT_ENFORCED, CHECKED = SRT_CHECKED, START = SRT_SNAPSHOT, NO = SRT_UNSUPPORTED };
    static const struct {
        const srt_pending_rule *pending;
        srt_protect protect;
        const bw_means *means;
        int names, globs, paths;
        const char *why; /* of the names */
    } table[] = {
        {&glob, CHECK, &all, CHECKED, CHECKED, YES, "judged at every try"},
        {&glob, EXACT, &all, YES, YES, YES, ""},
        {&glob, EXACT, &no_landlock, CHECKED, CHECKED, YES, "no Landlock"},
        {&glob, OFF, &all, NO, START, YES, "protectMissing is \"off\""},
        {&glob, CHECK, &nothing, NO, START, NO, no_reason},
        {&read_glob, EXACT, &all, YES, START, YES, ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const srt_pending_rule *const pending[] = {table[i].pending};
        static fake_host host;
        test_policy t;
        begin(&t, rows[0].rules, pending);
        t.policy.protect_missing = table[i].protect;
        fake_host_init(&host, "/nonexistent");
        bw_report(&host.host, &t.policy, table[i].means, false);
        CU_ASSERT_EQUAL(host.how[SRT_RULE_WRITE_DENY_MISSING], table[i].names);
        CU_ASSERT_EQUAL(host.how[SRT_RULE_GLOB_LATER], table[i].globs);
        CU_ASSERT_EQUAL(host.how[SRT_RULE_UNIX_PATH], table[i].paths);
        CU_ASSERT_EQUAL(host.how[SRT_RULE_UNIX_DENY], SRT_ENFORCED);
        if (!strstr(host.why[SRT_RULE_WRITE_DENY_MISSING], table[i].why))
            SRT_ASSERT_STR(host.why[SRT_RULE_WRITE_DENY_MISSING], table[i].why);
        for (int c = 0; c < SRT_RULE_CLASS_COUNT; c++)
            CU_ASSERT_TRUE(host.how[c] == SRT_ENFORCED || host.why[c][0] != '\0');
        test_policy_clear(&t);
    }
}

static void test_machine(void)
{
    const bw_facts user = {.uid = 1000, .ptrace_scope = -1}, root = {.uid = 0, .ptrace_scope = 2};
    const bw_facts closed = {.uid = 0, .ptrace_scope = 3};
    CU_ASSERT_PTR_NULL(bw_no_supervisor(&user, false, true));
    CU_ASSERT_PTR_NULL(bw_no_supervisor(&root, true, true));
    CU_ASSERT_PTR_NOT_NULL(strstr(bw_no_supervisor(&user, false, false), "srt inside srt"));
    CU_ASSERT_PTR_NOT_NULL(strstr(bw_no_supervisor(&user, true, true), "setuid"));
    CU_ASSERT_PTR_NOT_NULL(strstr(bw_no_supervisor(&closed, false, true), "ptrace_scope is 3"));
}

/* ---- Landlock ---- */

static int each(void *data, uint32_t tag, const void *bytes, size_t length)
{
    char *text = data;
    size_t used = strlen(text), left = 2048 - used;
    (void)length;
    if (tag == SRT_PLAN_LANDLOCK) {
        struct srt_plan_landlock r; /* the bytes lie anywhere */
        memcpy(&r, bytes, sizeof r);
        snprintf(text + used, left, "fs %llx scoped %llx\n", (unsigned long long)r.fs,
                 (unsigned long long)r.scoped);
    } else if (tag == SRT_PLAN_LANDLOCK_PATH) {
        struct srt_plan_landlock_path r;
        memcpy(&r, bytes, sizeof r);
        snprintf(text + used, left, "%llx %x %s\n", (unsigned long long)r.access, r.flags,
                 (const char *)bytes + sizeof r);
    }
    return 0;
}

/* The records as text. */
static void text_of(srt_plan_writer *w, char *text)
{
    static char plan[4096];
    const char *why = NULL;
    int fd = srt_plan_finish(w);
    CU_ASSERT_FATAL(fd >= 0);
    ssize_t n = read(fd, plan, sizeof plan);
    close(fd);
    text[0] = '\0';
    CU_ASSERT_EQUAL(srt_plan_read(plan, (size_t)n, each, text, &why), 0);
}

static void test_floor(void)
{
    static const struct {
        rule rules[4];
        int abi;
        const char *text;
    } table[] = {
        {W_ROOT, 7, "fs 3fc0 scoped 0\n3fc0 0 /dev/srt/tmp\n3fc0 0 /dev/shm\n3fc0 0 /dev\n"},
        {W_ROOT, 1, "fs 1fc0 scoped 0\n1fc0 0 /dev/srt/tmp\n1fc0 0 /dev/shm\n1fc0 0 /dev\n"},
        /* What is the host's is not the sandbox's alone. */
        {{{"/", READ}, {"/dev/shm/mine/", WRITE}}, 7, "fs 3fc0 scoped 0\n3fc0 0 /dev/srt/tmp\n"},
        {{{"/", READ}, {"/dev/mine/", WRITE}},
         7,
         "fs 3fc0 scoped 0\n3fc0 0 /dev/srt/tmp\n3fc0 0 /dev/shm\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        srt_plan_writer w = {0};
        test_policy t;
        char text[2048];
        begin(&t, table[i].rules, NULL);
        bw_floor_put(&w, &t.policy, table[i].abi);
        text_of(&w, text);
        SRT_ASSERT_STR(text, table[i].text);
        test_policy_clear(&t);
    }
}

static void test_layer(void)
{
    static const rule rules[4] = {{"/", READ}, {"/w/", WRITE}, {"/w/k", READ}, {"/x", WRITE}};
    srt_plan_writer w = {0};
    test_policy t;
    char text[2048];
    begin(&t, rules, NULL);
    bw_layer_put(&w, &t.policy, 7);
    text_of(&w, text);
    SRT_ASSERT_STR(text, "fs 7ff2 scoped 3\n7ff2 1 /dev\n7ff2 1 /proc\n7ff2 1 /w\n7ff2 1 /x\n");
    bw_layer_put(&w, &t.policy, 2);
    text_of(&w, text);
    SRT_ASSERT_STR(text, "fs 3ff2 scoped 0\n3ff2 1 /dev\n3ff2 1 /proc\n3ff2 1 /w\n3ff2 1 /x\n");
    t.policy.fs_disabled = true;
    bw_layer_put(&w, &t.policy, 7);
    text_of(&w, text);
    SRT_ASSERT_STR(text, "fs 7ff2 scoped 3\n7ff2 0 /\n");
    test_policy_clear(&t);
}

static const srt_unit_case cases[] = {
    {"decide", test_decide},   {"no_file_rules", test_no_file_rules},
    {"reports", test_reports}, {"machine", test_machine},
    {"floor", test_floor},     {"layer", test_layer},
};

SRT_UNIT_MAIN("bwrap.watch", cases)
