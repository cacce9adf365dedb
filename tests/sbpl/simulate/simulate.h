/* SPDX-License-Identifier: Apache-2.0 */
/* A double of macOS's sandbox-exec for tests on Linux: it reads the profile with the
 * evaluator and enforces it on the command by asking about its system calls (seccomp
 * notification). It decides by names at the time of the call and lets the kernel go on
 * afterwards, so it is no boundary; it shows what the rules mean to real programs.
 *
 * Known: open, stat and their kin, unlink, rename, link, symlink, mkdir, mknod,
 * chmod, chown, times, truncate, exec, connect, bind, listen, sendto, sendmsg, socket,
 * kill, ptrace, mounts and what else would change the machine. What macOS has and Linux
 * has not (Mach, IOKit, sysctl) the tables ask. */
#ifndef SRT_TESTS_SIMULATE_H
#define SRT_TESTS_SIMULATE_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "sbpl.h"

typedef struct sim {
    const sbpl *profile;
    sbpl_model model;
    bool fold;
    int listener;
    pid_t root;         /* the command */
    char records[4096]; /* file that denials are written to, as log would print them */
} sim;

/* calls.c: the system calls that are asked about, and whether one may go on. */
int sim_call(size_t i);
extern const size_t sim_n_calls;
bool sim_judge(const sim *s, const struct seccomp_notif *call);

/* report.c: asks the profile; a denial is recorded. */
bool sim_ask(const sim *s, pid_t pid, const sbpl_question *question, const char *target);

/* look.c: what a caller means. */
typedef struct sim_path {
    char text[4096]; /* resolved */
    bool exists;
    const char *type; /* vnode-type */
} sim_path;

bool sim_read(pid_t pid, unsigned long address, void *room, size_t size);
/* Resolves the name at the address as the call would: false when it cannot be, and
 * the call will fail by itself. */
bool sim_resolve(pid_t pid, int directory, unsigned long address, bool follow, sim_path *ret);
bool sim_resolve_text(pid_t pid, int directory, const char *name, bool follow, sim_path *ret);
/* A copy of a descriptor of the caller, or -1. */
int sim_take_fd(pid_t pid, int fd);
const char *sim_type(mode_t mode);

#endif
