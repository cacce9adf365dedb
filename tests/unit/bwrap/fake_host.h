/* SPDX-License-Identifier: Apache-2.0 */
/* A host that records what a backend does. */
#ifndef SRT_TESTS_BWRAP_FAKE_HOST_H
#define SRT_TESTS_BWRAP_FAKE_HOST_H

#include <stdatomic.h>

#include <srt/backend.h>

#define FAKE_FDS 128
#define FAKE_HANDOFF 3 /* its number in the started process */

struct srt_launch {
    char *argv[16]; /* after wrap: what is started; NULL-terminated */
    const char *const *command;
    const char *const *env;
    const char *cwd;
    uint64_t ignored;
    int null_fd;
    int fds[FAKE_FDS]; /* index i becomes 3 + i; 0 is the hand-off */
    int n_fds;
    char tmpdir[64], connector[64];
    bool asked_for_tool_env;
};

typedef struct fake_host {
    srt_host host;
    char fail_text[2048];
    int fail_error;
    char warnings[4096];           /* a line each */
    int how[SRT_RULE_CLASS_COUNT]; /* -1: not reported */
    char why[SRT_RULE_CLASS_COUNT][256];
    const char *inside;
    const char *bwrap_path;   /* option */
    int handoff;              /* the host's end */
    atomic_int names_changed; /* calls */
    int violations;
    uint64_t lost;
    char last_target[512];
} fake_host;

void fake_host_init(fake_host *f, const char *inside);
void fake_launch_init(srt_launch *l, fake_host *f, const char *const *command);
void fake_launch_clear(srt_launch *l, fake_host *f);

#endif
