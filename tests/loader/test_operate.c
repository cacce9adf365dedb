/* SPDX-License-Identifier: Apache-2.0 */
/* The four operations: their order, and what happens when a module does wrong. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static void calls_in_order(const char *beast)
{
    Trial t;
    int fd = 5;
    trial_begin(&t, beast, TRUE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
    srt_launch *launch = plain_launch();
    CU_ASSERT_TRUE(srt_backend_wrap(t.run, launch, NULL));
    SRT_ASSERT_STR(srt_launch_argv(launch)[0], "/bin/true");
    CU_ASSERT_TRUE(srt_backend_monitor(t.run, 1, &fd, NULL));
    CU_ASSERT_EQUAL(fd, -1);
    CU_ASSERT_TRUE(srt_backend_drain(t.run, NULL));
    srt_launch_free(launch);
    trial_end(&t);
    g_autofree char *journal = trial_journal(&t);
    SRT_ASSERT_STR(journal, "prepare wrap monitor drain teardown");
    CU_ASSERT_EQUAL(t.faults->len, 0);
    trial_clear(&t);
}

static void order_of_calls(void)
{
    calls_in_order("good");
}

/* Built with the headers that came first, whatever has been added to them since. */
static void a_module_of_the_first_headers_works(void)
{
    calls_in_order("frozen-abi1");
}

static void prepare_without_state(void)
{
    Trial t;
    trial_begin(&t, "null-state", TRUE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
    trial_end(&t);
    g_autofree char *journal = trial_journal(&t);
    SRT_ASSERT_STR(journal, "prepare teardown without state");
    CU_ASSERT_EQUAL(t.faults->len, 0);
    trial_clear(&t);
}

static const struct {
    const char *beast, *says, *journal;
} bad_prepares[] = {
    {"prepare-cannot", "backend prepare-cannot: the moon is not full; wait 7 days",
     "prepare teardown without state"},
    {"prepare-fails", "backend prepare-fails: the disk said no", "prepare teardown"},
    {"prepare-silent", "without giving a reason: Permission denied",
     "prepare teardown without state"},
    {"prepare-positive", "prepare returned 1, which is neither", "prepare teardown"},
    {"prepare-wild", "prepare returned -100000, which is neither", "prepare teardown"},
};

static void teardown_follows_every_failed_prepare(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad_prepares); i++) {
        Trial t;
        trial_begin(&t, bad_prepares[i].beast, FALSE);
        CU_ASSERT_PTR_NULL(t.run);
        CU_ASSERT_TRUE(g_error_matches(t.error, SRT_ERROR, SRT_ERROR_BACKEND));
        ASSERT_ERROR(t.error, bad_prepares[i].says);
        g_autofree char *journal = trial_journal(&t);
        SRT_ASSERT_STR(journal, bad_prepares[i].journal);
        trial_clear(&t);
    }
}

static const struct {
    const char *beast, *says;
} bad_wraps[] = {
    {"wrap-fails", "backend wrap-fails: no room for anything"},
    {"wrap-relative", "left \"true\" to be executed"},
    {"wrap-empty", "set an empty argument vector"},
    {"wrap-bad-fd", "gave 987 into the launch"},
    {"wrap-bad-name", "variable named \"A=B\""},
};

static void wraps_that_do_wrong(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad_wraps); i++) {
        Trial t;
        srt_launch *launch = plain_launch();
        trial_begin(&t, bad_wraps[i].beast, FALSE);
        CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
        CU_ASSERT_FALSE(srt_backend_wrap(t.run, launch, &t.error));
        ASSERT_ERROR(t.error, bad_wraps[i].says);
        srt_launch_free(launch);
        trial_clear(&t);
    }
}

static void monitors_that_do_wrong(void)
{
    Trial t;
    int fd = 5;
    trial_begin(&t, "monitor-fails", FALSE);
    CU_ASSERT_FALSE(srt_backend_monitor(t.run, 1, &fd, &t.error));
    CU_ASSERT_EQUAL(fd, -1);
    ASSERT_ERROR(t.error, "backend monitor-fails: nothing to be seen");
    CU_ASSERT_FALSE(srt_backend_drain(t.run, &t.error));
    ASSERT_ERROR(t.error, "nothing to be seen");
    trial_clear(&t);
    trial_begin(&t, "monitor-wild", FALSE);
    fd = 5;
    CU_ASSERT_FALSE(srt_backend_monitor(t.run, 1, &fd, &t.error));
    CU_ASSERT_EQUAL(fd, -1);
    ASSERT_ERROR(t.error, "gave -77 as a descriptor");
    trial_clear(&t);
}

