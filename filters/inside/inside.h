/* SPDX-License-Identifier: Apache-2.0 */
/* The helper that runs inside the sandbox. No heap, no stdio, no locale; every
 * function returns a value or a negative errno value. */
#ifndef SRT_INSIDE_H
#define SRT_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "srt-filters/plan.h"

#define INSIDE_FAILED 125
#define INSIDE_NOT_EXECUTABLE 126
#define INSIDE_NOT_FOUND 127

#define INSIDE_MAX_LISTENERS 16

int inside_main(int argc, char **argv, const char *const *envp);
int inside_connect(const char *host, const char *port, const char *const *envp);
__attribute__((noreturn)) void inside_run(int plan_fd, int handoff, const char *const *envp);
__attribute__((noreturn)) void inside_exit(int status);

/* A line of text that is cut, never overrun. */
typedef struct inside_text {
    char bytes[1001];
    size_t length;
} inside_text;

void text_add(inside_text *t, const char *s);
/* Control characters become blanks, so that a line stays one line. */
void text_add_bytes(inside_text *t, const char *s, size_t n);
void text_add_number(inside_text *t, unsigned long n);
/* "<before>: <reason of errno value e>" is the usual shape: ": reason". */
void text_add_errno(inside_text *t, int e);
/* Decimal digits only, at most max; -1 for anything else. */
long text_number(const char *s, long max);
/* The value of a variable, or NULL. */
const char *env_get(const char *const *env, const char *name);
bool text_equal(const char *a, const char *b);

/* A plan, read. Pointers lead into the plan or into memory that is never freed. */
typedef struct inside_plan {
    const char **argv; /* NULL-terminated */
    const char **envp; /* NULL-terminated */
    size_t argc, envc;
    const char *cwd; /* NULL: stay */
    uint64_t ignored;
    struct srt_plan_listen listeners[INSIDE_MAX_LISTENERS];
    size_t n_listeners;
    const void *filter; /* NULL: none in the plan */
    size_t filter_count;
    const void *notify; /* NULL: none in the plan */
    size_t notify_count;
    bool has_channel;
    uint32_t channel;
    unsigned n_rulesets;
    struct srt_plan_landlock ruleset; /* the last one */
    const void *plan;                 /* all of it, for what is done record by record */
    size_t plan_length;
    uint32_t flags;
    uint32_t namespaces;
    bool has_umask;
    uint32_t umask;
    bool has_null;
    uint32_t null_fd;
    const char *masks; /* NULL: none in the plan */
    uint32_t masks_channel;
} inside_plan;

/* Maps and checks the plan behind a descriptor, and closes it. -1 with *why. */
int plan_load(int fd, inside_plan *ret, const char **why);

/* Tells the outside and ends: never returns. */
__attribute__((noreturn)) void fail_with(int handoff, int status, const inside_text *text);
/* "cannot <what>: <reason>", status 125. */
__attribute__((noreturn)) void fail_errno(int handoff, const char *what, long negative_errno);
int handoff_listener(int handoff, uint8_t role, int fd);
int handoff_command(int handoff, int pidfd);
/* Sends the supervisor's listener through the channel. */
int handoff_notify(int channel, int listener);
int handoff_masks(int channel, int device); /* the device of the masks, likewise */
/* Whether the other end is closed: whoever started us is gone. */
bool handoff_is_dead(int handoff);

/* net.c: the namespace of its own. */
long net_unshare(uint32_t namespaces, const char **ret_step);
long net_loopback_up(void);
/* Only in a network namespace that this process made. */
void net_do_not_pace(void);
/* A listening socket on the loopback address of the family. */
long net_listen(const struct srt_plan_listen *listen);

/* process.c: signals and descriptors. */
void signals_for_tools(void);
void signal_default(int number);
void signals_for_command(uint64_t ignored);
void signals_for_keeper(void); /* all blocked, children are waited for */
long close_between(unsigned first, unsigned last);
long close_all_but(int one, int other); /* 0 to 2 stay as well; equal: one only */

/* restrict.c: what is taken away from the process that becomes the command. Each
 * tells the outside and ends the process on failure. */
void restrict_stdio(const inside_plan *plan, int handoff);
void restrict_privileges(const inside_plan *plan, int handoff);
void restrict_calls(const inside_plan *plan, int handoff);

/* masks.c: mounts the file system of the masks and hands it out. */
void masks_mount(const inside_plan *plan, int handoff);

/* landlock.c: puts on the rulesets of the plan; needs no_new_privs. */
void landlock_apply(const inside_plan *plan, int handoff);

/* keeper.c: returns in a child, which becomes the command; what called it never
 * returns, but ends with the child's status after all that came from it. */
void keeper_start(int handoff);

/* descendants.c: ends every child and, since they become children of a subreaper,
 * every descendant; returns when none is left. */
void descendants_end(void);
/* The two ways to find them, for tests: whether it could be asked. Kill, do not wait. */
bool descendants_kill_listed(void);
bool descendants_kill_searched(void);

/* Makes the number /dev/null, open for reading. *handoff makes room if it has it. */
long put_null(int number, int *handoff);

/* init.c: returns in a new process; the calling one stays behind as init. */
void init_stay_behind(int handoff);

/* exec.c: executes argv; returns only on failure, with the status to end with
 * and the text for it. */
int exec_command(const inside_plan *plan, inside_text *ret_text);
int exec_program(const inside_plan *plan, const char *const *envp, inside_text *ret_text);

#endif
