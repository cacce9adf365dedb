/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop of the proxies. Descriptors are watched once and told apart by
 * readiness that is remembered until a call says "would block"; deadlines are
 * of a few fixed kinds. Everything runs on the loop's thread.
 *
 * On Linux the descriptors stand edge-triggered in an epoll set of their own,
 * in which libuv's set is one member; elsewhere each is a uv_poll_t. */
#ifndef SRT_NET_LOOP_H
#define SRT_NET_LOOP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/* Which of the two this is. Only the first says SRT_BROKEN of every error. */
#if defined(__linux__) && !defined(SRT_NET_PORTABLE)
#define SRT_LOOP_EPOLL 1
#else
#define SRT_LOOP_EPOLL 0
#endif

enum {
    SRT_READABLE = 1, /* a read may succeed */
    SRT_WRITABLE = 2, /* a write may succeed */
    SRT_ENDED = 4,    /* the peer sent its end, or the connection broke: stays set */
    SRT_BROKEN = 8,   /* an error or a full hang-up: stays set */
};

typedef struct SrtLoop SrtLoop;
typedef struct SrtWatch SrtWatch;

struct SrtWatch {
    int fd; /* -1: none */
    guint32 generation;
    guint8 ready; /* SRT_READABLE… ; the user clears a bit on EAGAIN */
    guint8 want;  /* what the user waits for; see srt_watch_want */
    void (*call)(SrtWatch *watch);
    gpointer data; /* the user's own */
    gpointer poll; /* the portable loop's own */
};

/* Errors: SRT_ERROR_NETWORK. */
SrtLoop *srt_loop_new(GError **error);

/* Every watch must be closed. Runs libuv until its handles are closed; blocks
 * while name lookups are still running. */
void srt_loop_free(SrtLoop *loop);

/* Runs until srt_loop_quit. */
void srt_loop_run(SrtLoop *loop);
void srt_loop_quit(SrtLoop *loop);
uv_loop_t *srt_loop_uv(SrtLoop *loop);

/* Takes over a non-blocking descriptor. FALSE with errno set: it is closed. */
gboolean srt_watch_open(SrtLoop *loop, SrtWatch *watch, int fd, void (*call)(SrtWatch *),
                        gpointer data);
/* Hands the descriptor and what is known of it from one watch to another, which
 * must be closed and keeps its call and data. */
void srt_watch_move(SrtLoop *loop, SrtWatch *from, SrtWatch *to);
void srt_watch_close(SrtLoop *loop, SrtWatch *watch);

/* Says what the user waits for. Must be exact: the portable loop is
 * level-triggered. Costs nothing on Linux. */
void srt_watch_want(SrtLoop *loop, SrtWatch *watch, unsigned want);

/* Something to do later in this turn of the loop, or in the next. */
typedef struct SrtTask {
    GList link; /* link.data is the task while it is queued, else NULL */
    void (*call)(struct SrtTask *task);
} SrtTask;

void srt_task_queue(SrtLoop *loop, SrtTask *task);
void srt_task_cancel(SrtLoop *loop, SrtTask *task);

typedef enum {
    SRT_DEADLINE_RACE,       /* 250 ms: the next address is tried beside this one */
    SRT_DEADLINE_RETRY,      /* 100 ms: descriptors ran out */
    SRT_DEADLINE_LINGER,     /* 2 s: a client reads its last answer */
    SRT_DEADLINE_REFUSED,    /* 5 s: a client that did not authenticate */
    SRT_DEADLINE_FIRST_BYTE, /* 10 s */
    SRT_DEADLINE_CONNECT,    /* 30 s: looking up and dialling */
    SRT_DEADLINE_HANDSHAKE,  /* 30 s: CONNECT to a parent */
    SRT_DEADLINE_HEAD,       /* 60 s: a request head, a SOCKS request, an idle connection */
    SRT_DEADLINE_ANSWER,     /* 10 min: somebody who was asked */
    SRT_DEADLINES,
} SrtDeadlineKind;

typedef struct SrtDeadline {
    GList link; /* link.data is the deadline while it is set, else NULL */
    gint64 due; /* ms */
    SrtDeadlineKind kind;
    void (*call)(struct SrtDeadline *deadline);
} SrtDeadline;

/* Another period for one kind, before any deadline of it is set. */
void srt_loop_set_period(SrtLoop *loop, SrtDeadlineKind kind, gint64 ms);

/* Sets or moves it; call must be filled in. */
void srt_deadline_set(SrtLoop *loop, SrtDeadline *deadline, SrtDeadlineKind kind);
void srt_deadline_clear(SrtLoop *loop, SrtDeadline *deadline);

#endif
