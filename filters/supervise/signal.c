/* SPDX-License-Identifier: Apache-2.0 */
/* Signals to processes outside, for the record: Landlock refuses them. */
#include <stdio.h>
#include <sys/stat.h>

#include "internal.h"

#define ANCESTORS_MAX 4096

/* Numbers mean the same to the caller as here. */
static bool same_pids(const sup_call *call)
{
    struct stat ours, theirs;
    char entry[32];
    snprintf(entry, sizeof entry, "%u/ns/pid", call->notif.pid);
    return fstatat(call->sup->proc, "self/ns/pid", &ours, 0) == 0 &&
           fstatat(call->sup->proc, entry, &theirs, 0) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
}

/* What the command started descends from its keeper, also when it lost its parent. false also for
 * what does not exist. */
static bool is_outside(const srt_supervisor *sup, int32_t process)
{
    int32_t parent = sup_parent_of(sup, process);
    if (parent == 0 && process != 1)
        return false;
    for (int i = 0; parent > 0 && i < ANCESTORS_MAX; i++) {
        if (parent == sup->keeper)
            return false;
        parent = sup_parent_of(sup, parent);
    }
    return true;
}

sup_answer sup_signal(sup_call *call)
{
    char target[64];
    const srt_supervisor *sup = call->sup;
    int32_t process = (int32_t)sup_arg(call, 0);
    /* Groups are for the kernel: it signals those of them that may be. */
    if (process <= 0 || sup->keeper == 0 || !same_pids(call) || !is_outside(sup, process) ||
        !sup_call_alive(call))
        return SUP_GO_ON;
    snprintf(target, sizeof target, "process %d (signal %d)", process, (int)sup_arg(call, 1));
    sup_report(call, SRT_OP_SIGNAL, SRT_VIOLATION_ATTEMPT, target, NULL,
               "signals to processes outside of the sandbox are not allowed");
    return SUP_GO_ON;
}
