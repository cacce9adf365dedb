/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts and namespaces refuse without telling anybody; what is seen comes from the
 * supervisors. */
#include "srt-filters/masks.h"
#include "srt-filters/supervise.h"

#include "backend.h"

static void hand_on(void *data, const srt_violation *violation)
{
    const srt_host *host = data;
    host->violation(host, violation);
}

static void say_lost(const bw_state *s, uint64_t lost)
{
    if (lost)
        s->host->violations_lost(s->host, lost);
}

/* What the masks see goes to the supervisor's records where there is one. */
static void drain(const bw_state *s)
{
    void *host = (void *)(uintptr_t)s->host;
    for (size_t i = 0; i < s->n_supervisors; i++) {
        uint64_t lost = 0;
        srt_supervisor_drain(s->supervisors[i], hand_on, host, &lost);
        say_lost(s, lost);
    }
    for (size_t i = 0; s->n_supervisors == 0 && i < s->n_mask_servers; i++) {
        uint64_t lost = 0;
        srt_masks_drain(s->mask_servers[i], hand_on, host, &lost);
        say_lost(s, lost);
    }
}

static int newest_fd(const bw_state *s)
{
    if (s->n_supervisors)
        return srt_supervisor_fd(s->supervisors[s->n_supervisors - 1]);
    return s->n_mask_servers ? srt_masks_fd(s->mask_servers[s->n_mask_servers - 1]) : -1;
}

/* The command that is started is the one that was wrapped last. */
int bw_monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    bw_state *s = state;
    (void)pid;
    if (!ret_fd)
        drain(s);
    else
        *ret_fd = newest_fd(s);
    return 0;
}
