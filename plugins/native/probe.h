/* SPDX-License-Identifier: Apache-2.0 */
/* Whether this machine lets namespaces be made. A few small files tell it for the usual case; only
 * when they leave a doubt is it tried out. */
#ifndef NATIVE_PROBE_H
#define NATIVE_PROBE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct nt_facts {
    unsigned uid;             /* effective */
    bool has_setfcap;         /* CAP_SETFCAP is effective, where it is needed */
    bool is_filtered;         /* a seccomp filter is on us already */
    bool is_confined;         /* so is a profile of AppArmor or SELinux */
    bool is_proc_masked;      /* something is mounted in /proc: the kernel refuses a new one */
    bool has_mount_setattr;   /* Linux 5.12 */
    long max_user_namespaces; /* -1: not known; so below */
    long max_net_namespaces;
    long userns_clone;
    long apparmor_userns;
} nt_facts;

/* Files are read below root, which is "" but for tests. */
void nt_facts_read(nt_facts *ret, const char *root);

typedef enum nt_verdict {
    NT_WORKS,    /* nothing speaks against it */
    NT_DOUBTFUL, /* to be tried */
    NT_REFUSED,  /* cannot work; *why says why and what to do */
} nt_verdict;
/* Pure. */
nt_verdict nt_judge(const nt_facts *facts, const char **why);
/* What to do when it was tried and failed; a constant text. Pure. */
const char *nt_remedy(const nt_facts *facts, const char *message);

/* try.c: the launcher does the steps behind the descriptor. 0, or -ENOTSUP with its message in
 * why. At most five seconds. */
int nt_try(const char *launcher, int steps, char *why, size_t size);

#endif
