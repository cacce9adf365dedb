/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this backend share. */
#ifndef NATIVE_NATIVE_H
#define NATIVE_NATIVE_H

#include <srt/backend.h>

#include "plan.h"
#include "probe.h"

#define NT_LAUNCHER "native-launch" /* beside the module */
#define NT_SHELF 64                 /* links of "/" at most */

typedef struct nt_state {
    const srt_host *host;
    const srt_policy *policy;
    char *helper, *launcher; /* canonical, malloc */
    nt_plan plan;
    char **closed;  /* by region; see reach.h; the plan borrows from it */
    bool host_proc; /* no new /proc can be mounted */
    char *link_texts[2 * NT_SHELF];
    nt_link links[NT_SHELF];
    size_t n_links;
} nt_state;

/* prepare.c */
int nt_prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state);
void nt_teardown(srt_backend_state *state);
/* report.c */
void nt_report(const srt_host *host, const srt_policy *policy, bool host_proc);
/* wrap.c */
int nt_wrap(srt_backend_state *state, srt_launch *launch);
/* A sealed memfd with the steps of the plan, or a negative errno value. */
int nt_steps_memfd(const nt_plan *plan);

#endif
