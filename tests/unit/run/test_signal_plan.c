/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <unistd.h>

#include "run/signal_plan.h"
#include "run/signals.h"
#include "support/unit.h"

#define MS 1000
#define T0 (1000 * G_USEC_PER_SEC)

static SrtSignalState running(void)
{
    SrtSignalState state = {.running = TRUE};
    return state;
}

static void test_everything_is_forwarded(void)
{
    for (const int *n = srt_signals_handled; *n; n++) {
        SrtSignalState state = running();
        SrtSignalAction a = srt_signal_decide(&state, *n, FALSE, T0);
        CU_ASSERT_TRUE(a.forward);
        CU_ASSERT_FALSE(a.kill);
        CU_ASSERT_EQUAL(a.stop, *n == SIGTSTP);
        CU_ASSERT_EQUAL(a.stopped_by, 0);
    }
}

static void test_terminal_signals_are_not_sent_twice(void)
{
    SrtSignalState state = running();
    for (int i = 0; i < 5; i++) {
        SrtSignalAction a = srt_signal_decide(&state, SIGINT, TRUE, T0 + i * G_USEC_PER_SEC);
        CU_ASSERT_FALSE(a.forward);
        CU_ASSERT_FALSE(a.kill);
    }
    CU_ASSERT_EQUAL(state.deadline, 0);
    /* What follows and was sent by somebody is the first request. */
    SrtSignalAction a = srt_signal_decide(&state, SIGINT, FALSE, T0 + 9 * G_USEC_PER_SEC);
    CU_ASSERT_TRUE(a.forward && !a.kill);
}

static void test_second_request_kills(void)
{
    const int pairs[][2] = {
        {SIGINT, SIGINT}, {SIGINT, SIGTERM}, {SIGTERM, SIGINT}, {SIGTERM, SIGTERM}};
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        SrtSignalState state = running();
        srt_signal_decide(&state, pairs[i][0], FALSE, T0);
        SrtSignalAction a = srt_signal_decide(&state, pairs[i][1], FALSE, T0 + 300 * MS);
        CU_ASSERT_TRUE(a.kill);
    }
}

static void test_one_request_sent_twice(void)
{
    SrtSignalState state = running();
    srt_signal_decide(&state, SIGTERM, FALSE, T0);
    SrtSignalAction a = srt_signal_decide(&state, SIGTERM, FALSE, T0 + MS);
    CU_ASSERT_FALSE(a.kill);
    CU_ASSERT_FALSE(a.forward);
    a = srt_signal_decide(&state, SIGINT, FALSE, T0 + 2 * MS);
    CU_ASSERT_FALSE(a.kill);
    CU_ASSERT_TRUE(a.forward);
    /* The window does not slide. */
    a = srt_signal_decide(&state, SIGTERM, FALSE, T0 + SRT_SAME_REQUEST);
    CU_ASSERT_TRUE(a.kill);
}

static void test_term_has_a_deadline(void)
{
    SrtSignalState state = running();
    CU_ASSERT_EQUAL(srt_signal_wait_ms(&state, T0), -1);
    srt_signal_decide(&state, SIGINT, FALSE, T0);
    CU_ASSERT_EQUAL(srt_signal_wait_ms(&state, T0), -1);
    state = running();
    srt_signal_decide(&state, SIGTERM, FALSE, T0);
    CU_ASSERT_FALSE(srt_signal_expired(&state, T0 + 4999 * MS));
    int wait = srt_signal_wait_ms(&state, T0 + 4000 * MS);
    CU_ASSERT_TRUE(wait >= 1000 && wait <= 1001);
    CU_ASSERT_EQUAL(srt_signal_wait_ms(&state, T0 + 6000 * MS), 0);
    CU_ASSERT_TRUE(srt_signal_expired(&state, T0 + 5000 * MS));
    CU_ASSERT_FALSE(srt_signal_expired(&state, T0 + 9000 * MS));
}

