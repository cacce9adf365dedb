/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts and namespaces refuse without telling anybody; what is seen comes from the
 * supervisors, and from the masks. */
#include "srt-filters/masks.h"

#include "backend.h"

static void hand_on(void *data, const srt_violation *violation)
{
    const srt_host *host = data;
    host->violation(host, violation);
}

static void drain_masks(const bw_state *s)
{
    for (size_t i = 0; i < s->n_mask_servers; i++) {
        uint64_t lost = 0;
        srt_masks_drain(s->mask_servers[i], hand_on, (void *)(uintptr_t)s->host, &lost);
        if (lost)
            s->host->violations_lost(s->host, lost);
    }
}

/* The command that is started is the one that was wrapped last. What the masks see goes
 * to the supervisor's records where there is one. */
int bw_monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    bw_state *s = state;
    (void)pid;
    int r = srt_enclosure_monitor(s->enclosure, ret_fd);
    if (r < 0 || srt_enclosure_supervisor(s->enclosure) || s->n_mask_servers == 0)
        return r;
    if (!ret_fd)
        drain_masks(s);
    else
        *ret_fd = srt_masks_fd(s->mask_servers[s->n_mask_servers - 1]);
    return 0;
}
