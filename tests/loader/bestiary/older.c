/* SPDX-License-Identifier: Apache-2.0 */
/* Built against a header that ended before share_loopback: it knows less of the host's
 * table, of the policy, and of the answers. */
#include "beast.h"

#include <stddef.h>

#define OLD_HOST offsetof(srt_host, share_loopback)
#define OLD_POLICY offsetof(srt_policy, protect_missing)

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    srt_host old;
    if (host->struct_size < OLD_HOST || policy->struct_size < OLD_POLICY)
        return -ENOTSUP;
    memset(&old, 0, sizeof old);
    memcpy(&old, host, OLD_HOST);
    beast_begin(&old);
    beast_report_all(&old);
    beast_host = host;
    *ret_state = &beast_object;
    return 0;
}

BEAST("older", .struct_size = offsetof(srt_backend, teardown) + sizeof(void (*)(void)),
      .prepare = prepare)
