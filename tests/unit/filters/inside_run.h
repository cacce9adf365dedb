/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the helper with a plan and collects what it hands off. */
#ifndef SRT_TESTS_INSIDE_RUN_H
#define SRT_TESTS_INSIDE_RUN_H

#include <stddef.h>
#include <sys/types.h>

#include "srt-filters/plan.h"

#define RUN_FDS_MAX 8

typedef struct Run {
    pid_t pid;
    int handoff;
    int out; /* what it writes to 1 and 2 */
    /* After run_finish: */
    char kinds[16];       /* of the packets, in order */
    char text[1024];      /* of FAILED */
    int told_status;      /* of FAILED */
    int fds[RUN_FDS_MAX]; /* received, in order; closed by run_clear */
    int n_fds;
    int status; /* exit status, 128+N for a signal */
    char output[8192];
} Run;

/* Starts `srt-inside run` with the plan that the writer holds. */
void run_start(Run *run, srt_plan_writer *plan);
/* The same with any descriptor as plan, which is closed. */
void run_start_fd(Run *run, int plan_fd);
/* Receives so many packets at most. */
void run_receive_some(Run *run, int packets);
/* Receives packets until the end of the hand-off; does not wait for the exit. */
void run_receive(Run *run);
/* The rest: packets, output, status. */
void run_finish(Run *run);
void run_clear(Run *run);

/* A writer with words, a PATH and flags. */
srt_plan_writer plan_for(uint32_t flags, const char *const *argv);
#define PLAN_FOR(flags, ...) plan_for((flags), (const char *const[]){__VA_ARGS__, NULL})

#endif
