/* SPDX-License-Identifier: Apache-2.0 */
/* What the supervisor has to do for a policy on a machine. Pure. Any thread. */
#ifndef SRT_BWRAP_WATCH_H
#define SRT_BWRAP_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <srt/policy.h>

/* What a machine has for it. */
typedef struct bw_means {
    const char *no_supervisor; /* why none can work here; NULL: one can */
    int landlock;              /* ABI of the kernel's Landlock, 0: none */
    bool masks;                /* everything hidden tells by itself when it is asked for */
} bw_means;

typedef struct bw_watch {
    uint32_t wanted; /* SRT_NOTIFY_* that the policy calls for */
    uint32_t filter; /* those that are put to the supervisor; 0: there is none */
    /* What the supervisor is told of them: without SRT_NOTIFY_CREATE, creations are only
     * observed. */
    uint32_t judged;
    bool exact;      /* the supervisor is the only one to create, over a Landlock floor */
    bool unix_paths; /* unix sockets are judged one by one: some are allowed, or tries are to be
                        seen */
    bool refusals;   /* of the base filter are put to the supervisor */
} bw_watch;

void bw_watch_decide(bw_watch *ret, const srt_policy *policy, const bw_means *means);

/* Whether a region of that access lies directly in a writable one. */
bool bw_lies_in_writable(const srt_policy *policy, srt_access access);

#endif
