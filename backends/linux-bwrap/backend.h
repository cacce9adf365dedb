/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this backend share. */
#ifndef SRT_BWRAP_BACKEND_H
#define SRT_BWRAP_BACKEND_H

#include <srt/backend.h>

#include "srt-filters/enclose.h"

#include "masks.h"
#include "plan.h"
#include "probe.h"
#include "reach.h"
#include "stages.h"
#include "tool.h"

struct srt_masks;

/* Sources that are held by descriptor at most; beyond it they go by name. */
#define BW_MAX_HELD 64

typedef struct bw_state {
    const srt_host *host;
    const srt_policy *policy;
    const char *helper;
    bw_tool tool;
    bw_plan plan;
    srt_enclosure *enclosure;        /* filter, supervisors, Landlock */
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
void bw_report(const srt_host *host, const srt_policy *policy, bool host_proc);
/* wrap.c */
int bw_wrap(srt_backend_state *state, srt_launch *launch);
/* monitor.c */
int bw_monitor(srt_backend_state *state, int32_t pid, int *ret_fd);

#endif
