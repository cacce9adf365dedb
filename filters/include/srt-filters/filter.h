/* SPDX-License-Identifier: Apache-2.0 */
/* The base system call filter, as programs that were made at build time of the
 * release: libc only, any thread, pure. */
#ifndef SRT_FILTERS_FILTER_H
#define SRT_FILTERS_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* Variants are switches over the one rule table. */
#define SRT_FILTER_ALLOW_UNIX (1u << 0)       /* unix sockets of every kind */
#define SRT_FILTER_ALLOW_NAMESPACES (1u << 1) /* clone/unshare/setns with namespaces, mount */
#define SRT_FILTER_SUPERVISED_UNIX                                                                 \
    (1u << 2) /* unix stream and seqpacket sockets, whose connect and                              \
                 bind a supervisor judges; not with ALLOW_UNIX */
#define SRT_FILTER_SHARED_NET                                                                      \
    (1u << 3) /* no namespaces: the host's network is in reach, so TCP                             \
                 only, and so are its IPC objects, which stay closed */
#define SRT_FILTER_VARIANTS 16u

/* The notify filter: calls that are put to a supervisor. It allows all others, also those of
 * other architectures, since it is loaded beside the base filter, whose refusals win. A set of: */
#define SRT_NOTIFY_CONNECT (1u << 0) /* connect, bind, listen */
#define SRT_NOTIFY_CREATE                                                                          \
    (1u << 1) /* open with O_CREAT, openat2, creat, mkdir*, mknod*, rename*,                       \
                 link*, symlink* */
#define SRT_NOTIFY_WRITE                                                                           \
    (1u << 2) /* open for writing, openat2, truncate, unlink*, rmdir, and chmod*,                  \
                 chown*, utime*, setxattr*, removexattr* by path */
#define SRT_NOTIFY_META_FD (1u << 3) /* the same by descriptor: fchmod, fchown, … */
#define SRT_NOTIFY_READ (1u << 4)    /* every open, execve* */
#define SRT_NOTIFY_UMASK (1u << 5)   /* umask: a supervisor that creates remembers it */
#define SRT_NOTIFY_SIGNAL (1u << 6)  /* kill, rt_sigqueueinfo */
#define SRT_NOTIFY_ALL ((1u << 7) - 1)

#define SRT_NOTIFY_MAX 512 /* instructions at most */

/* Writes the program of a set (not 0) for an architecture, NULL: this machine's, into
 * code: room for SRT_NOTIFY_MAX * 8 bytes, this machine's byte order. Returns the number of
 * instructions, 0 for an unknown architecture or set. Pure. */
uint32_t srt_notify_program(const char *arch, uint32_t set, void *code);

/* One BPF program: struct sock_filter[count] in this machine's byte order. */
typedef struct srt_filter_program {
    const char *arch; /* "x86_64", "aarch64", … */
    uint32_t variant; /* SRT_FILTER_* */
    uint32_t count;   /* instructions, 1..4096; 0 where the variant makes no sense */
    const void *code; /* count * 8 bytes */
} srt_filter_program;

/* Refusals that shall be seen. The kernel prefers a refusal to a notification, so they leave the
 * base filter, and the supervisor refuses them in its place, with the same error (see
 * srt_filter_refuses). What says that the kernel lacks something stays there: programs ask for
 * that all the time. */

/* The base filter without the refusals that are put to the supervisor, into code: room for
 * count * 8 bytes. Returns count. Pure. */
uint32_t srt_filter_unseen(const srt_filter_program *base, void *code);
/* A notify filter (notify, count) that also has those refusals, into code: room for
 * (base->count + count) * 8 bytes. Returns the number of instructions. Pure. */
uint32_t srt_notify_seen(const srt_filter_program *base, const void *notify, uint32_t count,
                         void *code);
/* What the base filter of this machine says to a call: the name of the call and the error, or
 * NULL when it has nothing against it. data: struct seccomp_data. *ret_why: the reason, constant
 * text. */
const char *srt_filter_refuses(uint32_t variant, const void *data, int *ret_error,
                               const char **ret_why);

/* The program for the machine that this was compiled for, or NULL when there is
 * none (then nothing may be run: fail closed). */
const srt_filter_program *srt_filter_native(uint32_t variant);
const srt_filter_program *srt_filter_find(const char *arch, uint32_t variant);

/* Structural check before a program is loaded: jumps stay inside and go forward,
 * loads lie in struct seccomp_data, known instructions only, every path ends in
 * a return, the first test is of the architecture. A program that notifies must be a
 * notify filter: it only notifies or allows, and allows what is of another architecture;
 * every other one must refuse that. 0, or -1 with *ret_why set to a constant text. */
int srt_filter_verify(const void *code, uint32_t count, const char **ret_why);

#endif
