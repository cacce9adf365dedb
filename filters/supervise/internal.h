/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the supervisor share. One struct srt_supervisor per sandbox,
 * one sup_call per call that is being answered; a call belongs to one thread.
 *
 * Rules: nothing here answers "go on" (CONTINUE) because something failed. A handler
 * returns what the call shall return; see sup_answer. */
#ifndef SRT_SUPERVISE_INTERNAL_H
#define SRT_SUPERVISE_INTERNAL_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "srt-filters/filter.h"
#include "srt-filters/supervise.h"

#include "calls.h"
#include "names.h"
#include "notify.h"
#include "records.h"

#define SUP_PATH_MAX 4096
#define SUP_THREADS_MAX 33 /* one that serves, the others in calls that block */

/* An answer: a value >= 0, a negative errno value, or one of these. */
typedef int64_t sup_answer;
#define SUP_GO_ON INT64_MIN          /* the kernel performs the call */
#define SUP_ANSWERED (INT64_MIN + 1) /* the handler has answered itself */

typedef struct sup_socket_rule sup_socket_rule;

struct srt_supervisor {
    srt_supervise_options options;
    const srt_policy *policy;

    int channel;             /* our end; -1 once the listener has come */
    int stop;                /* eventfd: readable when the threads shall end */
    int proc;                /* O_PATH of /proc of this process' pid namespace */
    int listener;            /* -1 before it has come */
    int root;                /* O_PATH: the root directory of the command, as it began; or -1 */
    _Atomic int32_t command; /* the process that becomes the command; 0: not yet known */
    int32_t keeper;          /* the parent of the command as it began, 0 when not known */

    sup_names *names;
    sup_records *records;
    sup_socket_rule *sockets; /* connect.c */
    size_t n_sockets;
    struct sup_time {
        int64_t seconds;
        uint32_t nanoseconds;
    } start;               /* of the sandbox: what is born later is new */
    atomic_bool shares_fs; /* a thread has the process' umask: it may create nothing */
    atomic_bool changed;   /* names_changed was called */

    /* workers.c: whoever holds the role receives the next call. */
    pthread_mutex_t role;
    pthread_mutex_t lock;
    struct sup_thread *threads[SUP_THREADS_MAX]; /* under lock, like the numbers */
    unsigned n_threads;
    unsigned n_busy;      /* in calls that block */
    bool ended;           /* under role: no thread receives any more */
    atomic_bool stopping; /* for calls that block */

    /* create_exact.c, open_perform.c, umask.c … keep their state here */
    struct sup_perform *perform;
};

/* Where relative paths of a caller started lately, as text; observe.c. */
typedef struct sup_base_text {
    uint32_t pid;
    int32_t dirfd;
    unsigned streak, trusted;
    size_t length; /* 0: unknown */
    char text[SUP_PATH_MAX];
} sup_base_text;

/* The directory that a path was last known for; resolve.c. */
typedef struct sup_known_path {
    dev_t device;
    ino_t inode;
    size_t length; /* 0: none */
    char text[SUP_PATH_MAX];
} sup_known_path;

typedef struct sup_call {
    srt_supervisor *sup;
    const sup_row *row;
    struct sup_notif notif;
    int root; /* O_PATH of the caller's root once sup_call_root was called, else -1 */

    /* Scratch of the thread, SUP_PATH_MAX bytes each: the paths of the call as it was
     * given, filled by sup_call_path; and room for a canonical one. */
    char *path[2];
    char *canonical;
    char *spare; /* twice; sup_resolve_parent uses it, places point into it */
    char *other; /* a second canonical path */
    bool have_path[2];
    sup_base_text *base_text; /* the thread's own, like known */
    sup_known_path *known;
} sup_call;

/* ---- serve.c ---- */
/* Ends the call. SUP_GO_ON means CONTINUE. false: the caller is gone. */
bool sup_call_answer(sup_call *call, sup_answer answer);
/* Whether the call still waits; after something of /proc/TID was opened it says that
 * this was the caller's. */
bool sup_call_alive(const sup_call *call);
/* Gives the caller our descriptor; returns its number there or -errno. The call stays open. */
int sup_call_add_fd(const sup_call *call, int fd, uint32_t newfd_flags);
static inline uint64_t sup_arg(const sup_call *call, int index)
{
    return index < 0 ? 0 : call->notif.data.args[index];
}

/* ---- dispatch.c ---- */
sup_answer sup_dispatch(sup_call *call);

/* ---- memory.c: the caller's memory, copied once ---- */
/* Exactly length bytes: 0 or -EFAULT, -ESRCH. */
int sup_read_memory(const sup_call *call, uint64_t address, void *to, size_t length);
/* A string with its NUL into to[SUP_PATH_MAX]: its length, or -EFAULT, -ENAMETOOLONG. */
ssize_t sup_read_string(const sup_call *call, uint64_t address, char *to);
/* path[which] of the call, read once; its length or -errno. */
ssize_t sup_call_path(sup_call *call, int which);

/* ---- resolve.c: paths as the caller sees them ---- */
/* An entry of /proc/TID ("cwd", "fd/3"), O_PATH, checked to be the caller's. */
int sup_open_proc(const sup_call *call, const char *entry);
int sup_call_root(sup_call *call); /* borrowed, or -errno */
/* The directory that argument row->path[which].dirfd names: O_PATH, or -errno. */
int sup_call_base(sup_call *call, int which);

