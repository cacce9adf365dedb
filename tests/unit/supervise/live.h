/* SPDX-License-Identifier: Apache-2.0 */
/* A child under a notify filter, a supervisor that answers it, and what was recorded. */
#ifndef SRT_TESTS_SUPERVISE_LIVE_H
#define SRT_TESTS_SUPERVISE_LIVE_H

#include <stdbool.h>
#include <sys/types.h>

#include "srt-filters/filter.h"
#include "srt-filters/supervise.h"

#define LIVE_RECORDS 64
#define LIVE_DIED 1000 /* + signal */

typedef struct live_record {
    srt_operation operation;
    uint32_t flags;
    int pid;
    char target[512], program[512], rule[64];
} live_record;

typedef struct live_result {
    int status; /* what the child returned, or LIVE_DIED + signal */
    pid_t pid;
    unsigned count; /* of records, also beyond LIVE_RECORDS */
    uint64_t lost;
    live_record records[LIVE_RECORDS];
    unsigned names_changed; /* calls */
} live_result;

/* A fresh directory, canonical; borrowed, removed at exit of the process. */
const char *live_directory(void);

/* Runs run(data) in a child under the filter of options->notify. options->names_changed is set
 * here. meanwhile (may be NULL) runs in this process at the same time. */
void live_run(const srt_supervise_options *options, int (*run)(void *data), void *data,
              void (*meanwhile)(pid_t child, void *data), live_result *ret);

/* The same with a supervisor that ends while the child runs; without records. */
void live_run_without(const srt_supervise_options *options, int (*run)(void *data),
                      live_result *ret);
/* One byte and a descriptor in a packet. */
int live_send_fd(int socket_fd, char byte, int fd);

/* In the child: the line of what is not so becomes its status. */
#define LIVE_EXPECT(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            live_note(__FILE__, __LINE__, #condition);                                             \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)
void live_note(const char *file, int line, const char *condition);
/* -errno, or the result. */
#define LIVE_CALL(call) ((call) < 0 ? -errno : 0)

#endif