static void test_hangup_has_a_short_deadline(void)
{
    SrtSignalState state = running();
    srt_signal_decide(&state, SIGTERM, FALSE, T0);
    SrtSignalAction a = srt_signal_decide(&state, SIGHUP, TRUE, T0);
    CU_ASSERT_FALSE(a.forward);
    CU_ASSERT_FALSE(srt_signal_expired(&state, T0 + 499 * MS));
    CU_ASSERT_TRUE(srt_signal_expired(&state, T0 + 500 * MS));
    /* A later TERM does not lengthen it. */
    state = running();
    srt_signal_decide(&state, SIGHUP, FALSE, T0);
    srt_signal_decide(&state, SIGTERM, FALSE, T0 + MS);
    CU_ASSERT_TRUE(srt_signal_expired(&state, T0 + 500 * MS));
}

static void test_before_the_command_runs(void)
{
    const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (gsize i = 0; i < G_N_ELEMENTS(ending); i++) {
        SrtSignalState state = {.running = FALSE};
        SrtSignalAction a = srt_signal_decide(&state, ending[i], TRUE, T0);
        CU_ASSERT_TRUE(a.kill);
        CU_ASSERT_FALSE(a.forward);
        CU_ASSERT_EQUAL(a.stopped_by, ending[i]);
    }
    SrtSignalState state = {.running = FALSE};
    SrtSignalAction a = srt_signal_decide(&state, SIGUSR1, FALSE, T0);
    CU_ASSERT_FALSE(a.forward || a.kill || a.stop);
    CU_ASSERT_EQUAL(state.held, (guint64)1 << SIGUSR1);
    a = srt_signal_decide(&state, SIGWINCH, FALSE, T0);
    CU_ASSERT_FALSE(a.forward || a.kill || a.stop);
    CU_ASSERT_EQUAL(state.held, (guint64)1 << SIGUSR1);
    a = srt_signal_decide(&state, SIGTSTP, TRUE, T0);
    CU_ASSERT_TRUE(a.stop && !a.kill);
}

static void test_signals_become_events(void)
{
    g_autoptr(GError) error = NULL;
    struct sigaction before, after;
    SrtSignalEvent event;
    sigaction(SIGUSR1, NULL, &before);
    int fd = srt_signals_open((guint64)1 << SIGUSR2, &error);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_FALSE(srt_signals_next(&event));
    raise(SIGUSR1);
    CU_ASSERT_TRUE_FATAL(srt_signals_next(&event));
    CU_ASSERT_EQUAL(event.number, SIGUSR1);
    CU_ASSERT_FALSE(event.from_terminal);
    CU_ASSERT_FALSE(srt_signals_next(&event));
    /* Those that were ignored are left alone. */
    sigaction(SIGUSR2, NULL, &after);
    CU_ASSERT_TRUE(after.sa_handler == SIG_DFL);
    srt_signals_close();
    sigaction(SIGUSR1, NULL, &after);
    CU_ASSERT_TRUE(after.sa_handler == before.sa_handler);
}

static void test_ignored_set(void)
{
    void (*before)(int) = signal(SIGUSR2, SIG_IGN);
    guint64 ignored = srt_signals_ignored();
    signal(SIGUSR2, before);
    CU_ASSERT_TRUE((ignored >> SIGUSR2) & 1);
    CU_ASSERT_FALSE((srt_signals_ignored() >> SIGUSR2) & 1);
}

static const srt_unit_case cases[] = {
    {"everything is forwarded", test_everything_is_forwarded},
    {"terminal signals are not sent twice", test_terminal_signals_are_not_sent_twice},
    {"second request kills", test_second_request_kills},
    {"one request sent twice", test_one_request_sent_twice},
    {"term has a deadline", test_term_has_a_deadline},
    {"hangup has a short deadline", test_hangup_has_a_short_deadline},
    {"before the command runs", test_before_the_command_runs},
    {"signals become events", test_signals_become_events},
    {"ignored set", test_ignored_set},
};
SRT_UNIT_MAIN("run.signals", cases)
