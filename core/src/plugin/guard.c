/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at the program before and after a call into a module. On the run path
 * this is three fstat on either side; strict, standard output is a file of ours
 * for the time of the call. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "plugin/internal.h"

static int anonymous_file(void)
{
#ifdef __linux__
    return memfd_create("srt-stdout", MFD_CLOEXEC);
#else
    char name[] = "/tmp/srt-stdout.XXXXXX";
    int fd = mkstemp(name);
    if (fd >= 0) {
        unlink(name);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return fd;
#endif
}

static void look(SrtGuard *guard)
{
    for (int fd = 0; fd < 3; fd++) {
        struct stat st;
        guard->streams[fd].open = fstat(fd, &st) == 0;
        if (guard->streams[fd].open) {
            guard->streams[fd].dev = st.st_dev;
            guard->streams[fd].ino = st.st_ino;
        }
    }
}

static gboolean streams_same(const SrtGuard *guard)
{
    SrtGuard now = {.caught = -1};
    look(&now);
    for (int fd = 0; fd < 3; fd++) {
        if (guard->streams[fd].open != now.streams[fd].open)
            return FALSE;
        if (now.streams[fd].open && (guard->streams[fd].dev != now.streams[fd].dev ||
                                     guard->streams[fd].ino != now.streams[fd].ino))
            return FALSE;
    }
    return TRUE;
}

void srt_guard_enter(SrtGuard *guard, gboolean strict)
{
    guard->caught = -1;
    guard->stdout_copy = -1;
    if (strict) {
        fflush(stdout);
        guard->caught = anonymous_file();
    }
    if (guard->caught >= 0) {
        guard->stdout_copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        dup2(guard->caught, STDOUT_FILENO);
    }
    look(guard);
}

static gboolean stop_catching(SrtGuard *guard)
{
    struct stat st;
    fflush(stdout);
    gboolean wrote = fstat(guard->caught, &st) == 0 && st.st_size > 0;
    if (guard->stdout_copy >= 0)
        dup2(guard->stdout_copy, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    srt_fd_clear(&guard->stdout_copy);
    srt_fd_clear(&guard->caught);
    return wrote;
}

const char *srt_guard_leave(SrtGuard *guard)
{
    gboolean same = streams_same(guard);
    gboolean wrote = guard->caught >= 0 && stop_catching(guard);
    if (!same)
        return "changed one of the descriptors 0 to 2 of srt";
    return wrote ? "wrote to standard output" : NULL;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    return *(const int *)a - *(const int *)b;
}

GArray *srt_guard_descriptors(void)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GDir) dir = g_dir_open("/dev/fd", 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        int fd = (int)g_ascii_strtoll(name, NULL, 10);
        g_array_append_val(numbers, fd);
    }
    g_clear_pointer(&dir, g_dir_close);
    /* The directory itself was open meanwhile. */
    for (guint i = numbers->len; i-- > 0;)
        if (fcntl(g_array_index(numbers, int, i), F_GETFD) < 0)
            g_array_remove_index_fast(numbers, i);
    g_array_sort(numbers, by_number);
    return numbers;
}
