/* SPDX-License-Identifier: Apache-2.0 */
/* mkdir, mknod and symlink, performed. Links at the end of the path are never followed. */
#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "target.h"

static enum sup_new kind_of_new(const sup_call *call)
{
    switch (call->row->kind) {
    case SUP_MKDIR:
        return SUP_NEW_DIRECTORY;
    case SUP_SYMLINK:
        return SUP_NEW_LINK;
    default:
        return SUP_NEW_FILE;
    }
}

/* What the kernel refuses before it looks at the path. */
static int check_node(const sup_call *call)
{
    if (call->row->kind != SUP_MKNOD)
        return 0;
    const mode_t mode = (mode_t)(uint16_t)sup_arg(call, call->row->mode);
    const uint32_t device = (uint32_t)sup_arg(call, call->row->mode + 1);
    switch (mode & S_IFMT) {
    case 0:
    case S_IFREG:
    case S_IFIFO:
    case S_IFSOCK:
        return 0;
    case S_IFCHR: /* 0:0 stands for a removed file in overlays, and is no device */
        return device == 0 ? 0 : -EPERM;
    case S_IFBLK:
    case S_IFDIR:
        return -EPERM;
    default:
        return -EINVAL;
    }
}

static int make(const sup_call *call, const sup_place *place)
{
    char name[SUP_NAME_ROOM];
    const unsigned mode = (unsigned)sup_arg(call, call->row->mode);
    sup_place_name(place, name);
    switch (call->row->kind) {
    case SUP_MKDIR:
        return mkdirat(place->parent, name, mode & 07777);
    case SUP_SYMLINK:
        return symlinkat(call->path[1], place->parent, name);
    default:
        return mknodat(place->parent, name, mode & 0xffff, 0);
    }
}

static sup_answer create_locked(sup_call *call, const sup_place *place)
{
    bool native;
    sup_answer answer = sup_judge_name(call, place, kind_of_new(call), SRT_OP_CREATE, &native);
    if (answer != SUP_GO_ON || native) {
        if (native)
            sup_names_changed(call->sup);
        return answer;
    }
    int mask = call->row->kind == SUP_SYMLINK ? 077 : sup_umask_of(call);
    if (mask < 0)
        return mask;
    umask((mode_t)mask);
    answer = make(call, place) < 0 ? -errno : 0;
    umask(077);
    if (answer == 0)
        sup_names_changed(call->sup);
    return answer;
}

static sup_answer create_at(sup_call *call, const sup_place *place)
{
    struct stat st;
    if (place->dots)
        return -EEXIST;
    if (fstatat(place->parent, place->last, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return -EEXIST;
    if (errno != ENOENT)
        return -errno;
    if (place->slash && call->row->kind != SUP_MKDIR)
        return -ENOENT;
    pthread_rwlock_rdlock(&call->sup->perform->names);
    sup_answer answer = create_locked(call, place);
    pthread_rwlock_unlock(&call->sup->perform->names);
    return answer;
}

sup_answer sup_create_name(sup_call *call)
{
    sup_place place = {.parent = -1};
    int failed = check_node(call);
    if (!failed && call->row->kind == SUP_SYMLINK) {
        ssize_t length = sup_read_string(call, sup_arg(call, 0), call->path[1]);
        failed = length < 0 ? (int)length : length == 0 ? -ENOENT : 0;
    }
    if (!failed)
        failed = sup_resolve_parent(call, 0, &place);
    sup_answer answer = failed ? failed : create_at(call, &place);
    sup_place_close(&place);
    return answer;
}
