/* SPDX-License-Identifier: Apache-2.0 */
/* What a later run of srt executes or loads. Where an installation lies in a
 * writable place, a command could otherwise put its own code there. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "plugin/plugin.h"
#include "run/own_files.h"
#include "run/session.h"

/* More programs than this beside a module, and their directory is taken as a whole. */
#define BESIDE_MAX 256

static gboolean is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

/* A module may execute a helper that lies beside it, on the outside. */
static void add_beside(GPtrArray *files, const char *module)
{
    g_autofree char *directory = g_path_get_dirname(module);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const guint before = files->len;
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (!is_program(path))
            continue;
        if (files->len - before == BESIDE_MAX) {
            g_ptr_array_set_size(files, (gint)before);
            g_ptr_array_add(files, g_steal_pointer(&directory));
            return;
        }
        g_ptr_array_add(files, g_steal_pointer(&path));
    }
}

static void add_choice(GPtrArray *files, const char *choice)
{
    if (!choice || !strchr(choice, '/'))
        return;
    char *module = g_canonicalize_filename(choice, NULL);
    g_autofree char *target = realpath(module, NULL);
    g_ptr_array_add(files, module);
    add_beside(files, target ? target : module);
}

char **srt_run_own_files(const char *backend, const char *from_settings)
{
    static const char *const programs[] = {"srt", "srtctl"};
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(SrtBackendSearch) search = srt_backend_search_new();
    g_autofree char *program = srt_run_program();
    for (gsize i = 0; program && i < G_N_ELEMENTS(programs); i++) {
        g_autofree char *directory = g_path_get_dirname(program);
        g_ptr_array_add(files, g_build_filename(directory, programs[i], NULL));
    }
    char *helper = srt_run_inside_helper();
    if (helper)
        g_ptr_array_add(files, helper);
    for (char **at = search->directories; *at; at++)
        g_ptr_array_add(files, g_strdup(*at));
    if (search->site_file)
        g_ptr_array_add(files, g_strdup(search->site_file));
    add_choice(files, backend);
    add_choice(files, g_getenv("SRT_BACKEND"));
    add_choice(files, from_settings);
    g_ptr_array_add(files, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&files), FALSE);
}
