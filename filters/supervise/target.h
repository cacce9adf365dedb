/* SPDX-License-Identifier: Apache-2.0 */
/* What a performed call is about: found once, judged, and then acted on through
 * descriptors alone. Private to the files that perform. */
#ifndef SRT_SUPERVISE_TARGET_H
#define SRT_SUPERVISE_TARGET_H

#include <sys/stat.h>

#include "internal.h"

/* ---- umask.c ---- */
typedef struct sup_umasks sup_umasks;
sup_umasks *sup_umasks_new(void);
void sup_umasks_free(sup_umasks *umasks);
/* The caller's umask, remembered where that is safe; or -errno. */
int sup_umask_of(const sup_call *call);

struct sup_perform {
    /* Held for writing while something is renamed: between the judgement of a path and the
     * creation there its directories keep their names. */
    pthread_rwlock_t names;
    sup_umasks *umasks;
};

/* ---- target.c ---- */
typedef struct sup_target {
    sup_place place; /* parent -1 where only the object is known */
    int object;      /* O_PATH: with SUP_TARGET_OPEN, or where there is no place; else -1 */
    bool exists;
    struct stat st; /* when it exists; a link only if links were not to be followed */
} sup_target;

#define SUP_TARGET_FOLLOW (1u << 0) /* a link at the end */
#define SUP_TARGET_OPEN (1u << 1)   /* object is wanted */
/* What path[which] names, existing or not. With FOLLOW only one target at a time. 0 or -errno. */
int sup_target_find(sup_call *call, int which, unsigned flags, sup_target *ret);
/* The same for an open, with the resolve flags of openat2. 1: the kernel shall answer, it
 * refuses or finds what exists. */
int sup_target_find_open(sup_call *call, const sup_open *open, unsigned flags, sup_target *ret);
void sup_target_close(sup_target *target);
/* place.last for a system call: with the slash that stood behind it. */
#define SUP_NAME_ROOM (NAME_MAX + 2)
const char *sup_place_name(const sup_place *place, char *room);

/* "/proc/self/fd/N": leads to the object of a descriptor of ours. */
#define SUP_SELF_ROOM 32
const char *sup_self_path(int fd, char *room);

/* ---- judge.c: SUP_GO_ON: may be performed; else -errno, recorded where the policy refuses ---- */
#define SUP_NAME_GOES (-1) /* instead of enum sup_new: the name goes away */
/* A name that comes or goes. *ret_native (may be NULL): the floor lets the caller do it itself,
 * nothing was judged. */
sup_answer sup_judge_name(sup_call *call, const sup_place *place, int how, srt_operation operation,
                          bool *ret_native);
/* Changing what exists: fd is a descriptor of it. */
sup_answer sup_judge_object(sup_call *call, int fd, srt_operation operation, bool *ret_native);
/* Whether the floor lets the caller create in the directory with this canonical path. */
bool sup_creates_natively(const sup_call *call, const char *directory);
/* A record of path, and the error that the caller gets. at: a descriptor on its file system. */
sup_answer sup_refuse(sup_call *call, srt_operation operation, const char *path, int at,
                      const srt_origin *origin, const char *reason);

/* ---- create_exact.c ---- */
/* Whether it is an open that creates; false also for what the kernel refuses. */
bool sup_may_create(const sup_open *open);
/* Such an open, performed; SUP_GO_ON where that is the kernel's matter. */
sup_answer sup_create_open(sup_call *call, const sup_open *open);

/* ---- create_names.c, create_link.c, create_rename.c ---- */
sup_answer sup_create_name(sup_call *call); /* mkdir, mknod, symlink */
sup_answer sup_create_link(sup_call *call);
sup_answer sup_create_rename(sup_call *call);
/* Whether something is mounted there; it can be neither renamed nor removed. */
bool sup_is_mounted(const sup_place *place);

/* ---- open_perform.c ---- */
/* Opens what exists in the caller's place; SUP_GO_ON where that is the kernel's matter. */
sup_answer sup_open_object(sup_call *call, const sup_open *open, const sup_target *target);

#endif
