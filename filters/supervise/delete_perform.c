/* SPDX-License-Identifier: Apache-2.0 */
/* unlink and rmdir, where the floor refuses. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "target.h"

static sup_answer remove_locked(sup_call *call, const sup_place *place, int flags)
{
    bool native;
    struct stat st;
    char name[SUP_NAME_ROOM];
    if (fstatat(place->parent, place->last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    if (!(flags & AT_REMOVEDIR) && S_ISDIR(st.st_mode))
        return -EISDIR;
    if ((flags & AT_REMOVEDIR) && !S_ISDIR(st.st_mode))
        return -ENOTDIR;
    sup_answer answer = sup_judge_name(call, place, SUP_NAME_GOES, SRT_OP_DELETE, &native);
    if (answer != SUP_GO_ON || native)
        return answer;
    if (sup_is_mounted(place)) /* in the caller's namespace; ours would let it go */
        return -EBUSY;
    return unlinkat(place->parent, sup_place_name(place, name), flags) < 0 ? -errno : 0;
}

static sup_answer remove_call(sup_call *call)
{
    sup_place place;
    int flags = call->row->kind == SUP_RMDIR ? AT_REMOVEDIR
                : call->row->flags < 0       ? 0
                                             : (int)sup_arg(call, call->row->flags);
    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    sup_answer answer = sup_resolve_parent(call, 0, &place);
    if (answer == 0 && place.dots) {
        answer = SUP_GO_ON; /* never possible; the kernel says why */
    } else if (answer == 0) {
        pthread_rwlock_rdlock(&call->sup->perform->names);
        answer = remove_locked(call, &place, flags);
        pthread_rwlock_unlock(&call->sup->perform->names);
    }
    sup_place_close(&place);
    return answer;
}

sup_answer sup_delete_perform(sup_call *call)
{
    return call->row->kind == SUP_RENAME ? sup_create_rename(call) : remove_call(call);
}
