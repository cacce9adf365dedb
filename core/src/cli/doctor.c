/* SPDX-License-Identifier: Apache-2.0 */
/* The list of findings. */
#include "cli/doctor.h"

#include <stdarg.h>
#include <string.h>

static void free_check(gpointer data)
{
    SrtDoctorCheck *check = data;
    g_ptr_array_unref(check->remedies);
    g_free(check->text);
    g_free(check);
}

GPtrArray *srt_doctor_list_new(void)
{
    return g_ptr_array_new_with_free_func(free_check);
}

SrtDoctorCheck *srt_doctor_add(GPtrArray *list, const char *id, SrtDoctorLevel level,
                               const char *format, ...)
{
    va_list args;
    SrtDoctorCheck *check = g_new0(SrtDoctorCheck, 1);
    check->id = id;
    check->level = level;
    check->remedies = g_ptr_array_new_with_free_func(g_free);
    va_start(args, format);
    check->text = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(list, check);
    return check;
}

void srt_doctor_remedy(SrtDoctorCheck *check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(check->remedies, g_strdup_vprintf(format, args));
    va_end(args);
}

void srt_doctor_remedy_root(SrtDoctorCheck *check, guint uid, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    srt_doctor_remedy(check, "%s%s", uid == 0 ? "" : "sudo ", text);
}

const char *srt_doctor_level_name(SrtDoctorLevel level)
{
    static const char *const names[] = {"ok", "note", "warning", "problem"};
    return (unsigned)level < G_N_ELEMENTS(names) ? names[level] : "?";
}

void srt_doctor_settle(GPtrArray *list, gboolean some_usable, gboolean all_usable)
{
    for (guint i = 0; i < list->len; i++) {
        SrtDoctorCheck *check = list->pdata[i];
        if (check->mechanism && some_usable)
            check->level = MIN(check->level, SRT_DOCTOR_WARNING);
        if (check->only_ours && all_usable)
            check->level = MIN(check->level, SRT_DOCTOR_NOTE);
    }
}

gboolean srt_doctor_has_problem(const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++)
        if (((const SrtDoctorCheck *)list->pdata[i])->level == SRT_DOCTOR_PROBLEM)
            return TRUE;
    return FALSE;
}
