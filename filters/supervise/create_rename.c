/* SPDX-License-Identifier: Apache-2.0 */
/* Renames, performed, one at a time: what was judged keeps its names until it is done. The
 * exception are directories in which the floor lets callers create: what comes from there may
 * change under the eyes, see crosses(). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "target.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1u << 0)
#define RENAME_EXCHANGE (1u << 1)
#endif

static const char refused_inside[] = "something in the directory would get a protected name";
static const char refused_holds[] = "the directory holds something that may not be changed";

/* One end. */
typedef struct end {
    sup_place place;
    bool exists, native;
    const char *grant; /* native: the directory that the floor grants */
    bool removable;    /* the floor lets the caller take names away */
    struct stat st;
} end;

bool sup_is_mounted(const sup_place *place)
{
    struct statx st;
    return statx(place->parent, place->last, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &st) == 0 &&
           (st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static bool lies_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

static const char *grant_of(const char *const *list, const char *path)
{
    for (; list && *list; list++)
        if (strcmp(path, *list) == 0 || lies_below(path, *list))
            return *list;
    return NULL;
}

static bool any_at_or_below(const char *const *list, const char *directory)
{
    for (; list && *list; list++)
        if (strcmp(*list, directory) == 0 || lies_below(*list, directory))
            return true;
    return false;
}

/* A region that may not be written would move along, and be no region any more. Mounts move with
 * what they protect. */
static const srt_region *region_inside(const sup_call *call, const char *directory)
{
    const srt_policy *policy = call->sup->policy;
    if (!call->sup->options.perform_writes || policy->fs_disabled)
        return NULL;
    for (size_t i = 0; i < policy->n_regions; i++)
        if (policy->regions[i]->access != SRT_ACCESS_WRITE &&
            lies_below(policy->regions[i]->path, directory))
            return policy->regions[i];
    return NULL;
}

/* The directory "from" gets the name "to"; canonical paths in call->other, call->canonical. */
static sup_answer judge_directory(sup_call *call, const end *from)
{
    const srt_supervise_options *options = &call->sup->options;
    int error;
    const srt_region *region = region_inside(call, call->other);
    if (region)
        return sup_refuse(call, SRT_OP_RENAME, region->path, -1, region->origin, refused_holds);
    /* Callers could go on creating in it: the floor's grant moves with the directory, and nobody
     * would know it there. */
    if (from->native || any_at_or_below(options->native_create, call->other))
        return -EXDEV;
    const sup_rule *rule = sup_move_judge(call->sup->names, from->place.parent, from->place.last,
                                          call->other, call->canonical, &error);
    if (rule)
        return sup_refuse(call, SRT_OP_RENAME, call->canonical, -1, sup_rule_origin(rule),
                          refused_inside);
    return error ? error : SUP_GO_ON;
}

/* from comes to stand at to. What comes from where callers create may be a link in a moment. */
static sup_answer judge_move(sup_call *call, const end *from, const end *to)
{
    bool either = from->native && !to->native;
    sup_answer answer = SUP_GO_ON;
    if (either || S_ISLNK(from->st.st_mode))
        answer = sup_judge_name(call, &to->place, SUP_NEW_LINK, SRT_OP_RENAME, NULL);
    if (answer == SUP_GO_ON && (either || !S_ISLNK(from->st.st_mode)))
        answer = sup_judge_name(call, &to->place, SUP_NEW_MOVED, SRT_OP_RENAME, NULL);
    if (answer != SUP_GO_ON || !S_ISDIR(from->st.st_mode))
        return answer;
    ssize_t length = sup_place_path(call, &from->place, call->other);
    if (length >= 0)
        length = sup_place_path(call, &to->place, call->canonical);
    return length < 0 ? length : judge_directory(call, from);
}

static int look(sup_call *call, end *e)
{
    if (fstatat(e->place.parent, e->place.last, &e->st, AT_SYMLINK_NOFOLLOW) == 0)
        e->exists = true;
    else if (errno != ENOENT)
        return -errno;
    ssize_t n = sup_fd_path(call->sup, e->place.parent, call->canonical);
    if (n < 0)
        return (int)n;
    const srt_supervise_options *options = &call->sup->options;
    e->grant = options->exact ? grant_of(options->native_create, call->canonical) : NULL;
    e->native = e->grant != NULL;
    e->removable =
        !options->perform_writes || sup_within_any(options->native_write, call->canonical);
    return 0;
}

/* A file that comes from where the caller can put a directory in its place at any moment: a rename
 * over a file takes no directory. That file must stay until then. */
static int rename_over_file(const end *from, const end *to, unsigned flags)
{
    const int source = from->place.parent, target = to->place.parent;
    if (S_ISDIR(from->st.st_mode) || (flags & RENAME_EXCHANGE) || from->place.slash ||
        to->place.slash || (to->exists && S_ISDIR(to->st.st_mode)) || to->removable)
        return -EXDEV;
    bool made = !to->exists && mknodat(target, to->place.last, S_IFREG | 0600, 0) == 0;
    if (!to->exists && !made)
        return -errno;
    if (renameat(source, from->place.last, target, to->place.last) == 0)
        return 0;
    int failed = errno == ENOTDIR ? -EXDEV : -errno;
    if (made)
        unlinkat(target, to->place.last, 0);
    return failed;
}

static int perform(const end *from, const end *to, unsigned flags)
{
    char old[SUP_NAME_ROOM], new[SUP_NAME_ROOM];
    if (from->native && !to->native)
        return rename_over_file(from, to, flags);
    if (to->native && !from->native && (flags & RENAME_EXCHANGE))
        return -EXDEV;
    sup_place_name(&from->place, old);
    sup_place_name(&to->place, new);
    return syscall(SYS_renameat2, from->place.parent, old, to->place.parent, new, flags) < 0
               ? -errno
               : 0;
}

/* The kernel alone decides: within one grant at the level "exact", and where the floor is for
 * writing only. */
static bool stays_native(const sup_call *call, const end *from, const end *to)
{
    if (!from->removable || !to->removable)
        return false;
    return !call->sup->options.exact || (from->grant && from->grant == to->grant);
}

static sup_answer rename_locked(sup_call *call, end *from, end *to, unsigned flags)
{
    bool exchange = flags & RENAME_EXCHANGE;
    int failed = look(call, from);
    if (!failed)
        failed = look(call, to);
    if (failed)
        return failed;
    if (stays_native(call, from, to))
        return SUP_GO_ON;
    if (!from->exists || (exchange && !to->exists))
        return -ENOENT;
    if ((flags & RENAME_NOREPLACE) && to->exists)
        return -EEXIST;
    if (sup_is_mounted(&from->place) || (to->exists && sup_is_mounted(&to->place)))
        return -EBUSY;
    sup_answer answer = sup_judge_name(call, &from->place, SUP_NAME_GOES, SRT_OP_RENAME, NULL);
    if (answer == SUP_GO_ON)
        answer = judge_move(call, from, to);
    if (answer == SUP_GO_ON && exchange)
        answer = judge_move(call, to, from);
    if (answer != SUP_GO_ON)
        return answer;
    failed = perform(from, to, flags);
    if (!failed)
        sup_names_changed(call->sup);
    return failed;
}

static sup_answer rename_ends(sup_call *call, end *from, end *to, unsigned flags)
{
    if (from->place.dots || to->place.dots)
        return flags & RENAME_NOREPLACE && !from->place.dots ? -EEXIST : -EBUSY;
    pthread_rwlock_wrlock(&call->sup->perform->names);
    sup_answer answer = rename_locked(call, from, to, flags);
    pthread_rwlock_unlock(&call->sup->perform->names);
    return answer;
}

sup_answer sup_create_rename(sup_call *call)
{
    end from = {.place.parent = -1}, to = {.place.parent = -1};
    const unsigned flags = (unsigned)sup_arg(call, call->row->flags);
    /* RENAME_WHITEOUT would leave a name that nobody asked for: refused. */
    if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) ||
        (flags & (RENAME_NOREPLACE | RENAME_EXCHANGE)) == (RENAME_NOREPLACE | RENAME_EXCHANGE))
        return -EINVAL;
    ssize_t failed = sup_call_path(call, 0);
    if (failed >= 0)
        failed = sup_call_path(call, 1);
    if (failed >= 0)
        failed = sup_resolve_parent(call, 0, &from.place);
    if (failed >= 0)
        failed = sup_resolve_parent(call, 1, &to.place);
    sup_answer answer = failed < 0 ? failed : rename_ends(call, &from, &to, flags);
    sup_place_close(&from.place);
    sup_place_close(&to.place);
    return answer;
}
