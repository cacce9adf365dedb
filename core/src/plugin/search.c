/* SPDX-License-Identifier: Apache-2.0 */
/* Where modules lie, and which there are. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <sys/auxv.h>
#endif

#include "base/log.h"
#include "plugin/internal.h"

gboolean srt_started_privileged(void)
{
#ifdef __APPLE__
    return issetugid() != 0;
#else
    return getauxval(AT_SECURE) != 0;
#endif
}

/* The directory that the running program lies in, or NULL. */
static char *program_directory(void)
{
    char path[PATH_MAX];
#ifdef __APPLE__
    char real[PATH_MAX];
    uint32_t size = sizeof path;
    if (_NSGetExecutablePath(path, &size) != 0 || !realpath(path, real))
        return NULL;
    return g_path_get_dirname(real);
#else
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0 || n >= (ssize_t)sizeof path - 1)
        return NULL;
    path[n] = '\0';
    return g_path_get_dirname(path);
#endif
}

/* Relative entries would depend on where srt is started: not taken. */
static void add_environment_path(GPtrArray *directories, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ":", SRT_BACKEND_MODULES_MAX);
    for (char **p = parts; *p; p++) {
        if (g_path_is_absolute(*p))
            g_ptr_array_add(directories, g_canonicalize_filename(*p, NULL));
        else if (**p)
            srt_log_warning("SRT_BACKEND_PATH: \"%s\" is ignored, because it is not absolute", *p);
    }
}

SrtBackendSearch *srt_backend_search_new(void)
{
    SrtBackendSearch *search = g_new0(SrtBackendSearch, 1);
    g_autoptr(GPtrArray) directories = g_ptr_array_new();
    g_autofree char *program = program_directory();
    const char *extra = g_getenv("SRT_BACKEND_PATH");
    search->privileged = srt_started_privileged();
    if (extra && *extra && search->privileged)
        srt_log_warning("SRT_BACKEND_PATH is ignored, because srt was started with privileges");
    else if (extra)
        add_environment_path(directories, extra);
    if (program)
        g_ptr_array_add(directories, g_canonicalize_filename(SRT_REL_BACKENDS, program));
    g_ptr_array_add(directories, NULL);
    search->directories = (char **)g_ptr_array_free(g_steal_pointer(&directories), FALSE);
    search->site_file = srt_site_place(SRT_SITE_FILE, program);
    return search;
}

void srt_backend_search_free(SrtBackendSearch *search)
{
    if (!search)
        return;
    g_strfreev(search->directories);
    g_free(search->site_file);
    g_free(search);
}

char *srt_backend_find(const SrtBackendSearch *search, const char *name)
{
    if (!srt_backend_name_ok(name))
        return NULL;
    g_autofree char *base = g_strconcat(name, SRT_MODULE_SUFFIX, NULL);
    for (char **d = search->directories; *d; d++) {
        g_autofree char *file = g_build_filename(*d, base, NULL);
        struct stat st;
        /* Also a dangling link is what the user has there: loading says why not. */
        if (lstat(file, &st) == 0)
            return g_steal_pointer(&file);
        srt_log_debug("no backend %s", file);
    }
    return NULL;
}

static void candidate_free(void *data)
{
    SrtBackendCandidate *candidate = data;
    g_free(candidate->name);
    g_free(candidate->file);
    srt_backend_unref(candidate->backend);
    g_free(candidate->problem);
    g_free(candidate);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the module files in a directory, sorted, so that every run sees the
 * same order. */
static GPtrArray *files_in(const char *directory)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir)) && names->len < SRT_BACKEND_MODULES_MAX)
        if (name[0] != '.' && g_str_has_suffix(name, SRT_MODULE_SUFFIX))
            g_ptr_array_add(names, g_strdup(name));
    if (names->len >= SRT_BACKEND_MODULES_MAX)
        srt_log_warning("%s: more than %d backends; the rest is not looked at", directory,
                        SRT_BACKEND_MODULES_MAX);
    g_ptr_array_sort(names, by_text);
    return names;
}

static gboolean have(const GPtrArray *list, const char *name)
{
    for (guint i = 0; i < list->len; i++)
        if (strcmp(((SrtBackendCandidate *)list->pdata[i])->name, name) == 0)
            return TRUE;
    return FALSE;
}

gboolean srt_backend_candidate_load(SrtBackendCandidate *candidate)
{
    g_autoptr(GError) why = NULL;
    if (candidate->backend || candidate->problem)
        return candidate->backend != NULL;
    candidate->backend = srt_backend_load(candidate->file, &why);
    if (candidate->backend)
        candidate->priority = srt_backend_descriptor(candidate->backend)->priority;
    else
        candidate->problem = g_strdup(why->message);
    return candidate->backend != NULL;
}

static void add_candidate(GPtrArray *list, const char *directory, const char *base, char **judged)
{
    g_autofree char *name = srt_backend_name_of_file(base);
    g_autoptr(GError) why = NULL;
    if (have(list, name)) {
        srt_log_debug("%s/%s: hidden by one of the same name before it", directory, base);
        return;
    }
    SrtBackendCandidate *candidate = g_new0(SrtBackendCandidate, 1);
    candidate->name = g_steal_pointer(&name);
    candidate->file = g_build_filename(directory, base, NULL);
    g_ptr_array_add(list, candidate);
    switch (srt_backend_peek(candidate->file, judged, &candidate->priority, &why)) {
    case SRT_PEEK_REFUSED:
        candidate->problem = g_strdup(why->message);
        break;
    case SRT_PEEK_NONE:
        srt_backend_candidate_load(candidate);
        break;
    case SRT_PEEK_NOTE:
        break;
    }
}

GPtrArray *srt_backend_candidates(const SrtBackendSearch *search)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(candidate_free);
    for (char **d = search->directories; *d; d++) {
        g_autoptr(GPtrArray) names = files_in(*d);
        g_autofree char *judged = NULL;
        for (guint i = 0; i < names->len; i++)
            add_candidate(list, *d, names->pdata[i], &judged);
    }
    return list;
}

GPtrArray *srt_backend_list(const SrtBackendSearch *search)
{
    GPtrArray *list = srt_backend_candidates(search);
    for (guint i = 0; i < list->len; i++)
        srt_backend_candidate_load(list->pdata[i]);
    return list;
}
