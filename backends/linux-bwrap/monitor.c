/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts and namespaces refuse without telling anybody; what is seen comes from the
 * supervisors. */
#include "srt-filters/supervise.h"

#include "backend.h"

static void hand_on(void *data, const srt_violation *violation)
{
    const srt_host *host = data;
    host->violation(host, violation);
}

static void drain(const bw_state *s)
{
    for (size_t i = 0; i < s->n_supervisors; i++) {
        uint64_t lost = 0;
        srt_supervisor_drain(s->supervisors[i], hand_on, (void *)(uintptr_t)s->host, &lost);
        if (lost)
            s->host->violations_lost(s->host, lost);
    }
}

/* The command that is started is the one that was wrapped last. */
int bw_monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    bw_state *s = state;
    (void)pid;
    if (!ret_fd)
        drain(s);
    else
        *ret_fd = s->n_supervisors ? srt_supervisor_fd(s->supervisors[s->n_supervisors - 1]) : -1;
    return 0;
}
