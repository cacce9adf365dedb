/* SPDX-License-Identifier: Apache-2.0 */
/* The level "exact". A Landlock floor lies under the sandbox, so the kernel lets no caller create a
 * name by itself, and "go on" can only find what exists. New names are made here, in the
 * directory that was judged, and never through a link. The caller gets the open file: were it only
 * made here and opened by the caller, it could be gone before that, or nobody's when there is no
 * number left for it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "target.h"

#define TRIES 16 /* when the name comes and goes between two looks */

/* What exists is opened by the caller, or judged. */
static sup_answer open_existing(sup_call *call, const sup_open *open, const sup_target *target)
{
    const srt_supervise_options *options = &call->sup->options;
    if (target && options->perform_writes)
        return sup_open_object(call, open, target);
    if (options->notify & (SRT_NOTIFY_WRITE | SRT_NOTIFY_READ))
        return sup_observe(call);
    return SUP_GO_ON;
}

bool sup_may_create(const sup_open *open)
{
    const uint64_t kernels = O_PATH | O_DIRECTORY | (O_TMPFILE & ~O_DIRECTORY);
    return (open->flags & O_CREAT) && !(open->flags & kernels) && open->flags <= UINT32_MAX &&
           open->mode <= 07777;
}

/* The kernel gives the number before it makes the file; here it is the other way round. */
static void unmake(const sup_place *place, const struct stat *made)
{
    struct stat now;
    if (fstatat(place->parent, place->last, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
        now.st_dev == made->st_dev && now.st_ino == made->st_ino)
        unlinkat(place->parent, place->last, 0);
}

static sup_answer make_and_give(sup_call *call, const sup_open *open, const sup_place *place,
                                unsigned mask)
{
    struct stat st;
    int flags = (int)(uint32_t)open->flags | O_CREAT | O_EXCL | O_CLOEXEC;
    umask(mask);
    int fd = openat(place->parent, place->last, flags, (mode_t)open->mode);
    int failed = fd < 0 ? -errno : 0;
    umask(077);
    if (failed)
        return failed;
    int number = sup_call_add_fd(call, fd, open->flags & O_CLOEXEC);
    if (number >= 0)
        sup_names_changed(call->sup);
    else if (fstat(fd, &st) == 0)
        unmake(place, &st);
    close(fd); /* before the caller goes on: it may execute or lease it next */
    return number;
}

static sup_answer create_locked(sup_call *call, const sup_open *open, const sup_place *place)
{
    bool native;
    sup_answer answer = sup_judge_name(call, place, SUP_NEW_FILE, SRT_OP_CREATE, &native);
    if (answer != SUP_GO_ON)
        return answer;
    if (native) {
        sup_names_changed(call->sup);
        return SUP_GO_ON;
    }
    int mask = sup_umask_of(call);
    if (mask < 0)
        return mask;
    return make_and_give(call, open, place, (unsigned)mask);
}

/* -EAGAIN: it exists now, look again. */
static sup_answer try_create(sup_call *call, const sup_open *open)
{
    sup_target target;
    unsigned flags = call->sup->options.perform_writes ? SUP_TARGET_OPEN : 0;
    sup_answer answer;
    int found = sup_target_find_open(call, open, flags, &target);
    if (found > 0) {
        answer = open_existing(call, open, NULL);
    } else if (found < 0) {
        answer = found;
    } else if (target.place.dots || target.place.slash) {
        answer = SUP_GO_ON; /* a directory, or EISDIR */
    } else if (target.exists) {
        answer = open->flags & O_EXCL ? -EEXIST : open_existing(call, open, &target);
    } else {
        pthread_rwlock_rdlock(&call->sup->perform->names);
        answer = create_locked(call, open, &target.place);
        pthread_rwlock_unlock(&call->sup->perform->names);
        if (answer == -EEXIST && !(open->flags & O_EXCL))
            answer = -EAGAIN;
    }
    sup_target_close(&target);
    return answer;
}

sup_answer sup_create_open(sup_call *call, const sup_open *open)
{
    sup_answer answer = -EAGAIN;
    ssize_t length = sup_call_path(call, 0);
    if (length > 0 && call->path[0][length - 1] == '/')
        return SUP_GO_ON; /* never a file: EISDIR, or what is wrong before that */
    for (unsigned i = 0; i < TRIES && answer == -EAGAIN; i++)
        answer = try_create(call, open);
    return answer;
}

static sup_answer open_exact(sup_call *call)
{
    sup_open open;
    if (call->sup->options.perform_writes)
        return sup_open_perform(call);
    sup_answer failed = sup_call_open(call, &open);
    if (failed < 0)
        return failed;
    return sup_may_create(&open) ? sup_create_open(call, &open) : open_existing(call, &open, NULL);
}

sup_answer sup_create_exact(sup_call *call)
{
    switch (call->row->kind) {
    case SUP_OPEN:
        return open_exact(call);
    case SUP_MKDIR:
    case SUP_MKNOD:
    case SUP_SYMLINK:
        return sup_create_name(call);
    case SUP_LINK:
        return sup_create_link(call);
    case SUP_RENAME:
        return sup_create_rename(call);
    default:
        return -ENOSYS;
    }
}

int sup_perform_new(srt_supervisor *sup)
{
    sup->perform = NULL;
    if (!sup->options.exact && !sup->options.perform_writes)
        return 0;
    struct sup_perform *perform = calloc(1, sizeof *perform);
    if (!perform)
        return -ENOMEM;
    perform->umasks = sup_umasks_new();
    if (!perform->umasks) {
        free(perform);
        return -ENOMEM;
    }
    pthread_rwlock_init(&perform->names, NULL);
    sup->perform = perform;
    return 0;
}

void sup_perform_free(srt_supervisor *sup)
{
    if (!sup->perform)
        return;
    pthread_rwlock_destroy(&sup->perform->names);
    sup_umasks_free(sup->perform->umasks);
    free(sup->perform);
    sup->perform = NULL;
}
