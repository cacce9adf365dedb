/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/control.h"
#include "support/unit.h"

#define UPDATE(host) "{\"network\":{\"allowedDomains\":[\"" host "\"],\"deniedDomains\":[]}}"

typedef struct Seen {
    guint updates;
    gboolean allows_example;
} Seen;

static void take(void *data, SrtNetPolicy *policy)
{
    Seen *seen = data;
    SrtNetDecision decision;
    srt_net_policy_decide(policy, "example.com", strlen("example.com"), 443, &decision);
    seen->updates++;
    seen->allows_example = decision.verdict == SRT_NET_ALLOWED;
}

static SrtNetPolicy *no_rules(void)
{
    const SrtConfigNetwork none = {.present = TRUE};
    SrtNetPolicy *policy = srt_net_policy_new(&none, NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
    return policy;
}

/* Runs with standard error thrown away: messages are part of what is tested
 * elsewhere. */
static Seen feed(const char *const *pieces)
{
    Seen seen = {0, FALSE};
    int saved = dup(2);
    g_autoptr(SrtNetPolicy) first = no_rules();
    SrtControl *control = srt_control_new(99, first, take, &seen);
    (void)!freopen("/dev/null", "w", stderr);
    for (; *pieces; pieces++)
        srt_control_feed(control, *pieces, strlen(*pieces));
    dup2(saved, 2);
    close(saved);
    srt_control_free(control);
    return seen;
}

#define FEED(...) feed((const char *const[]){__VA_ARGS__, NULL})

static void test_lines(void)
{
    Seen seen = FEED(UPDATE("example.com") "\n");
    CU_ASSERT_EQUAL(seen.updates, 1);
    CU_ASSERT_TRUE(seen.allows_example);
    seen = FEED(UPDATE("example.com") "\n" UPDATE("github.com") "\n");
    CU_ASSERT_EQUAL(seen.updates, 2);
    CU_ASSERT_FALSE(seen.allows_example);
}

static void test_pieces(void)
{
    Seen seen =
        FEED("{\"network\":{\"allowedDom", "ains\":[\"example.com\"],\"deniedDomains\"", ":[]}}");
    CU_ASSERT_EQUAL(seen.updates, 0);
    seen = FEED("{\"network\":{\"allowedDom", "ains\":[\"example.com\"],\"deniedDomains\"", ":[]}}",
                "\n");
    CU_ASSERT_EQUAL(seen.updates, 1);
    CU_ASSERT_TRUE(seen.allows_example);
}

static void test_what_is_wrong_changes_nothing(void)
{
    Seen seen = FEED("\n", "  \t\r\n", "not json\n", "{\"network\":{\"allowedDomains\":7}}\n",
                     "{\"netwrok\":{}}\n", "[]\n", "{} {}\n");
    CU_ASSERT_EQUAL(seen.updates, 0);
    seen = FEED(UPDATE("example.com") "\n", "not json\n");
    CU_ASSERT_EQUAL(seen.updates, 1);
    CU_ASSERT_TRUE(seen.allows_example);
}

static void test_long_line_is_skipped_as_a_whole(void)
{
    g_autofree char *blanks = g_strnfill(1024 * 1024, ' ');
    Seen seen = FEED(blanks, blanks, blanks, blanks, blanks, UPDATE("github.com") "\n",
                     UPDATE("example.com") "\n");
    CU_ASSERT_EQUAL(seen.updates, 1);
    CU_ASSERT_TRUE(seen.allows_example);
}

static void test_reading_to_the_end(void)
{
    int ends[2];
    Seen seen = {0, FALSE};
    CU_ASSERT_TRUE_FATAL(srt_fd_pipe(ends));
    g_autoptr(SrtNetPolicy) first = no_rules();
    SrtControl *control = srt_control_new(ends[0], first, take, &seen);
    static const char text[] = UPDATE("example.com"); /* without a newline */
    CU_ASSERT_TRUE(srt_fd_write_all(ends[1], text, strlen(text)));
    CU_ASSERT_TRUE(srt_control_read(control));
    CU_ASSERT_EQUAL(seen.updates, 0);
    close(ends[1]);
    CU_ASSERT_FALSE(srt_control_read(control));
    CU_ASSERT_EQUAL(seen.updates, 1);
    srt_control_free(control);
    close(ends[0]);
}

/* A directory opens, and no byte can be read from it. */
static void test_failure_before_and_after_the_first_line(void)
{
    int saved = dup(2), fd = open("/", O_RDONLY | O_CLOEXEC);
    Seen seen = {0, FALSE};
    g_autoptr(SrtNetPolicy) first = no_rules();
    SrtControl *never = srt_control_new(fd, first, take, &seen);
    SrtControl *later = srt_control_new(fd, first, take, &seen);
    (void)!freopen("/dev/null", "w", stderr);
    CU_ASSERT_FALSE(srt_control_read(never));
    CU_ASSERT_TRUE(srt_control_is_lost(never));
    srt_control_feed(later, "not json\n", strlen("not json\n"));
    CU_ASSERT_FALSE(srt_control_read(later));
    CU_ASSERT_FALSE(srt_control_is_lost(later));
    dup2(saved, 2);
    close(saved);
    close(fd);
    srt_control_free(never);
    srt_control_free(later);
}

static const srt_unit_case cases[] = {
    {"lines", test_lines},
    {"pieces", test_pieces},
    {"what is wrong changes nothing", test_what_is_wrong_changes_nothing},
    {"long line is skipped as a whole", test_long_line_is_skipped_as_a_whole},
    {"reading to the end", test_reading_to_the_end},
    {"failure before and after the first line", test_failure_before_and_after_the_first_line},
};
SRT_UNIT_MAIN("run.control", cases)
