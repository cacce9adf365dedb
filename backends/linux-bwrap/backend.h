/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this backend share. */
#ifndef SRT_BWRAP_BACKEND_H
#define SRT_BWRAP_BACKEND_H

#include <srt/backend.h>

#include "srt-filters/filter.h"

#include "floor.h"
#include "masks.h"
#include "reach.h"
#include "plan.h"
#include "probe.h"
#include "stages.h"
#include "tool.h"
#include "watch.h"

struct srt_masks;
struct srt_supervisor;

/* Sources that are held by descriptor at most; beyond it they go by name. */
#define BW_MAX_HELD 64

typedef struct bw_state {
    const srt_host *host;
    const srt_policy *policy;
    const char *helper;
    bw_tool tool;
    bw_plan plan;
    bw_filter filter;
    bw_means means;
    bw_watch watch;
    uint32_t variant; /* of the filter */
    bw_filter notify; /* count 0: no supervisor */
    uint64_t notify_code[SRT_NOTIFY_MAX];
    uint64_t *seen_code; /* where refusals of the filter are seen: both of them anew */
    const char *private_dirs[BW_PRIVATE_MAX + 1];
    const char *tmp_dirs[2];
    struct srt_supervisor **supervisors; /* one a wrap */
    size_t n_supervisors;
    bw_reach reach;                  /* the plan borrows from it */
    bw_masks masks;                  /* count 0: what is hidden is covered by something empty */
    struct srt_masks **mask_servers; /* one a wrap */
    size_t n_mask_servers;
    bool host_proc; /* no new /proc can be mounted */
    bool outer_net; /* the network namespace is made before bwrap starts */
    char **links;   /* path, target, path, target …, of "/" */
    bw_link *link_pairs;
    size_t n_links;
} bw_state;

/* prepare.c */
int bw_prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state);
void bw_teardown(srt_backend_state *state);
/* report.c */
void bw_report(const srt_host *host, const srt_policy *policy, const bw_means *means,
               bool host_proc);
/* wrap.c */
int bw_wrap(srt_backend_state *state, srt_launch *launch);
/* monitor.c */
int bw_monitor(srt_backend_state *state, int32_t pid, int *ret_fd);

#endif
