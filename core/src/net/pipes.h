/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel pipes for splice, shared by all connections: one is held only while
 * bytes are in it. Off Linux there are none. */
#ifndef SRT_NET_PIPES_H
#define SRT_NET_PIPES_H

#include <glib.h>

typedef struct SrtPipe {
    int read;
    int write;
    guint32 size;
} SrtPipe;

typedef struct SrtPipes SrtPipes;

SrtPipes *srt_pipes_new(void);
void srt_pipes_free(SrtPipes *pipes);

/* NULL when too many are in use or none can be made: copy instead. */
SrtPipe *srt_pipes_take(SrtPipes *pipes);
/* clean FALSE: it may hold bytes, and is closed. */
void srt_pipes_give(SrtPipes *pipes, SrtPipe *pipe, gboolean clean);

#endif
