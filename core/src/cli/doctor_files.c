/* SPDX-License-Identifier: Apache-2.0 */
/* The files that srt is made of: there, and nobody else's. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/quote.h"
#include "cli/doctor.h"

#define OVERFLOW_UID 65534u

/* Where the program lies, so that what is missing can be put beside it. */
static char *prefix_of(const char *beside)
{
    g_autofree char *up = g_path_get_dirname(beside);
    g_autofree char *upper = g_path_get_dirname(up);
    g_autofree char *prefix = g_path_get_dirname(upper);
    return srt_quote_word(prefix);
}

gboolean srt_doctor_mend_entry(SrtDoctorCheck *check, const char *path, const struct stat *st,
                               gboolean directory_above, guint uid)
{
    g_autofree char *quoted = srt_quote_word(path);
    gboolean sticky = directory_above && (st->st_mode & S_ISVTX);
    gboolean wrong = FALSE;
    if (st->st_uid != 0 && st->st_uid != uid && st->st_uid != OVERFLOW_UID) {
        srt_doctor_remedy_root(check, uid, "chown root: %s", quoted);
        wrong = TRUE;
    }
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) && !sticky) {
        if (st->st_uid == uid)
            srt_doctor_remedy(check, "chmod go-w %s", quoted);
        else
            srt_doctor_remedy_root(check, uid, "chmod go-w %s", quoted);
        wrong = TRUE;
    }
    return wrong;
}

gboolean srt_doctor_mend_chain(SrtDoctorCheck *check, const char *file, guint uid)
{
    char real[PATH_MAX];
    struct stat st;
    gboolean wrong = FALSE;
    if (!realpath(file, real))
        return FALSE;
    g_autofree char *at = g_strdup(real);
    for (guint depth = 0; stat(at, &st) == 0; depth++) {
        wrong = srt_doctor_mend_entry(check, at, &st, depth > 1, uid) || wrong;
        if (strcmp(at, "/") == 0)
            break;
        char *up = g_path_get_dirname(at);
        g_free(at);
        at = up;
    }
    return wrong;
}

void srt_doctor_look_at_helper(GPtrArray *list, const char *helper, guint uid)
{
    struct stat st;
    if (helper && stat(helper, &st) == 0 && access(helper, X_OK) == 0) {
        srt_doctor_add(list, "helper", SRT_DOCTOR_OK, "%s", helper);
        return;
    }
    if (helper && stat(helper, &st) == 0) {
        g_autofree char *quoted = srt_quote_word(helper);
        SrtDoctorCheck *check =
            srt_doctor_add(list, "helper", SRT_DOCTOR_PROBLEM, "%s cannot be executed (mode %04o)",
                           helper, (unsigned)(st.st_mode & 07777));
        if (st.st_uid == uid)
            srt_doctor_remedy(check, "chmod 755 %s", quoted);
        else
            srt_doctor_remedy_root(check, uid, "chmod 755 %s", quoted);
        return;
    }
    SrtDoctorCheck *check =
        srt_doctor_add(list, "helper", SRT_DOCTOR_PROBLEM,
                       "the helper srt-inside is missing from this installation (%s). Install srt "
                       "again; from its source directory",
                       helper ? helper : "its place is not known");
    g_autofree char *prefix = helper ? prefix_of(helper) : g_strdup("/usr/local");
    srt_doctor_remedy(check, "cmake --install build/release --prefix %s", prefix);
}

static void look_at_module(GPtrArray *list, const SrtBackendCandidate *candidate, guint uid)
{
    SrtDoctorCheck *check =
        srt_doctor_add(list, "module", SRT_DOCTOR_WARNING, "%s", candidate->problem);
    g_autofree char *quoted = srt_quote_word(candidate->file);
    struct stat st;
    if (srt_doctor_mend_chain(check, candidate->file, uid))
        return;
    /* It cannot be loaded at all: out of the way, it is no warning any more. */
    if (lstat(candidate->file, &st) == 0 && st.st_uid == uid)
        srt_doctor_remedy(check, "mv %s %s.off", quoted, quoted);
    else
        srt_doctor_remedy_root(check, uid, "mv %s %s.off", quoted, quoted);
}

