/* SPDX-License-Identifier: Apache-2.0 */
/* What the helper inside is to do, written down. */
#include <errno.h>

#include "enclose.h"
#include "floor.h"

static void put_all(srt_plan_writer *w, uint32_t tag, const char *const *texts)
{
    for (; *texts; texts++)
        srt_plan_put_text(w, tag, *texts);
}

void srt_enclosure_put_listeners(srt_plan_writer *w, const srt_policy *policy)
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

static void put_command(srt_plan_writer *w, const srt_host *host, srt_launch *launch)
{
    const uint64_t ignored = host->launch_ignored_signals(launch);
    const int null_fd = host->launch_null_fd(launch);
    put_all(w, SRT_PLAN_ARG, host->launch_argv(launch));
    put_all(w, SRT_PLAN_ENV, host->launch_env(launch));
    srt_plan_put_text(w, SRT_PLAN_CWD, host->launch_cwd(launch));
    srt_plan_put(w, SRT_PLAN_IGNORE, &ignored, sizeof ignored);
    if (null_fd >= 0)
        srt_plan_put_u32(w, SRT_PLAN_NULL, (uint32_t)null_fd);
}

int srt_enclosure_plan(const srt_enclosure *e, srt_launch *launch, int channel, uint32_t flags)
{
    const srt_policy *policy = e->policy;
    srt_plan_writer w = {0};
    srt_plan_put_u32(&w, SRT_PLAN_FLAGS,
                     SRT_PLAN_FLAG_COMMAND | SRT_PLAN_FLAG_INIT |
                         (policy->unix_all ? 0 : SRT_PLAN_FLAG_NO_DATAGRAM_STDIO));
    put_command(&w, e->host, launch);
    if ((flags & SRT_INSIDE_LISTEN) && policy->net_mode == SRT_NET_PROXY)
        srt_enclosure_put_listeners(&w, policy);
    if (policy->layers & SRT_LAYER_LANDLOCK)
        srt_layer_put(&w, policy, e->means.landlock);
    if (e->watch.exact)
        srt_floor_put(&w, e->private_dirs, e->means.landlock);
    if (channel >= 0) {
        srt_plan_put_u32(&w, SRT_PLAN_CHANNEL, (uint32_t)channel);
        srt_plan_put(&w, SRT_PLAN_NOTIFY, e->notify.code, (size_t)e->notify.count * 8);
    }
    srt_plan_put(&w, SRT_PLAN_FILTER, e->filter.code, (size_t)e->filter.count * 8);
    return srt_plan_finish(&w);
}
