/* SPDX-License-Identifier: Apache-2.0 */
#include "run/life.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#endif

#include <glib.h>

#include "base/fd.h"

#ifdef __linux__

/* "PID (name) S PPID …", where the name may hold anything. */
static pid_t parent_of(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    g_autofree char *text = srt_fd_read_file(path, 4096, NULL, NULL, NULL);
    const char *end = text ? strrchr(text, ')') : NULL;
    if (!end || strlen(end) < 4)
        return -1;
    return (pid_t)strtol(end + 3, NULL, 10);
}

int srt_life_keeper(pid_t command, pid_t child)
{
    pid_t parent = command > 0 ? parent_of(command) : -1;
    if (parent <= 1 || parent == child || parent == getpid())
        return -1;
    return (int)syscall(SYS_pidfd_open, parent, 0);
}

#else

int srt_life_keeper(pid_t command, pid_t child)
{
    (void)command;
    (void)child;
    return -1;
}

#endif

void srt_life_wait_gone(int command, int keeper)
{
    gint64 end = g_get_monotonic_time() + SRT_LIFE_WAIT_MS * 1000;
    struct pollfd p[2] = {{.fd = command, .events = POLLIN}, {.fd = keeper, .events = POLLIN}};
    while (p[0].fd >= 0 || p[1].fd >= 0) {
        gint64 left = (end - g_get_monotonic_time()) / 1000;
        if (left <= 0 || poll(p, 2, (int)left + 1) == 0)
            return;
        for (int i = 0; i < 2; i++)
            if (p[i].revents)
                p[i].fd = -1;
    }
}
