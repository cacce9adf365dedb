/* SPDX-License-Identifier: Apache-2.0 */
/* The level "check": a creation is judged by its name, and goes on. Nearly every call is decided
 * by its last component alone. What a thread changes between the judgement and the kernel's own
 * look is found when the command has ended. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE (1u << 1)
#endif

static const char refused[] = "creating this name is not allowed";
static const char refused_moved[] = "moving something to this name is not allowed";
static const char refused_inside[] = "something in the directory would get a protected name";
static const char refused_unknown[] =
    "creating such a name is not allowed where it cannot be told what is protected";

static sup_answer go_on(sup_call *call)
{
    sup_names_changed(call->sup);
    return SUP_GO_ON;
}

/* The last component without slashes behind it, into name[NAME_MAX + 1]. false: none that could
 * be created. */
static bool last_component(const char *path, char *name)
{
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    if (end == start || end - start > NAME_MAX)
        return false;
    memcpy(name, path + start, end - start);
    name[end - start] = '\0';
    return true;
}

static bool suspect(const sup_call *call, const char *path, enum sup_new how)
{
    char name[NAME_MAX + 1];
    return last_component(path, name) && sup_names_suspect(call->sup->names, name, how);
}

static bool born_inside(const sup_call *call, int directory)
{
    struct statx st;
    const struct sup_time *start = &call->sup->start;
    if (statx(directory, "", AT_EMPTY_PATH, STATX_BTIME, &st) < 0 || !(st.stx_mask & STATX_BTIME))
        return false;
    return st.stx_btime.tv_sec > start->seconds ||
           (st.stx_btime.tv_sec == start->seconds && st.stx_btime.tv_nsec >= start->nanoseconds);
}

