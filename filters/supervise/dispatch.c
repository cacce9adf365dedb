/* SPDX-License-Identifier: Apache-2.0 */
/* Which handler answers a call. */
#include <errno.h>
#include <fcntl.h>

#include "internal.h"

/* Calls that write to, or change, what exists. */
static sup_answer change(sup_call *call)
{
    const srt_supervise_options *options = &call->sup->options;
    if (!options->perform_writes)
        return sup_observe(call);
    switch (call->row->kind) {
    case SUP_OPEN:
    case SUP_TRUNCATE:
        return sup_open_perform(call);
    case SUP_UNLINK:
    case SUP_RMDIR:
    case SUP_RENAME:
        return sup_delete_perform(call);
    default:
        return sup_meta_perform(call);
    }
}

static sup_answer create(sup_call *call)
{
    const srt_supervise_options *options = &call->sup->options;
    if (options->exact && (options->notify & SRT_NOTIFY_CREATE))
        return sup_create_exact(call);
    sup_answer answer = SUP_GO_ON;
    if (options->notify & SRT_NOTIFY_CREATE)
        answer = sup_create_check(call);
    if (answer != SUP_GO_ON)
        return answer;
    if (options->notify & (SRT_NOTIFY_WRITE | SRT_NOTIFY_READ))
        return call->row->kind == SUP_OPEN || call->row->kind == SUP_RENAME ? change(call)
                                                                            : sup_observe(call);
    return SUP_GO_ON;
}

sup_answer sup_dispatch(sup_call *call)
{
    if (SUP_CREATES(call->row->kind))
        return create(call);
    if (SUP_CHANGES(call->row->kind) || SUP_BY_FD(call->row->kind))
        return change(call);
    switch (call->row->kind) {
    case SUP_CONNECT:
        return sup_connect(call);
    case SUP_BIND:
        return sup_bind(call);
    case SUP_LISTEN:
        return sup_listen(call);
    case SUP_UMASK:
        return sup_umask(call);
    case SUP_EXEC:
        return sup_observe(call);
    case SUP_SIGNAL:
        return sup_signal(call);
    default:
        return -ENOSYS;
    }
}
