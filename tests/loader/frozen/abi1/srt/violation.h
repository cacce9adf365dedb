/* SPDX-License-Identifier: Apache-2.0 */
/* One refused operation, as a backend or a proxy reports it. */
#ifndef SRT_VIOLATION_H
#define SRT_VIOLATION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Values are ABI: append only. */
typedef enum srt_operation {
    SRT_OP_READ = 0,
    SRT_OP_WRITE = 1,
    SRT_OP_CREATE = 2,
    SRT_OP_DELETE = 3,
    SRT_OP_RENAME = 4,
    SRT_OP_EXEC = 5,
    SRT_OP_CONNECT = 6,
    SRT_OP_RESOLVE = 7,
    SRT_OP_UNIX = 8,
    SRT_OP_SIGNAL = 9,
    SRT_OP_SYSCALL = 10,
} srt_operation;

#define SRT_VIOLATION_ATTEMPT (1u << 0) /* seen being tried; the result is not known */
#define SRT_VIOLATION_TAMPERING (1u << 1) /* got past a check; found and undone afterwards */

/* All text is borrowed for the call that it is given to; the receiver copies.
 * Any pointer may be NULL except target. */
typedef struct srt_violation {
    uint32_t struct_size;
    uint32_t flags; /* SRT_VIOLATION_* */
    srt_operation operation;
    int32_t pid;         /* as the host names it, 0 when not known */
    const char *program; /* path of the program */
    const char *target;  /* path, host:port, socket, system call */
    const char *rule;    /* pointer of the deciding rule, "network.deniedDomains[0]" */
    const char *reason;  /* a sentence for people */
} srt_violation;

#ifdef __cplusplus
}
#endif
#endif
