/* SPDX-License-Identifier: Apache-2.0 */
/* Masks over what may not be read: a FUSE file system of the sandbox, answered from
 * outside. A masked directory is empty and read-only, a masked file cannot be opened, and
 * who asks is recorded; nothing else costs anything. libc and threads only; made for
 * backends.
 *
 * The file system is mounted by the helper (SRT_PLAN_MASKS), in the user and mount
 * namespace of its own that it makes before it executes the tool; its root holds one entry
 * per mask, named by its number, which the tool binds to where it belongs. The descriptor
 * comes out through the channel. When it closes, with the last process that answers, the
 * kernel answers ENOTCONN: nothing is let through, and nobody waits.
 *
 * Processes outside that user namespace, the supervisor's threads among them, get EACCES
 * from the kernel without a question to anybody, so they cannot hang there. */
#ifndef SRT_FILTERS_MASKS_H
#define SRT_FILTERS_MASKS_H

#include <stddef.h>

#include <srt/policy.h>
#include <srt/violation.h>

#include "srt-filters/supervise.h"

typedef struct srt_masks srt_masks;

typedef struct srt_masks_options {
    /* What is masked; mask number i stands for regions[i]. Borrowed until free. */
    const srt_region *const *regions;
    size_t count;
    /* Takes the records too, and lives longer. NULL: they wait here. */
    srt_supervisor *supervisor;
} srt_masks_options;

/* Makes the masks and starts their thread. *ret_inner: the end of the channel for the
 * helper, close-on-exec, the caller's to close. 0, or a negative errno value. */
int srt_masks_new(const srt_masks_options *options, srt_masks **ret, int *ret_inner);
/* Ends the thread: whoever asks from now on gets ENOTCONN. NULL is fine. */
void srt_masks_free(srt_masks *masks);

/* As of a supervisor; only where there is none. */
int srt_masks_fd(const srt_masks *masks);
void srt_masks_drain(srt_masks *masks, void (*each)(void *data, const srt_violation *violation),
                     void *data, uint64_t *ret_lost);

#endif
