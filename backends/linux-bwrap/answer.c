/* SPDX-License-Identifier: Apache-2.0 */
/* The masks in the life of this backend: whether there are any, and who answers for them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "srt-filters/masks.h"

#include "supervise.h"

int bw_masks_prepare(bw_state *s, const bw_facts *facts)
{
    if (bw_masks_choose(&s->masks, s->policy) < 0)
        return s->host->fail(s->host, ENOMEM, "out of memory");
    const char *why = s->masks.count ? bw_no_masks(facts) : NULL;
    if (why) {
        s->host->log(s->host, SRT_LOG_DEBUG, "reading what is hidden is not recorded: %s", why);
        bw_masks_clear(&s->masks);
    }
    s->means.masks = s->masks.all;
    return 0;
}

int bw_masks_launch(bw_state *s, srt_launch *launch, int *ret_channel)
{
    struct srt_masks *masks = NULL;
    int inner = -1;
    *ret_channel = -1;
    if (s->masks.count == 0)
        return 0;
    struct srt_masks **more =
        reallocarray(s->mask_servers, s->n_mask_servers + 1, sizeof *s->mask_servers);
    if (!more)
        return s->host->fail(s->host, ENOMEM, "out of memory");
    s->mask_servers = more;
    const srt_masks_options options = {
        .regions = s->masks.regions,
        .count = s->masks.count,
        .supervisor = s->n_supervisors ? s->supervisors[s->n_supervisors - 1] : NULL,
    };
    int r = srt_masks_new(&options, &masks, &inner);
    if (r < 0)
        return s->host->fail(s->host, -r, "cannot hide what may not be read: %s", strerror(-r));
    s->mask_servers[s->n_mask_servers++] = masks;
    *ret_channel = s->host->launch_take_fd(launch, inner);
    return 0;
}

void bw_masks_end(bw_state *s)
{
    for (size_t i = 0; i < s->n_mask_servers; i++)
        srt_masks_free(s->mask_servers[i]);
    free(s->mask_servers);
    s->mask_servers = NULL;
    s->n_mask_servers = 0;
    bw_masks_clear(&s->masks);
}