static void an_older_module_works(void)
{
    Trial t;
    int fd = 5;
    trial_begin(&t, "older", TRUE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
    srt_launch *launch = plain_launch();
    CU_ASSERT_TRUE(srt_backend_wrap(t.run, launch, NULL));
    CU_ASSERT_TRUE(srt_backend_monitor(t.run, 1, &fd, NULL));
    CU_ASSERT_FALSE(srt_backend_run_shares_loopback(t.run));
    CU_ASSERT_FALSE(srt_backend_run_names_changed(t.run));
    CU_ASSERT_EQUAL(srt_backend_run_report(t.run, SRT_RULE_SYSCALL)->how, SRT_ENFORCED);
    srt_launch_free(launch);
    trial_end(&t);
    CU_ASSERT_EQUAL(t.faults->len, 0);
    trial_clear(&t);
}

static char *ports_of(Trial *t, gboolean set)
{
    srt_launch *launch = plain_launch();
    if (set)
        srt_launch_set_proxy_ports(launch, 4001, 4002);
    CU_ASSERT_TRUE(srt_backend_wrap(t->run, launch, NULL));
    char *ports = g_strdup(g_environ_getenv((char **)(gsize)srt_launch_env(launch), "PORTS"));
    srt_launch_free(launch);
    return ports;
}

static void shared_loopback(void)
{
    Trial t;
    trial_begin(&t, "shares", TRUE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
    CU_ASSERT_TRUE(srt_backend_run_shares_loopback(t.run));
    CU_ASSERT_TRUE(srt_backend_run_needs_look(t.run, SRT_RULE_WRITE_DENY_MISSING));
    CU_ASSERT_TRUE(srt_backend_run_needs_look(t.run, SRT_RULE_GLOB_LATER)); /* enforced */
    CU_ASSERT_FALSE(srt_backend_run_names_changed(t.run));
    g_autofree char *set = ports_of(&t, TRUE), *unset = ports_of(&t, FALSE);
    g_autofree char *expected = g_strdup_printf("%u %u 0", asks_all.http_port, asks_all.socks_port);
    SRT_ASSERT_STR(set, "4001 4002 0");
    SRT_ASSERT_STR(unset, expected);
    CU_ASSERT_TRUE(srt_backend_run_names_changed(t.run));
    trial_end(&t);
    CU_ASSERT_EQUAL(t.faults->len, 0);
    trial_clear(&t);
    trial_begin(&t, "shares-late", TRUE);
    srt_launch *launch = plain_launch();
    CU_ASSERT_TRUE(srt_backend_wrap(t.run, launch, NULL));
    srt_launch_free(launch);
    CU_ASSERT_FALSE(srt_backend_run_shares_loopback(t.run));
    CU_ASSERT_TRUE(trial_has_fault(&t, "called share_loopback outside prepare"));
    trial_clear(&t);
}

/* Filter and supervisor come from the host, and are in the reports. */
static void what_is_inside_comes_from_the_host(void)
{
    Trial t;
    int fd = 5;
    gsize n = 0;
    srt_launch *launch;
    trial_begin(&t, "inside", TRUE);
#ifdef __linux__
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
    CU_ASSERT_EQUAL(srt_backend_run_report(t.run, SRT_RULE_SYSCALL)->how, SRT_ENFORCED);
    CU_ASSERT_EQUAL(srt_backend_run_report(t.run, SRT_RULE_UNIX_PATH)->how, SRT_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(srt_backend_run_report(t.run, SRT_RULE_UNIX_PATH)->why, "this is a test"));
    launch = plain_launch();
    CU_ASSERT_TRUE(srt_backend_wrap(t.run, launch, NULL));
    srt_launch_fds(launch, &n);
    CU_ASSERT_EQUAL(n, 1);
    SRT_ASSERT_STR(g_environ_getenv((char **)(gsize)srt_launch_env(launch), "PLAN"), "3");
    CU_ASSERT_TRUE(srt_backend_monitor(t.run, 1, &fd, NULL));
    CU_ASSERT_EQUAL(fd, -1);
    CU_ASSERT_TRUE(srt_backend_drain(t.run, NULL));
    srt_launch_free(launch);
    trial_end(&t);
    CU_ASSERT_EQUAL(t.faults->len, 0);
#else
    (void)fd, (void)n;
    CU_ASSERT_PTR_NULL(t.run);
    ASSERT_ERROR(t.error, "for Linux only");
#endif
    trial_clear(&t);
    trial_begin(&t, "inside-late", TRUE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
    launch = plain_launch();
    CU_ASSERT_FALSE(srt_backend_wrap(t.run, launch, &t.error));
    g_clear_error(&t.error);
    CU_ASSERT_FALSE(srt_backend_monitor(t.run, 1, &fd, &t.error));
    g_clear_error(&t.error);
#ifdef __linux__
    CU_ASSERT_TRUE(trial_has_fault(&t, "called inside_prepare out of turn"));
    CU_ASSERT_TRUE(trial_has_fault(&t, "called inside_launch out of turn"));
    CU_ASSERT_TRUE(trial_has_fault(&t, "called inside_monitor out of turn"));
#endif
    srt_launch_free(launch);
    trial_clear(&t);
}

static void reports(void)
{
    Trial t;
    trial_begin(&t, "good", TRUE);
    const SrtRuleReport *r = srt_backend_run_report(t.run, SRT_RULE_SYSCALL);
    CU_ASSERT_TRUE(r->reported && r->how == SRT_ENFORCED && !r->why);
    CU_ASSERT_TRUE(srt_backend_run_report(t.run, SRT_RULE_CLASS_COUNT) == NULL);
    trial_clear(&t);
    trial_begin(&t, "report-checked", TRUE);
    CU_ASSERT_EQUAL(srt_backend_run_report(t.run, SRT_RULE_GLOB_LATER)->how, SRT_CHECKED);
    CU_ASSERT_EQUAL(srt_backend_run_report(t.run, SRT_RULE_NET_PROXY)->how, SRT_UNSUPPORTED);
    CU_ASSERT_TRUE(trial_has_fault(&t, "reported rule class 7 as checked"));
    trial_clear(&t);
    trial_begin(&t, "report-nothing", TRUE);
    r = srt_backend_run_report(t.run, SRT_RULE_SYSCALL);
    CU_ASSERT_TRUE(!r->reported && r->how == SRT_UNSUPPORTED);
    trial_clear(&t);
    trial_begin(&t, "report-unlisted", TRUE);
    r = srt_backend_run_report(t.run, SRT_RULE_IPC);
    CU_ASSERT_TRUE(r->reported && r->how == SRT_UNSUPPORTED);
    CU_ASSERT_TRUE(trial_has_fault(&t, "rule class 11, which its descriptor does not list"));
    trial_clear(&t);
}

static void reports_that_mean_nothing(void)
{
    Trial t;
    trial_begin(&t, "report-nonsense", TRUE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
    CU_ASSERT_EQUAL(srt_backend_run_report(t.run, SRT_RULE_PROCESS)->how, SRT_UNSUPPORTED);
    CU_ASSERT_EQUAL(srt_backend_run_report(t.run, SRT_RULE_IPC)->how, SRT_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(srt_backend_run_report(t.run, SRT_RULE_IPC)->why);
    CU_ASSERT_TRUE(trial_has_fault(&t, "reported 7 for a rule class"));
    CU_ASSERT_TRUE(trial_has_fault(&t, "no reason for rule class 11"));
    trial_clear(&t);
    trial_begin(&t, "report-twice", TRUE);
    CU_ASSERT_EQUAL(srt_backend_run_report(t.run, SRT_RULE_IPC)->how, SRT_UNSUPPORTED);
    CU_ASSERT_TRUE(trial_has_fault(&t, "reported rule class 11 more than once"));
    trial_clear(&t);
}

static void reports_that_come_late(void)
{
    Trial t;
    srt_launch *launch = plain_launch();
    trial_begin(&t, "report-late", TRUE);
    CU_ASSERT_TRUE(srt_backend_wrap(t.run, launch, NULL));
    CU_ASSERT_FALSE(srt_backend_run_report(t.run, SRT_RULE_SYSCALL)->reported);
    CU_ASSERT_TRUE(trial_has_fault(&t, "wrap: reported outside prepare"));
    srt_launch_free(launch);
    trial_clear(&t);
}

static void violations_are_stored(void)
{
    Trial t;
    int fd;
    SrtViolationStore *store = srt_violation_store_new();
    trial_begin(&t, "violations", TRUE);
    t.run->services.violations = store;
    CU_ASSERT_TRUE(srt_backend_monitor(t.run, 1, &fd, NULL));
    CU_ASSERT_EQUAL(srt_violation_store_total(store), 0);
    CU_ASSERT_TRUE(srt_backend_drain(t.run, NULL));
    CU_ASSERT_EQUAL(srt_violation_store_total(store), 2);
    g_autoptr(GPtrArray) list = srt_violation_store_list(store);
    CU_ASSERT_EQUAL_FATAL(list->len, 2);
    const SrtViolationRecord *whole = list->pdata[0], *old = list->pdata[1];
    SRT_ASSERT_STR(whole->target, "/etc/passwd");
    SRT_ASSERT_STR(whole->backend, "violations");
    CU_ASSERT_EQUAL(whole->pid, 42);
    SRT_ASSERT_STR(old->target, "/etc/shadow");
    CU_ASSERT_PTR_NULL(old->rule);
    CU_ASSERT_TRUE(trial_has_fault(&t, "operation 0; ignored"));
    CU_ASSERT_TRUE(trial_has_fault(&t, "operation 99; ignored"));
    CU_ASSERT_EQUAL(t.faults->len, 2);
    trial_clear(&t);
    srt_violation_store_free(store);
}

static void writing_to_standard_output_is_found_in_every_operation(void)
{
    static const char *const operations[] = {"prepare", "wrap", "monitor", "drain", "teardown"};
    Trial t;
    int fd;
    srt_launch *launch = plain_launch();
    trial_begin(&t, "stdout", TRUE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.run);
    CU_ASSERT_TRUE(srt_backend_wrap(t.run, launch, NULL));
    CU_ASSERT_TRUE(srt_backend_monitor(t.run, 1, &fd, NULL));
    CU_ASSERT_TRUE(srt_backend_drain(t.run, NULL));
    trial_end(&t);
    CU_ASSERT_EQUAL(t.faults->len, G_N_ELEMENTS(operations));
    for (gsize i = 0; i < G_N_ELEMENTS(operations); i++) {
        g_autofree char *text = g_strconcat(operations[i], ": wrote to standard output", NULL);
        CU_ASSERT_TRUE(trial_has_fault(&t, text));
    }
    srt_launch_free(launch);
    trial_clear(&t);
}

static void closing_standard_output_ends_the_run(void)
{
    Trial t;
    fflush(stdout);
    int copy = dup(STDOUT_FILENO);
    trial_begin(&t, "stdout-closed", FALSE);
    dup2(copy, STDOUT_FILENO);
    close(copy);
    CU_ASSERT_PTR_NULL(t.run);
    ASSERT_ERROR(t.error, "changed one of the descriptors 0 to 2");
    trial_clear(&t);
    /* Watched closely, it is put back and reported. */
    trial_begin(&t, "stdout-closed", TRUE);
    CU_ASSERT_TRUE(trial_has_fault(&t, "changed one of the descriptors 0 to 2"));
    trial_clear(&t);
}

static void leaks_are_found(void)
{
    Trial t;
    srt_launch *launch = plain_launch();
    trial_begin(&t, "leaks", TRUE);
    CU_ASSERT_TRUE(srt_backend_wrap(t.run, launch, NULL));
    CU_ASSERT_EQUAL(t.faults->len, 0);
    trial_end(&t);
    CU_ASSERT_EQUAL(t.faults->len, 1);
    CU_ASSERT_TRUE(trial_has_fault(&t, "left descriptor"));
    srt_launch_free(launch);
    trial_clear(&t);
}

static void what_is_kept_or_given_away_is_no_leak(void)
{
    Trial t;
    gsize n = 0;
    srt_launch *launch = plain_launch();
    trial_begin(&t, "keeps", TRUE);
    CU_ASSERT_TRUE(srt_backend_wrap(t.run, launch, NULL));
    srt_launch_fds(launch, &n);
    CU_ASSERT_EQUAL(n, 1);
    trial_end(&t);
    CU_ASSERT_EQUAL(t.faults->len, 0);
    srt_launch_free(launch);
    trial_clear(&t);
}

static const srt_unit_case cases[] = {
    {"order_of_calls", order_of_calls},
    {"a_module_of_the_first_headers_works", a_module_of_the_first_headers_works},
    {"prepare_without_state", prepare_without_state},
    {"teardown_follows_every_failed_prepare", teardown_follows_every_failed_prepare},
    {"wraps_that_do_wrong", wraps_that_do_wrong},
    {"monitors_that_do_wrong", monitors_that_do_wrong},
    {"an_older_module_works", an_older_module_works},
    {"shared_loopback", shared_loopback},
    {"what_is_inside_comes_from_the_host", what_is_inside_comes_from_the_host},
    {"reports", reports},
    {"reports_that_mean_nothing", reports_that_mean_nothing},
    {"reports_that_come_late", reports_that_come_late},
    {"violations_are_stored", violations_are_stored},
    {"writing_to_standard_output_is_found", writing_to_standard_output_is_found_in_every_operation},
    {"closing_standard_output_ends_the_run", closing_standard_output_ends_the_run},
    {"leaks_are_found", leaks_are_found},
    {"what_is_kept_or_given_away_is_no_leak", what_is_kept_or_given_away_is_no_leak},
};

SRT_UNIT_MAIN("loader.operate", cases)
