/* SPDX-License-Identifier: Apache-2.0 */
#include "render.h"

#include <errno.h>
#include <stdlib.h>

#include "srt-filters/landlock.h"

static void put_texts(srt_plan_writer *w, uint32_t tag, const char *const *texts)
{
    for (; *texts; texts++)
        srt_plan_put_text(w, tag, *texts);
}

static void put_rules(srt_plan_writer *w, const ll_stage *stage)
{
    const ll_plan *plan = stage->plan;
    const struct srt_plan_landlock ruleset = {
        .fs = plan->fs,
        .net = plan->net,
        .scoped = plan->scoped,
        /* The command's, not what the helper does before. */
        .restrict_flags = stage->logs ? SRT_LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF |
                                            SRT_LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON
                                      : 0};
    srt_plan_put_landlock(w, &ruleset);
    for (size_t i = 0; i < plan->n_rules; i++)
        srt_plan_put_landlock_path(w, plan->rules[i].access,
                                   plan->rules[i].optional ? SRT_PLAN_PATH_OPTIONAL : 0,
                                   plan->rules[i].path);
    if (stage->private_dir)
        srt_plan_put_landlock_path(w, ll_plan_private_access(plan), 0, stage->private_dir);
    const uint64_t connects = plan->net & SRT_LANDLOCK_ACCESS_NET_CONNECT_TCP;
    for (size_t i = 0; connects && i < 2; i++)
        if (stage->ports[i])
            srt_plan_put_landlock_port(w, connects, stage->ports[i]);
}

static void put_notify(srt_plan_writer *w, const ll_stage *stage)
{
    uint64_t code[SRT_NOTIFY_MAX], *seen = NULL;
    const void *notify = code;
    uint32_t count = srt_notify_program(NULL, stage->notify, code);
    if (count > 0 && stage->refusals) {
        notify = seen = calloc(stage->filter->count + count, sizeof *seen);
        count = seen ? srt_notify_seen(stage->filter, code, count, seen) : 0;
    }
    if (count > 0) {
        srt_plan_put(w, SRT_PLAN_NOTIFY, notify, (size_t)count * 8);
        srt_plan_put_u32(w, SRT_PLAN_CHANNEL, (uint32_t)stage->channel);
    } else {
        w->error = w->error ? w->error : EINVAL;
    }
    free(seen);
}

static void put_filter(srt_plan_writer *w, const ll_stage *stage)
{
    const srt_filter_program *filter = stage->filter;
    if (!stage->notify || !stage->refusals) {
        srt_plan_put(w, SRT_PLAN_FILTER, filter->code, (size_t)filter->count * 8);
        return;
    }
    uint64_t *code = calloc(filter->count, sizeof *code);
    if (code)
        srt_plan_put(w, SRT_PLAN_FILTER, code, (size_t)srt_filter_unseen(filter, code) * 8);
    else
        w->error = w->error ? w->error : ENOMEM;
    free(code);
}

void ll_render(srt_plan_writer *w, const ll_stage *stage)
{
    srt_plan_put_u32(w, SRT_PLAN_FLAGS,
                     SRT_PLAN_FLAG_COMMAND | SRT_PLAN_FLAG_KEEPER |
                         SRT_PLAN_FLAG_DROP_CAPABILITIES | SRT_PLAN_FLAG_NO_DATAGRAM_STDIO);
    put_texts(w, SRT_PLAN_ARG, stage->argv);
    put_texts(w, SRT_PLAN_ENV, stage->env);
    srt_plan_put_text(w, SRT_PLAN_CWD, stage->cwd);
    srt_plan_put(w, SRT_PLAN_IGNORE, &stage->ignored_signals, sizeof stage->ignored_signals);
    if (stage->null_fd > 2)
        srt_plan_put_u32(w, SRT_PLAN_NULL, (uint32_t)stage->null_fd);
    put_rules(w, stage);
    if (stage->notify)
        put_notify(w, stage);
    put_filter(w, stage);
}
