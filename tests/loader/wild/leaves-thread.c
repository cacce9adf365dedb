/* SPDX-License-Identifier: Apache-2.0 */
/* Starts a thread and forgets it. */
#include "../bestiary/beast.h"

#include <pthread.h>

static void *idle(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    pthread_t thread;
    pthread_create(&thread, NULL, idle, NULL);
    return beast_prepare(host, policy, ret_state);
}

BEAST("leaves-thread", .prepare = prepare)
