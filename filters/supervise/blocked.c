/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that the base filter would refuse. They are refused here with the same error, by the same
 * rules, which look at registers alone, so nobody can change what was judged. */
#include <errno.h>
#include <string.h>

#include "internal.h"

sup_answer sup_blocked(sup_call *call)
{
    const srt_supervise_options *options = &call->sup->options;
    int error = ENOSYS;
    const char *why = NULL;
    if (!options->refuses_calls)
        return -ENOSYS;
    const char *name = srt_filter_refuses(options->base_variant, &call->notif.data, &error, &why);
    if (name && sup_call_alive(call))
        sup_report(call, SRT_OP_SYSCALL, 0, name, NULL, why);
    return -error;
}
