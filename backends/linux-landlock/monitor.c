/* SPDX-License-Identifier: Apache-2.0 */
#include "backend.h"

static void hand_over(void *data, const srt_violation *violation)
{
    const srt_host *host = data;
    host->violation(host, violation);
}

static void drain(const ll_state *s)
{
    for (const ll_run *run = s->runs; run; run = run->next) {
        uint64_t lost = 0;
        if (!run->supervisor)
            continue;
        srt_audit_settle(run->audit);
        srt_supervisor_drain(run->supervisor, hand_over, (void *)(uintptr_t)s->host, &lost);
        if (lost)
            s->host->violations_lost(s->host, lost);
    }
}

int ll_monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    ll_state *s = state;
    (void)pid;
    if (!ret_fd) {
        drain(s);
        return 0;
    }
    const srt_supervisor *last = s->runs ? s->runs->supervisor : NULL;
    *ret_fd = last ? srt_supervisor_fd(last) : -1;
    return 0;
}
