/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of the helper inside (srt-inside): what it does before it becomes the
 * command. A backend writes it into a sealed memfd; the helper reads it once.
 * libc only. Byte order and word size are this machine's: both sides are of one
 * build.
 *
 *   header: 8 bytes "SRTPLAN1"; then records: u32 tag, u32 length, bytes, padded
 *   with zeros to 4. Tags that repeat (ARG, ENV, LISTEN, LANDLOCK*) keep their order.
 *   The last record is END. Unknown tags, a missing END, or trailing bytes end
 *   the helper: status 125. A plan is at most SRT_PLAN_MAX bytes. */
#ifndef SRT_FILTERS_PLAN_H
#define SRT_FILTERS_PLAN_H

#include <stddef.h>
#include <stdint.h>

#define SRT_PLAN_MAGIC "SRTPLAN1"
#define SRT_PLAN_MAX (64u * 1024 * 1024)

enum srt_plan_tag {
    SRT_PLAN_END = 0,
    SRT_PLAN_ARG = 1,        /* text with NUL: one word of the argument vector */
    SRT_PLAN_ENV = 2,        /* text with NUL: one environment string of the command */
    SRT_PLAN_CWD = 3,        /* text with NUL: working directory; entered, or 125 */
    SRT_PLAN_IGNORE = 4,     /* u64: signals to ignore in the command; all others default */
    SRT_PLAN_LISTEN = 5,     /* struct srt_plan_listen: make it and hand it out */
    SRT_PLAN_FILTER = 6,     /* struct sock_filter[]: loaded last, before exec */
    SRT_PLAN_FLAGS = 7,      /* u32 SRT_PLAN_FLAG_* */
    SRT_PLAN_NAMESPACES = 8, /* u32: CLONE_NEW* flags to unshare first (outer only) */
    SRT_PLAN_UMASK = 9,      /* u32: umask of the command; absent: unchanged */
    SRT_PLAN_NOTIFY = 10,   /* struct sock_filter[]: loaded before FILTER, with a listener that goes
                               out through CHANNEL */
    SRT_PLAN_CHANNEL = 11,  /* u32: number of a SOCK_SEQPACKET unix socket. One packet goes out:
                              SRT_CHANNEL_LISTENER with one descriptor. Closed before exec. */
    SRT_PLAN_LANDLOCK = 12, /* struct srt_plan_landlock: a ruleset that is put on before the
                             filters; every LANDLOCK starts a further one (layers) */
    SRT_PLAN_LANDLOCK_PATH = 13, /* struct srt_plan_landlock_path, then text with NUL: a rule of the
                             last ruleset; the path is opened inside, links are not followed */
    SRT_PLAN_LANDLOCK_PORT = 14, /* struct srt_plan_landlock_port: a rule of the last ruleset */
    SRT_PLAN_NULL = 15, /* u32: number, above 2, that is /dev/null, open for reading, in the
                           command */
    SRT_PLAN_MASKS =
        16, /* u32: number of a SOCK_SEQPACKET unix socket, then text with NUL: an
               absolute directory, on which the masks' file system is mounted (outer
               only, with a user and a mount namespace). One packet goes out:
               SRT_CHANNEL_MASKS with the descriptor of /dev/fuse. Closed before exec. */
};

#define SRT_CHANNEL_LISTENER 'S'
#define SRT_CHANNEL_READY 'R' /* comes back: the supervisor has taken over; one byte, awaited */

#define SRT_CHANNEL_MASKS 'M'

/* NOTIFY to LANDLOCK_PORT and the last three flags are for a plan with FLAG_COMMAND only.
 * NOTIFY and CHANNEL go together. What the helper then does, in this order: LISTEN, KEEPER
 * (the rest in the process that becomes the command), signals, umask, CWD, NO_DATAGRAM_STDIO,
 * closing, no_new_privs, Landlock, DROP_CAPABILITIES, NOTIFY, CHANNEL, FILTER, NULL, INIT, the
 * COMMAND packet, exec. */
#define SRT_PLAN_RULESETS_MAX 8
#define SRT_PLAN_PATH_MAX 4096 /* with its NUL */

struct srt_plan_landlock {
    uint64_t fs;             /* LANDLOCK_ACCESS_FS_*: handled, so refused unless granted */
    uint64_t net;            /* LANDLOCK_ACCESS_NET_* */
    uint64_t scoped;         /* LANDLOCK_SCOPE_* */
    uint32_t restrict_flags; /* LANDLOCK_RESTRICT_SELF_* */
    uint32_t reserved;
};

