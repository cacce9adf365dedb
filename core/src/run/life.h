/* SPDX-License-Identifier: Apache-2.0 */
/* Knowing when nothing of a sandbox is alive any more. */
#ifndef SRT_RUN_LIFE_H
#define SRT_RUN_LIFE_H

#include <sys/types.h>

/* Longest wait for processes that were already told to die. */
#define SRT_LIFE_WAIT_MS 1000

/* A pidfd of the command's parent, when that is another process than the started
 * one and than srt: the first process of the sandbox's pid namespace, which is
 * gone only after all others. -1 when there is none. The caller closes it. */
int srt_life_keeper(pid_t command, pid_t child);

/* Waits until both processes are gone (-1: none), at most SRT_LIFE_WAIT_MS. */
void srt_life_wait_gone(int command, int keeper);

#endif
