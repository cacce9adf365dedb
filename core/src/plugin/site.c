/* SPDX-License-Identifier: Apache-2.0 */
/* The site file: with it a distribution or an administrator chooses. A line is
 * the name (or absolute path) of a backend; what follows the first word, and
 * everything after '#', is a comment. Several lines are an order of preference. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Beside the file, which is then there as a whole or as it was. */
static gboolean replace(const char *file, const char *text, GError **error)
{
    g_autofree char *temporary = g_strconcat(file, ".XXXXXX", NULL);
    srt_autofd int fd = mkstemp(temporary);
    if (fd >= 0 && srt_fd_write_all(fd, text, strlen(text)) && fchmod(fd, 0644) == 0 &&
        fsync(fd) == 0 && rename(temporary, file) == 0)
        return TRUE;
    srt_set_errno(error, SRT_ERROR_FAILED, errno,
                  "cannot write the site file %s (who may write there can: mostly root)", file);
    if (fd >= 0)
        unlink(temporary);
    return FALSE;
}

gboolean srt_site_write(const char *file, const char *const *names, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(file);
    g_autofree char *lines = g_strjoinv("\n", (char **)(guintptr)names);
    g_autofree char *text = g_strconcat(lines, "\n", NULL);
    g_auto(GStrv) back = NULL;
    if (strlen(text) > SRT_SITE_FILE_MAX) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                    "the names need %zu bytes, a site file has at most %d. Name fewer",
                    strlen(text), SRT_SITE_FILE_MAX);
        return FALSE;
    }
    /* Everybody reads it, whatever the umask. */
    mode_t mask = umask(022);
    int made = g_mkdir_with_parents(directory, 0755);
    int failed = errno;
    umask(mask);
    if (made != 0)
        return srt_set_errno(error, SRT_ERROR_FAILED, failed,
                             "cannot make %s for the site file (who may write there can: mostly "
                             "root)",
                             directory);
    /* Read as every run will: what it refuses is no choice. */
    return replace(file, text, error) && srt_site_read(file, &back, error);
}

gboolean srt_site_remove(const char *file, GError **error)
{
    if (unlink(file) == 0 || errno == ENOENT || errno == ENOTDIR)
        return TRUE;
    return srt_set_errno(error, SRT_ERROR_FAILED, errno,
                         "cannot remove the site file %s (who may write there can: mostly root)",
                         file);
}
