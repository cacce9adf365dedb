/* SPDX-License-Identifier: Apache-2.0 */
/* A session and what hangs on it. Private to this room.
 *
 * A link is one srt that is connected, or will be. The session's thread alone reads, writes and
 * closes its socket; others queue lines and wake the thread. What runs outlives what it came of:
 * links, processes and questions hold references.
 *
 * Locks: a session's calls before its lock; a process's lock alone; nothing is called back under a
 * lock but calls. pthread's, which thread sanitizers know. */
#ifndef SRT_EMBED_PRIVATE_H
#define SRT_EMBED_PRIVATE_H

#include <glib.h>
#include <pthread.h>
#include <srt/srt.h>
#include <sys/types.h>

#include "channel/line.h"
#include "channel/message.h"
#include "embed/settings.h"
#include "embed/spawn.h"
#include "violation/store.h"

typedef struct SrtLink SrtLink;

struct srt_session {
    gint refs;
    pid_t self; /* the process that made it */
    char *program;
    char *backend;
    char *allow_unenforced;
    guint flags;
    srt_ask_callback ask;
    void *data;
    SrtViolationStore *store; /* has its own lock */

    pthread_mutex_t lock; /* guards all down to calls */
    srt_settings *settings;
    GPtrArray *links; /* SrtLink, owned references */
    gboolean running; /* thread and wake are there */
    gboolean closing;
    pthread_t thread;
    int wake[2];
    int listener; /* -1: none */
    char *listener_path;
    GHashTable *texts; /* token -> SrtShellText, owned */

    pthread_mutex_t calls; /* recursive; held while records are told; guards: */
    GArray *subscribers;   /* SrtSubscriber, by number */
    guint last_number;
};

typedef struct SrtSubscriber {
    guint number;
    srt_record_callback record;
    void *data;
} SrtSubscriber;

/* What a token of srt_session_wrap_shell stands for. */
typedef struct SrtShellText {
    char *id;
    char *text;
    srt_settings *over; /* NULL: none */
} SrtShellText;

struct SrtLink {
    gint refs;
    srt_session *session; /* a reference */
    char *id;             /* as the caller gave it, or the text; NULL until a token came */
    char *given_id;       /* NULL: none was given */
    char *text;
    srt_settings *over;
    gboolean ends;        /* the command ends with the session */
    srt_process *process; /* a reference; NULL: others start srt */
    gint64 greet_by;      /* monotonic; by then a connection must have said hello; 0: any time */

    /* The session's thread alone. */
    SrtLines *lines;
    gboolean greeted;
    gboolean ended;
    int status;
    char *failure;
    int failure_status; /* that srt said with it, 0: srt did not say it */
    GString *notices;

    /* The session's lock. */
    int fd; /* -1: closed */
    GString *out;
    gsize written; /* of out */
    gboolean half_closed;
    gboolean exited; /* the process was waited for */
};

struct srt_process {
    gint refs;
    char *id;
    SrtEmbedChild *child;
    srt_session *session; /* a reference: who may not wait for it */
    int notify[2];        /* a byte is written when it is done */

    pthread_mutex_t lock;  /* guards: */
    gboolean exited, told; /* by wait, by the channel */
    gboolean done;
    int wait_status;
    gboolean greeted, ended, detached; /* as the channel said; detached: nobody listened */
    int status;
    char *failure;
    char *notices;
};

/* ---- session.c ---- */
srt_session *srt_session_ref(srt_session *session);
void srt_session_unref(srt_session *session);
/* FALSE with *error: session is NULL, or this is a child made by fork. */
gboolean srt_session_usable(srt_session *session, const char *function, srt_error **error);

/* ---- loop.c ---- */
/* Starts the thread when it does not run. Called with the lock held. 0 or errno. */
int srt_session_run_locked(srt_session *session);
/* Has the thread look again. Any thread. */
void srt_session_wake_locked(srt_session *session);

/* ---- fds.c ---- */
/* fd, or a copy above 2 in its place, where nobody expects the standard streams. Close-on-exec. */
int srt_embed_high_fd(int fd);
/* As srt_fd_pipe and srt_fd_socketpair, above 2. FALSE with *error. */
gboolean srt_embed_pipe(int ends[2], srt_error **error);
gboolean srt_embed_socketpair(int ends[2], srt_error **error);
void srt_embed_unblock(int fd);

/* ---- link.c ---- */
SrtLink *srt_link_new(srt_session *session, int fd);
SrtLink *srt_link_ref(SrtLink *link);
void srt_link_unref(SrtLink *link);
/* Who it is. All is copied. */
void srt_link_name(SrtLink *link, const char *id, const char *text, const srt_settings *over);
/* Queues a line with its end; NULL is left out. Dropped when the link is closed. With the lock. */
void srt_link_send_locked(SrtLink *link, const char *line);
/* Queues what the command is started with. With the lock. FALSE with *error. */
gboolean srt_link_start_locked(SrtLink *link, srt_error **error);
/* Writes what is queued, as far as it goes. With the lock. FALSE: the other end is gone. */
gboolean srt_link_write_locked(SrtLink *link);
/* Reads and does what the lines say. FALSE: this was the end. The session's thread, no lock. */
gboolean srt_link_read(SrtLink *link);
/* The channel is over. The session's thread, no lock. detached: the session is. */
void srt_link_over(SrtLink *link, gboolean detached);

/* ---- question.c ---- */
void srt_question_put(SrtLink *link, const SrtToManager *message);

/* ---- records.c ---- */
/* One JSON record of the link's command: kept, told. The session's thread, no lock. */
gboolean srt_session_add_record(SrtLink *link, const char *json);

/* ---- process.c ---- */
srt_process *srt_process_new(srt_session *session, const char *id, srt_error **error);
void srt_process_unref(srt_process *process);
/* For SrtEmbedGone; data is a link, of which it frees one reference. */
void srt_process_gone(void *data, int wait_status);
/* What the channel said up to its end. */
void srt_process_told(srt_process *process, const SrtLink *link, gboolean detached);

/* ---- program.c ---- */
/* The program srt, absolute. NULL with *error. */
char *srt_embed_program(const char *wanted, srt_error **error);

/* ---- words.c ---- */
/* A command as a caller describes it, checked. */
typedef struct SrtWords {
    srt_command command; /* borrows from the caller */
    char *text;
    GPtrArray *argv; /* behind the options: char *, owned; no NULL at the end */
} SrtWords;
/* FALSE with *error. To be cleared in any case. */
gboolean srt_words_read(const char *function, const srt_command *command, SrtWords *ret,
                        srt_error **error);
void srt_words_clear(SrtWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtWords, srt_words_clear)
/* srt, --session=ADDRESS, and the words; NULL-terminated. */
char **srt_words_argv(const SrtWords *words, const char *program, const char *address);

#endif
