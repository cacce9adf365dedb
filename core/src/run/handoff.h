/* SPDX-License-Identifier: Apache-2.0 */
/* The outer end of the hand-off socket (srt/launch.h): what arrives is bounded
 * and checked before anybody uses it. */
#ifndef SRT_RUN_HANDOFF_H
#define SRT_RUN_HANDOFF_H

#include <glib.h>
#include <srt/policy.h>

#define SRT_HANDOFF_LISTENERS_MAX 16

typedef enum {
    SRT_HANDED_NOTHING, /* nothing is there now */
    SRT_HANDED_LISTENER,
    SRT_HANDED_COMMAND,
    SRT_HANDED_FAILED,
    SRT_HANDED_END, /* the other end is closed */
    SRT_HANDED_BAD, /* against the contract: the sandbox must be ended */
} SrtHandedKind;

typedef struct SrtHanded {
    SrtHandedKind kind;
    srt_listener_role role; /* LISTENER */
    int fd;                 /* LISTENER, COMMAND: the caller's now; else -1 */
    int status;             /* FAILED: 125..127 */
    char text[1001];        /* FAILED: from the helper; BAD: why */
} SrtHanded;

/* Receives one packet without waiting. */
void srt_handoff_receive(int socket, SrtHanded *ret);

/* Process id behind a pidfd as this program sees it, or -1. */
int srt_pidfd_pid(int pidfd);
/* Sends a signal through a pidfd; FALSE with errno set. */
gboolean srt_pidfd_send(int pidfd, int signal_number);

#endif
