/* SPDX-License-Identifier: Apache-2.0 */
/* Trying out: what no file tells. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define TRY_MILLISECONDS 5000
#define STEPS_NUMBER "3"

static int spawn(const char *launcher, int steps, int err, pid_t *ret_pid)
{
    char *const argv[] = {(char *)(uintptr_t)launcher, (char *)(uintptr_t) "try",
                          (char *)(uintptr_t)STEPS_NUMBER, NULL};
    char *const env[] = {NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, 0, 1);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, err, 2);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, steps, 3);
    if (!error)
        error = posix_spawn(ret_pid, launcher, &actions, NULL, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* One message, in one piece, or none when it goes well. False: it takes too long. */
static bool read_message(int fd, char *text, size_t size)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&p, 1, TRY_MILLISECONDS);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return false;
    const ssize_t n = read(fd, text, size - 1);
    text[n > 0 ? n : 0] = '\0';
    return true;
}

int nt_try(const char *launcher, int steps, char *why, size_t size)
{
    int ends[2], high, status = 0;
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0 || (high = fcntl(steps, F_DUPFD_CLOEXEC, 10)) < 0) {
        snprintf(why, size, "cannot make a pipe: %s", strerror(errno));
        return -ENOTSUP;
    }
    const int error = spawn(launcher, high, ends[1], &pid);
    close(ends[1]);
    close(high);
    if (error) {
        snprintf(why, size, "cannot start %s: %s", launcher, strerror(error));
        close(ends[0]);
        return -ENOTSUP;
    }
    const bool answered = read_message(ends[0], why, size);
    close(ends[0]);
    if (!answered) {
        snprintf(why, size, "%s did not answer within %d s", launcher, TRY_MILLISECONDS / 1000);
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (answered && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (!*why)
        snprintf(why, size, "it ended without a message");
    return -ENOTSUP;
}
