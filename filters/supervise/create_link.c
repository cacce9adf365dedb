/* SPDX-License-Identifier: Apache-2.0 */
/* Hard links, performed. The source is held by a descriptor and linked through it, so what was
 * judged is what gets the name. A second name for a file that may not be written would
 * let it be written under that name. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "target.h"

static bool other_mount(int a, int b)
{
    struct statx x, y;
    return statx(a, "", AT_EMPTY_PATH, STATX_MNT_ID, &x) == 0 &&
           statx(b, "", AT_EMPTY_PATH, STATX_MNT_ID, &y) == 0 &&
           (x.stx_mask & y.stx_mask & STATX_MNT_ID) && x.stx_mnt_id != y.stx_mnt_id;
}

/* The source, O_PATH, or -errno. */
static int open_source(sup_call *call)
{
    uint64_t flags = sup_arg(call, call->row->flags);
    bool at = call->row->row & SUP_ROW_SYMLINK_FLAG;
    if (at && (flags & ~(uint64_t)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH) & UINT32_MAX))
        return -EINVAL;
    bool followed = at && (flags & AT_SYMLINK_FOLLOW);
    bool empty = at && (flags & AT_EMPTY_PATH);
    return sup_resolve(call, 0,
                       (followed ? 0 : SUP_RESOLVE_NOFOLLOW) | (empty ? SUP_RESOLVE_EMPTY : 0));
}

static sup_answer link_locked(sup_call *call, int source, const struct stat *st,
                              const sup_place *place)
{
    char self[SUP_SELF_ROOM];
    sup_answer answer = sup_judge_object(call, source, SRT_OP_CREATE, NULL);
    if (answer == -EACCES || answer == -EROFS)
        return -EPERM;
    if (answer == SUP_GO_ON)
        answer = sup_judge_name(call, place, S_ISLNK(st->st_mode) ? SUP_NEW_LINK : SUP_NEW_FILE,
                                SRT_OP_CREATE, NULL);
    if (answer != SUP_GO_ON)
        return answer;
    if (linkat(AT_FDCWD, sup_self_path(source, self), place->parent, place->last,
               AT_SYMLINK_FOLLOW) < 0)
        return -errno;
    sup_names_changed(call->sup);
    return 0;
}

static sup_answer link_at(sup_call *call, int source, const sup_place *place)
{
    struct stat st, there;
    if (fstat(source, &st) < 0)
        return -errno;
    if (place->dots || fstatat(place->parent, place->last, &there, AT_SYMLINK_NOFOLLOW) == 0)
        return -EEXIST;
    if (errno != ENOENT)
        return -errno;
    if (place->slash)
        return -ENOENT;
    if (other_mount(source, place->parent))
        return -EXDEV;
    if (S_ISDIR(st.st_mode))
        return -EPERM;
    pthread_rwlock_rdlock(&call->sup->perform->names);
    sup_answer answer = link_locked(call, source, &st, place);
    pthread_rwlock_unlock(&call->sup->perform->names);
    return answer;
}

sup_answer sup_create_link(sup_call *call)
{
    sup_place place;
    ssize_t length = sup_call_path(call, 0);
    if (length >= 0)
        length = sup_call_path(call, 1);
    if (length < 0)
        return length;
    int source = open_source(call);
    if (source < 0)
        return source;
    sup_answer answer = sup_resolve_parent(call, 1, &place);
    if (answer == 0)
        answer = link_at(call, source, &place);
    sup_place_close(&place);
    close(source);
    return answer;
}
