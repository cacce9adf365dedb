/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this backend share. */
#ifndef SRT_LANDLOCK_BACKEND_H
#define SRT_LANDLOCK_BACKEND_H

#include <srt/backend.h>

#include "nodes.h"
#include "plan.h"
#include "private.h"
#include "probe.h"
#include "srt-filters/audit.h"
#include "srt-filters/filter.h"
#include "srt-filters/supervise.h"

/* What one launched command has for itself. */
typedef struct ll_run {
    struct ll_run *next; /* launched before it */
    ll_private tmp;
    srt_supervisor *supervisor; /* NULL: none */
    srt_audit *audit;           /* what the kernel refuses to read; NULL: not to be had */
    srt_supervise_options options;
    const char **native_write; /* of options, like the two lists of one */
    const char *private_dirs[2];
} ll_run;

typedef struct ll_state {
    const srt_host *host;
    const srt_policy *policy;
    const char *helper;
    ll_facts facts;
    char terminals[3][LL_TERMINAL_MAX];
    ll_plan plan;
    ll_regions regions; /* of seen */
    srt_policy seen;    /* the policy as the supervisor judges by it */
    const srt_filter_program *filter;
    bool refusals;   /* of the filter are put to the supervisor, to be seen */
    uint32_t notify; /* SRT_NOTIFY_*; 0: no supervisor */
    bool audited;    /* the kernel shall say what it refuses, and we may hear it */
    ll_run *runs;    /* the last one first */
} ll_state;

/* prepare.c */
int ll_prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state);
void ll_teardown(srt_backend_state *state);
/* report.c. Pure but for the calls of host->report. */
void ll_report(const srt_host *host, const srt_policy *policy, const ll_facts *facts);
/* list.c: an ll_list of the real file system; data is not used. */
int ll_list_directory(void *data, const char *directory,
                      int (*each)(void *each_data, const char *name, bool is_link),
                      void *each_data);
/* wrap.c */
int ll_wrap(srt_backend_state *state, srt_launch *launch);
void ll_run_free(ll_run *run);
/* monitor.c */
int ll_monitor(srt_backend_state *state, int32_t pid, int *ret_fd);

#endif
