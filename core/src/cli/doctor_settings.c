/* SPDX-License-Identifier: Apache-2.0 */
/* Settings, the choice of a backend, the state directory, and a run with them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/quote.h"
#include "cli/doctor.h"
#include "run/session.h"
#include "base/state.h"

#define EDIT "${EDITOR:-vi} "

static void judge_settings_file(GPtrArray *list, const char *file, guint uid)
{
    g_autofree char *quoted = srt_quote_word(file);
    struct stat st;
    if (stat(file, &st) != 0 || !(st.st_mode & (S_IWGRP | S_IWOTH)))
        return;
    SrtDoctorCheck *check =
        srt_doctor_add(list, "settings", SRT_DOCTOR_WARNING,
                       "others may change %s (mode %04o), and with it what srt allows", file,
                       (unsigned)(st.st_mode & 07777));
    if (st.st_uid == uid)
        srt_doctor_remedy(check, "chmod go-w %s", quoted);
    else
        srt_doctor_remedy_root(check, uid, "chmod go-w %s", quoted);
}

static void mend_settings(SrtDoctorCheck *check, const char *file, const char *named)
{
    g_autofree char *quoted = srt_quote_word(file);
    struct stat st;
    if (stat(file, &st) != 0) {
        srt_doctor_remedy(check, "echo '{}' >%s", quoted);
        return;
    }
    if (S_ISREG(st.st_mode) && access(file, R_OK) != 0)
        srt_doctor_remedy(check, "chmod u+r %s", quoted);
    if (S_ISDIR(st.st_mode))
        srt_doctor_remedy(check, "mv %s %s.directory", quoted, quoted);
    else
        srt_doctor_remedy(check, EDIT "%s", quoted);
    srt_doctor_remedy(check, "srtctl check%s%s", named ? " " : "", named ? quoted : "");
}

SrtConfig *srt_doctor_look_at_settings(GPtrArray *list, const char *settings, const char *home,
                                       guint uid)
{
    g_autoptr(GError) error = NULL;
    SrtConfig *config = srt_config_load(settings, home, &error);
    g_autofree char *file = settings ? g_canonicalize_filename(settings, NULL)
                            : home   ? g_build_filename(home, ".srt-settings.json", NULL)
                                     : NULL;
    if (!config) {
        SrtDoctorCheck *check =
            srt_doctor_add(list, "settings", SRT_DOCTOR_PROBLEM, "%s", error->message);
        if (file)
            mend_settings(check, file, settings);
        return NULL;
    }
    for (guint i = 0; i < config->files->len; i++)
        judge_settings_file(list, config->files->pdata[i], uid);
    if (config->files->len > 0)
        srt_doctor_add(list, "settings", SRT_DOCTOR_OK, "%s",
                       (const char *)config->files->pdata[config->files->len - 1]);
    else if (!home || !*home) {
        SrtDoctorCheck *check =
            srt_doctor_add(list, "settings", SRT_DOCTOR_WARNING,
                           "HOME is not set, so that no settings file is found: the built-in "
                           "defaults are used");
        srt_doctor_remedy(check, "export HOME=\"$(getent passwd \"$(id -u)\" | cut -d: -f6)\"");
    } else
        srt_doctor_add(list, "settings", SRT_DOCTOR_OK,
                       "there is no %s: the built-in defaults are used", file);
    return config;
}

/* A backend that was chosen by name has to be there. */
void srt_doctor_look_at_choice(GPtrArray *list, const char *choice, const char *source,
                               const char *remedy, const SrtBackendSearch *search)
{
    if (!choice || !*choice)
        return;
    g_autofree char *file =
        strchr(choice, '/') ? g_strdup(choice) : srt_backend_find(search, choice);
    if (file && access(file, F_OK) == 0)
        return;
    g_autofree char *where = g_strjoinv(", ", search->directories);
    SrtDoctorCheck *check =
        srt_doctor_add(list, "choice", SRT_DOCTOR_PROBLEM,
                       "%s chooses the backend \"%s\", which is not in %s", source, choice, where);
    srt_doctor_remedy(check, "%s", remedy);
    srt_doctor_remedy(check, "srtctl backends");
}

void srt_doctor_look_at_state(GPtrArray *list, const char *home, guint uid)
{
    g_autofree char *directory = srt_state_directory(home);
    struct stat st;
    if (!directory || lstat(directory, &st) != 0)
        return; /* made with the first record */
    g_autofree char *quoted = srt_quote_word(directory);
    if (S_ISDIR(st.st_mode) && st.st_uid == uid && (st.st_mode & 0700) == 0700) {
        srt_doctor_add(list, "records", SRT_DOCTOR_OK, "%s", directory);
        return;
    }
    SrtDoctorCheck *check = srt_doctor_add(list, "records", SRT_DOCTOR_WARNING,
                                           "refusals cannot be recorded: %s %s", directory,
                                           S_ISLNK(st.st_mode)    ? "is a symbolic link"
                                           : !S_ISDIR(st.st_mode) ? "is not a directory"
                                           : st.st_uid != uid     ? "belongs to somebody else"
                                                                  : "cannot be written by you");
    if (S_ISDIR(st.st_mode) && st.st_uid == uid)
        srt_doctor_remedy(check, "chmod 700 %s", quoted);
    else
        srt_doctor_remedy_root(check, uid, "mv %s %s.old", quoted, quoted);
}

static void enter(gpointer directory)
{
    if (chdir(directory) != 0)
        _exit(125);
}

void srt_doctor_try_run(GPtrArray *list, const char *settings)
{
    g_autofree char *self = srt_run_program();
    g_autofree char *bin = g_path_get_dirname(self ? self : "");
    g_autofree char *srt = g_build_filename(bin, "srt", NULL);
    g_autofree char *file = settings ? g_canonicalize_filename(settings, NULL) : NULL;
    g_autofree char *directory = g_dir_make_tmp("srt-doctor-XXXXXX", NULL);
    g_autofree char *err = NULL;
    g_autoptr(GError) error = NULL;
    const char *const words[] = {
        srt, "-q", file ? "-s" : "--", file ? file : "true", file ? "true" : NULL, NULL};
    int status = 0;
    if (!directory)
        return;
    gboolean ran = g_spawn_sync(NULL, (char **)(guintptr)words, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
                                enter, directory, NULL, &err, &status, &error);
    (void)rmdir(directory);
    if (ran && status == 0) {
        srt_doctor_add(list, "run", SRT_DOCTOR_OK, "`srt true` runs");
        return;
    }
    SrtDoctorCheck *check =
        srt_doctor_add(list, "run", SRT_DOCTOR_PROBLEM, "`srt true` does not run: %s",
                       !ran               ? error->message
                       : *g_strstrip(err) ? err
                                          : "no message");
    g_autofree char *quoted = file ? srt_quote_word(file) : NULL;
    srt_doctor_remedy(check, "srt --debug%s%s true", file ? " -s " : "", file ? quoted : "");
}
