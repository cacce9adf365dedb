/* SPDX-License-Identifier: Apache-2.0 */
/* Directories beside the lab in which a user may make files: where temporary ones are kept, and
 * what is mounted. A sandbox has such places of its own; what is made there is not seen outside. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "trial/private.h"

#define PLACES_MAX 256u
#define MOUNT_POINT 4 /* field of a line of mountinfo */

static void add(GPtrArray *places, const char *path)
{
    if (path && path[0] == '/' && places->len < PLACES_MAX)
        g_ptr_array_add(places, g_strdup(path));
}

static void add_mounts(GPtrArray *places)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/mountinfo", &text, NULL, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, " ", MOUNT_POINT + 2);
        g_autofree char *path =
            g_strv_length(fields) > MOUNT_POINT ? g_strcompress(fields[MOUNT_POINT]) : NULL;
        add(places, path);
    }
}

char **srt_places(void)
{
    g_autoptr(GPtrArray) places = g_ptr_array_new();
    add(places, g_getenv("TMPDIR"));
    add(places, "/tmp");
    add(places, "/var/tmp");
    add(places, "/dev/shm");
    add_mounts(places);
    g_ptr_array_add(places, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&places), FALSE);
}

gboolean srt_places_hold(const char *name)
{
    g_auto(GStrv) places = srt_places();
    for (char **at = places; *at; at++) {
        g_autofree char *path = g_build_filename(*at, name, NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return TRUE;
    }
    return FALSE;
}

void srt_places_clear(const char *name)
{
    g_auto(GStrv) places = srt_places();
    for (char **at = places; *at; at++) {
        g_autofree char *path = g_build_filename(*at, name, NULL);
        g_unlink(path);
    }
}
