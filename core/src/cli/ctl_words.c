/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/ctl.h"

#define WORDS_MAX (64u * 1024 * 1024)

char *srt_ctl_fd_target(int fd)
{
    char link[64], target[PATH_MAX];
    g_snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, target, sizeof target - 1);
    return n > 0 ? g_strndup(target, (gsize)n) : NULL;
}

static gboolean is_memory(int fd)
{
    g_autofree char *target = srt_ctl_fd_target(fd);
    return target && g_str_has_prefix(target, "/memfd:");
}

static char *read_all(int fd, gsize size)
{
    char *bytes = g_try_malloc(size + 1);
    gsize have = 0;
    while (bytes && have < size) {
        ssize_t n = pread(fd, bytes + have, size - have, (off_t)have);
        if (n <= 0)
            break;
        have += (gsize)n;
    }
    if (bytes && have == size) {
        bytes[size] = '\0';
        return bytes;
    }
    g_free(bytes);
    return NULL;
}

/* Texts, each ended by NUL: no other control characters than a path may have in
 * practice. A plan or a filter program fails this at once. */
static gboolean is_words(const char *bytes, gsize size)
{
    if (size == 0 || bytes[size - 1] != '\0')
        return FALSE;
    for (gsize i = 0; i < size; i++)
        if (bytes[i] && (unsigned char)bytes[i] < ' ' && !strchr("\t\n\r", bytes[i]))
            return FALSE;
    return TRUE;
}

char **srt_ctl_fd_words(int fd, const char **ret_kind, gsize *ret_size)
{
    struct stat st;
    *ret_kind = "other";
    *ret_size = 0;
    if (fstat(fd, &st) != 0)
        return NULL;
    if (S_ISSOCK(st.st_mode))
        *ret_kind = "socket";
    if (S_ISDIR(st.st_mode))
        *ret_kind = "directory";
    if (!S_ISREG(st.st_mode))
        return NULL;
    *ret_kind = is_memory(fd) ? "memory" : "file";
    *ret_size = (gsize)st.st_size;
    if (strcmp(*ret_kind, "memory") != 0 || st.st_size > WORDS_MAX)
        return NULL;
    g_autofree char *bytes = read_all(fd, (gsize)st.st_size);
    if (!bytes || !is_words(bytes, (gsize)st.st_size))
        return NULL;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (gsize at = 0; at < (gsize)st.st_size; at += strlen(bytes + at) + 1)
        g_ptr_array_add(words, g_strdup(bytes + at));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}
