/* SPDX-License-Identifier: Apache-2.0 */
/* What loop.c and the two ways of watching share. */
#ifndef SRT_NET_LOOP_IMPL_H
#define SRT_NET_LOOP_IMPL_H

#include "net/loop.h"

struct SrtLoop {
    uv_loop_t uv;
    gboolean quit;
    gint64 now; /* ms */
    GQueue tasks;
    GQueue deadlines[SRT_DEADLINES];
    gint64 periods[SRT_DEADLINES]; /* ms */
#if SRT_LOOP_EPOLL
    int epoll;
    guint32 generation;
    guint n_watches;    /* size of the table */
    SrtWatch **watches; /* by descriptor */
#else
    uv_timer_t timer;
    uv_idle_t idle; /* on while tasks are queued, so that poll does not block */
    uv_check_t check;
#endif
};

gboolean srt_loop_impl_init(SrtLoop *loop, GError **error);
void srt_loop_impl_free(SrtLoop *loop);

/* Milliseconds until there is something to do, -1 for ever. */
int srt_loop_timeout(const SrtLoop *loop);
/* Sets now: after every wait, or a deadline would be counted from before it. */
void srt_loop_look_at_clock(SrtLoop *loop);
/* Queued tasks and deadlines that are due; sets now. */
void srt_loop_turn(SrtLoop *loop);

#endif
