/* SPDX-License-Identifier: Apache-2.0 */
#include "net/loop.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "net/loop_impl.h"

/* What a loop of libuv takes at its start: epoll, an event, the pipes of its signals. */
#define UV_DESCRIPTORS 6

static const gint64 periods[SRT_DEADLINES] = {
    [SRT_DEADLINE_RACE] = 250,         [SRT_DEADLINE_RETRY] = 100,
    [SRT_DEADLINE_LINGER] = 2000,      [SRT_DEADLINE_REFUSED] = 5000,
    [SRT_DEADLINE_FIRST_BYTE] = 10000, [SRT_DEADLINE_CONNECT] = 30000,
    [SRT_DEADLINE_HANDSHAKE] = 30000,  [SRT_DEADLINE_HEAD] = 60000,
    [SRT_DEADLINE_ANSWER] = 600000,
};

/* libuv ends the process when it finds no descriptor for its own pipe: ask before. */
static int have_descriptors(void)
{
    int fds[UV_DESCRIPTORS], n = 0, failed = 0;
    while (n < UV_DESCRIPTORS && (fds[n] = dup(2)) >= 0)
        n++;
    if (n < UV_DESCRIPTORS && errno != EBADF)
        failed = -errno;
    while (n > 0)
        close(fds[--n]);
    return failed;
}

SrtLoop *srt_loop_new(GError **error)
{
    SrtLoop *loop = g_new0(SrtLoop, 1);
    int r = have_descriptors();
    if (r == 0)
        r = uv_loop_init(&loop->uv);
    if (r != 0) {
        srt_set_errno(error, SRT_ERROR_NETWORK, -r, "cannot make an event loop");
        g_free(loop);
        return NULL;
    }
    memcpy(loop->periods, periods, sizeof periods);
    srt_loop_look_at_clock(loop);
    if (!srt_loop_impl_init(loop, error)) {
        uv_loop_close(&loop->uv);
        g_free(loop);
        return NULL;
    }
    return loop;
}

void srt_loop_free(SrtLoop *loop)
{
    srt_loop_impl_free(loop);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    int r = uv_loop_close(&loop->uv);
    g_assert(r == 0);
    g_free(loop);
}

void srt_loop_quit(SrtLoop *loop)
{
    loop->quit = TRUE;
}

uv_loop_t *srt_loop_uv(SrtLoop *loop)
{
    return &loop->uv;
}

void srt_task_queue(SrtLoop *loop, SrtTask *task)
{
    if (task->link.data)
        return;
    task->link.data = task;
    g_queue_push_tail_link(&loop->tasks, &task->link);
}

void srt_task_cancel(SrtLoop *loop, SrtTask *task)
{
    if (!task->link.data)
        return;
    g_queue_unlink(&loop->tasks, &task->link);
    task->link.data = NULL;
}

void srt_deadline_clear(SrtLoop *loop, SrtDeadline *deadline)
{
    if (!deadline->link.data)
        return;
    g_queue_unlink(&loop->deadlines[deadline->kind], &deadline->link);
    deadline->link.data = NULL;
}

void srt_loop_set_period(SrtLoop *loop, SrtDeadlineKind kind, gint64 ms)
{
    loop->periods[kind] = ms;
}

/* All of one kind have one period, so a queue is always in order. */
void srt_deadline_set(SrtLoop *loop, SrtDeadline *deadline, SrtDeadlineKind kind)
{
    srt_deadline_clear(loop, deadline);
    if (!SRT_LOOP_EPOLL)
        srt_loop_look_at_clock(loop);
    deadline->kind = kind;
    deadline->due = loop->now + loop->periods[kind];
    deadline->link.data = deadline;
    g_queue_push_tail_link(&loop->deadlines[kind], &deadline->link);
}

int srt_loop_timeout(const SrtLoop *loop)
{
    if (loop->tasks.length)
        return 0;
    gint64 due = G_MAXINT64;
    for (guint kind = 0; kind < SRT_DEADLINES; kind++) {
        const GList *first = loop->deadlines[kind].head;
        if (first)
            due = MIN(due, ((const SrtDeadline *)first->data)->due);
    }
    if (due == G_MAXINT64)
        return -1;
    return (int)CLAMP(due - loop->now, 0, G_MAXINT);
}

static void expire(SrtLoop *loop, GQueue *queue)
{
    GList *first;
    while ((first = queue->head)) {
        SrtDeadline *deadline = first->data;
        if (deadline->due > loop->now)
            return;
        srt_deadline_clear(loop, deadline);
        deadline->call(deadline);
    }
}

void srt_loop_look_at_clock(SrtLoop *loop)
{
    loop->now = g_get_monotonic_time() / 1000;
}

void srt_loop_turn(SrtLoop *loop)
{
    srt_loop_look_at_clock(loop);
    for (guint kind = 0; kind < SRT_DEADLINES; kind++)
        expire(loop, &loop->deadlines[kind]);
    /* A task that queues itself again has its turn after the descriptors. */
    for (guint n = loop->tasks.length; n && loop->tasks.length; n--) {
        SrtTask *task = loop->tasks.head->data;
        srt_task_cancel(loop, task);
        task->call(task);
    }
}
