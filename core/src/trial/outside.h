/* SPDX-License-Identifier: Apache-2.0 */
/* What an attack is aimed at, and how it is seen from outside whether it worked. */
#ifndef SRT_TRIAL_OUTSIDE_H
#define SRT_TRIAL_OUTSIDE_H

#include "trial/private.h"

typedef enum {
    SRT_SEE_STATUS,  /* only the command knows */
    SRT_SEE_OUTSIDE, /* outside/ is another one */
    SRT_SEE_KEPT,    /* work/kept/ */
    SRT_SEE_ABSENT,  /* work/absent exists */
    SRT_SEE_LATER,   /* work/x.later exists */
    SRT_SEE_TCP,     /* somebody has connected */
    SRT_SEE_UDP,
    SRT_SEE_UNIX,
    SRT_SEE_PROCESS, /* it is dead */
    SRT_SEE_SHM,     /* it was written to */
    SRT_SEE_PLACES,  /* a file of the run's name is in one of the places (places.c) */
} SrtSight;

typedef struct SrtOutside {
    const SrtTrial *trial;
    int tcp, tcp6, udp, refused, granted;
    int tcp_port, udp_port;
    pid_t process;
    int shm;
    char *memory;
    char *before; /* snapshot */
    char *name;   /* of a file that nobody else has */
} SrtOutside;

/* Everything anew, the lab too. */
void srt_outside_open(SrtOutside *outside, const SrtTrial *trial, SrtSight sight);
/* patience: for how many seconds to look for the effect when the command says that it has done
 * it; a process that was killed takes a moment to die. */
gboolean srt_outside_worked(const SrtOutside *outside, SrtSight sight, int status, int patience);
void srt_outside_close(SrtOutside *outside);
/* A word with "@tcp", "@udp", "@pid", "@shm", "@places" or "@/path" in place of what it stands for.
 */
char *srt_outside_word(const SrtOutside *outside, const char *word);

#endif
