/* SPDX-License-Identifier: Apache-2.0 */
/* The helper works up to twice in a run: around bwrap, and inside of what bwrap
 * made. What it is to do is written here. */
#ifndef SRT_BWRAP_STAGES_H
#define SRT_BWRAP_STAGES_H

#include <stdbool.h>
#include <stdint.h>

#include <srt/policy.h>

typedef struct bw_filter {
    const void *code;
    uint32_t count;
} bw_filter;

typedef struct bw_inner {
    const char *const *argv; /* of the command; NULL-terminated */
    const char *const *env;
    const char *cwd;
    uint64_t ignored_signals;
    int null_fd; /* number that is /dev/null there; -1: none */
    bw_filter filter;
    bw_filter notify;  /* count 0: no supervisor */
    int channel;       /* number of the supervisor's socket there, -1: no supervisor */
    int landlock;      /* ABI of the kernel's Landlock, for the next two */
    bool has_floor;    /* only the supervisor creates */
    bool has_layer;    /* Landlock as a second barrier */
    bool has_datagram; /* unix datagram sockets are let through */
    const srt_policy *policy;
    const srt_policy *listeners; /* makes the listening sockets of it; NULL: does not */
} bw_inner;

/* Both return a sealed memfd or a negative errno value. */
int bw_stage_inner(const bw_inner *inner);
/* argv: bwrap and its arguments. listeners: in a network namespace with the listening
 * sockets of that policy; or NULL. channel: number of the socket of the masks, which are
 * then mounted; or -1. */
int bw_stage_outer(const char *const *argv, const srt_policy *listeners, int channel);

#endif
