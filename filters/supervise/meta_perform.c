/* SPDX-License-Identifier: Apache-2.0 */
/* Mode, owner, times and extended attributes: Landlock does not look at them, so every such call
 * is judged, and performed on the object that was judged. */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "meta.h"

/* utimensat and futimesat of a descriptor: their path is NULL. */
static bool is_by_fd(const sup_call *call)
{
    const sup_path_args *args = &call->row->path[0];
    if (SUP_BY_FD(call->row->kind))
        return true;
    return call->row->kind == SUP_UTIME && args->dirfd != SUP_NO_ARG &&
           sup_arg(call, args->path) == 0 && (int32_t)sup_arg(call, args->dirfd) != AT_FDCWD;
}

static sup_answer by_fd(sup_call *call)
{
    int fd = sup_take_socket(call);
    if (fd < 0)
        return fd;
    sup_answer answer = sup_judge_object(call, fd, SRT_OP_WRITE, NULL);
    if (answer == SUP_GO_ON)
        answer = sup_meta_apply(call, fd, true);
    close(fd);
    return answer;
}

static int find(sup_call *call, unsigned flags, sup_target *ret)
{
    *ret = (sup_target){.place = {.parent = -1}, .object = -1};
    ssize_t length = sup_call_path(call, 0);
    if (length < 0)
        return (int)length;
    if (length == 0 && (flags & AT_EMPTY_PATH)) {
        ret->object = sup_call_base(call, 0);
        ret->exists = true;
        return ret->object < 0 ? ret->object : 0;
    }
    bool followed = !(call->row->row & SUP_ROW_NOFOLLOW) && !(flags & AT_SYMLINK_NOFOLLOW);
    return sup_target_find(call, 0, SUP_TARGET_OPEN | (followed ? SUP_TARGET_FOLLOW : 0), ret);
}

static sup_answer by_path(sup_call *call)
{
    sup_target target;
    unsigned flags = call->row->flags < 0 ? 0 : (unsigned)sup_arg(call, call->row->flags);
    if (flags & ~(unsigned)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int failed = find(call, flags, &target);
    sup_answer answer = failed ? failed : target.exists ? SUP_GO_ON : -ENOENT;
    if (answer == SUP_GO_ON)
        answer = sup_judge_object(call, target.object, SRT_OP_WRITE, NULL);
    if (answer == SUP_GO_ON)
        answer = sup_meta_apply(call, target.object, false);
    sup_target_close(&target);
    return answer;
}

sup_answer sup_meta_perform(sup_call *call)
{
    return is_by_fd(call) ? by_fd(call) : by_path(call);
}
