/* SPDX-License-Identifier: Apache-2.0 */
/* A host that records what the backend does, and a directory of scripts in place of
 * the system's tools. */
#ifndef SRT_TESTS_SEATBELT_RECORDER_H
#define SRT_TESTS_SEATBELT_RECORDER_H

#include "backend.h"

struct srt_launch {
    char argv[12][300]; /* after wrap */
    size_t n_argv;
    char profile[200000];
    char tmpdir[256], java[256], connector[256];
    const char *const *command;
};

typedef struct recorder {
    srt_host host;
    int how[SRT_RULE_CLASS_COUNT];
    char fail_text[512], warnings[2048];
    char violations[4096];
    unsigned count;
    bool shared, changed, plan;
    const char *pty, *inside;
    int null_fd;
    char reason[200]; /* of the last violation */
} recorder;

extern recorder now;
extern char top[64]; /* the directory */

void recorder_begin(void);
void recorder_tool(const char *name, const char *script);
/* Tears down, and removes the directory. */
void recorder_end(srt_backend_state *state);

#endif
