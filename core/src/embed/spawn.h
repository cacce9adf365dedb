/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a program so that the embedding program never meets it: no SIGCHLD, nothing for its
 * waitpid(-1), no zombie anywhere. Private to this room.
 *
 * On Linux a thread of the library is held, as by vfork, by a child that shares its memory, sends
 * no signal when it ends and is seen by no wait but one with __WCLONE; that one is the parent of
 * the program, waits for it, and dies with the thread. (A child that executes a program gets
 * SIGCHLD as its signal back, so it cannot be the program itself; and a program without a parent
 * falls to whatever process 1 is, which in a container often waits for nobody.) Elsewhere the
 * program is an ordinary child, waited for by its number. */
#ifndef SRT_EMBED_SPAWN_H
#define SRT_EMBED_SPAWN_H

#include <glib.h>
#include <srt/srt.h>

typedef struct SrtEmbedSpawn {
    const char *const *argv; /* argv[0] is an absolute path */
    const char *const *env;
    const char *cwd; /* NULL: the caller's */
    int fds[3];      /* what becomes 0, 1, 2; -1: the caller's */
    int hand_down;   /* a descriptor above 2 that it gets under its number; -1: none */
    gboolean new_group;
} SrtEmbedSpawn;

typedef struct SrtEmbedChild SrtEmbedChild;

/* Called once, on a thread of its own, after the program has ended and was waited for: wait_status
 * as of waitpid. */
typedef void (*SrtEmbedGone)(void *data, int wait_status);

/* NULL with *error; then gone is not called. */
SrtEmbedChild *srt_embed_spawn(const SrtEmbedSpawn *spawn, SrtEmbedGone gone, void *data,
                               srt_error **error);
int srt_embed_child_pid(const SrtEmbedChild *child);
/* 0, also when it has ended; else errno. Any thread. */
int srt_embed_child_signal(SrtEmbedChild *child, int signal_number);
/* Forgets it; it runs on. Accepts NULL. */
void srt_embed_child_free(SrtEmbedChild *child);

#endif
