/* SPDX-License-Identifier: Apache-2.0 */
/* Records of calls, as the host names things. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "internal.h"

#define WAIT_MOST_US 20000 /* several threads may have to wait for each other */

void sup_report(const sup_call *call, srt_operation operation, uint32_t flags, const char *target,
                const srt_origin *origin, const char *reason)
{
    char program[SUP_PATH_MAX], link[32];
    snprintf(link, sizeof link, "%u/exe", call->notif.pid);
    ssize_t n = readlinkat(call->sup->proc, link, program, sizeof program - 1);
    program[n < 0 ? 0 : n] = '\0';
    int32_t process = sup_caller_process(call);
    srt_violation violation = {
        .struct_size = sizeof violation,
        .flags = flags,
        .operation = operation,
        .pid = process > 0 ? process : 0,
        .program = process > 0 && n > 0 ? program : NULL,
        .target = target,
        .rule = origin ? origin->pointer : NULL,
        .reason = reason,
    };
    unsigned wait = sup_records_put(call->sup->records, &violation);
    if (wait)
        usleep(wait < WAIT_MOST_US ? wait : WAIT_MOST_US);
}

void sup_names_changed(srt_supervisor *sup)
{
    if (atomic_load_explicit(&sup->changed, memory_order_relaxed) ||
        atomic_exchange(&sup->changed, true))
        return;
    if (sup->options.names_changed)
        sup->options.names_changed(sup->options.data);
}
