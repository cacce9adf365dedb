/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#ifndef SRT_ENCLOSE_ENCLOSE_H
#define SRT_ENCLOSE_ENCLOSE_H

#include "srt-filters/enclose.h"
#include "srt-filters/filter.h"
#include "srt-filters/plan.h"

#include "watch.h"

#define PRIVATE_MAX (SRT_INSIDE_DIRS_MAX + 1) /* and the temporary directory */

struct srt_supervisor;

typedef struct srt_program {
    const void *code;
    uint32_t count;
} srt_program;

struct srt_enclosure {
    const srt_host *host;
    const srt_policy *policy;
    char *helper, *tmpdir, *reason; /* malloc; reason: why no supervisor */
    char *dirs[SRT_INSIDE_DIRS_MAX + 1];
    const char *private_dirs[PRIVATE_MAX + 1]; /* those that are the sandbox's alone */
    const char *tmp_dirs[2];
    srt_means means;
    srt_watch watch;
    uint32_t variant; /* of the filter */
    srt_program filter;
    srt_program notify; /* count 0: no supervisor */
    uint64_t notify_code[SRT_NOTIFY_MAX];
    uint64_t *seen_code; /* where refusals of the filter are seen: both of them anew */
    struct srt_supervisor **supervisors; /* one a launch */
    size_t n_supervisors;
};

/* floor.c: fills tmp_dirs and private_dirs. */
void srt_enclosure_find_private(srt_enclosure *e);

/* report.c */
void srt_enclosure_report(const srt_host *host, const srt_policy *policy, const srt_means *means);

/* inner.c: a sealed memfd with the plan of the helper, or a negative errno value. channel: the
 * number of the supervisor's socket, -1: no supervisor. */
int srt_enclosure_plan(const srt_enclosure *e, srt_launch *launch, int channel, uint32_t flags);

/* supervise.c */
int srt_enclosure_settle(srt_enclosure *e);
/* A supervisor for one launch. *ret_channel: the number of its socket in the started process, -1
 * when none is needed. 0 or a failure. */
int srt_enclosure_supervise(srt_enclosure *e, srt_launch *launch, int *ret_channel);

/* Why no supervisor can work, NULL: one can. ptrace_scope: of Yama, -1: none. Pure. */
const char *srt_no_supervisor(long ptrace_scope, bool can_notify);

#endif
