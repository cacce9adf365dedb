/* SPDX-License-Identifier: Apache-2.0 */
#include "trial/trial.h"

#include <stdarg.h>

#include "trial/private.h"

static void line_free(gpointer data)
{
    SrtTrialLine *line = data;
    g_free(line->group);
    g_free(line->name);
    g_free(line->text);
    g_free(line);
}

void srt_trial_add(SrtTrial *trial, SrtTrialVerdict verdict, const char *group, const char *name,
                   const char *format, ...)
{
    SrtTrialLine *line = g_new0(SrtTrialLine, 1);
    va_list args;
    line->verdict = verdict;
    line->group = g_strdup(group);
    line->name = g_strdup(name);
    if (format) {
        va_start(args, format);
        line->text = g_strdup_vprintf(format, args);
        va_end(args);
    }
    g_ptr_array_add(trial->lines, line);
}

gboolean srt_trial_passed(const SrtTrial *trial)
{
    for (guint i = 0; i < trial->lines->len; i++)
        if (((const SrtTrialLine *)trial->lines->pdata[i])->verdict == SRT_TRIAL_BAD)
            return FALSE;
    return trial->lines->len > 0 && !trial->cannot;
}

void srt_trial_free(SrtTrial *trial)
{
    if (!trial)
        return;
    if (trial->lab)
        srt_lab_close(trial);
    for (int scene = 0; scene < SRT_SCENE_COUNT; scene++) {
        g_free(trial->settings[scene]);
        for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
            g_free(trial->answers[scene][rule].why);
    }
    g_ptr_array_unref(trial->lines);
    g_free(trial->file);
    g_free(trial->srt);
    g_free(trial->srtctl);
    g_free(trial->cannot);
    g_free(trial);
}

SrtTrial *srt_trial_run(const char *file, const char *settings, GError **error)
{
    g_autoptr(SrtTrial) trial = g_new0(SrtTrial, 1);
    trial->lines = g_ptr_array_new_with_free_func(line_free);
    trial->file = g_canonicalize_filename(file, NULL);
    if (!srt_lab_open(trial, settings, error))
        return NULL;
    /* What breaks the contract runs no command, and where commands do not run as they are no
     * attack proves anything. */
    if (srt_trial_contract(trial) && !trial->cannot && srt_trial_commands(trial))
        srt_trial_rules(trial);
    return g_steal_pointer(&trial);
}
