/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend.h"

static int close_on_exec(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int set_actions(posix_spawn_file_actions_t *actions, int out)
{
    int r = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (r == 0 && out >= 0)
        r = posix_spawn_file_actions_adddup2(actions, out, 1);
    else if (r == 0)
        r = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
    return r ? r : posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
}

/* The host has signals blocked, and what the terminal sends is not for tools. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t all, none;
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    sigemptyset(&none);
    int r = posix_spawnattr_setsigdefault(attributes, &all);
    r = r ? r : posix_spawnattr_setsigmask(attributes, &none);
    r = r ? r : posix_spawnattr_setpgroup(attributes, 0);
    return r ? r
             : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                        POSIX_SPAWN_SETPGROUP);
}

static int spawn(const char *const *argv, int out, pid_t *ret_pid)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int r = posix_spawn_file_actions_init(&actions);
    if (r)
        return r;
    r = posix_spawnattr_init(&attributes);
    if (r == 0) {
        r = set_actions(&actions, out);
        r = r ? r : set_attributes(&attributes);
        r = r ? r
              : posix_spawn(ret_pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv,
                            (char *const *)(uintptr_t)env);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return r;
}

int sb_start(const char *const *argv, pid_t *ret_pid, int *ret_out)
{
    int ends[2] = {-1, -1};
    if (ret_out && (pipe(ends) != 0 || close_on_exec(ends[0]) != 0 || close_on_exec(ends[1]) != 0))
        return -errno;
    int r = spawn(argv, ends[1], ret_pid);
    if (ends[1] >= 0)
        close(ends[1]);
    if (r && ends[0] >= 0)
        close(ends[0]);
    else if (ret_out)
        *ret_out = ends[0];
    return -r;
}

int sb_wait(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 255;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