static bool has(int directory, const char *name)
{
    struct stat st;
    return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Repositories made inside need their own hooks and config; see names.h. */
static bool git_allows(const sup_call *call, const sup_rule *rule, const sup_place *place,
                       const char *path, enum sup_new how)
{
    unsigned part = sup_rule_mandatory(rule) ? sup_git_part(path, how) : 0;
    if (part == 0)
        return false;
    int above = part == 2 ? openat(place->parent, "..", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    int git = part == 2 ? above : place->parent;
    if (git < 0)
        return false;
    bool allowed = born_inside(call, git);
    if (!allowed && sup_rule_nested(rule))
        allowed = !has(git, "HEAD") || !(has(git, "objects") || has(git, "commondir"));
    if (above >= 0)
        close(above);
    return allowed;
}

static sup_answer refuse(sup_call *call, srt_operation operation, const char *target,
                         const sup_rule *rule, const char *reason)
{
    if (sup_call_alive(call))
        sup_report(call, operation, 0, target, rule ? sup_rule_origin(rule) : NULL, reason);
    return -EACCES;
}

sup_answer sup_judge_place(sup_call *call, const sup_place *place, enum sup_new how,
                           srt_operation operation)
{
    ssize_t length = sup_place_path(call, place, call->canonical);
    if (length == -EXDEV)
        return refuse(call, operation, place->last, NULL, refused_unknown);
    if (length < 0)
        return length;
    const sup_rule *rule = sup_names_judge(call->sup->names, call->canonical, how);
    if (!rule || git_allows(call, rule, place, call->canonical, how))
        return SUP_GO_ON;
    return refuse(call, operation, call->canonical, rule,
                  operation == SRT_OP_RENAME ? refused_moved : refused);
}

/* path[which] is a suspect name that the call would create, unless it exists: then the kernel
 * says so. */
static sup_answer judge_new(sup_call *call, int which, enum sup_new how)
{
    sup_place place;
    int failed = sup_resolve_parent(call, which, &place);
    if (failed)
        return failed;
    sup_answer answer = SUP_GO_ON;
    if (!place.dots && !has(place.parent, place.last))
        answer = sup_judge_place(call, &place, how, SRT_OP_CREATE);
    sup_place_close(&place);
    return answer == SUP_GO_ON ? go_on(call) : answer;
}

static sup_answer check_new(sup_call *call, int which, enum sup_new how)
{
    ssize_t length = sup_call_path(call, which);
    if (length < 0)
        return length;
    return suspect(call, call->path[which], how) ? judge_new(call, which, how) : go_on(call);
}

static sup_answer check_open(sup_call *call)
{
    sup_open open;
    int failed = sup_call_open(call, &open);
    if (failed)
        return failed;
    if (!(open.flags & O_CREAT) || (open.flags & O_PATH))
        return SUP_GO_ON;
    return check_new(call, 0, SUP_NEW_FILE);
}

/* Opening a link to what does not exist creates it: the target is judged like a file. Lexically
 * where its directory does not exist yet. */
static sup_answer judge_link_target(sup_call *call, const char *text)
{
    sup_place link, target;
    sup_answer answer = SUP_GO_ON;
    int failed = sup_resolve_parent(call, 0, &link);
    if (failed)
        return failed;
    char *copy = call->other;
    memcpy(copy, text, strlen(text) + 1);
    failed = sup_resolve_parent_at(call, link.parent, copy, &target);
    if (!failed && !target.dots && !has(target.parent, target.last)) {
        answer = sup_judge_place(call, &target, SUP_NEW_FILE, SRT_OP_CREATE);
    } else if (failed == -ENOENT) {
        ssize_t length = text[0] == '/' ? 0 : sup_fd_path(call->sup, link.parent, call->canonical);
        const sup_rule *rule = NULL;
        if (length >= 0 && sup_lexical(call->canonical, (size_t)length, text))
            rule = sup_names_judge(call->sup->names, call->canonical, SUP_NEW_FILE);
        if (rule)
            answer = refuse(call, SRT_OP_CREATE, call->canonical, rule, refused);
    }
    sup_place_close(&target);
    sup_place_close(&link);
    return answer;
}

static sup_answer check_symlink(sup_call *call)
{
    ssize_t length = sup_read_string(call, sup_arg(call, 0), call->path[1]);
    if (length < 0)
        return length;
    sup_answer answer = check_new(call, 0, SUP_NEW_LINK);
    if (answer == SUP_GO_ON && suspect(call, call->path[1], SUP_NEW_FILE))
        answer = judge_link_target(call, call->path[1]);
    return answer;
}

static sup_answer check_link(sup_call *call)
{
    struct stat st;
    ssize_t length = sup_call_path(call, 1);
    if (length < 0)
        return length;
    if (!suspect(call, call->path[1], SUP_NEW_LINK))
        return go_on(call);
    uint64_t flags = sup_arg(call, call->row->flags);
    bool followed = (call->row->row & SUP_ROW_SYMLINK_FLAG) && (flags & AT_SYMLINK_FOLLOW);
    int source = sup_resolve(call, 0, (followed ? 0 : SUP_RESOLVE_NOFOLLOW) | SUP_RESOLVE_EMPTY);
    if (source < 0)
        return source;
    bool link = fstat(source, &st) == 0 && S_ISLNK(st.st_mode);
    close(source);
    return judge_new(call, 1, link ? SUP_NEW_LINK : SUP_NEW_FILE);
}

/* from/last comes to stand at to/last. */
static sup_answer judge_moved(sup_call *call, const sup_place *from, const sup_place *to,
                              bool named)
{
    struct stat st;
    int error;
    if (fstatat(from->parent, from->last, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    if (named) {
        sup_answer answer = sup_judge_place(
            call, to, S_ISLNK(st.st_mode) ? SUP_NEW_LINK : SUP_NEW_MOVED, SRT_OP_RENAME);
        if (answer != SUP_GO_ON)
            return answer;
    }
    if (!S_ISDIR(st.st_mode) || sup_place_path(call, from, call->other) < 0 ||
        sup_place_path(call, to, call->canonical) < 0)
        return SUP_GO_ON;
    const sup_rule *rule = sup_move_judge(call->sup->names, from->parent, from->last, call->other,
                                          call->canonical, &error);
    if (rule)
        return refuse(call, SRT_OP_RENAME, call->canonical, rule, refused_inside);
    return error ? error : SUP_GO_ON;
}

static bool is_directory(const sup_place *place)
{
    struct stat st;
    return fstatat(place->parent, place->last, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(st.st_mode);
}

static sup_answer check_rename(sup_call *call)
{
    sup_place from, to;
    ssize_t length = sup_call_path(call, 0);
    if (length >= 0)
        length = sup_call_path(call, 1);
    if (length < 0)
        return length;
    bool exchange = sup_arg(call, call->row->flags) & RENAME_EXCHANGE;
    bool named = suspect(call, call->path[1], SUP_NEW_MOVED);
    bool back = exchange && suspect(call, call->path[0], SUP_NEW_MOVED);
    if (!named && !back && !sup_names_moves_matter(call->sup->names))
        return go_on(call);
    int failed = sup_resolve_parent(call, 0, &from);
    if (failed)
        return failed;
    /* A file under a harmless name: the usual case where moves matter. */
    if (!named && !exchange && !from.dots && !is_directory(&from)) {
        sup_place_close(&from);
        return go_on(call);
    }
    sup_answer answer = sup_resolve_parent(call, 1, &to);
    if (answer == 0 && (from.dots || to.dots))
        answer = SUP_GO_ON; /* the kernel refuses */
    else if (answer == 0)
        answer = judge_moved(call, &from, &to, named);
    if (answer == SUP_GO_ON && exchange)
        answer = judge_moved(call, &to, &from, back);
    sup_place_close(&from);
    sup_place_close(&to);
    return answer == SUP_GO_ON ? go_on(call) : answer;
}

sup_answer sup_create_check(sup_call *call)
{
    switch (call->row->kind) {
    case SUP_OPEN:
        return check_open(call);
    case SUP_MKDIR:
        return check_new(call, 0, SUP_NEW_DIRECTORY);
    case SUP_MKNOD:
        return check_new(call, 0, SUP_NEW_FILE);
    case SUP_SYMLINK:
        return check_symlink(call);
    case SUP_LINK:
        return check_link(call);
    case SUP_RENAME:
        return check_rename(call);
    default:
        return -ENOSYS;
    }
}
