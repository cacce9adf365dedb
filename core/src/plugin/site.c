/* SPDX-License-Identifier: Apache-2.0 */
/* The site file: with it a distribution or an administrator chooses. A line is
 * the name (or absolute path) of a backend; what follows the first word, and
 * everything after '#', is a comment. Several lines are an order of preference. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "plugin/internal.h"

char **srt_site_parse(const char *text)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *p = *line;
        p[strcspn(p, "#")] = '\0';
        p += strspn(p, " \t\r");
        gsize n = strcspn(p, " \t\r");
        if (n > 0)
            g_ptr_array_add(names, g_strndup(p, n));
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

char *srt_site_place(const char *file, const char *directory)
{
    if (g_path_is_absolute(file))
        return g_strdup(file);
    if (!directory)
        return NULL;
    char *place = g_canonicalize_filename(file, directory);
    /* The one prefix whose configuration is not below it. */
    if (g_str_has_prefix(place, "/usr/etc/"))
        memmove(place, place + strlen("/usr"), strlen(place + strlen("/usr")) + 1);
    return place;
}

gboolean srt_site_read(const char *file, char ***ret_names, GError **error)
{
    gsize length = 0;
    struct stat st;
    *ret_names = NULL;
    if (lstat(file, &st) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return TRUE;
        return srt_set_errno(error, SRT_ERROR_BACKEND, errno, "site file %s", file);
    }
    g_autofree char *real = srt_trust_place(file, "site file", error);
    if (!real)
        return FALSE;
    srt_autofd int fd = open(real, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return srt_set_errno(error, SRT_ERROR_BACKEND, errno, "site file %s", file);
    if (!srt_trust_file(fd, file, "site file", error))
        return FALSE;
    g_autofree char *text = srt_fd_read_file(real, SRT_SITE_FILE_MAX, &length, NULL, error);
    if (!text)
        return FALSE;
    if (strlen(text) != length) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                    "site file %s holds a zero byte. Write one name of a backend a line", file);
        return FALSE;
    }
    *ret_names = srt_site_parse(text);
    return TRUE;
}