typedef struct sup_place {
    int parent;       /* O_PATH of the directory, -1 when unset */
    const char *last; /* last component, in the buffer that was resolved */
    bool slash;       /* slashes stood behind it */
    bool dots;        /* it is "", "." or "..": nothing can be created there */
} sup_place;
void sup_place_close(sup_place *place);
/* The parent directory of path[which] of the call. The path must have been read; the
 * buffer is changed (trailing slashes are cut, last points into it). 0 or -errno. */
int sup_resolve_parent(sup_call *call, int which, sup_place *ret);
/* The same for any text, relative to base (-1: only absolute ones make sense). */
int sup_resolve_parent_at(sup_call *call, int base, char *path, sup_place *ret);

#define SUP_RESOLVE_NOFOLLOW (1u << 0) /* the last component may be a link */
#define SUP_RESOLVE_EMPTY (1u << 1)    /* AT_EMPTY_PATH: "" is base itself */
#define SUP_RESOLVE_NO_MAGIC (1u << 2) /* links of procfs that lead to objects are refused */
/* What the path names: O_PATH descriptor or -errno. */
int sup_resolve(sup_call *call, int which, unsigned flags);
int sup_resolve_at(sup_call *call, int base, const char *path, unsigned flags);

/* The canonical path of a descriptor of ours into to[SUP_PATH_MAX]: its length, or -errno.
 * -ENOENT for what has no path (pipes, deleted). */
ssize_t sup_fd_path(const srt_supervisor *sup, int fd, char *to);
/* Whether canonical, the path of fd, leads to the same object from the command's first root:
 * false for what a mount namespace of the caller's own has elsewhere. */
bool sup_path_known(const srt_supervisor *sup, int fd, const char *canonical);
/* Canonical path of place/last into to[SUP_PATH_MAX], known as above: length or -errno,
 * -EXDEV when it is not known. */
ssize_t sup_place_path(const sup_call *call, const sup_place *place, char *to);

/* The caller's umask and process, from /proc/TID/status; -errno. */
int sup_caller_umask(const sup_call *call);
int32_t sup_caller_process(const sup_call *call);
/* The parent of a process, 0 when there is none or it cannot be told. */
int32_t sup_parent_of(const srt_supervisor *sup, int32_t process);
/* Whether a signal waits that the caller neither blocks nor ignores. */
bool sup_caller_signalled(const sup_call *call);

/* ---- lexical.c ---- */
/* Appends text to path[length] (in room for SUP_PATH_MAX; an absolute text replaces it), taking
 * out ".", ".." and double slashes. false: too long. */
bool sup_lexical(char *path, size_t length, const char *text);

/* ---- report.c: a record of this call ---- */
void sup_report(const sup_call *call, srt_operation operation, uint32_t flags, const char *target,
                const srt_origin *origin, const char *reason);
/* The first creation that goes on. */
void sup_names_changed(srt_supervisor *sup);

/* ---- create_check.c, observe.c, connect.c, bind.c, signal.c, blocked.c ---- */
sup_answer sup_create_check(sup_call *call);
sup_answer sup_observe(sup_call *call); /* SUP_GO_ON always */
sup_answer sup_connect(sup_call *call);
sup_answer sup_bind(sup_call *call);
sup_answer sup_listen(sup_call *call);
sup_answer sup_signal(sup_call *call);  /* SUP_GO_ON always */
sup_answer sup_blocked(sup_call *call); /* an error always */
int sup_sockets_new(srt_supervisor *sup);
void sup_sockets_free(srt_supervisor *sup);

/* Whether policy lets canonical, the path of fd, be connected to (bind: be made). known: see
 * sup_path_known. */
bool sup_socket_allowed(const srt_supervisor *sup, int fd, const char *canonical, bool known);
/* Whether names without a path (abstract) may be connected to and bound. */
bool sup_abstract_allowed(const srt_supervisor *sup);
/* Whether path is one of list (NULL-terminated, or NULL), or lies below one. */
bool sup_within_any(const char *const *list, const char *path);
/* The caller's socket as a descriptor of ours, or -errno. */
int sup_take_socket(const sup_call *call);
/* The address of connect and bind, copied once: its length or -errno. */
struct sockaddr_storage;
int sup_read_address(const sup_call *call, struct sockaddr_storage *ret);

/* ---- create_check.c ---- */
/* Judges the creation of place/last: SUP_GO_ON, -EACCES (recorded), or another error.
 * directory is not looked into. For bind and the performing files too. */
sup_answer sup_judge_place(sup_call *call, const sup_place *place, enum sup_new how,
                           srt_operation operation);
/* ---- moves.c ---- */
/* What would become protected in the directory parent/name by moving it: the rule, or NULL with
 * *ret_error: 0, or -errno when that cannot be found out (-EXDEV: too much to look at; a program
 * then copies instead, piece by piece). */
const sup_rule *sup_move_judge(const sup_names *names, int parent, const char *name,
                               const char *from, const char *to, int *ret_error);

/* ---- open flags of SUP_OPEN, decoded ---- */
typedef struct sup_open {
    uint64_t flags; /* O_* */
    uint64_t mode;
    uint64_t resolve; /* RESOLVE_*, openat2 only */
} sup_open;
int sup_call_open(sup_call *call, sup_open *ret); /* 0 or -errno */

/* ---- workers.c ---- */
/* Before a call that may block: another thread serves from now on. false: too many block
 * already (answer -EAGAIN). The handler answers with the value it returns as usual. */
bool sup_may_block(sup_call *call);
int sup_threads_start(srt_supervisor *sup);
void sup_threads_stop(srt_supervisor *sup);

/* ---- perform.h: the level "exact" and perform_writes ---- */
#include "perform.h"

#endif
