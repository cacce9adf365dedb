/* SPDX-License-Identifier: Apache-2.0 */
/* What a later run of srt executes or loads. Where an installation lies in a
 * writable place, a command could otherwise put its own code there. */
#include <string.h>

#include "plugin/plugin.h"
#include "run/own_files.h"
#include "run/session.h"

static void add_choice(GPtrArray *files, const char *choice)
{
    if (choice && strchr(choice, '/'))
        g_ptr_array_add(files, g_canonicalize_filename(choice, NULL));
}

char **srt_run_own_files(const char *backend, const char *from_settings)
{
    static const char *const programs[] = {"srt", "srtctl"};
    g_autoptr(GPtrArray) files = g_ptr_array_new();
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
