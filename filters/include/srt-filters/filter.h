/* SPDX-License-Identifier: Apache-2.0 */
/* The base system call filter, as programs that were made at build time of the
 * release: libc only, any thread, pure. */
#ifndef SRT_FILTERS_FILTER_H
#define SRT_FILTERS_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* Variants are switches over the one rule table. */
#define SRT_FILTER_ALLOW_UNIX       (1u << 0) /* unix sockets of every kind */
#define SRT_FILTER_ALLOW_NAMESPACES (1u << 1) /* clone/unshare/setns with namespaces, mount */
#define SRT_FILTER_VARIANTS 4u

/* One BPF program: struct sock_filter[count] in this machine's byte order. */
typedef struct srt_filter_program {
    const char *arch;  /* "x86_64", "aarch64", … */
    uint32_t variant;  /* SRT_FILTER_* */
    uint32_t count;    /* instructions, 1..4096 */
    const void *code;  /* count * 8 bytes */
} srt_filter_program;

/* The program for the machine that this was compiled for, or NULL when there is
 * none (then nothing may be run: fail closed). */
const srt_filter_program *srt_filter_native(uint32_t variant);
const srt_filter_program *srt_filter_find(const char *arch, uint32_t variant);

/* Structural check before a program is loaded: jumps stay inside and go forward,
 * loads lie in struct seccomp_data, known instructions only, every path ends in
 * a return, the first test is of the architecture. 0, or -1 with *ret_why set to
 * a constant text. */
int srt_filter_verify(const void *code, uint32_t count, const char **ret_why);

#endif
