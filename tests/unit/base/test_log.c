/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "support/unit.h"

/* What say writes to standard error. */
static char *captured(void (*say)(void))
{
    int ends[2];
    char text[2048];
    g_assert(srt_fd_pipe(ends));
    srt_autofd int old = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(ends[1], STDERR_FILENO);
    say();
    dup2(old, STDERR_FILENO);
    srt_fd_clear(&ends[1]);
    ssize_t n = read(ends[0], text, sizeof text);
    srt_fd_clear(&ends[0]);
    return g_strndup(text, n > 0 ? (gsize)n : 0);
}

static void say_error(void)
{
    srt_log_error("no such %s: %d", "thing", 7);
}

static void say_warning(void)
{
    srt_log_warning("a\x1b[31mb\nc\x07");
}

static void say_debug(void)
{
    srt_log_debug("seen");
}

static void lines(void)
{
    g_autofree char *error = captured(say_error);
    SRT_ASSERT_STR(error, "srt: no such thing: 7\n");
    g_autofree char *warning = captured(say_warning);
    SRT_ASSERT_STR(warning, "srt: warning: a\\x1b[31mb\nc\\x07\n");
}

static void debug_only_when_on(void)
{
    CU_ASSERT_FALSE(srt_log_debug_on());
    g_autofree char *off = captured(say_debug);
    SRT_ASSERT_STR(off, "");
    srt_log_set_debug(TRUE);
    CU_ASSERT_TRUE(srt_log_debug_on());
    g_autofree char *on = captured(say_debug);
    SRT_ASSERT_STR(on, "srt: debug: seen\n");
    srt_log_set_debug(FALSE);
    CU_ASSERT_FALSE(srt_log_debug_on());
}

static void quiet_keeps_errors(void)
{
    srt_log_set_quiet(TRUE);
    g_autofree char *warning = captured(say_warning);
    SRT_ASSERT_STR(warning, "");
    g_autofree char *error = captured(say_error);
    SRT_ASSERT_STR(error, "srt: no such thing: 7\n");
    srt_log_set_quiet(FALSE);
    g_autofree char *again = captured(say_warning);
    CU_ASSERT_NOT_EQUAL(*again, 0);
}

static void closed_stderr(void)
{
    /* Nobody reads: no signal, no endless loop. */
    int ends[2];
    g_assert(srt_fd_pipe(ends));
    srt_fd_clear(&ends[0]);
    srt_autofd int old = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(ends[1], STDERR_FILENO);
    srt_fd_clear(&ends[1]);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    srt_log_error("lost");
    CU_ASSERT_EQUAL(write(STDERR_FILENO, "x", 1), -1);
    signal(SIGPIPE, before);
    dup2(old, STDERR_FILENO);
}

static void sanitise(void)
{
    static const struct {
        const char *text, *flat, *lines;
    } table[] = {
        {"plain", "plain", "plain"},
        {"", "", ""},
        {"m\xc3\xbcn \xe2\x82\xac", "m\xc3\xbcn \xe2\x82\xac", "m\xc3\xbcn \xe2\x82\xac"},
        {"a\nb", "a\\x0ab", "a\nb"},
        {"a\r\tb\x7f", "a\\x0d\\x09b\\x7f", "a\\x0d\\x09b\\x7f"},
        {"\x1b]0;x\x07", "\\x1b]0;x\\x07", "\\x1b]0;x\\x07"},
        {"a\xc2\x9b"
         "b",
         "a\\xc2\\x9bb", "a\\xc2\\x9bb"}, /* C1 control */
        {"a\xe2\x80\xae"
         "b",
         "a\\xe2\\x80\\xaeb", "a\\xe2\\x80\\xaeb"}, /* right-to-left */
        {"a\xff\xfe", "a\\xff\\xfe", "a\\xff\\xfe"},
        {"cut\xe2\x82", "cut\\xe2\\x82", "cut\\xe2\\x82"},
        {"over\xc0\xaf", "over\\xc0\\xaf", "over\\xc0\\xaf"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *flat = srt_log_sanitise(table[i].text, FALSE);
        g_autofree char *with_lines = srt_log_sanitise(table[i].text, TRUE);
        SRT_ASSERT_STR(flat, table[i].flat);
        SRT_ASSERT_STR(with_lines, table[i].lines);
    }
}

static const srt_unit_case cases[] = {
    {"lines", lines},
    {"debug_only_when_on", debug_only_when_on},
    {"quiet_keeps_errors", quiet_keeps_errors},
    {"closed_stderr", closed_stderr},
    {"sanitise", sanitise},
};

SRT_UNIT_MAIN("base.log", cases)
