/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a file may be loaded into this program: plugin.h says the rules. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin/internal.h"

#define OVERFLOW_UID 65534u
#define MAX_LINKS 16

static gboolean owner_ok(uid_t owner, const SrtTrustCaller *caller)
{
    if (owner == 0 || owner == caller->uid)
        return TRUE;
    return owner == OVERFLOW_UID && caller->program_owner == OVERFLOW_UID;
}

const char *srt_trust_judge(const struct stat *st, SrtTrustKind kind, const SrtTrustCaller *caller)
{
    gboolean sticky = kind == SRT_TRUST_ANCESTOR && (st->st_mode & S_ISVTX);
    if (kind == SRT_TRUST_FILE && !S_ISREG(st->st_mode))
        return S_ISDIR(st->st_mode) ? "is a directory, not a file" : "is not a regular file";
    if (!owner_ok(st->st_uid, caller))
        return "is owned by somebody who is neither root nor you";
    if ((st->st_mode & S_IWOTH) && !sticky)
        return "is writable by everybody";
    if ((st->st_mode & S_IWGRP) && !sticky &&
        !(kind == SRT_TRUST_ANCESTOR && caller->private_group != (gid_t)-1 &&
          st->st_gid == caller->private_group && st->st_uid == caller->uid))
        return "is writable by its group";
    return NULL;
}

/* Many systems give each user a group of the same name and a umask of 002. Only
 * asked when a directory is writable by its group: it reads the user database. */
static gid_t find_private_group(uid_t uid)
{
    char buffer[8192];
    struct passwd pw, *user = NULL;
    struct group gr, *group = NULL;
    if (getpwuid_r(uid, &pw, buffer, sizeof buffer, &user) != 0 || !user)
        return (gid_t)-1;
    g_autofree char *name = g_strdup(user->pw_name);
    gid_t gid = user->pw_gid;
    if (getgrgid_r(gid, &gr, buffer, sizeof buffer, &group) != 0 || !group)
        return (gid_t)-1;
    gboolean alone =
        strcmp(group->gr_name, name) == 0 &&
        (!group->gr_mem[0] || (strcmp(group->gr_mem[0], name) == 0 && !group->gr_mem[1]));
    return alone ? gid : (gid_t)-1;
}

static SrtTrustCaller the_caller(void)
{
    struct stat file;
    SrtTrustCaller caller = {.uid = geteuid(), .private_group = (gid_t)-1};
    if (srt_started_privileged())
        return (SrtTrustCaller){.private_group = (gid_t)-1};
    /* In a user namespace without root its files seem to be the overflow user's: who
     * owns "/" there, or this program, is trusted already. */
    caller.program_owner = caller.uid;
    if ((stat("/", &file) == 0 && file.st_uid == OVERFLOW_UID) ||
        (stat("/proc/self/exe", &file) == 0 && file.st_uid == OVERFLOW_UID))
        caller.program_owner = OVERFLOW_UID;
    return caller;
}

static gboolean judge_directory(const char *directory, SrtTrustKind kind, const char *file,
                                const char *what, SrtTrustCaller *caller, GError **error)
{
    struct stat st;
    if (lstat(directory, &st) != 0)
        return srt_set_errno(error, SRT_ERROR_BACKEND, errno, "%s %s: cannot look at %s", what,
                             file, directory);
    const char *problem = srt_trust_judge(&st, kind, caller);
    if (problem && kind == SRT_TRUST_ANCESTOR && (st.st_mode & S_IWGRP)) {
        caller->private_group = find_private_group(caller->uid);
        problem = srt_trust_judge(&st, kind, caller);
    }
    if (!problem)
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                "%s %s is refused: the directory %s %s (owner %u, mode %04o). Make it safe "
                "(chmod go-w, or a directory of root's or your own), or put the file elsewhere",
                what, file, directory, problem, (unsigned)st.st_uid,
                (unsigned)(st.st_mode & 07777));
    return FALSE;
}

/* directory is canonical. */
static gboolean judge_chain(const char *directory, const char *file, const char *what,
                            SrtTrustCaller *caller, GError **error)
{
    g_autofree char *at = g_strdup(directory);
    SrtTrustKind kind = SRT_TRUST_DIRECTORY;
    for (;;) {
        if (!judge_directory(at, kind, file, what, caller, error))
            return FALSE;
        if (strcmp(at, "/") == 0)
            return TRUE;
        char *up = g_path_get_dirname(at);
        g_free(at);
        at = up;
        kind = SRT_TRUST_ANCESTOR;
    }
}

/* Where the link at path points to, or NULL when it is no link. */
static char *follow(const char *path)
{
    g_autofree char *target = g_file_read_link(path, NULL);
    if (!target || g_path_is_absolute(target))
        return g_steal_pointer(&target);
    g_autofree char *directory = g_path_get_dirname(path);
    return g_build_filename(directory, target, NULL);
}

char *srt_trust_place(const char *path, const char *what, GError **error)
{
    SrtTrustCaller caller = the_caller();
    g_autofree char *at = g_canonicalize_filename(path, NULL);
    for (int links = 0; links < MAX_LINKS; links++) {
        char real[PATH_MAX];
        g_autofree char *directory = g_path_get_dirname(at);
        g_autofree char *base = g_path_get_basename(at);
        if (!realpath(directory, real)) {
            srt_set_errno(error, SRT_ERROR_BACKEND, errno, "%s %s", what, path);
            return NULL;
        }
        if (!judge_chain(real, path, what, &caller, error))
            return NULL;
        g_free(at);
        at = g_build_filename(real, base, NULL);
        char *next = follow(at);
        if (!next)
            return g_steal_pointer(&at);
        g_free(at);
        at = next;
    }
    g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                "%s %s is refused: more than %d symbolic links. Name the file itself", what, path,
                MAX_LINKS);
    return NULL;
}

gboolean srt_trust_file(int fd, const char *path, const char *what, GError **error)
{
    struct stat st;
    SrtTrustCaller caller = the_caller();
    if (fstat(fd, &st) != 0)
        return srt_set_errno(error, SRT_ERROR_BACKEND, errno, "%s %s", what, path);
    const char *problem = srt_trust_judge(&st, SRT_TRUST_FILE, &caller);
    if (!problem)
        return TRUE;
    if (!S_ISREG(st.st_mode))
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND, "%s %s %s. Name a file", what, path,
                    problem);
    else
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                    "%s %s is refused: it %s (owner %u, mode %04o). If you trust it: chmod go-w "
                    "it, and give it to root or to yourself",
                    what, path, problem, (unsigned)st.st_uid, (unsigned)(st.st_mode & 07777));
    return FALSE;
}
