/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/outbox.h"
#include "support/unit.h"

static int ends[2];
static SrtOutbox *out;

static void enter(void)
{
    CU_ASSERT_FATAL(srt_fd_socketpair(SOCK_STREAM, ends));
    out = srt_outbox_new(ends[0]);
}

static void leave(void)
{
    srt_outbox_stop(out, 0);
    srt_fd_clear(&ends[0]);
    srt_fd_clear(&ends[1]);
}

/* What comes until the end, as far as it is there. */
static char *read_all(void)
{
    GString *text = g_string_new(NULL);
    char piece[65536];
    ssize_t n;
    while ((n = recv(ends[1], piece, sizeof piece, MSG_DONTWAIT)) > 0)
        g_string_append_len(text, piece, n);
    return g_string_free(text, FALSE);
}

static char *long_line(gsize length)
{
    char *line = g_strnfill(length, 'x');
    line[length - 1] = '\n';
    return line;
}

static void at_once_without_a_thread(void)
{
    enter();
    CU_ASSERT_EQUAL(srt_outbox_put(out, g_strdup("one\n")), SRT_OUTBOX_TAKEN);
    CU_ASSERT_EQUAL(srt_outbox_put_slowly(out, g_strdup("two\n"), 0), SRT_OUTBOX_TAKEN);
    g_autofree char *got = read_all();
    SRT_ASSERT_STR(got, "one\ntwo\n");
    CU_ASSERT_EQUAL(srt_outbox_put(out, NULL), SRT_OUTBOX_FULL);
    leave();
}

/* Nobody reads: there is an end to what waits, and the last line has room all the same. */
static void bounded(gboolean thread)
{
    guint taken = 0;
    enter();
    if (thread)
        srt_outbox_start(out);
    while (srt_outbox_put(out, long_line(65536)) == SRT_OUTBOX_TAKEN && taken < 1000)
        taken++;
    CU_ASSERT(taken >= 60 && taken < 1000);
    CU_ASSERT_EQUAL(srt_outbox_put_slowly(out, g_strdup("record\n"), 10), SRT_OUTBOX_FULL);
    srt_outbox_put_last(out, g_strdup("last\n"));
    CU_ASSERT_EQUAL(srt_outbox_put(out, g_strdup("later\n")), SRT_OUTBOX_GONE);
    leave();
}

static void bounded_without(void)
{
    bounded(FALSE);
}

static void bounded_with(void)
{
    bounded(TRUE);
}

static void *reader(void *data)
{
    GString *text = data;
    char piece[65536];
    ssize_t n;
    while ((n = read(ends[1], piece, sizeof piece)) > 0)
        g_string_append_len(text, piece, n);
    return NULL;
}

static void everything_arrives(void)
{
    g_autoptr(GString) got = g_string_new(NULL);
    enter();
    srt_outbox_start(out);
    GThread *thread = g_thread_new("reader", reader, got);
    for (int i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(srt_outbox_put_slowly(out, long_line(50000), 60000), SRT_OUTBOX_TAKEN);
    srt_outbox_put_last(out, g_strdup("last\n"));
    g_thread_join(thread); /* the socket is closed for writing behind the last line */
    CU_ASSERT_EQUAL(got->len, 100 * 50000 + 5);
    CU_ASSERT(g_str_has_suffix(got->str, "\nlast\n"));
    leave();
}

static void reader_gone(void)
{
    enter();
    srt_outbox_start(out);
    srt_fd_clear(&ends[1]);
    SrtOutboxResult result = SRT_OUTBOX_TAKEN;
    for (int i = 0; i < 10000 && result == SRT_OUTBOX_TAKEN; i++)
        result = srt_outbox_put_slowly(out, long_line(65536), 1000);
    CU_ASSERT_EQUAL(result, SRT_OUTBOX_GONE);
    srt_outbox_set_gone(out);
    CU_ASSERT_EQUAL(srt_outbox_put(out, g_strdup("x\n")), SRT_OUTBOX_GONE);
    leave();
}

static const srt_unit_case cases[] = {
    {"at once, without a thread", at_once_without_a_thread},
    {"bounded", bounded_without},
    {"bounded, with a thread", bounded_with},
    {"everything arrives", everything_arrives},
    {"the reader is gone", reader_gone},
};

SRT_UNIT_MAIN("run.outbox", cases)
