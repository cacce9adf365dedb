/* SPDX-License-Identifier: Apache-2.0 */
/* Unix servers outside the filter: each says one letter to who connects, and closes. */
#ifndef SRT_TESTS_SUPERVISE_SERVERS_H
#define SRT_TESTS_SUPERVISE_SERVERS_H

#include <sys/types.h>

/* One process that serves count paths, letters[i] for path i; they listen when it returns. */
pid_t servers_start(const char *const *paths, const char *letters, unsigned count);
void servers_stop(pid_t pid);
/* A listener that nobody accepts from, its queue full. */
int servers_full(const char *path);

/* Connects a new stream socket: the letter, 0 when it closed without, or -errno. */
int servers_reach(const char *path);

#endif
