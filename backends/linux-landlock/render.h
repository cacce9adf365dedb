/* SPDX-License-Identifier: Apache-2.0 */
/* From the plan to what the helper inside reads. Pure. */
#ifndef SRT_LANDLOCK_RENDER_H
#define SRT_LANDLOCK_RENDER_H

#include "plan.h"
#include "srt-filters/filter.h"
#include "srt-filters/plan.h"

typedef struct ll_stage {
    const ll_plan *plan;
    const char *private_dir; /* NULL: none */
    uint16_t ports[2];       /* of the proxies on the loopback interface, 0 for none */

    const char *const *argv; /* of the command; NULL-terminated */
    const char *const *env;
    const char *cwd;
    uint64_t ignored_signals;
    const srt_filter_program *filter;
    bool refusals;   /* of the filter are put to the supervisor, where there is one */
    uint32_t notify; /* SRT_NOTIFY_*; 0: no supervisor */
    int channel;     /* then: its number in the helper */
    bool logs;       /* what the kernel refuses goes to its audit */
    int null_fd;     /* number that is to be /dev/null; below 3: none */
} ll_stage;

void ll_render(srt_plan_writer *w, const ll_stage *stage);

#endif
