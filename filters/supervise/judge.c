/* SPDX-License-Identifier: Apache-2.0 */
/* Judges what shall be performed: by the regions of the policy, and by its protected names. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "target.h"
#include "walk.h"

static const char refused_create[] = "creating something here is not allowed";
static const char refused_change[] = "changing this is not allowed";
static const char refused_unknown[] =
    "changing files is not allowed where it cannot be told what is protected";

sup_answer sup_refuse(sup_call *call, srt_operation operation, const char *path, int at,
                      const srt_origin *origin, const char *reason)
{
    struct statvfs fs;
    if (sup_call_alive(call))
        sup_report(call, operation, 0, path, origin, reason);
    /* As a mount that is read-only says it. */
    return at >= 0 && fstatvfs(at, &fs) == 0 && (fs.f_flag & ST_RDONLY) ? -EROFS : -EACCES;
}

static bool writable(const sup_call *call, const char *path, const srt_origin **ret_origin)
{
    return sup_within_any(call->sup->options.private_dirs, path) ||
           sup_names_access(call->sup->names, path, ret_origin) == SRT_ACCESS_WRITE;
}

bool sup_creates_natively(const sup_call *call, const char *directory)
{
    const srt_supervise_options *options = &call->sup->options;
    return !options->exact || sup_within_any(options->native_create, directory);
}

/* Making a name and taking it away are different rights of the floor. */
static bool is_native(const sup_call *call, const char *directory, int how)
{
    const srt_supervise_options *options = &call->sup->options;
    if (how != SUP_NAME_GOES && !sup_creates_natively(call, directory))
        return false;
    return !options->perform_writes || sup_within_any(options->native_write, directory);
}

sup_answer sup_judge_name(sup_call *call, const sup_place *place, int how, srt_operation operation,
                          bool *ret_native)
{
    const srt_origin *origin = NULL;
    char *path = call->canonical;
    ssize_t length = sup_place_path(call, place, path);
    if (length == -EXDEV)
        return sup_refuse(call, operation, place->last, -1, NULL, refused_unknown);
    if (length < 0)
        return length;
    size_t directory = (size_t)length - strlen(place->last) - 1;
    path[directory ? directory : 1] = '\0';
    bool native = is_native(call, path, how);
    bool allowed = writable(call, path, &origin);
    if (directory)
        path[directory] = '/';
    else
        path[1] = place->last[0];
    if (ret_native) {
        *ret_native = native;
        if (native)
            return SUP_GO_ON;
    }
    if (!allowed || !writable(call, path, &origin))
        return sup_refuse(call, operation, path, place->parent, origin,
                          how == SUP_NAME_GOES ? refused_change : refused_create);
    if (how != SUP_NAME_GOES && sup_names_suspect(call->sup->names, place->last, (enum sup_new)how))
        return sup_judge_place(call, place, (enum sup_new)how, operation);
    return SUP_GO_ON;
}

/* What has no name any more, or never had one. The text is what /proc says of it. */
static sup_answer judge_nameless(sup_call *call, int fd, srt_operation operation)
{
    static const char gone[] = " (deleted)";
    const srt_origin *origin = NULL;
    char self[SUP_SELF_ROOM], *path = call->canonical;
    struct stat st;
    ssize_t n = readlink(sup_self_path(fd, self), path, SUP_PATH_MAX - 1);
    if (n < 0 || fstat(fd, &st) < 0)
        return -errno;
    path[n] = '\0';
    if (path[0] != '/') /* a pipe, a socket; but not a file whose place cannot be seen from here */
        return st.st_nlink == 0 ||
                       !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode))
                   ? SUP_GO_ON
                   : sup_refuse(call, operation, path, fd, NULL, refused_unknown);
    size_t mark = sizeof gone - 1;
    if ((size_t)n > mark && strcmp(path + n - mark, gone) == 0)
        path[(size_t)n - mark] = '\0';
    if (strncmp(path, "/memfd:", 7) == 0 && st.st_nlink == 0)
        return SUP_GO_ON;
    return writable(call, path, &origin)
               ? SUP_GO_ON
               : sup_refuse(call, operation, path, fd, origin, refused_change);
}

static bool has_gone(const char *path, size_t length)
{
    static const char gone[] = " (deleted)";
    return length > sizeof gone - 1 && strcmp(path + length - (sizeof gone - 1), gone) == 0;
}

/* A name that may not be made is not changed either, once it is there. path is known. */
static sup_answer judge_protected(sup_call *call, const char *path, int fd, srt_operation operation)
{
    struct stat st;
    enum sup_new how = SUP_NEW_FILE;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (S_ISDIR(st.st_mode))
        how = SUP_NEW_DIRECTORY;
    else if (S_ISLNK(st.st_mode))
        how = SUP_NEW_LINK;
    if (!sup_names_suspect(call->sup->names, strrchr(path, '/') + 1, how))
        return SUP_GO_ON;
    char *copy = call->other, *slash;
    memcpy(copy, path, strlen(path) + 1);
    slash = strrchr(copy, '/');
    *slash = '\0';
    sup_place place = {.last = slash + 1};
    place.parent = sup_openat2(call->sup->root, copy[0] ? copy : "/", O_PATH | O_DIRECTORY,
                               RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (place.parent < 0)
        return place.parent;
    sup_answer answer = sup_judge_place(call, &place, how, operation);
    sup_place_close(&place);
    return answer;
}

sup_answer sup_judge_object(sup_call *call, int fd, srt_operation operation, bool *ret_native)
{
    const srt_origin *origin = NULL;
    char *path = call->canonical;
    if (ret_native)
        *ret_native = false;
    ssize_t length = sup_fd_path(call->sup, fd, path);
    if (length == -ENOENT)
        return judge_nameless(call, fd, operation);
    if (length < 0)
        return length;
    if (!sup_path_known(call->sup, fd, path))
        return has_gone(path, (size_t)length)
                   ? judge_nameless(call, fd, operation)
                   : sup_refuse(call, operation, path, fd, NULL, refused_unknown);
    if (ret_native && sup_within_any(call->sup->options.native_write, path)) {
        *ret_native = true;
        return SUP_GO_ON;
    }
    if (!writable(call, path, &origin))
        return sup_refuse(call, operation, path, fd, origin, refused_change);
    return judge_protected(call, path, fd, operation);
}
