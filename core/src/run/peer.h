/* SPDX-License-Identifier: Apache-2.0 */
/* Who is at the other end of a connection from the sandbox, for records. Linux; elsewhere nobody
 * is found. */
#ifndef SRT_RUN_PEER_H
#define SRT_RUN_PEER_H

#include <glib.h>
#include <sys/types.h>

/* The process among root and its descendants that holds the other end of a TCP socket of ours, or
 * 0. *ret_program: its program, or NULL; caller frees. It looks through /proc, so it is done some
 * times a second only: then 0 as well. One thread. */
pid_t srt_peer_find(pid_t root, int socket, char **ret_program);

#endif
