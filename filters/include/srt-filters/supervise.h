/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor: answers, outside, the system calls that the notify filter of one
 * sandbox puts to it. It connects to unix sockets, refuses or performs the creation
 * of protected names, and sees what is refused. libc and threads only; made for
 * backends.
 *
 * Life: new before the command is launched (the inner socket goes into the launch,
 * its number into the helper's plan as CHANNEL); it runs on threads of its own
 * from then on and waits for the listener; free when the command has ended. If it
 * ends earlier, calls put to it fail with ENOSYS: the command breaks, nothing is
 * let through. */
#ifndef SRT_FILTERS_SUPERVISE_H
#define SRT_FILTERS_SUPERVISE_H

#include <stdbool.h>
#include <stdint.h>

#include <srt/policy.h>
#include <srt/violation.h>

typedef struct srt_supervisor srt_supervisor;

typedef struct srt_supervise_options {
    /* Borrowed until free. Its paths are those of the sandbox as well. */
    const srt_policy *policy;
    uint32_t notify; /* SRT_NOTIFY_* of the filter that is loaded */

    /* Creation: false: the name is judged and the call goes on (SRT_CHECKED); true: a
     * Landlock floor without MAKE_* rights lies under the sandbox, and the supervisor is
     * the only one to create, in the caller's place. */
    bool exact;
    /* Opening for writing, deleting, metadata: false: observed (mounts refuse); true: judged
     * by the policy and performed in the caller's place where the floor refuses. */
    bool perform_writes;
    /* Directories where the floor itself permits writing (perform_writes) or creating
     * (exact): calls there go on. Absolute, canonical, NULL-terminated, or NULL. */
    const char *const *native_write;
    const char *const *native_create;

    /* Directories that exist for this sandbox alone (its temporary directory): unix sockets may be
     * bound there and connected to, and writing there is no attempt. As above, or NULL. */
    const char *const *private_dirs;

    /* TCP: false: observed (the network namespace refuses); true: only 127.0.0.1 and [::1] at
     * these ports, connected in the caller's place. 0 ends the list. */
    bool judge_tcp;
    uint16_t tcp_ports[8];
    /* There is nothing to judge about sockets: the base filter has closed unix sockets, and a
     * network namespace the rest. connect is observed and, like bind, goes on. */
    bool observe_sockets;
    /* Refusals of the base filter are put to the supervisor: they are recorded, and stay refusals
     * (srt_notify_seen). The variant of the filter is base_variant. */
    bool refuses_calls;
    uint32_t base_variant;

    /* Called from a thread of the supervisor, for the first creation that is let through, at
     * most once. */
    void (*names_changed)(void *data);
    void *data;
} srt_supervise_options;

/* Makes a supervisor and starts its threads. *ret_inner: the end of the channel for the
 * helper inside, close-on-exec, the caller's to close. 0, or a negative errno value. */
int srt_supervisor_new(const srt_supervise_options *options, srt_supervisor **ret, int *ret_inner);

/* Stops the threads and frees; what is not drained is lost. NULL is fine. */
void srt_supervisor_free(srt_supervisor *supervisor);

/* Readable while violations wait. Owned by the supervisor. */
int srt_supervisor_fd(const srt_supervisor *supervisor);

/* Hands out what waits, oldest first, and returns. From one thread. Beyond a bound of
 * waiting ones the newest are dropped; their number comes as *ret_lost (may be NULL), since
 * the last drain. */
void srt_supervisor_drain(srt_supervisor *supervisor,
                          void (*each)(void *data, const srt_violation *violation), void *data,
                          uint64_t *ret_lost);

/* Whether this process is itself under a notify filter already: the kernel takes no second
 * listener then (srt inside srt). */
bool srt_supervisor_possible(void);

/* The same, and whether the calls of a set can be answered by this process, since some containers
 * close what that needs. 0, -EBUSY (no listener possible), or another negative errno value. */
int srt_supervisor_check(uint32_t notify);

#endif
