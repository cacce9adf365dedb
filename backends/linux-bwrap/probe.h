/* SPDX-License-Identifier: Apache-2.0 */
/* Whether this machine lets bwrap work. A few small files tell it for the usual
 * case; only when they leave a doubt is something tried out (try.c). */
#ifndef SRT_BWRAP_PROBE_H
#define SRT_BWRAP_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "tool.h"

typedef struct bw_facts {
    unsigned uid;                 /* effective */
    bool has_setfcap;             /* CAP_SETFCAP is effective */
    bool is_filtered;             /* a seccomp filter is on us already */
    bool is_confined;             /* so is a profile of AppArmor or SELinux */
    bool is_proc_masked;          /* something is mounted in /proc, as container engines do: the
                                     kernel then refuses a new one */
    bool is_proc_covered;         /* or on parts of it, which mostly means the same */
    bool has_profile;             /* one of AppArmor that confines nothing, but may permit */
    bool in_container;            /* only for the texts */
    long max_user_namespaces;     /* -1: not known */
    long max_net_namespaces;      /* -1: not known */
    const char *no_namespaces_of; /* "mnt", "pid", "ipc" or "uts": switched off; else NULL */
    long userns_clone;            /* kernel.unprivileged_userns_clone; -1: no such switch */
    long apparmor_userns;         /* kernel.apparmor_restrict_unprivileged_userns; -1: none */
} bw_facts;

/* Reads them below root, which is "" but for tests. Files that are missing are
 * "not known". */
void bw_facts_read(bw_facts *ret, const char *root);

typedef enum bw_verdict {
    BW_WORKS,    /* nothing speaks against it */
    BW_DOUBTFUL, /* to be tried */
    BW_REFUSED,  /* cannot work; the text says why and what to do */
} bw_verdict;

/* Pure. why gets the text of BW_REFUSED. */
bw_verdict bw_judge(const bw_facts *facts, bool tool_is_setuid, char *why);
/* Why the sandboxes of this tool cannot be supervised, NULL: they can. Pure. */
const char *bw_no_supervisor(const bw_facts *facts, bool tool_is_setuid);
/* As bw_judge, for a network namespace that is made before bwrap starts; without one
 * bwrap makes it. BW_REFUSED has no text: it is no failure. Pure. */
bw_verdict bw_judge_outer_net(const bw_facts *facts);

/* What bwrap's own message means on a machine with these facts: text for people
 * with the remedy. Pure. */
void bw_explain(const bw_facts *facts, const char *message, bool weaker_nested, char *why);

/* try.c: runs bwrap around the helper, which ends at once. 0, or -ENOTSUP with
 * the explained reason. At most five seconds. */
int bw_try_tool(const bw_tool *tool, const char *helper, const bw_facts *facts, bool weaker_nested,
                char *why);
/* Whether a process may make itself a user and network namespace and has rights
 * in it. */
bool bw_try_outer_net(void);
/* Whether it may mount a FUSE file system of its own on a directory. */
bool bw_try_masks(const char *directory);

#endif