void srt_doctor_look_at_modules(GPtrArray *list, const GPtrArray *candidates,
                                const SrtBackendSearch *search, guint uid)
{
    g_autofree char *where = g_strjoinv(", ", search->directories);
    guint good = 0;
    for (guint i = 0; i < candidates->len; i++) {
        const SrtBackendCandidate *candidate = candidates->pdata[i];
        if (candidate->backend)
            good++;
        else
            look_at_module(list, candidate, uid);
    }
    if (good > 0) {
        srt_doctor_add(list, "modules", SRT_DOCTOR_OK, "%u in %s", good, where);
        return;
    }
    guint n = g_strv_length(search->directories);
    g_autofree char *prefix = n ? prefix_of(search->directories[n - 1]) : g_strdup("/usr/local");
    SrtDoctorCheck *check = srt_doctor_add(
        list, "modules", SRT_DOCTOR_PROBLEM,
        "no backend can be loaded from %s. Install srt again; from its source directory", where);
    srt_doctor_remedy(check, "cmake --install build/release --prefix %s", prefix);
    if (g_getenv("SRT_BACKEND_PATH"))
        srt_doctor_remedy(check, "unset SRT_BACKEND_PATH");
}

#ifdef __linux__
/* Where backends look for it: never through PATH. */
static char *find_bubblewrap(const char *chosen)
{
    static const char *const places[] = {"/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap",
                                         "/run/current-system/sw/bin/bwrap"};
    if (chosen)
        return access(chosen, F_OK) == 0 ? g_strdup(chosen) : NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
        if (access(places[i], F_OK) == 0)
            return g_strdup(places[i]);
    return NULL;
}

static void judge_bubblewrap(GPtrArray *list, const char *file, const struct stat *st, guint uid)
{
    g_autofree char *quoted = srt_quote_word(file);
    SrtDoctorCheck *check;
    if (!S_ISREG(st->st_mode) || access(file, X_OK) != 0) {
        check = srt_doctor_add(list, "bubblewrap", SRT_DOCTOR_PROBLEM,
                               "%s is not an executable file", file);
        check->mechanism = TRUE;
        srt_doctor_remedy_root(check, uid, "chmod 755 %s", quoted);
        return;
    }
    if (st->st_mode & S_ISUID) {
        check =
            srt_doctor_add(list, "bubblewrap", SRT_DOCTOR_WARNING,
                           "%s is setuid, which srt does not need where user namespaces work: no "
                           "supervisor can look into it, and it has been a way to gain rights",
                           file);
        srt_doctor_remedy_root(check, uid, "chmod u-s %s", quoted);
    }
    check =
        srt_doctor_add(list, "bubblewrap", SRT_DOCTOR_PROBLEM,
                       "%s, or a directory above it, may be changed by others, so that it is not "
                       "used",
                       file);
    check->mechanism = TRUE;
    if (srt_doctor_mend_chain(check, file, uid))
        return;
    g_ptr_array_remove_index(list, list->len - 1);
    srt_doctor_add(list, "bubblewrap", SRT_DOCTOR_OK, "%s", file);
}

void srt_doctor_look_at_bubblewrap(GPtrArray *list, const char *chosen,
                                   const SrtDoctorKernel *kernel)
{
    g_autofree char *file = find_bubblewrap(chosen);
    struct stat st;
    if (file && stat(file, &st) == 0) {
        judge_bubblewrap(list, file, &st, kernel->uid);
        return;
    }
    SrtDoctorCheck *check = srt_doctor_add(
        list, "bubblewrap", SRT_DOCTOR_PROBLEM, "bubblewrap is not installed: there is no %s",
        chosen ? chosen : "bwrap in /usr/bin, /usr/local/bin or /bin");
    check->mechanism = TRUE;
    g_autofree char *install = srt_doctor_install(kernel->distribution, "bubblewrap");
    srt_doctor_remedy_root(check, kernel->uid, "%s", install);
}
#else
void srt_doctor_look_at_bubblewrap(GPtrArray *list, const char *chosen,
                                   const SrtDoctorKernel *kernel)
{
    (void)list;
    (void)chosen;
    (void)kernel;
}
#endif
