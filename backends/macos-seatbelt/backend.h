/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this backend share. */
#ifndef SRT_SEATBELT_BACKEND_H
#define SRT_SEATBELT_BACKEND_H

#include <sys/types.h>

#include <srt/backend.h>

#include "plan.h"
#include "record.h"

/* A profile up to this goes into the command line, a longer one into a file. */
#define SB_PROFILE_WORD_MAX (128u * 1024u - 64u)

/* `log stream`, running. */
typedef struct sb_watch {
    pid_t pid; /* 0: not running */
    int fd;    /* its output; the same number also after a new start; -1 */
    unsigned starts;
    sb_reader reader;
} sb_watch;

typedef struct sb_state {
    const srt_host *host;
    const srt_policy *policy;
    bool plan_only; /* nothing will be started */
    sb_options options;
    char session[SB_SESSION_MAX + 1];
    unsigned commands;
    char *own_dir; /* NULL when there is none; canonical */
    char *tmp_dir;
    int lock; /* in own_dir, held; -1 */
    sb_watch watch;
    pid_t command;     /* that is being observed */
    unsigned observed; /* its number, as in the tags of its denials */
    bool drained;      /* after its end */
} sb_state;

/* prepare.c */
int sb_prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state);
void sb_teardown(srt_backend_state *state);
/* probe.c: 0, or -ENOTSUP with the reason and the remedy set at the host. */
int sb_probe(const srt_host *host);
/* report.c */
void sb_report(const srt_host *host, const srt_policy *policy);
/* wrap.c */
int sb_wrap(srt_backend_state *state, srt_launch *launch);
/* The profile for these ports, as text. */
int sb_profile(sb_state *s, const char *tag, uint16_t http, uint16_t socks, sb_text *ret);
/* monitor.c */
int sb_monitor(srt_backend_state *state, int32_t pid, int *ret_fd);
/* Starts log; without it nothing is observed, which is said. */
void sb_watch_start(sb_state *s);
/* Waits until log is filtering, for a short time. */
void sb_watch_ready(sb_state *s);
void sb_watch_stop(sb_state *s);

/* tools.c: where the system's programs are; absolute. */
const char *sb_tool_sandbox_exec(void);
const char *sb_tool_log(void);

/* start.c: a tool of the system in a process group of its own, with nothing inherited
 * but its output, which goes to *ret_out unless that is NULL. 0 or a negative errno. */
int sb_start(const char *const *argv, pid_t *ret_pid, int *ret_out);
/* Its exit status; 128 and more: the signal that ended it. */
int sb_wait(pid_t pid);

/* own.c: a directory with mode 0700 for this run, and "tmp" in it. What runs that were
 * killed have left is removed. */
int sb_own_make(sb_state *s);
void sb_own_remove(sb_state *s);

/* program.c: the absolute path of the program that a word means, or NULL. Caller
 * frees. */
char *sb_program_find(const char *word, const char *search, const char *cwd);

#endif
