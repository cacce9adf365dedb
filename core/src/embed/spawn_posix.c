/* SPDX-License-Identifier: Apache-2.0 */
/* Systems without clone: an ordinary child, waited for by its number. */
#ifndef __linux__
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "embed/spawn_private.h"

typedef struct Fault {
    int failed;
    const char *what; /* a constant: the same address on both sides of a fork */
} Fault;

static void reset_signals(void)
{
    struct sigaction action;
    sigset_t none;
    for (int n = 1; n < NSIG; n++) {
        if (n == SIGKILL || n == SIGSTOP)
            continue;
        if ((n == SIGHUP || n == SIGINT || n == SIGQUIT) && sigaction(n, NULL, &action) == 0 &&
            action.sa_handler == SIG_IGN)
            continue;
        memset(&action, 0, sizeof action);
        action.sa_handler = SIG_DFL;
        sigaction(n, &action, NULL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(const SrtEmbedSpawn *spawn, int report)
{
    Fault fault = {0, NULL};
    fault.failed = srt_embed_prepare_child(spawn, &fault.what);
    if (!fault.failed) {
        reset_signals();
        execve(spawn->argv[0], (char *const *)(gsize)spawn->argv, (char *const *)(gsize)spawn->env);
        fault.failed = errno;
    }
    if (write(report, &fault, sizeof fault) < 0)
        _exit(126);
    _exit(127);
}

static void tell_ready(const SrtEmbedChild *child)
{
    char byte = 0;
    while (write(child->ready, &byte, 1) < 0 && errno == EINTR)
        ;
}

static void wait_for(pid_t pid, int *ret_status)
{
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        ;
}

static void start(SrtEmbedChild *child)
{
    int ends[2];
    Fault fault;
    child->what = "cannot be given a process";
    if (!srt_fd_pipe(ends)) {
        child->failed = errno;
        return;
    }
    child->pid = fork();
    if (child->pid == 0)
        become(child->spawn, ends[1]);
    child->failed = child->pid < 0 ? errno : 0;
    close(ends[1]);
    ssize_t n;
    do
        n = read(ends[0], &fault, sizeof fault);
    while (n < 0 && errno == EINTR);
    close(ends[0]);
    if (n == (ssize_t)sizeof fault) {
        child->failed = fault.failed;
        child->what = fault.what;
        wait_for(child->pid, &child->wait_status);
    }
}

void srt_embed_run_child(SrtEmbedChild *child)
{
    start(child);
    gboolean failed = child->failed != 0;
    if (failed)
        child->ended = TRUE;
    tell_ready(child);
    if (failed)
        return;
    /* Left as a zombie until its number is not used any more. */
    siginfo_t info;
    while (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
    pthread_mutex_lock(&child->lock);
    wait_for(child->pid, &child->wait_status);
    child->ended = TRUE;
    srt_fd_clear(&child->pidfd);
    pthread_mutex_unlock(&child->lock);
}
#endif
