/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sched.h>

#include "srt-filters/plan.h"

#include "floor.h"
#include "masks.h"
#include "stages.h"

static void put_all(srt_plan_writer *w, uint32_t tag, const char *const *texts)
{
    for (; *texts; texts++)
        srt_plan_put_text(w, tag, *texts);
}

static void put_listeners(srt_plan_writer *w, const srt_policy *policy)
{
    const struct srt_plan_listen listeners[] = {
        {SRT_LISTENER_HTTP, 4, policy->http_port},
        {SRT_LISTENER_HTTP, 6, policy->http_port},
        {SRT_LISTENER_SOCKS, 4, policy->socks_port},
        {SRT_LISTENER_SOCKS, 6, policy->socks_port},
    };
    for (size_t i = 0; i < sizeof listeners / sizeof *listeners; i++)
        if (listeners[i].port)
            srt_plan_put(w, SRT_PLAN_LISTEN, &listeners[i], sizeof listeners[i]);
}

int bw_stage_inner(const bw_inner *inner)
{
    srt_plan_writer w = {0};
    srt_plan_put_u32(&w, SRT_PLAN_FLAGS,
                     SRT_PLAN_FLAG_COMMAND | SRT_PLAN_FLAG_INIT |
                         (inner->has_datagram ? 0 : SRT_PLAN_FLAG_NO_DATAGRAM_STDIO));
    put_all(&w, SRT_PLAN_ARG, inner->argv);
    put_all(&w, SRT_PLAN_ENV, inner->env);
    srt_plan_put_text(&w, SRT_PLAN_CWD, inner->cwd);
    srt_plan_put(&w, SRT_PLAN_IGNORE, &inner->ignored_signals, sizeof inner->ignored_signals);
    if (inner->null_fd >= 0)
        srt_plan_put_u32(&w, SRT_PLAN_NULL, (uint32_t)inner->null_fd);
    if (inner->listeners)
        put_listeners(&w, inner->listeners);
    if (inner->has_layer)
        bw_layer_put(&w, inner->policy, inner->landlock);
    if (inner->has_floor)
        bw_floor_put(&w, inner->policy, inner->landlock);
    if (inner->channel >= 0) {
        srt_plan_put_u32(&w, SRT_PLAN_CHANNEL, (uint32_t)inner->channel);
        srt_plan_put(&w, SRT_PLAN_NOTIFY, inner->notify.code, (size_t)inner->notify.count * 8);
    }
    srt_plan_put(&w, SRT_PLAN_FILTER, inner->filter.code, (size_t)inner->filter.count * 8);
    return srt_plan_finish(&w);
}

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
        put_listeners(&w, listeners);
    put_all(&w, SRT_PLAN_ARG, argv);
    return srt_plan_finish(&w);
}
