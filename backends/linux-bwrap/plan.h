/* SPDX-License-Identifier: Apache-2.0 */
/* From a policy to the mounts that make it true. Pure: nothing is looked at but
 * the arguments. Any thread. */
#ifndef SRT_BWRAP_PLAN_H
#define SRT_BWRAP_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include <srt/policy.h>

/* Where srt's own things lie inside, out of reach of every rule. */
#define BW_INSIDE_DIR "/dev/srt"
#define BW_INSIDE_HELPER "/dev/srt/inside"
#define BW_INSIDE_TMP "/dev/srt/tmp"

typedef enum bw_op_kind {
    BW_BIND,        /* source on path, writable */
    BW_RO_BIND,     /* source on path, read-only */
    BW_RO_BIND_TRY, /* the same, if the source exists */
    BW_TMPFS,       /* an empty file system of its own */
    BW_REMOUNT_RO,  /* the mount at path becomes read-only */
    BW_SYMLINK,     /* path leads to source */
    BW_DEV,         /* a private /dev */
    BW_PROC,        /* the /proc of the sandbox's own processes */
} bw_op_kind;

typedef struct bw_op {
    bw_op_kind kind;
    unsigned mode;            /* of a BW_TMPFS; 0: bwrap's default, 0755 */
    bool grant;               /* opens something that is closed around it */
    const srt_region *region; /* of a grant */
    const char *source;       /* NULL: the same as path */
    const char *path;
} bw_op;

/* A symbolic link in "/". */
typedef struct bw_link {
    const char *path;   /* "/lib64" */
    const char *target; /* "usr/lib64" */
} bw_link;

typedef struct bw_plan_input {
    const srt_policy *policy;
    const char *helper; /* on the host */
    bool host_proc;     /* /proc of the host, read-only, since no new one can be mounted */
    bool is_root; /* uid 0: what root owns in /proc is writable in spite of lost capabilities */
    /* Files that the sandbox may replace by the rules, but that srt will execute
     * outside of it later on: made read-only. Absolute and canonical. */
    const char *const *protect;
    size_t n_protect;
    /* Needed only when the policy hides "/": the names that programs know. */
    const bw_link *links;
    size_t n_links;
    /* Of each region of the policy: what is bound over it if it is hidden and nothing of it
     * is shown, in place of something empty; or NULL. NULL: none has any. */
    const char *const *masks;
    /* Of each region: a closed directory above it, which is hidden in its place; or NULL (reach.h).
     * NULL: there is none. */
    const char *const *closed;
} bw_plan_input;

typedef struct bw_plan {
    bw_op *ops;
    size_t n_ops, size;
    char **owned; /* paths that exist only here */
    size_t n_owned, owned_size;
} bw_plan;

/* Fills a zeroed plan, whose paths are borrowed from the input. 0, or -ENOMEM, or
 * -EINVAL for a policy that does not begin with "/". bw_plan_clear in any case. */
int bw_plan_make(bw_plan *plan, const bw_plan_input *input);
void bw_plan_clear(bw_plan *plan);

/* Whether path is dir or lies in it. */
bool bw_path_in(const char *path, const char *dir);
/* The access that the regions give to a path. */
srt_access bw_access_at(const srt_policy *policy, const char *path);

#endif
