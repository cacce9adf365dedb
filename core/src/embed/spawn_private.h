/* SPDX-License-Identifier: Apache-2.0 */
/* The part of spawning that each system does its own way. Private to spawn*.c. */
#ifndef SRT_EMBED_SPAWN_PRIVATE_H
#define SRT_EMBED_SPAWN_PRIVATE_H

#include <pthread.h>
#include <sys/types.h>

#include "embed/spawn.h"

struct SrtEmbedChild {
    gint refs;
    SrtEmbedGone gone;
    void *data;
    const SrtEmbedSpawn *spawn; /* the caller's; until ready was written */
    int ready;                  /* write end: one byte when the program runs or failed to */
    pid_t self;                 /* of the embedding program */
    pid_t pid;
    int pidfd; /* -1: not known */
    int wait_status;
    /* Where it failed: 0, or errno and what could not be done. */
    int failed;
    const char *what;

    pthread_mutex_t lock; /* guards: */
    gboolean ended;       /* pid may be another's by now */
};

/* Runs it and waits for it, on the thread that is for that. Writes to ready as soon as pid, or
 * failed, is known. */
void srt_embed_run_child(SrtEmbedChild *child);

/* In the new process, before the program: descriptors, directory, process group. 0, or errno with
 * *ret_what. Only calls that are safe between vfork and exec. */
int srt_embed_prepare_child(const SrtEmbedSpawn *spawn, const char **ret_what);

#endif
