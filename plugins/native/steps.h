/* SPDX-License-Identifier: Apache-2.0 */
/* The steps by which the launcher makes the file system of a sandbox, as the module writes them
 * into a sealed memfd. Byte order and word size are this machine's: both sides are of one build.
 *
 *   header: 8 bytes "NATIVE01"; then steps: struct nt_step_head, path with its NUL, source with
 *   its NUL, padded with zeros to 4. The first step is the root, the last one the end, and nothing
 *   follows it. At most NT_STEPS_MAX bytes. */
#ifndef NATIVE_STEPS_H
#define NATIVE_STEPS_H

#include <stddef.h>
#include <stdint.h>

#define NT_MAGIC "NATIVE01"
#define NT_STEPS_MAX (64u * 1024 * 1024)
#define NT_PATH_MAX 4096 /* with its NUL */

/* Where the parts of the sandbox lie inside, out of reach of every rule. */
#define NT_INSIDE_DIR "/dev/srt"
#define NT_INSIDE_HELPER "/dev/srt/inside"
#define NT_INSIDE_TMP "/dev/srt/tmp"

enum nt_kind {
    NT_END = 0,
    NT_ROOT = 1,  /* path "/": all that there is, with NT_PRIVATE an empty file system instead */
    NT_BIND = 2,  /* what is at source, on path; no source: what is at path itself */
    NT_TMPFS = 3, /* an empty file system on path */
    NT_PIN = 4,   /* path becomes busy; what is mounted is covered by a later step */
    NT_MASK = 5,  /* path is a file that cannot be opened */
    NT_CLOSE = 6, /* the mount at path becomes read-only */
    NT_LINK = 7,  /* path is a symbolic link to source */
    NT_DEV = 8,   /* a private /dev */
    NT_PROC = 9,  /* the /proc of the sandbox's own processes */
    NT_KINDS
};

#define NT_RDONLY (1u << 0)   /* ROOT, BIND, TMPFS, PROC: read-only from the start */
#define NT_EARLY (1u << 1)    /* BIND: the source is taken before anything is changed */
#define NT_DIR (1u << 2)      /* BIND: is to be a directory */
#define NT_FILE (1u << 3)     /* BIND: is not to be a directory */
#define NT_OPTIONAL (1u << 4) /* BIND: left out when the source is not there */
#define NT_PRIVATE (1u << 5)  /* ROOT: see there; TMPFS: for the user alone, 0700 */
#define NT_STICKY (1u << 6)   /* TMPFS: 1777 */
#define NT_PACED (1u << 7)    /* ROOT: leave the congestion control of the network as it is */
#define NT_FLAGS_ALL ((1u << 8) - 1)

typedef struct nt_step_head {
    uint32_t kind;
    uint32_t flags;
    uint32_t base; /* not 0: the mount point is made; the first base bytes of the path are a
                      directory in a file system of the sandbox's own */
    uint32_t path_length, source_length; /* with NUL; 0: none */
} nt_step_head;

typedef struct nt_step {
    uint32_t kind, flags, base;
    const char *path;   /* absolute; NULL only at the end */
    const char *source; /* NULL: none */
} nt_step;

/* Writer, for the module. Zero-initialise; an error sticks. */
typedef struct nt_writer {
    unsigned char *bytes; /* malloc */
    size_t length, size;
    int error; /* errno value */
} nt_writer;
void nt_write(nt_writer *w, const nt_step *step);

/* Reader: calls each for every step but the end, in order; stops at the first result that is not
 * 0 and returns it. -1, with *ret_why, for malformed steps. Pure, any thread; libc's memory
 * functions only. */
int nt_read(const void *bytes, size_t length, int (*each)(void *data, const nt_step *step),
            void *data, const char **ret_why);

#endif
