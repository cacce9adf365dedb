/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves what it has made when the second step of prepare fails. */
#include "../bestiary/beast.h"

#include <stdlib.h>

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy;
    int *pair = malloc(2 * sizeof *pair);
    if (!pair)
        return host->fail(host, ENOMEM, "out of memory");
    beast_begin(host);
    pair[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pair[1] = pair[0] < 0 ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (pair[1] < 0) {
        int error = errno;
        free(pair);
        return host->fail(host, error, "no descriptor is left");
    }
    beast_report_all(host);
    *ret_state = pair;
    return 0;
}

static void teardown(srt_backend_state *state)
{
    int *pair = state;
    if (!pair)
        return;
    close(pair[0]);
    close(pair[1]);
    free(pair);
}

BEAST("half-leaks", .prepare = prepare, .teardown = teardown)
