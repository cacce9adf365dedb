/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>

#include "srt-filters/enclose.h"
#include "srt-filters/plan.h"

#include "stages.h"

int bw_stage_outer(const char *const *argv, const srt_policy *listeners)
{
    srt_plan_writer w = {0};
    srt_plan_put_u32(&w, SRT_PLAN_NAMESPACES, CLONE_NEWUSER | CLONE_NEWNET);
    srt_plan_put_u32(&w, SRT_PLAN_FLAGS,
                     SRT_PLAN_FLAG_LOOPBACK_UP | SRT_PLAN_FLAG_IGNORE_TTY_SIGNALS);
    srt_enclosure_put_listeners(&w, listeners);
    for (; *argv; argv++)
        srt_plan_put_text(&w, SRT_PLAN_ARG, *argv);
    return srt_plan_finish(&w);
}
