/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>

#include "srt-filters/enclose.h"
#include "srt-filters/plan.h"

#include "masks.h"
#include "stages.h"

int bw_stage_outer(const char *const *argv, const srt_policy *listeners, int channel)
{
    srt_plan_writer w = {0};
    srt_plan_put_u32(&w, SRT_PLAN_NAMESPACES,
                     CLONE_NEWUSER | (uint32_t)(listeners ? CLONE_NEWNET : 0) |
                         (uint32_t)(channel >= 0 ? CLONE_NEWNS : 0));
    srt_plan_put_u32(&w, SRT_PLAN_FLAGS,
                     SRT_PLAN_FLAG_IGNORE_TTY_SIGNALS |
                         (listeners ? SRT_PLAN_FLAG_LOOPBACK_UP : 0));
    if (channel >= 0)
        srt_plan_put_masks(&w, (uint32_t)channel, BW_MASKS_DIR);
    if (listeners)
        srt_enclosure_put_listeners(&w, listeners);
    for (; *argv; argv++)
        srt_plan_put_text(&w, SRT_PLAN_ARG, *argv);
    return srt_plan_finish(&w);
}
