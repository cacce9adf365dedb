/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/records.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "cli/ctl.h"
#include "cli/diff.h"
#include "config/edit.h"
#include "run/session.h"
#include "base/state.h"

GPtrArray *srt_ctl_records(const SrtViolationQuery *query, guint64 *ret_lost, GError **error)
{
    g_autofree char *home = srt_run_home();
    g_autofree char *directory = srt_state_directory(home);
    g_autoptr(GError) why = NULL;
    if (ret_lost)
        *ret_lost = 0;
    if (!directory)
        return srt_violation_records_new();
    g_autoptr(SrtViolationDatabase) database = srt_violation_database_open_to_read(directory, &why);
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    return database ? srt_violation_database_query(database, query, ret_lost, error)
                    : srt_violation_records_new();
}

gboolean srt_ctl_kinds(const char *text, guint *ret_bits, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    const char *names[SRT_OPERATION_COUNT + 1] = {NULL};
    for (int i = 0; i < SRT_OPERATION_COUNT; i++)
        names[i] = srt_operation_name((srt_operation)i);
    for (char **word = words; *word; word++) {
        int operation = srt_operation_by_name(*word);
        if (operation < 0) {
            g_autofree char *all = g_strjoinv(", ", (char **)(guintptr)names);
            g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                        "--kind: found '%s', expected some of %s", *word, all);
            return FALSE;
        }
        *ret_bits |= 1u << operation;
    }
    return TRUE;
}

static const SrtViolationRecord *newest(const GPtrArray *records)
{
    return records && records->len > 0 ? g_ptr_array_index(records, records->len - 1) : NULL;
}

char *srt_ctl_settings_of(const char *named, const GPtrArray *records)
{
    const SrtViolationRecord *record = newest(records);
    g_autofree char *home = srt_run_home();
    if (named)
        return g_canonicalize_filename(named, NULL);
    if (record && record->settings && *record->settings == '/')
        return g_strdup(record->settings);
    return home ? g_build_filename(home, ".srt-settings.json", NULL) : NULL;
}

static gboolean is_missing(const char *path)
{
    struct stat st;
    return lstat(path, &st) < 0 && errno == ENOENT;
}

gboolean srt_ctl_policy_of(const char *settings, const GPtrArray *records, SrtConfig **ret_config,
                           SrtPolicy **ret_policy, GError **error)
{
    const SrtViolationRecord *record = newest(records);
    if (record && record->cwd && *record->cwd == '/' && chdir(record->cwd) < 0)
        srt_log_debug("%s is gone: paths are judged from here", record->cwd);
    if (settings && !is_missing(settings))
        return srt_run_resolve(settings, ret_config, ret_policy, error);
    /* Of the same directory and home, with nothing in the file. */
    g_autofree char *empty = g_strdup("/var/tmp/srt-empty-XXXXXX");
    srt_autofd int fd = mkstemp(empty);
    if (fd < 0 || !srt_fd_write_all(fd, "{}\n", 3))
        return srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot make a temporary file");
    gboolean ok = srt_run_resolve(empty, ret_config, ret_policy, error);
    unlink(empty);
    return ok;
}

gboolean srt_ctl_replace_file(const char *path, const char *text, GError **error)
{
    struct stat st;
    char *target = realpath(path, NULL);
    g_autofree char *real = g_strdup(target ? target : path);
    free(target);
    g_autofree char *temporary = g_strconcat(real, ".XXXXXX", NULL);
    mode_t mode = stat(real, &st) == 0 ? st.st_mode & 07777 : 0600;
    srt_autofd int fd = mkstemp(temporary);
    if (fd < 0)
        return srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot write beside %s", real);
    if (srt_fd_write_all(fd, text, strlen(text)) && fchmod(fd, mode) == 0 && fsync(fd) == 0 &&
        rename(temporary, real) == 0)
        return TRUE;
    srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot write %s", real);
    unlink(temporary);
    return FALSE;
}

/* Whether the new text is right, read where it will stand: what it extends is relative to
 * that. */
static gboolean check(const char *file, const char *text, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(file);
    g_autofree char *trial = g_build_filename(directory, ".srt-settings-trial-XXXXXX", NULL);
    g_autoptr(SrtConfig) config = NULL;
    g_autoptr(SrtPolicy) policy = NULL;
    srt_autofd int fd = mkstemp(trial);
    if (fd < 0) {
        /* No place for a trial: what can be judged without one. */
        config = srt_config_parse(text, strlen(text), file, directory, error);
        return config != NULL;
    }
    gboolean ok =
        srt_fd_write_all(fd, text, strlen(text)) && srt_run_resolve(trial, &config, &policy, error);
    unlink(trial);
    if (!ok && error && !*error)
        return srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot write %s", trial);
    return ok;
}

int srt_ctl_add_entries(const char *file, const SrtConfig *config, const SrtSettingsEntry *entries,
                        guint n, gboolean write)
{
    g_autoptr(GError) error = NULL;
    int failed = 0;
    gsize length = 0;
    g_autofree char *before =
        srt_fd_read_file(file, SRT_CONFIG_MAX_BYTES, &length, &failed, &error);
    if (!before && failed != ENOENT)
        return srt_ctl_fail(error);
    g_clear_error(&error);
    /* The working directory is writable as long as nothing is named. */
    g_autofree SrtSettingsEntry *all = g_new(SrtSettingsEntry, n);
    for (guint i = 0; i < n; i++) {
        all[i] = entries[i];
        all[i].first = strcmp(entries[i].key, "allowWrite") == 0 && !config->filesystem.allow_write
                           ? "."
                           : NULL;
    }
    g_autofree char *after = srt_settings_add(before ? before : "", length, file, all, n, &error);
    if (!after || !check(file, after, &error))
        return srt_ctl_fail(error);
    g_autofree char *diff = srt_diff(before ? before : "", after, file);
    g_autofree char *clean = srt_log_sanitise(diff, TRUE);
    fputs(clean, stdout);
    if (write && *diff && !srt_ctl_replace_file(file, after, &error))
        return srt_ctl_fail(error);
    return SRT_CTL_OK;
}
