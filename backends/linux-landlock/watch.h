/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls are put to the supervisor. Pure. Any thread. */
#ifndef SRT_LANDLOCK_WATCH_H
#define SRT_LANDLOCK_WATCH_H

#include <stdint.h>

#include <srt/policy.h>

/* SRT_NOTIFY_*: what it must judge for the policy to hold, and what shall be seen besides. */
uint32_t ll_watch(const srt_policy *policy, int abi);

#endif