struct srt_plan_landlock_path {
    uint64_t access; /* LANDLOCK_ACCESS_FS_*, what does not fit a file is left out for files */
    uint32_t flags;  /* SRT_PLAN_PATH_* */
    uint32_t reserved;
};
#define SRT_PLAN_PATH_OPTIONAL                                                                     \
    (1u << 0) /* gone by now, or not to be looked at: left out, since it only grants */

struct srt_plan_landlock_port {
    uint64_t access; /* LANDLOCK_ACCESS_NET_* */
    uint64_t port;   /* host byte order */
};

#define SRT_PLAN_FLAG_LOOPBACK_UP (1u << 0) /* bring lo up first */
#define SRT_PLAN_FLAG_COMMAND                                                                      \
    (1u << 1) /* what is executed is the command: say so                                           \
                 (COMMAND packet), look the word up in PATH of ENV */
#define SRT_PLAN_FLAG_IGNORE_TTY_SIGNALS                                                           \
    (1u << 2)                                     /* outer: INT QUIT TERM HUP TSTP USR1 USR2       \
                                              ignored before exec, so that a terminal's            \
                                              signal cannot end the tools in between */
#define SRT_PLAN_FLAG_DIE_WITH_PARENT (1u << 3)   /* PR_SET_PDEATHSIG KILL, after the namespaces */
#define SRT_PLAN_FLAG_DROP_CAPABILITIES (1u << 4) /* all sets, bounding and ambient too */
#define SRT_PLAN_FLAG_KEEPER                                                                       \
    (1u << 5) /* stays as the parent of the command: subreaper, forwards its                       \
              end, and ends every descendant before it ends itself; for                            \
              machines without a pid namespace */
#define SRT_PLAN_FLAG_NO_DATAGRAM_STDIO                                                            \
    (1u << 6) /* 125 when 0, 1 or 2 is a unix datagram socket,                                     \
   which could be sent to any path */
#define SRT_PLAN_FLAG_INIT                                                                         \
    (1u << 7) /* with COMMAND: this process is the first of its pid namespace and stays that,      \
                 under the filter and out of reach of ptrace; a child becomes the command. Ends    \
                 as the command does: its status, or 128+N */

struct srt_plan_listen {
    uint8_t role;   /* srt_listener_role */
    uint8_t family; /* 4 or 6; loopback of that family. 6 may fail quietly: no IPv6 */
    uint16_t port;  /* host byte order */
};

/* How the helper is started:
 *   srt-inside run PLAN_FD HANDOFF_FD        does the plan, executes its ARG words
 *   srt-inside connect HOST PORT             HTTP CONNECT through the proxy that
 *                                            http_proxy names, then relays 0 <-> 1
 * Descriptors: 0, 1, 2 are kept, all others closed before exec, except those that
 * a plan without FLAG_COMMAND carries on (it keeps every descriptor below 1024
 * that is open without close-on-exec, for the tools in between). */

/* Writer. Zero-initialise. Errors stick: check once at the end. */
typedef struct srt_plan_writer {
    unsigned char *bytes; /* malloc */
    size_t length, size;
    int error; /* errno value, 0 when fine */
} srt_plan_writer;

void srt_plan_put(srt_plan_writer *w, uint32_t tag, const void *data, size_t length);
void srt_plan_put_text(srt_plan_writer *w, uint32_t tag, const char *text); /* with its NUL */
void srt_plan_put_u32(srt_plan_writer *w, uint32_t tag, uint32_t value);
/* A Landlock ruleset, and rules of the one that was put last. path is absolute. */
void srt_plan_put_landlock(srt_plan_writer *w, const struct srt_plan_landlock *ruleset);
void srt_plan_put_landlock_path(srt_plan_writer *w, uint64_t access, uint32_t flags,
                                const char *path);
void srt_plan_put_landlock_port(srt_plan_writer *w, uint64_t access, uint16_t port);
void srt_plan_put_masks(srt_plan_writer *w, uint32_t channel, const char *directory);
/* Adds END and returns a sealed, close-on-exec memfd positioned at 0, or -errno.
 * Frees the writer's memory in any case. */
int srt_plan_finish(srt_plan_writer *w);

/* A sealed, close-on-exec memfd with the given bytes, positioned at 0, or -errno. */
int srt_sealed_memfd(const char *name, const void *data, size_t length);

/* Reader: calls each(data, tag, bytes, length) for each record in order; stops
 * at the first non-zero result and returns it. -1 for a malformed plan with
 * *ret_why set to a constant text. Pure; fuzzed. */
int srt_plan_read(const void *plan, size_t length,
                  int (*each)(void *data, uint32_t tag, const void *bytes, size_t length),
                  void *data, const char **ret_why);

#endif
